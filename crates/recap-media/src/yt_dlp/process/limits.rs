//! Limits that the kernel holds, and what it says about memory.

use std::fs;
use std::process::Child;

use rustix::process::{Pid, setpriority_process};

use super::Bounds;

/// Sets the limits of a process that has just been started. What it starts
/// inherits them.
///
/// From outside, because setting them between fork and exec needs `unsafe`. So
/// its first moments pass without them, while Python is still loading itself;
/// what is read of its files is bounded once more when it is read.
#[cfg(target_os = "linux")]
pub(super) fn apply(leader: Pid, bounds: Bounds) {
    use rustix::process::{Resource, Rlimit, prlimit};

    let limits = [
        (Resource::As, bounds.memory_bytes),
        (Resource::Fsize, bounds.file_bytes),
        // A crash writes no core file.
        (Resource::Core, Some(0)),
    ];
    for (resource, limit) in limits {
        let Some(limit) = limit else { continue };
        let limit = Rlimit { current: Some(limit), maximum: Some(limit) };
        if let Err(error) = prlimit(Some(leader), resource, limit) {
            tracing::debug!(%error, ?resource, "a limit of the child could not be set");
        }
    }
}

/// Lowers the priority of a process that has just been started, and of what it
/// starts. It is no worse for a run than it was, if that does not succeed: as when
/// recap itself stands further back.
pub(super) fn stand_back(child: &Child, niceness: u8) {
    if niceness == 0 {
        return;
    }
    if let Err(error) = setpriority_process(Some(Pid::from_child(child)), niceness.into()) {
        tracing::debug!(%error, niceness, "the priority of the child could not be set");
    }
}

/// Only Linux can limit another process.
#[cfg(not(target_os = "linux"))]
pub(super) fn apply(_leader: Pid, _bounds: Bounds) {}

/// Largest resident set of a living process, in bytes.
///
/// Not from its resource usage: a child begins with the peak of its parent
/// there, and we may well have used more than it ever does.
pub(super) fn peak_memory(leader: Pid) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", leader.as_raw_nonzero())).ok()?;
    let line = status.lines().find_map(|it| it.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}
