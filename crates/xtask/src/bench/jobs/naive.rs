//! yt-dlp as it is called by who has not measured it: what a transcript costs then.

use std::process::Stdio;

use anyhow::ensure;

use super::Plan;
use crate::lab::cgroup::{FREE, Group};
use crate::lab::{note, tool};

const CALLS: u32 = 7;

/// CPU seconds of each call, without a quota.
pub(super) fn cpu(plan: &Plan) -> anyhow::Result<Vec<f64>> {
    note(&format!("{CALLS} calls of the naive command line"));
    (0..=CALLS).map(|it| call(plan, it)).skip(1).collect()
}

fn call(plan: &Plan, number: u32) -> anyhow::Result<f64> {
    let group = Group::create(FREE)?;
    let dir = tempfile::tempdir()?;
    let proxy = plan.world.youtube.proxy_url();
    let status = group
        .command(&tool("yt-dlp/bin/yt-dlp"))
        .args(["-J", "--no-simulate", "--skip-download", "--write-subs", "--write-auto-subs"])
        .args(["--sub-langs", "en", "--no-check-certificate", "--no-playlist"])
        .arg(format!("https://www.youtube.com/watch?v=cp_{:08}", 90_000_000 + number))
        .current_dir(dir.path())
        .envs([("http_proxy", &proxy), ("https_proxy", &proxy)])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()?;
    ensure!(status.success(), "yt-dlp failed: {status}");
    ensure!(dir.path().read_dir()?.next().is_some(), "yt-dlp wrote no captions");
    Ok(group.used()?.cpu.as_secs_f64())
}
