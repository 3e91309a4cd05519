//! Somebody else in the group who takes its memory.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{ChildStdin, ChildStdout, Stdio};

use anyhow::{Context as _, ensure};

use crate::lab::cgroup::{FREE, Group};
use crate::lab::process::Killed;

/// How near to what is wanted is near enough, in bytes: a fifth of a percent.
const NEAR: u64 = 1 << 20;

/// Looks until it is.
const TRIES: usize = 10;

/// `cargo xtask bench fill`: holds as many bytes as the last line that it read says.
pub(in crate::bench) fn run() -> anyhow::Result<()> {
    let mut held: Vec<u8> = Vec::new();
    for line in std::io::stdin().lines() {
        let wanted: usize = line?.trim().parse()?;
        held.truncate(wanted);
        held.shrink_to_fit();
        // Grown in place, so that the sum never dips.
        held.reserve_exact(wanted - held.len());
        held.resize(wanted, 1);
        crate::lab::say(&held.len().to_string());
    }
    Ok(())
}

/// Ends with its group.
pub(super) struct Filler {
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
    held: u64,
    /// Waited for when the group is gone.
    _child: Killed,
}

impl Filler {
    pub(super) fn start(group: &Group) -> anyhow::Result<Self> {
        let mut child = group
            .command(&std::env::current_exe()?)
            .args(["bench", "fill"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let orders = child.stdin.take().context("it has one")?;
        let answers = BufReader::new(child.stdout.take().context("it has one")?);
        Ok(Self { orders, answers, held: 0, _child: Killed(child) })
    }

    /// Fills the group to so many percent, a little above rather than below.
    pub(super) fn fill(&mut self, group: &Group, percent: u64) -> anyhow::Result<()> {
        let wanted = (FREE.memory_mb << 20) * percent / 100 + 2 * NEAR;
        for _ in 0..TRIES {
            let used = group.used()?.memory;
            if used.abs_diff(wanted) <= NEAR {
                return Ok(());
            }
            self.hold((self.held + wanted).saturating_sub(used))?;
        }
        anyhow::bail!("the group does not stay at {percent} % full")
    }

    fn hold(&mut self, bytes: u64) -> anyhow::Result<()> {
        writeln!(self.orders, "{bytes}")?;
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        ensure!(line.trim() == bytes.to_string(), "who fills the memory is gone");
        self.held = bytes;
        Ok(())
    }
}
