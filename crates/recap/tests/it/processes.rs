//! What runs on this machine, as /proc tells.

use std::fs;

/// Processes whose environment names this directory: yt-dlp's home is its work
/// directory, so this finds every child of one service and of no other.
pub(crate) fn with_home_under(dir: &std::path::Path) -> Vec<String> {
    let needle = format!("HOME={}", dir.display());
    let entries = fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    entries
        .filter(|it| it.file_name().to_string_lossy().bytes().all(|it| it.is_ascii_digit()))
        .filter(|it| {
            let environment = fs::read(it.path().join("environ")).unwrap_or_default();
            String::from_utf8_lossy(&environment).split('\0').any(|it| it.starts_with(&needle))
        })
        .map(|it| fs::read_to_string(it.path().join("cmdline")).unwrap_or_default())
        .collect()
}

/// Resident memory of a process, in bytes.
pub(crate) fn resident_bytes(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|it| it.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
}
