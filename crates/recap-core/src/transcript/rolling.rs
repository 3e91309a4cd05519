//! Undoes captions that roll: two lines on the screen, of which each cue
//! repeats the first from the cue before it.

use std::time::Duration;

use super::Cue;
use super::block::Block;

/// YouTube's automatic captions have, between any two lines, a cue of 10 ms
/// that shows the first of them again. No one could read a cue this short, so
/// it says nothing new.
const FLASH: Duration = Duration::from_millis(50);

/// Lines on the screen, at most, that are looked at for repetition.
const SCREEN: usize = 4;

/// Cues with the lines that each repeats from the screen before it left out.
///
/// What is repeated must be at the bottom of one cue and at the top of the next,
/// without a pause between them. A cue that only repeats is left out if the
/// file is of the kind that rolls (it has times between its words) or the cue is
/// a flash; else someone did say "No." twice.
pub(super) fn unroll(blocks: Vec<Block>) -> Vec<Cue> {
    let rolls = blocks.iter().any(|it| it.timed_words);
    let mut cues = Vec::with_capacity(blocks.len());
    let mut before: Option<Block> = None;
    for block in blocks {
        let repeated = before.as_ref().map_or(0, |it| repeated_lines(it, &block));
        let only_repeats = repeated == block.lines.len();
        let flash = block.end.saturating_sub(block.start) <= FLASH;
        let new = if only_repeats && !rolls && !flash { 0 } else { repeated };
        cues.push(Cue { start: block.start, end: block.end, text: block.lines[new..].join(" ") });
        before = Some(block);
    }
    cues
}

/// How many lines at the top of `block` are those at the bottom of `before`.
fn repeated_lines(before: &Block, block: &Block) -> usize {
    if block.start > before.end.saturating_add(FLASH) {
        return 0;
    }
    let most = before.lines.len().min(block.lines.len()).min(SCREEN);
    (1..=most)
        .rev()
        .find(|&count| before.lines[before.lines.len() - count..] == block.lines[..count])
        .unwrap_or(0)
}
