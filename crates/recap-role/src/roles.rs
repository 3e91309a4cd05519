//! The roles of one process, running side by side.

use std::future::Future;

use anyhow::Context as _;
use tokio::task::{JoinError, JoinSet};
use tokio_util::sync::CancellationToken;

/// Roles that run until one of them ends or the process is asked to stop.
#[derive(Default)]
pub struct Roles {
    running: JoinSet<anyhow::Result<()>>,
    shutdown: CancellationToken,
}

impl Roles {
    pub fn new() -> Self {
        Self::default()
    }

    /// Fires when the roles are to end.
    pub fn shutdown(&self) -> CancellationToken {
        self.shutdown.clone()
    }

    /// Starts a role; `what` is said if it fails.
    pub fn start<E>(
        &mut self,
        what: &'static str,
        role: impl Future<Output = Result<(), E>> + Send + 'static,
    ) where
        Result<(), E>: anyhow::Context<(), E>,
        E: Send + 'static,
    {
        self.running.spawn(async move { role.await.context(what) });
    }

    /// Runs until `signal` or until a role ends by itself, then lets the roles
    /// finish what they hold. A process with half its roles is worse than none.
    ///
    /// # Errors
    ///
    /// The first failure of a role.
    pub async fn run_until(mut self, signal: impl Future<Output = ()>) -> anyhow::Result<()> {
        let mut first = tokio::select! {
            () = signal => Ok(()),
            Some(role) = self.running.join_next() => flat(role),
        };
        self.shutdown.cancel();
        while let Some(role) = self.running.join_next().await {
            first = first.and(flat(role));
        }
        first
    }
}

/// A role that panics has failed too, and the others are still waited for.
fn flat(role: Result<anyhow::Result<()>, JoinError>) -> anyhow::Result<()> {
    role.unwrap_or_else(|panic| Err(panic.into()))
}
