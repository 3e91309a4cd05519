//! The cache of one process that shares it with nobody.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use recap_core::ports::{Cache, CacheKey, Cached, Lookup, Permit, Resource};
use tokio::time::Instant;

use super::flights::Turn;
use super::near::Near;
use crate::numbers::Counts;

pub(crate) struct MemoryCache {
    pub(super) near: Arc<Near>,
    counts: Arc<Counts>,
}

impl MemoryCache {
    pub(crate) fn new(near: Arc<Near>, counts: Arc<Counts>) -> Self {
        Self { near, counts }
    }

    pub(super) fn counts(&self) -> &Arc<Counts> {
        &self.counts
    }

    async fn look_up(&self, key: &CacheKey) -> Lookup {
        let deadline = Instant::now() + self.near.rules.flight;
        loop {
            if let Some(cached) = self.near.get(key) {
                return Lookup::Hit(cached);
            }
            let began = self.near.forgotten.now();
            match self.near.flights.join(key, began, deadline).await {
                Turn::Over => {}
                Turn::Late => return Lookup::Make(Permit::new(())),
                Turn::Ours(flight) => {
                    // Between the look and the turn another may have put it.
                    return match self.near.get(key) {
                        Some(cached) => Lookup::Hit(cached),
                        None => Lookup::Make(Permit::new(flight)),
                    };
                }
            }
        }
    }
}

/// Counts what came of a lookup.
pub(super) fn counted(counts: &Counts, lookup: Lookup) -> Lookup {
    match &lookup {
        Lookup::Hit(cached) => counts.looked_up(Some(cached.level)),
        Lookup::Make(_) => counts.looked_up(None),
    }
    lookup
}

#[async_trait]
impl Cache for MemoryCache {
    async fn get(&self, key: &CacheKey) -> Option<Cached> {
        let found = self.near.get(key);
        self.counts.looked_up(found.as_ref().map(|it| it.level));
        found
    }

    async fn get_or_make(&self, key: &CacheKey) -> Lookup {
        counted(&self.counts, self.look_up(key).await)
    }

    async fn put(&self, key: &CacheKey, value: Bytes) {
        let began = self.near.flights.began(key).unwrap_or_else(|| self.near.forgotten.now());
        self.near.put(key, &value, began);
    }

    async fn invalidate(&self, resource: Resource, id: &str) {
        self.near.forget(resource, id);
    }
}
