//! The generated pages of `docs/`, written from the types so that they cannot
//! drift.

use std::fmt::Write as _;
use std::fs;

use anyhow::bail;
use recap_core::ErrorCode;
use strum::VariantArray as _;

use crate::shell::root;

pub(crate) fn write(check: bool) -> anyhow::Result<()> {
    let pages = [
        ("config.md", recap_config::reference()),
        ("errors.md", errors()),
        ("metrics.md", recap_telemetry::metrics::reference()),
        ("openapi.json", recap_gateway::openapi().to_pretty_json()? + "\n"),
    ];
    let mut stale = Vec::new();
    for (name, text) in pages {
        let path = root().join("docs").join(name);
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
        bail!("not what the code says: docs/{}; run `cargo xtask docs`", stale.join(", docs/"));
    }
    Ok(())
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
