//! From settings to what a job may use.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, Hasher as _};
use std::sync::Arc;
use std::time::Duration;

use recap_config::Config;
use recap_core::jobs::{Chance, Clock, JobContext, Policy};
use recap_core::ports::{Events, MediaSource, Queue, Slots, Store, Summarizer};
use recap_core::retry::RetryPolicy;

use crate::guarded::Guarded;

/// The ports that reach strangers on the network. Tests put fakes here.
#[derive(Clone)]
pub struct Outside {
    pub media: Arc<dyn MediaSource>,
    pub summarizer: Arc<dyn Summarizer>,
    pub fallback: Option<Arc<dyn Summarizer>>,
}

/// The ports that roles share.
#[derive(Clone)]
pub struct Ports {
    pub store: Arc<dyn Store>,
    pub queue: Arc<dyn Queue>,
    pub events: Arc<dyn Events>,
    pub slots: Arc<dyn Slots>,
}

/// What a job may use, with the guards around it.
pub fn context(config: &Config, ports: &Ports, outside: Outside, clock: Clock) -> JobContext {
    let slots = &ports.slots;
    JobContext {
        store: Arc::clone(&ports.store),
        queue: Arc::clone(&ports.queue),
        events: Arc::clone(&ports.events),
        media: Arc::new(Guarded::new(outside.media, slots)),
        summarizer: Arc::new(Guarded::new(outside.summarizer, slots)),
        fallback: outside.fallback,
        clock,
        chance: random_chance(),
        policy: policy(config),
    }
}

/// The rules of the settings.
pub fn policy(config: &Config) -> Policy {
    let jobs = &config.jobs;
    Policy {
        timeout: jobs.timeout(),
        retry: RetryPolicy {
            max_attempts: jobs.max_attempts,
            base: Duration::from_secs(jobs.retry_base_seconds),
            cap: Duration::from_secs(jobs.retry_cap_seconds),
        },
        lease: config.worker.lease(),
        max_crashes: jobs.max_crashes,
        patience: config.worker.patience(),
        max_age: jobs.max_age(),
        retention: jobs.retention(),
        live_recheck: Duration::from_secs(jobs.live_recheck_seconds),
        max_video: jobs.max_video(),
        segment: config.summarize.segment_length(),
        chunk_tokens: config.summarize.chunk_tokens,
    }
}

/// The clock of the machine.
#[expect(clippy::disallowed_methods, reason = "this is where the time comes in")]
pub fn system_clock() -> Clock {
    Arc::new(jiff::Timestamp::now)
}

/// Chance for jitter: the standard library's seeded hasher is random enough.
pub fn random_chance() -> Chance {
    Arc::new(|| {
        let bits = RandomState::new().build_hasher().finish() >> 11;
        #[expect(clippy::cast_precision_loss, reason = "53 bits fit a double exactly")]
        let chance = bits as f64 / (1_u64 << 53) as f64;
        chance
    })
}
