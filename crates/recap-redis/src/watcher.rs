//! Notices when a server that was away is back.

use std::sync::Arc;
use std::time::Duration;

use redis::aio::ConnectionManager;
use tokio::sync::watch;
use tokio_util::task::AbortOnDropHandle;
use tracing::info;

/// How often a server that is away is asked for a sign of life.
const ASK: Duration = Duration::from_secs(1);

pub(crate) fn spawn(
    manager: ConnectionManager,
    away: Arc<watch::Sender<bool>>,
    timeout: Duration,
) -> AbortOnDropHandle<()> {
    #[expect(clippy::disallowed_methods, reason = "aborted when the last connection is dropped")]
    let task = tokio::spawn(watch(manager, away, timeout));
    AbortOnDropHandle::new(task)
}

async fn watch(mut manager: ConnectionManager, away: Arc<watch::Sender<bool>>, timeout: Duration) {
    let mut changes = away.subscribe();
    loop {
        if changes.wait_for(|it| *it).await.is_err() {
            return;
        }
        tokio::time::sleep(ASK).await;
        let ping = redis::cmd("PING");
        let answer = tokio::time::timeout(timeout, ping.query_async::<String>(&mut manager));
        if matches!(answer.await, Ok(Ok(_))) {
            away.send_replace(false);
            info!("Redis answers again");
        }
    }
}
