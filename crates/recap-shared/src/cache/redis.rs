//! The cache of all processes: memory first, then the server.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use recap_core::job::CacheLevel;
use recap_core::ports::{Cache, CacheKey, Cached, Lookup, Permit, Resource};
use tokio::time::{Instant, sleep_until};
use tokio_util::task::AbortOnDropHandle;

use super::MemoryCache;
use super::far::Far;
use super::flights::{Flight, Turn};
use super::memory::counted;
use super::near::Near;
use super::unfinished::Unfinished;
use crate::leases::{Keeper, Leased};
use crate::news::Wire;
use crate::numbers::Counts;
use crate::server::Server;

/// Longest time between two looks at what another process makes: the news that
/// it is done may be lost.
const POLL: Duration = Duration::from_millis(250);

pub(crate) struct RedisCache {
    near: Arc<Near>,
    far: Arc<Far>,
    keeper: Arc<Keeper>,
    unfinished: Arc<Unfinished>,
    counts: Arc<Counts>,
    _finishing: AbortOnDropHandle<()>,
}

impl RedisCache {
    pub(crate) fn new(
        server: Server,
        keeper: Arc<Keeper>,
        wire: Arc<Wire>,
        memory: MemoryCache,
    ) -> Self {
        let counts = Arc::clone(memory.counts());
        let near = memory.near;
        let far = Arc::new(Far::new(server, wire, near.rules.clone(), Arc::clone(&counts)));
        let unfinished = Arc::new(Unfinished::default());
        let finishing = Arc::clone(&unfinished).finish(Arc::clone(&far));
        Self { near, far, keeper, unfinished, counts, _finishing: finishing }
    }

    /// Looks in both levels; what is found in the second one goes to the first.
    async fn find(&self, key: &CacheKey) -> Option<Cached> {
        if let Some(cached) = self.near.get(key) {
            return Some(cached);
        }
        if self.unfinished.concerns(key.resource, &key.id) {
            return None;
        }
        let began = self.near.forgotten.now();
        let (value, put_at) = self.far.get(key).await?;
        let age = self.near.age(key, put_at)?;
        if self.near.forgotten.is_void(key, began) {
            return None;
        }
        self.near.fill(key, &value, put_at, began);
        Some(Cached { value, level: CacheLevel::Shared, age })
    }

    async fn look_up(&self, key: &CacheKey) -> Lookup {
        let deadline = Instant::now() + self.near.rules.flight;
        loop {
            // Before the look, so that whoever makes it anew after an
            // invalidation makes it of what was there after it.
            let began = self.near.forgotten.now();
            if let Some(cached) = self.find(key).await {
                return Lookup::Hit(cached);
            }
            match self.near.flights.join(key, began, deadline).await {
                Turn::Over => {}
                Turn::Late => return Lookup::Make(Permit::new(())),
                Turn::Ours(flight) => return self.lead(key, flight, deadline).await,
            }
        }
    }

    /// Settles with the other processes who makes it, on behalf of all who wait
    /// in this one. While the server is away it is this process.
    async fn lead(&self, key: &CacheKey, flight: Flight, deadline: Instant) -> Lookup {
        let lease = self.keeper.begin(Leased::Flight(key.to_string()));
        loop {
            let ours = self.far.lock(&lease, self.keeper.lease()).await;
            // Between the last look and the lock another may have put it.
            if let Some(cached) = self.find(key).await {
                return Lookup::Hit(cached);
            }
            if ours != Some(false) {
                lease.hold();
                return Lookup::Make(Permit::new((lease, flight)));
            }
            if Instant::now() >= deadline {
                return Lookup::Make(Permit::new(flight));
            }
            tokio::select! {
                () = flight.landed() => {}
                () = sleep_until(deadline.min(Instant::now() + POLL)) => {}
            }
            if let Some(cached) = self.find(key).await {
                return Lookup::Hit(cached);
            }
        }
    }
}

#[async_trait]
impl Cache for RedisCache {
    async fn get(&self, key: &CacheKey) -> Option<Cached> {
        let found = self.find(key).await;
        self.counts.looked_up(found.as_ref().map(|it| it.level));
        found
    }

    async fn get_or_make(&self, key: &CacheKey) -> Lookup {
        counted(&self.counts, self.look_up(key).await)
    }

    async fn put(&self, key: &CacheKey, value: Bytes) {
        let began = self.near.flights.began(key).unwrap_or_else(|| self.near.forgotten.now());
        if !self.near.put(key, &value, began) {
            return;
        }
        self.far.put(key, value, self.near.now()).await;
        // It may have been invalidated while it was on its way.
        if self.near.forgotten.is_void(key, began) {
            self.near.remove(key);
            self.far.remove(key).await;
        }
    }

    async fn invalidate(&self, resource: Resource, id: &str) {
        let begun = self.unfinished.begin(resource, id);
        self.near.forget(resource, id);
        if self.far.erase(resource, id).await.is_some() {
            begun.done();
        }
    }
}
