//! The ports that roles share.

use std::sync::Arc;

use anyhow::Context as _;
use recap_config::{Config, QueueBackend, SharedBackend, StoreBackend};
use recap_core::jobs::Clock;
use recap_core::ports::{Breakers, Cache, Events, Limits, Probe, Queue, Slots, Store};
use recap_shared::Shared;
use recap_store::Opened;
use tracing::warn;

use crate::probes;

/// The ports that roles share.
#[derive(Clone)]
pub struct Ports {
    pub store: Arc<dyn Store>,
    pub queue: Arc<dyn Queue>,
    pub events: Arc<dyn Events>,
    pub slots: Arc<dyn Slots>,
    pub cache: Arc<dyn Cache>,
    pub breakers: Arc<dyn Breakers>,
    pub limits: Arc<dyn Limits>,
    /// Ask what the process depends on how it is.
    pub probes: Vec<Arc<dyn Probe>>,
    pub shared: Shared,
    pub opened: Opened,
}

/// What is wrong with settings that make half a fleet: several processes would
/// share the store, and nothing else.
pub fn halves(config: &Config) -> Option<&'static str> {
    let shared_store = config.store_backend() == StoreBackend::Mongodb;
    let own_queue = config.queue_backend() != QueueBackend::Redis;
    let own_state = config.shared_backend() != SharedBackend::Redis;
    match (shared_store, own_queue, own_state) {
        (true, true, _) => Some(
            "jobs are in MongoDB, but the queue is in a file of this machine: fine for one \
             process; for several set REDIS_URL",
        ),
        (true, false, true) => Some(
            "the queue is in Redis, but slots, cache and events are in this process: set REDIS_URL",
        ),
        _ => None,
    }
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
    let store = Arc::clone(&opened.store);
    let queue = recap_queue::connect(config).await.context("the queue cannot be opened")?;
    let shared = recap_shared::connect(config, clock).context("REDIS_URL cannot be used")?;
    if let Some(mend) = halves(config) {
        warn!("{mend}");
    }
    let probes = probes::all(config, &store, &queue, &shared);
    Ok(Ports {
        store,
        queue,
        events: Arc::clone(&shared.events),
        slots: Arc::clone(&shared.slots),
        cache: Arc::clone(&shared.cache),
        breakers: Arc::clone(&shared.breakers),
        limits: Arc::clone(&shared.limits),
        probes,
        shared,
        opened,
    })
}
