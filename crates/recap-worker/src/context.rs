//! From settings to what a job may use.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, Hasher as _};
use std::sync::Arc;
use std::time::Duration;

use recap_config::Config;
use recap_core::jobs::{Chance, Clock, JobContext, Policy};
use recap_core::ports::{MediaSource, Summarizer};
use recap_core::retry::RetryPolicy;
use recap_role::Ports;

use crate::guarded::{Guarded, Guards};
use crate::observer::Metered;
use crate::patient::Patient;

/// The ports that reach strangers on the network. Tests put fakes here.
#[derive(Clone)]
pub struct Outside {
    pub media: Arc<dyn MediaSource>,
    pub summarizer: Arc<dyn Summarizer>,
    pub fallback: Option<Arc<dyn Summarizer>>,
}

/// What a job may use, with the guards around it.
pub fn context(config: &Config, ports: &Ports, outside: Outside, clock: Clock) -> JobContext {
    let guards = Guards { slots: Arc::clone(&ports.slots), breakers: Arc::clone(&ports.breakers) };
    JobContext {
        store: Arc::new(Patient::new(Arc::clone(&ports.store), config.store.outage())),
        queue: Arc::clone(&ports.queue),
        events: Arc::clone(&ports.events),
        cache: Arc::clone(&ports.cache),
        media: Arc::new(Guarded::media(outside.media, &guards)),
        summarizer: Arc::new(Guarded::summarizer(outside.summarizer, &guards)),
        fallback: outside.fallback,
        observer: Arc::new(Metered),
        process: recap_role::process_name(),
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
        entries_per_lane: config.queue.entries_per_lane,
        entries_per_client: config.queue.entries_per_client,
        live_recheck: Duration::from_secs(jobs.live_recheck_seconds),
        max_video: jobs.max_video(),
        segment: config.summarize.segment_length(),
        chunk_tokens: config.summarize.chunk_tokens,
    }
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
