//! What all who work together share: finished work, news about jobs, how much
//! may happen at once and how often, and what is better left alone for a while.
//! In the memory of one process, or on a Redis for all of them.
//!
//! Invariants: nothing in here is needed to bring a job to its end, it only
//! makes waiting shorter and load smaller; and while the Redis is away every
//! call is answered from what the process has itself, at once.

mod breakers;
mod cache;
mod events;
mod leases;
mod limits;
mod news;
mod numbers;
mod probe;
mod server;
mod slots;

use std::collections::BTreeMap;
use std::sync::Arc;

use recap_config::{Config, SharedBackend};
use recap_core::jobs::Clock;
use recap_core::ports::{
    BreakerUse, Breakers, Cache, Events, Limits, Link, Probe, Slot, SlotUse, Slots,
};
use recap_redis::Redis;

use crate::breakers::{MemoryBreakers, RedisBreakers};
use crate::cache::{MemoryCache, Near, RedisCache, Rules};
use crate::events::{MemoryEvents, RedisEvents};
use crate::leases::Keeper;
use crate::limits::{MemoryLimits, RedisLimits};
use crate::news::{Listeners, Wire};
use crate::numbers::Counts;
use crate::probe::{MemoryProbe, RedisProbe};
use crate::server::Server;
use crate::slots::{Bells, MemorySlots, RedisSlots};

pub use crate::numbers::Numbers;

/// What one process shares among its roles, and with other processes. Its
/// background tasks end when the last clone of it and of its ports is dropped.
#[derive(Clone)]
pub struct Shared {
    pub events: Arc<dyn Events>,
    pub slots: Arc<dyn Slots>,
    pub cache: Arc<dyn Cache>,
    pub breakers: Arc<dyn Breakers>,
    pub limits: Arc<dyn Limits>,
    pub probe: Arc<dyn Probe>,
    counts: Arc<Counts>,
    near: Arc<Near>,
    near_breakers: Arc<MemoryBreakers>,
    server: Option<Server>,
}

/// The settings name a server that cannot be one.
#[derive(Debug, thiserror::Error)]
#[error("redis.url cannot be understood")]
pub struct ConnectError(#[source] recap_redis::redis::RedisError);

/// Makes what the roles of this process share. The only `match` on
/// [`SharedBackend`]. Does not wait for the server. Must be called inside a
/// tokio runtime.
///
/// # Errors
///
/// When `redis.url` cannot be understood.
pub fn connect(config: &Config, clock: Clock) -> Result<Shared, ConnectError> {
    match config.shared_backend() {
        SharedBackend::Memory | SharedBackend::Auto => Ok(in_memory(config, clock)),
        SharedBackend::Redis => {
            let redis = Redis::connect(&config.redis.url, &config.redis).map_err(ConnectError)?;
            Ok(on_redis(config, clock, redis))
        }
    }
}

impl Shared {
    /// How it goes right now.
    pub fn numbers(&self) -> Numbers {
        let away = self.server.as_ref().is_some_and(Server::is_away);
        self.counts.numbers(self.near.size(), away)
    }

    /// The way to the Redis, if there is one.
    pub fn link(&self) -> Option<Link> {
        self.server.as_ref().map(Server::link)
    }

    /// By kind.
    pub fn slots_in_use(&self) -> BTreeMap<&'static str, SlotUse> {
        let kinds = [("fetch", Slot::Fetch), ("summarize", Slot::Summarize)];
        let used = |(name, slot): (&'static str, Slot)| {
            let (in_use, waiting) = self.counts.slots(slot);
            let limit = self.slots.limit(slot) as u64;
            (name, SlotUse { in_use, waiting, limit })
        };
        kinds.into_iter().map(used).collect()
    }

    /// By name, as this process has seen them.
    pub fn breakers_now(&self) -> BTreeMap<&'static str, BreakerUse> {
        self.near_breakers.now()
    }

    /// The memory that this process may use for the cache from now on, in bytes;
    /// what does not fit goes at once. For when memory grows short: the setting
    /// `cache.memory_mb` is what it starts with.
    pub fn set_cache_memory(&self, bytes: usize) {
        self.near.set_budget(bytes);
    }
}

fn in_memory(config: &Config, clock: Clock) -> Shared {
    let breakers = Arc::new(MemoryBreakers::new((&config.breakers).into()));
    let counts = Arc::new(Counts::default());
    let near = Arc::new(Near::new(Rules::new(&config.cache), Arc::clone(&clock)));
    Shared {
        events: Arc::new(MemoryEvents::default()),
        slots: Arc::new(MemorySlots::new(&config.limits, Arc::clone(&counts))),
        cache: Arc::new(MemoryCache::new(Arc::clone(&near), Arc::clone(&counts))),
        breakers: breakers.clone(),
        limits: Arc::new(MemoryLimits::new(clock)),
        probe: Arc::new(MemoryProbe),
        counts,
        near,
        near_breakers: breakers,
        server: None,
    }
}

/// Each part is what it would be in memory, with the server in front of it.
fn on_redis(config: &Config, clock: Clock, redis: Redis) -> Shared {
    let counts = Arc::new(Counts::default());
    let near = Arc::new(Near::new(Rules::new(&config.cache), Arc::clone(&clock)));
    let events = Arc::new(MemoryEvents::default());
    let bells = Arc::new(Bells::default());
    let server = Server::new(redis);
    let listeners = Listeners {
        events: Arc::clone(&events),
        near: Arc::clone(&near),
        bells: Arc::clone(&bells),
    };
    let wire = Arc::new(Wire::new(server.clone(), listeners, Arc::clone(&counts)));
    let lease = config.shared.slot_lease();
    let keeper = Arc::new(Keeper::new(server.clone(), lease, wire.outbox(), Arc::clone(&bells)));
    let slots = MemorySlots::new(&config.limits, Arc::clone(&counts));
    let cache = MemoryCache::new(Arc::clone(&near), Arc::clone(&counts));
    let breakers = Arc::new(MemoryBreakers::new((&config.breakers).into()));
    Shared {
        slots: Arc::new(RedisSlots::new(server.clone(), Arc::clone(&keeper), slots, bells)),
        cache: Arc::new(RedisCache::new(server.clone(), keeper, Arc::clone(&wire), cache)),
        events: Arc::new(RedisEvents::new(events, wire)),
        breakers: Arc::new(RedisBreakers::new(server.clone(), Arc::clone(&breakers))),
        limits: Arc::new(RedisLimits::new(server.clone(), MemoryLimits::new(clock))),
        probe: Arc::new(RedisProbe::new(server.clone())),
        counts,
        near,
        near_breakers: breakers,
        server: Some(server),
    }
}
