//! What is done on the server, each in one step that nothing comes between.

use recap_redis::redis::Script;

const HAND_OUT: &str = include_str!("hand_out.lua");

/// In place of apalis' own scripts, save that which pushes: each of those makes
/// an error, and so the end of a worker, of what is nothing special here.
pub(crate) struct Scripts {
    pub(crate) take: Script,
    pub(crate) beat: Script,
    pub(crate) finish: Script,
    pub(crate) leave: Script,
    pub(crate) clean: Script,
}

impl Scripts {
    pub(crate) fn new() -> Self {
        let with_hand_out = |it: &str| Script::new(&format!("{HAND_OUT}\n{it}"));
        Self {
            take: Script::new(include_str!("take.lua")),
            beat: with_hand_out(include_str!("beat.lua")),
            finish: Script::new(include_str!("finish.lua")),
            leave: with_hand_out(include_str!("leave.lua")),
            clean: with_hand_out(include_str!("clean.lua")),
        }
    }
}
