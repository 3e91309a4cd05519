//! Finished work, in the memory of the process and, in front of all processes,
//! on the server.
//!
//! What holds when something is invalidated while others put and read it. From
//! then on no reader of this process gets an older value; and no reader of
//! another, from when the news has reached it, some milliseconds later. A value
//! whose making began before that, by [`Cache::get_or_make`] or by a `put` on
//! its way, is not kept:
//! - where the news has arrived by the time it is put, [`Forgotten`] says so;
//! - where it has not, the guard on the server refuses it (`far::GUARD`);
//! - and what slips between two checks of its own process is removed again.
//!
//! It can stay, for its time to live, if its maker hears nothing of the server
//! for longer than the guard lasts and then puts it, or if it was made without
//! asking the cache first. A process that was deaf forgets all it has.
//!
//! [`Cache::get_or_make`]: recap_core::ports::Cache::get_or_make

mod far;
mod flights;
mod forgotten;
mod gauge;
mod memory;
mod near;
mod packed;
mod redis;
mod unfinished;

use std::time::Duration;

use recap_config::CacheConfig;
use recap_core::ports::{CacheKey, Resource};

pub(crate) use memory::MemoryCache;
pub(crate) use near::Near;
pub(crate) use redis::RedisCache;

#[cfg(doc)]
use forgotten::Forgotten;

/// How much is kept, and for how long.
#[derive(Clone, Debug)]
pub(crate) struct Rules {
    /// For the memory of the process, in bytes.
    memory: usize,
    /// For the server, in bytes.
    redis: u64,
    /// Of one value, in bytes.
    max_value: usize,
    /// How long one waits for another that makes the same.
    flight: Duration,
    metadata: Duration,
    transcript: Duration,
    refusal: Duration,
    summary: Duration,
    job: Duration,
}

impl Rules {
    pub(crate) fn new(config: &CacheConfig) -> Self {
        Self {
            memory: config.memory(),
            redis: config.redis() as u64,
            max_value: config.max_value(),
            flight: config.flight(),
            metadata: config.metadata(),
            transcript: config.transcript(),
            refusal: config.refusal().max(config.no_captions()),
            summary: config.summary(),
            job: config.job(),
        }
    }

    fn time_to_live(&self, resource: Resource) -> Duration {
        match resource {
            Resource::Metadata => self.metadata,
            Resource::Transcript => self.transcript,
            Resource::Refusal => self.refusal,
            Resource::Summary => self.summary,
            Resource::Job => self.job,
        }
    }
}

/// A key as it is written, if this version has such a resource.
fn parse(key: &str) -> Option<CacheKey> {
    let mut parts = key.splitn(3, ':');
    let resource = parts.next()?.parse().ok()?;
    let (id, version) = (parts.next()?.to_owned(), parts.next()?.to_owned());
    Some(CacheKey { resource, id, version })
}
