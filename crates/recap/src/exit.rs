//! What a command's end means to the shell.

use std::process::ExitCode;

use recap_config::ConfigError;
use recap_core::Failure;
use recap_core::video::VideoUrlError;
use recap_summarize::ConnectError;

/// Documented in `recap --help`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    Done,
    /// The job failed and would fail again.
    Failed,
    /// A command, link or setting is wrong.
    Usage,
    /// The job failed for now.
    TryLater,
    /// Something on this machine is missing.
    Machine,
    Interrupted,
}

impl Exit {
    /// The exit code of an error that nothing else was done about.
    pub(crate) fn of(error: &anyhow::Error) -> Self {
        let setting = error.is::<ConfigError>() || error.is::<ConnectError>();
        if setting || error.is::<VideoUrlError>() {
            return Self::Usage;
        }
        match error.downcast_ref::<Failure>() {
            Some(failure) => Self::of_failure(failure),
            None => Self::Machine,
        }
    }

    pub(crate) fn of_failure(failure: &Failure) -> Self {
        if failure.retryable { Self::TryLater } else { Self::Failed }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Failed => 1,
            Exit::Usage => 2,
            Exit::TryLater => 3,
            Exit::Machine => 4,
            Exit::Interrupted => 130,
        })
    }
}
