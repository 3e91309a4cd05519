//! What comes from `PyPI`: one virtual environment for each program.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::{install_package, println_task};
use crate::shell::{root, run, succeeds};

/// A Python environment with one package and what it needs.
struct Environment {
    name: &'static str,
    /// What `pip` is told to install.
    packages: &'static [&'static str],
    /// What the files say that are named there, so that a change is noticed.
    pins: &'static str,
}

/// Wheels only, with the hashes of `requirements/NAME.txt`.
macro_rules! hashed {
    ($name:literal) => {
        Environment {
            name: $name,
            packages: &[
                "--require-hashes",
                "--only-binary=:all:",
                concat!("--requirement=crates/xtask/requirements/", $name, ".txt"),
            ],
            pins: include_str!(concat!("../../requirements/", $name, ".txt")),
        }
    };
}

const ENVIRONMENTS: [Environment; 6] = [
    // Bare, as recap installs it: certifi beside it would make it deaf to SSL_CERT_FILE.
    Environment { name: "yt-dlp", packages: &["--no-deps", "yt-dlp==2026.10.26"], pins: "" },
    // Google's own client, which the simulated Gemini must please.
    Environment { name: "genai", packages: &["google-genai==3.4.0"], pins: "" },
    // OpenAI's own client, which the simulated servers of its API must please.
    Environment { name: "openai", packages: &["openai==3.54.0"], pins: "" },
    // SecantusDB, which speaks MongoDB's protocol where no MongoDB is to be had.
    hashed!("secantus"),
    // The official client of Standard Webhooks, which must accept what is sent.
    hashed!("standardwebhooks"),
    // Schemathesis, which makes requests from the OpenAPI document.
    hashed!("schemathesis"),
];

/// What checks the files of `deploy/`; no test needs it.
const DEPLOY: Environment = hashed!("deploy");

/// The Python workers that recap is measured against; no test needs them.
const PEERS: Environment = Environment {
    name: "peers",
    packages: &["--requirement=bench/peers/worker/requirements.txt"],
    pins: include_str!("../../../../bench/peers/worker/requirements.txt"),
};

/// ROUGE, and the summarisers that ours is compared with; no test needs it.
const EVAL: Environment = Environment {
    name: "eval",
    packages: &["--requirement=crates/xtask/requirements/eval.txt"],
    pins: include_str!("../../requirements/eval.txt"),
};

pub(super) fn install_eval() -> anyhow::Result<PathBuf> {
    install_one(&EVAL)?;
    Ok(root().join("target/tools").join(EVAL.name).join("bin/python"))
}

pub(super) fn install_peers() -> anyhow::Result<PathBuf> {
    install_one(&PEERS)?;
    Ok(root().join("target/tools").join(PEERS.name).join("bin"))
}

pub(super) fn install_deploy() -> anyhow::Result<PathBuf> {
    install_one(&DEPLOY)?;
    Ok(root().join("target/tools").join(DEPLOY.name).join("bin"))
}

pub(super) fn install() -> anyhow::Result<()> {
    ENVIRONMENTS.iter().try_for_each(install_one)
}

fn install_one(environment: &Environment) -> anyhow::Result<()> {
    let dir = root().join("target/tools").join(environment.name);
    let stamp = dir.join(".installed");
    let wanted = environment.packages.join(" ") + environment.pins;
    if fs::read_to_string(&stamp).is_ok_and(|it| it == wanted) {
        return Ok(());
    }
    println_task(&format!("installing {} into {}", environment.name, dir.display()));
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
        // Debian ships the module in a package of its own.
        install_package("python3-venv")?;
    }
    run(&python, &["-m", "venv", "--clear", path])
}
