//! What a process uses, from /proc.

use std::fs;
use std::time::Duration;

use anyhow::Context as _;

/// Ticks a second, the same on every Linux that recap runs on (`man 5 proc`).
const TICKS: u64 = 100;

/// CPU of the process itself, without its children, and its resident memory.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Usage {
    pub(crate) cpu: Duration,
    /// In bytes.
    pub(crate) memory: u64,
}

pub(crate) fn of(pid: u32) -> anyhow::Result<Usage> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name may hold blanks; what follows its bracket does not.
    let (_, rest) = stat.rsplit_once(')').context("/proc/pid/stat has a name")?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let ticks: u64 = fields[11].parse::<u64>()? + fields[12].parse::<u64>()?;
    Ok(Usage { cpu: Duration::from_millis(ticks * 1000 / TICKS), memory: resident(pid) })
}

/// Resident memory of a process and all below it, in bytes.
pub(crate) fn tree_memory(pid: u32) -> u64 {
    resident(pid) + children(pid).into_iter().map(tree_memory).sum::<u64>()
}

/// A child belongs to the thread that started it.
fn children(pid: u32) -> Vec<u32> {
    let tasks = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    let lists = tasks.map(|it| fs::read_to_string(it.path().join("children")).unwrap_or_default());
    lists.flat_map(|it| it.split_whitespace().flat_map(str::parse).collect::<Vec<_>>()).collect()
}

/// Resident memory of a process in bytes; zero for one that is gone.
pub(crate) fn resident(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find(|it| it.starts_with("VmRSS:"));
    let kilobytes = line.and_then(|it| it.split_whitespace().nth(1)?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) * 1024
}
