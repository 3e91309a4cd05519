//! What is said to a person at a terminal: results on standard output,
//! everything else on standard error.

use std::fmt::Display;
use std::io::Write as _;

/// A line on standard error. A terminal that is gone is not an error.
pub(crate) fn say(line: impl Display) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// A line on standard output.
///
/// # Errors
///
/// When nobody reads it any more.
pub(crate) fn print(text: impl Display) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    write!(out, "{text}")?;
    out.flush()
}

/// An error and what led to it, in one line. Some causes repeat themselves in
/// what they caused; those are said once.
pub(crate) fn complain(error: &anyhow::Error) {
    let mut said: Vec<String> = Vec::new();
    for cause in error.chain().map(ToString::to_string) {
        if !said.iter().any(|it| it.contains(&cause)) {
            said.push(cause);
        }
    }
    say(format_args!("recap: {}", said.join(": ")));
}
