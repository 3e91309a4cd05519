//! The ports that roles share.

use std::sync::Arc;

use anyhow::Context as _;
use recap_config::{Config, StoreBackend};
use recap_core::jobs::Clock;
use recap_core::load::Load;
use recap_core::ports::{Keys, Probe, Queue, Replies, Store, Webhooks};
use recap_shared::Shared;
use recap_store::Opened;
use tracing::{info, warn};

use crate::{probes, watch};

/// The ports that roles share.
#[derive(Clone)]
pub struct Ports {
    pub store: Arc<dyn Store>,
    pub webhooks: Arc<dyn Webhooks>,
    pub keys: Arc<dyn Keys>,
    pub replies: Arc<dyn Replies>,
    pub queue: Arc<dyn Queue>,
    pub shared: Shared,
    /// What is left off while memory is short; [`crate::watch()`] says when.
    pub load: Load,
    /// What time it is.
    pub clock: Clock,
    /// Ask what the process depends on how it is.
    pub probes: Vec<Arc<dyn Probe>>,
    pub(crate) opened: Opened,
}

/// Opens what the settings name. An embedded database is opened now; a server
/// is not waited for.
///
/// # Errors
///
/// When the embedded database cannot be opened, or a URL not be understood.
pub async fn connect(config: &Config, clock: Clock) -> anyhow::Result<Ports> {
    let hint = match config.store_backend() {
        StoreBackend::Mongodb => "the store cannot be used; correct MONGODB_URI",
        _ => {
            "the embedded database cannot be opened; if it is damaged, or of a newer recap, move \
             it away or name another with RECAP_SQLITE__FILE"
        }
    };
    let opened = recap_store::open(config).await.context(hint)?;
    let queue = recap_queue::connect(config).await.context("the queue cannot be opened")?;
    let shared =
        recap_shared::connect(config, clock.clone()).context("REDIS_URL cannot be used")?;
    let runtime = &config.runtime;
    info!(environment = %runtime.environment, optimization = %runtime.optimization, "settings");
    if let Some(mend) = config.advice() {
        warn!("{mend}");
    }
    let load = watch::load(&config.resources);
    let probes = probes::all(config, &opened.store, &queue, &shared, &load);
    Ok(Ports {
        store: Arc::clone(&opened.store),
        webhooks: Arc::clone(&opened.webhooks),
        keys: Arc::clone(&opened.keys),
        replies: Arc::clone(&opened.replies),
        queue,
        shared,
        load,
        clock,
        probes,
        opened,
    })
}
