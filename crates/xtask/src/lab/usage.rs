//! What a process that is being measured uses.

use anyhow::Context as _;
use recap_telemetry::resources::{self, Share};

/// Of the process itself, without its children.
pub(crate) fn of(pid: u32) -> anyhow::Result<Share> {
    Ok(resources::of(pid).with_context(|| format!("process {pid} is gone"))?.0)
}

/// The part of its memory that is no page of a file, in bytes.
pub(crate) fn anonymous(pid: u32) -> anyhow::Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|it| it.strip_prefix("RssAnon:"));
    let kilobytes =
        line.and_then(|it| it.split_whitespace().next()).context("the kernel says it")?;
    Ok(kilobytes.parse::<u64>()? << 10)
}
