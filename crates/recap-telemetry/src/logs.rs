//! Logs: one line an event, on standard error, as text or JSON.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

/// The form of a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Text,
    Json,
}

/// The filter cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("log.filter must be a filter such as `info,recap=debug`: {0}")]
pub struct FilterError(#[from] tracing_subscriber::filter::ParseError);

/// Sends logs to standard error, which leaves standard output to results. To
/// be called once, by `main`; a second call changes nothing.
///
/// # Errors
///
/// When `filter` is not one, as in `info,recap=debug`.
pub fn init(format: Format, filter: &str) -> Result<(), FilterError> {
    let filter = EnvFilter::builder().parse(filter)?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    // An error means that a subscriber is there already, as in tests.
    let _ = match format {
        Format::Text => builder.with_target(false).try_init(),
        Format::Json => builder.json().flatten_event(true).try_init(),
    };
    Ok(())
}
