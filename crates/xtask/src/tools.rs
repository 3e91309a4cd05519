//! The programs that tests run, each in a place of its own under
//! `target/tools`: nothing is installed outside the checkout but Debian's
//! `python3-venv`, and only where it is missing.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::shell::{root, run, succeeds};

/// A Python environment with one package and what it needs.
struct Environment {
    name: &'static str,
    /// What `pip` is told to install.
    packages: &'static [&'static str],
}

const ENVIRONMENTS: [Environment; 2] = [
    // Bare, as recap installs it: certifi beside it would make it deaf to SSL_CERT_FILE.
    Environment { name: "yt-dlp", packages: &["--no-deps", "yt-dlp==2026.10.26"] },
    // Google's own client, which the simulated Gemini must please.
    Environment { name: "genai", packages: &["google-genai==3.4.0"] },
];

/// Installs what is missing; does nothing when all is there.
pub(crate) fn install() -> anyhow::Result<()> {
    for environment in &ENVIRONMENTS {
        install_one(environment)?;
    }
    Ok(())
}

fn install_one(environment: &Environment) -> anyhow::Result<()> {
    let dir = root().join("target/tools").join(environment.name);
    let stamp = dir.join(".installed");
    let wanted = environment.packages.join(" ");
    if fs::read_to_string(&stamp).is_ok_and(|it| it == wanted) {
        return Ok(());
    }
    println_task(&format!("installing {} into {}", environment.packages.join(" "), dir.display()));
    make_venv(&dir)?;
    let python = dir.join("bin/python");
    let mut args = vec!["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    args.extend(environment.packages);
    run(&python, &args)?;
    fs::write(&stamp, wanted)?;
    Ok(())
}

fn make_venv(dir: &Path) -> anyhow::Result<()> {
    let python = PathBuf::from("python3");
    let path = dir.to_str().context("the path of the checkout is not UTF-8")?;
    if !succeeds(&python, &["-c", "import ensurepip, venv"]) {
        // Debian ships the module in a package of its own; a fresh image has no lists.
        run("apt-get", &["--quiet", "update"])?;
        run("apt-get", &["install", "--yes", "--no-install-recommends", "python3-venv"])
            .context("python3-venv is missing and cannot be installed; install it and try again")?;
    }
    run(&python, &["-m", "venv", "--clear", path])
}

#[expect(clippy::print_stderr, reason = "a task talks to a person at a terminal")]
fn println_task(line: &str) {
    eprintln!("xtask: {line}");
}
