//! The fakes keep the contracts that the adapters keep, so that what is tested
//! with them holds without them.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod servers;

use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use recap_core::ports::{Cache, Keys, Queue, Replies, Store, Webhooks};
use recap_testkit::conformance;
use recap_testkit::conformance::queue::Entrance;
use recap_testkit::fakes::{MemoryCache, MemoryQueue, MemoryStore, TestClock};
use recap_testkit::samples;

#[tokio::test]
async fn the_store_keeps_its_contract() {
    conformance::store::all(async || {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
        store
    })
    .await;
}

#[tokio::test]
async fn the_keys_keep_their_contract() {
    conformance::keys::all(async || {
        let keys: Arc<dyn Keys> = Arc::new(MemoryStore::new());
        keys
    })
    .await;
}

#[tokio::test]
async fn the_replies_keep_their_contract() {
    conformance::replies::all(async || {
        let replies: Arc<dyn Replies> = Arc::new(MemoryStore::new());
        replies
    })
    .await;
}

#[tokio::test]
async fn the_webhooks_keep_their_contract() {
    conformance::webhooks::all(async || {
        let webhooks: Arc<dyn Webhooks> = Arc::new(MemoryStore::new());
        webhooks
    })
    .await;
}

#[tokio::test]
async fn the_queue_keeps_its_contract() {
    conformance::queue::all(async || {
        let queue: Arc<dyn Entrance> = Arc::new(OneQueue::new());
        queue
    })
    .await;
}

#[tokio::test]
async fn the_cache_keeps_its_contract() {
    conformance::shared::cache(async || {
        let cache: Arc<dyn Cache> = Arc::new(MemoryCache::new(TestClock::new().as_clock()));
        cache
    })
    .await;
}

/// One queue in one process, and time that passes.
struct OneQueue(Arc<MemoryQueue>);

impl OneQueue {
    fn new() -> Self {
        let began = Instant::now();
        let clock = Arc::new(move || samples::created_at() + began.elapsed());
        Self(Arc::new(MemoryQueue::new(clock)))
    }
}

#[async_trait]
impl Entrance for OneQueue {
    async fn connect(&self) -> Arc<dyn Queue> {
        self.0.clone()
    }

    /// Only payloads fit into this one.
    async fn spoil(&self) {}
}
