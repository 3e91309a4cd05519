//! How the store, the queue and the memory are.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use recap_config::{Config, QueueBackend, StoreBackend};
use recap_core::load::{Load, Luxury};
use recap_core::ports::{Condition, Probe, Queue, Store};
use recap_shared::Shared;
use strum::VariantArray as _;

pub(crate) fn all(
    config: &Config,
    store: &Arc<dyn Store>,
    queue: &Arc<dyn Queue>,
    shared: &Shared,
    load: &Load,
) -> Vec<Arc<dyn Probe>> {
    let store = StoreProbe { store: Arc::clone(store), what: store_name(config) };
    let queue = QueueProbe { queue: Arc::clone(queue), what: queue_name(config) };
    let memory = MemoryProbe { load: load.clone() };
    vec![Arc::new(store), Arc::new(queue), Arc::clone(&shared.probe), Arc::new(memory)]
}

pub(crate) fn store_name(config: &Config) -> &'static str {
    match config.store_backend() {
        StoreBackend::Mongodb => "MongoDB",
        _ => "the embedded database",
    }
}

fn queue_name(config: &Config) -> &'static str {
    match config.queue_backend() {
        QueueBackend::Redis => "Redis",
        _ => "the embedded database",
    }
}

/// How long the queue may take to show that it is there.
const QUEUE_TIMEOUT: Duration = Duration::from_millis(1500);

/// Never down: reads, health and what is in hand go on.
struct MemoryProbe {
    load: Load,
}

#[async_trait]
impl Probe for MemoryProbe {
    fn name(&self) -> &'static str {
        "memory"
    }

    async fn probe(&self) -> Condition {
        let off = Luxury::VARIANTS.iter().filter(|it| self.load.is_off(**it));
        let names: Vec<String> = off.map(ToString::to_string).collect();
        if names.is_empty() {
            return Condition::Ok;
        }
        let (level, names) = (self.load.level(), names.join(", "));
        Condition::Fallback { detail: format!("memory is short ({level}); left off: {names}") }
    }
}

struct StoreProbe {
    store: Arc<dyn Store>,
    what: &'static str,
}

#[async_trait]
impl Probe for StoreProbe {
    fn name(&self) -> &'static str {
        "store"
    }

    async fn probe(&self) -> Condition {
        match self.store.check().await {
            Ok(()) => Condition::Ok,
            Err(_) => Condition::Down { detail: format!("{} does not answer", self.what) },
        }
    }
}

struct QueueProbe {
    queue: Arc<dyn Queue>,
    what: &'static str,
}

#[async_trait]
impl Probe for QueueProbe {
    fn name(&self) -> &'static str {
        "queue"
    }

    async fn probe(&self) -> Condition {
        // Less than a probe may take: whoever is late is no reason to be down.
        match tokio::time::timeout(QUEUE_TIMEOUT, self.queue.check()).await {
            Ok(Ok(())) => Condition::Ok,
            Ok(Err(_)) | Err(_) => Condition::Fallback {
                detail: format!("{} does not answer; jobs wait in the store", self.what),
            },
        }
    }
}
