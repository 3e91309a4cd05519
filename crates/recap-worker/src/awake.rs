//! Keeps a platform that puts idle processes to sleep from doing so while there is
//! work in hand: by a request from outside, which is what such a platform counts.

use std::sync::Arc;
use std::time::Duration;

use recap_config::Config;
use recap_notify::Doorbell;
use tokio::time::{Instant, MissedTickBehavior, interval_at};
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};

use crate::held::Held;

/// Asks for our own address now and then, if the settings name it and only after
/// work. Runs until `stop` fires.
pub(crate) async fn keep(config: Config, held: Arc<Held>, stop: CancellationToken) {
    let Some((url, every)) = config.server.keep_awake() else { return };
    let bell = match Doorbell::new(&config.webhooks, &recap_notify::system_lookup()) {
        Ok(bell) => bell,
        Err(error) => return warn!(%error, "server.keep_awake_url cannot be used"),
    };
    let mut ticks = interval_at(Instant::now() + every, every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = stop.cancelled() => return,
        }
        if held.since_asked() {
            ring(&bell, url, config.webhooks.timeout()).await;
        }
    }
}

async fn ring(bell: &Doorbell, url: &str, timeout: Duration) {
    match bell.ring(url, timeout).await {
        // Any answer is one: it went through the platform's front door.
        Ok(status) => debug!(status, "asked for server.keep_awake_url"),
        Err(error) => {
            warn!(%error, "server.keep_awake_url does not answer; jobs may be put to sleep");
        }
    }
}
