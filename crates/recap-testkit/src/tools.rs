//! The programs that tests run, as `cargo xtask tools` installs them.

use std::path::{Path, PathBuf};

/// The pinned yt-dlp.
///
/// # Panics
///
/// When it is not installed: a test that needs it must not pass without it.
pub fn yt_dlp() -> PathBuf {
    tool("yt-dlp/bin/yt-dlp")
}

/// A Python that has Google's own client of the Gemini API.
///
/// # Panics
///
/// When it is not installed.
pub fn genai_python() -> PathBuf {
    tool("genai/bin/python")
}

/// A Python that has the official client of the OpenAI API.
///
/// # Panics
///
/// When it is not installed.
pub fn openai_python() -> PathBuf {
    tool("openai/bin/python")
}

/// ffmpeg, with ffprobe beside it.
///
/// # Panics
///
/// When it is not installed.
pub fn ffmpeg() -> PathBuf {
    tool("ffmpeg/ffmpeg")
}

/// Half an hour of sound as YouTube has it: Opus in `WebM`.
///
/// # Panics
///
/// When it was not made.
pub fn sound() -> Vec<u8> {
    std::fs::read(tool("ffmpeg/sound.webm")).expect("it was made with the tools")
}

/// Redis.
///
/// # Panics
///
/// When it is not installed.
pub fn redis_server() -> PathBuf {
    tool("redis/redis-server")
}

/// `SecantusDB`, a server of MongoDB's protocol.
///
/// # Panics
///
/// When it is not installed.
pub fn secantusd() -> PathBuf {
    tool("secantus/bin/secantusd-py")
}

/// A Python that has the official client of Standard Webhooks.
///
/// # Panics
///
/// When it is not installed.
pub fn standardwebhooks_python() -> PathBuf {
    tool("standardwebhooks/bin/python")
}

fn tool(path: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("two levels up");
    let tool = root.join("target/tools").join(path);
    assert!(tool.exists(), "{} is missing: run `cargo xtask tools` first", tool.display());
    tool
}
