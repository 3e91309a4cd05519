//! Waits for the store at a start, and says so.

use std::sync::Arc;
use std::time::Duration;

use recap_config::Config;
use recap_core::ports::Store;
use tracing::{info, warn};

use crate::probes;

const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Returns once the store has answered and is up to date. Start order does not
/// matter: who comes before the store waits for it, ever less impatiently.
pub async fn until_ready(config: &Config, store: Arc<dyn Store>) {
    let what = probes::store_name(config);
    let mut pause = FIRST_PAUSE;
    let mut waited = false;
    while let Err(error) = store.check().await {
        let seconds = pause.as_secs_f32();
        warn!(error = %error.0, "waiting for {what}; asking again in {seconds} s");
        waited = true;
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
    if waited {
        info!("{what} answers");
    }
}
