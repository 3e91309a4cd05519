//! What `chaos`, `stress` and `bench` share: processes of recap, the simulated
//! world around them, a client app, and somebody's server that is told of jobs.

pub(crate) mod cgroup;
pub(crate) mod client;
pub(crate) mod figures;
pub(crate) mod hooks;
pub(crate) mod process;
pub(crate) mod resp;
pub(crate) mod told;
pub(crate) mod usage;
mod verify;
pub(crate) mod world;

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU16, Ordering};

use anyhow::Context as _;
use jiff::Timestamp;

use crate::shell;

/// Prints a line of a table, or of how far it is.
#[expect(clippy::print_stdout, reason = "the table is what the task is for")]
pub(crate) fn say(line: &str) {
    println!("{line}");
}

/// Says how far something long is, beside what it prints.
#[expect(clippy::print_stderr, reason = "a task talks to a person at a terminal")]
pub(crate) fn note(line: &str) {
    eprintln!("   {line}");
}

/// Says how far something long is, ten times on its way.
pub(crate) fn say_progress(done: usize, of: usize) {
    if of >= 10 && done.is_multiple_of(of / 10) {
        say(&format!("   {done} of {of}"));
    }
}

/// Builds programs of the workspace with a Cargo profile.
pub(crate) fn build(profile: &str, packages: &[&str]) -> anyhow::Result<()> {
    let packages: Vec<String> = packages.iter().map(|it| format!("--package={it}")).collect();
    let mut args = vec!["build", "--profile", profile];
    args.extend(packages.iter().map(String::as_str));
    shell::run("cargo", &args)
}

/// Where Cargo puts a program that was built with this profile.
pub(crate) fn binary(profile: &str, name: &str) -> PathBuf {
    let dir = if profile == "dev" { "debug" } else { profile };
    shell::root().join(Path::new("target").join(dir).join(name))
}

/// A program that the tests need, as `cargo xtask tools` installs it.
pub(crate) fn tool(path: &str) -> PathBuf {
    shell::root().join("target/tools").join(path)
}

#[expect(clippy::disallowed_methods, reason = "compared with the times in the logs")]
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}

/// A port that nobody listens on, and that was not given before. It is below those
/// that Linux gives to clients: what stops and starts again finds it free, and
/// whoever connects meanwhile is refused, and not connected to itself.
pub(crate) fn free_port() -> anyhow::Result<u16> {
    const FIRST: u16 = 12_000;
    const COUNT: u16 = 8_000;
    static GIVEN: AtomicU16 = AtomicU16::new(0);
    let begin = u16::try_from(std::process::id() % u32::from(COUNT))?;
    for _ in 0..COUNT {
        let port = FIRST + (begin + GIVEN.fetch_add(1, Ordering::Relaxed)) % COUNT;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return Ok(port);
        }
    }
    anyhow::bail!("none of thousands of ports is free")
}

/// Host and port of a URL.
pub(crate) fn address(url: &str) -> anyhow::Result<SocketAddr> {
    let (_, rest) = url.split_once("://").context("a URL has a scheme")?;
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    Ok(authority.parse()?)
}
