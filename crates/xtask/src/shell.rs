//! Running other programs.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).expect("this crate lies two levels below the root").to_owned()
}

/// Runs a program at the root and waits for it.
///
/// # Errors
///
/// When it cannot be started or does not succeed.
pub(crate) fn run(program: impl AsRef<Path>, args: &[&str]) -> anyhow::Result<()> {
    let program = program.as_ref();
    let status = command(program)
        .args(args)
        .status()
        .with_context(|| format!("{} cannot be started", program.display()))?;
    if !status.success() {
        bail!("{} {} failed: {status}", program.display(), args.join(" "));
    }
    Ok(())
}

/// Whether a program runs and succeeds; what it prints is dropped.
pub(crate) fn succeeds(program: impl AsRef<Path>, args: &[&str]) -> bool {
    command(program.as_ref()).args(args).output().is_ok_and(|it| it.status.success())
}

#[expect(clippy::disallowed_methods, reason = "a task's whole work is to run other programs")]
fn command(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root());
    command
}
