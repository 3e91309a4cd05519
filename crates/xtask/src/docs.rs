//! The generated pages of `docs/` and files of `deploy/env/`, written from the types so that they cannot
//! drift.

mod breaking;
mod numbers;

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, bail};
use recap_core::ErrorCode;
use serde_json::Value;
use strum::VariantArray as _;

use crate::shell::root;

pub(crate) fn write(check: bool) -> anyhow::Result<()> {
    let mut pages = vec![
        ("docs/config.md".to_owned(), recap_config::reference()),
        ("docs/errors.md".to_owned(), errors()),
        ("docs/numbers.md".to_owned(), numbers::page()?),
        ("docs/metrics.md".to_owned(), recap_telemetry::metrics::reference()),
        ("docs/openapi.json".to_owned(), recap_gateway::openapi().to_pretty_json()? + "\n"),
    ];
    let files = recap_config::ENVIRONMENT_FILES;
    pages.extend(files.iter().map(|it| (format!("deploy/env/{}", it.name), it.text())));
    let mut stale = Vec::new();
    for (name, text) in pages {
        let path = root().join(&name);
        if fs::read_to_string(&path).is_ok_and(|it| it == text) {
            continue;
        }
        if check {
            stale.push(name);
        } else {
            fs::write(&path, text)?;
        }
    }
    if !stale.is_empty() {
        bail!("not what the code says: {}; run `cargo xtask docs`", stale.join(", "));
    }
    if check { check_promises() } else { Ok(()) }
}

/// Fails if a client of the last release could not live with the API as it is.
fn check_promises() -> anyhow::Result<()> {
    let path = released();
    let text =
        fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))?;
    let old: Value = serde_json::from_str(&text)?;
    let new: Value = serde_json::from_str(&recap_gateway::openapi().to_json()?)?;
    let broken = breaking::changes(&old, &new);
    if broken.is_empty() {
        return Ok(());
    }
    bail!(
        "the API breaks what was promised by docs/api/released.json:\n- {}\nMend it; or, if clients \
         are to change, say so in the release notes and run `cargo xtask docs --release`.",
        broken.join("\n- ")
    );
}

/// The API is promised as it is.
pub(crate) fn release() -> anyhow::Result<()> {
    let path = released();
    fs::create_dir_all(path.parent().context("it lies in a directory")?)?;
    fs::write(path, recap_gateway::openapi().to_pretty_json()? + "\n")?;
    Ok(())
}

/// The OpenAPI document of the last release.
fn released() -> PathBuf {
    root().join("docs/api/released.json")
}

fn errors() -> String {
    let mut text = String::from(
        "# Error codes\n\nWritten by `cargo xtask docs` from `ErrorCode` in `crates/recap-core`; do not \
         edit.\n\nEvery error of the API is `application/problem+json` with one of these in `code`; a \
         job that failed has one in `error.code`. Codes are never renamed or reused. *Retryable* says \
         whether the same request may succeed later without being changed. *HTTP* is the status when \
         a request is answered with it; a job's own failure is part of a `200`.\n\n\
         | code | retryable | HTTP | meaning |\n| --- | --- | --- | --- |\n",
    );
    for &code in ErrorCode::VARIANTS {
        let retryable = if code.retryable() { "yes" } else { "no" };
        let status = recap_gateway::status_of(code).as_u16();
        let _ = writeln!(text, "| `{code}` | {retryable} | {status} | {} |", code.title());
    }
    text
}
