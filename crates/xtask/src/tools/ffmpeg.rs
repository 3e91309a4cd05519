//! ffmpeg, of whatever version the machine has, and something for it to cut.

use std::path::Path;
use std::{fs, os};

use anyhow::{Context as _, ensure};

use super::{install_package, on_path, println_task};
use crate::shell::{root, run, succeeds};

/// Half an hour of a soft tone, in the container and codec of YouTube's sound.
const SOUND: &str = "sound.webm";

/// Links `ffmpeg` and `ffprobe` in `target/tools/ffmpeg` to those on the path, which
/// are installed if there are none, and makes `sound.webm` beside them.
pub(super) fn install() -> anyhow::Result<()> {
    let dir = root().join("target/tools/ffmpeg");
    fs::create_dir_all(&dir)?;
    for name in ["ffmpeg", "ffprobe"] {
        link(&dir, name)?;
    }
    if !dir.join(SOUND).is_file() {
        make_sound(&dir)?;
    }
    Ok(())
}

fn link(dir: &Path, name: &str) -> anyhow::Result<()> {
    let link = dir.join(name);
    if succeeds(&link, &["-version"]) {
        return Ok(());
    }
    if on_path(name).is_none() {
        install_package("ffmpeg")?;
    }
    let program = on_path(name).context("ffmpeg is installed, but its programs are not found")?;
    println_task(&format!("linking {} to {}", link.display(), program.display()));
    if link.is_symlink() {
        fs::remove_file(&link)?;
    }
    os::unix::fs::symlink(&program, &link)?;
    ensure!(succeeds(&link, &["-version"]), "{} is not an ffmpeg", program.display());
    Ok(())
}

fn make_sound(dir: &Path) -> anyhow::Result<()> {
    let (begun, done) = (dir.join("sound.begun.webm"), dir.join(SOUND));
    let (program, file) = (dir.join("ffmpeg"), begun.display().to_string());
    let tone = "sine=frequency=220:sample_rate=16000:duration=1800";
    let quiet = ["-hide_banner", "-loglevel", "error", "-y"];
    let what = ["-f", "lavfi", "-i", tone, "-c:a", "libopus", "-b:a", "16k", &file];
    println_task(&format!("making {}", done.display()));
    run(program, &[&quiet[..], &what[..]].concat())?;
    fs::rename(&begun, &done)?;
    Ok(())
}
