//! Notices when a server that was away is back.

use std::sync::Arc;
use std::time::Duration;

use recap_config::RedisConfig;
use redis::aio::ConnectionManager;
use tokio::sync::watch;
use tokio_util::task::AbortOnDropHandle;
use tracing::info;

pub(crate) fn spawn(
    manager: ConnectionManager,
    away: Arc<watch::Sender<bool>>,
    config: &RedisConfig,
) -> AbortOnDropHandle<()> {
    #[expect(clippy::disallowed_methods, reason = "aborted when the last connection is dropped")]
    let task = tokio::spawn(watch(manager, away, config.rest(), config.timeout()));
    AbortOnDropHandle::new(task)
}

/// A server that is away is asked for a sign of life after each `rest`.
async fn watch(
    mut manager: ConnectionManager,
    away: Arc<watch::Sender<bool>>,
    rest: Duration,
    timeout: Duration,
) {
    let mut changes = away.subscribe();
    loop {
        if changes.wait_for(|it| *it).await.is_err() {
            return;
        }
        tokio::time::sleep(rest).await;
        let ping = redis::cmd("PING");
        let answer = tokio::time::timeout(timeout, ping.query_async::<String>(&mut manager));
        if matches!(answer.await, Ok(Ok(_))) {
            away.send_replace(false);
            info!("Redis answers again");
        }
    }
}
