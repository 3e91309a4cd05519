//! What a process that is being measured uses.

use anyhow::Context as _;
use recap_telemetry::resources::{self, Share};

/// Of the process itself, without its children.
pub(crate) fn of(pid: u32) -> anyhow::Result<Share> {
    Ok(read(pid)?.0)
}

/// Resident memory of a process and all below it, in bytes.
pub(crate) fn tree_memory(pid: u32) -> anyhow::Result<u64> {
    let (own, children) = read(pid)?;
    Ok(own.memory + children.memory)
}

fn read(pid: u32) -> anyhow::Result<(Share, Share)> {
    resources::of(pid).with_context(|| format!("process {pid} is gone"))
}
