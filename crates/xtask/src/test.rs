//! `cargo xtask test`: everything the tests need, then all tests.

use crate::{fuzz, shell, tools};

pub(crate) fn run(args: &[String]) -> anyhow::Result<()> {
    tools::install()?;
    let mut cargo = vec!["test", "--workspace", "--no-fail-fast"];
    cargo.extend(args.iter().map(String::as_str));
    shell::run("cargo", &cargo)?;
    // Who names tests wants those.
    if args.is_empty() { fuzz::run() } else { Ok(()) }
}
