//! Redis, of whatever version the machine has.

use std::path::PathBuf;
use std::{fs, os};

use anyhow::{Context as _, ensure};

use super::{install_package, on_path, println_task};
use crate::shell::{root, succeeds};

/// Links `target/tools/redis/redis-server` to the server on the path, which is
/// installed if there is none.
pub(super) fn install() -> anyhow::Result<()> {
    let dir = root().join("target/tools/redis");
    let link = dir.join("redis-server");
    if succeeds(&link, &["--version"]) {
        return Ok(());
    }
    let program = find()?;
    println_task(&format!("linking {} to {}", link.display(), program.display()));
    fs::create_dir_all(&dir)?;
    if link.is_symlink() {
        fs::remove_file(&link)?;
    }
    os::unix::fs::symlink(&program, &link)?;
    ensure!(succeeds(&link, &["--version"]), "{} is not a Redis server", program.display());
    Ok(())
}

/// Debian's package `redis-server` would start a server on port 6379. All it has
/// besides is a link to a program in `redis-tools`, which starts nothing: that
/// program checks a file or serves, depending on the name it is called by.
fn find() -> anyhow::Result<PathBuf> {
    if let Some(server) = on_path("redis-server") {
        return Ok(server);
    }
    install_package("redis-tools")?;
    on_path("redis-check-rdb").context("redis-tools is installed, but its programs are not found")
}
