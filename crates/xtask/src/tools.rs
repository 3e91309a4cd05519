//! The programs that tests run, each in a place of its own under
//! `target/tools`: nothing is installed outside the checkout but Debian's
//! `python3-venv`, `redis-tools` and `ffmpeg`, and only where they are missing.

mod ffmpeg;
mod python;
mod redis;

use std::env;
use std::path::PathBuf;

use anyhow::Context as _;

use crate::shell::run;

/// Installs what is missing; does nothing when all is there.
pub(crate) fn install() -> anyhow::Result<()> {
    python::install()?;
    ffmpeg::install()?;
    redis::install()
}

/// Installs what checks the files of `deploy/`; where the programs of Python are.
pub(crate) fn deploy() -> anyhow::Result<PathBuf> {
    redis::install()?;
    python::install_deploy()
}

/// Installs the Python workers that recap is measured against; where their programs are.
pub(crate) fn peers() -> anyhow::Result<PathBuf> {
    python::install_peers()
}

/// Installs what scores summaries; its Python.
pub(crate) fn eval() -> anyhow::Result<PathBuf> {
    python::install_eval()
}

fn on_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|it| it.join(name)).find(|it| it.is_file())
}

/// Installs a package of Debian.
fn install_package(name: &str) -> anyhow::Result<()> {
    // A fresh image has no lists.
    run("apt-get", &["--quiet", "update"])
        .and_then(|()| run("apt-get", &["install", "--yes", "--no-install-recommends", name]))
        .with_context(|| {
            format!("{name} is missing and cannot be installed; install it and try again")
        })
}

#[expect(clippy::print_stderr, reason = "a task talks to a person at a terminal")]
fn println_task(line: &str) {
    eprintln!("xtask: {line}");
}
