//! From settings to what a job may use.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, Hasher as _};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use recap_config::Config;
use recap_core::jobs::{Chance, Clock, JobContext, Policy, WebhookPolicy};
use recap_core::ports::{MediaSource, Notifier, Summarizer};
use recap_core::retry::RetryPolicy;
use recap_core::webhook::Schedule;
use recap_role::Ports;

use crate::gathered::Gathered;
use crate::guarded::{Guarded, Guards};
use crate::observer::Metered;

/// What a message is left to its sender beyond the time of an attempt: it may
/// wait for others to the same host, and what came of it is written afterwards.
const MARGIN: Duration = Duration::from_secs(30);

/// The ports that reach strangers on the network. Tests put fakes here.
#[derive(Clone)]
pub struct Outside {
    pub media: Arc<dyn MediaSource>,
    pub summarizer: Arc<dyn Summarizer>,
    pub fallback: Option<Arc<dyn Summarizer>>,
    pub notifier: Arc<dyn Notifier>,
}

/// What a job may use, with the guards around it.
pub fn context(config: &Config, ports: &Ports, outside: Outside, clock: Clock) -> JobContext {
    let shared = &ports.shared;
    let guards =
        Guards { slots: Arc::clone(&shared.slots), breakers: Arc::clone(&shared.breakers) };
    JobContext {
        store: Arc::clone(&ports.store),
        webhooks: Arc::clone(&ports.webhooks),
        keys: Arc::clone(&ports.keys),
        replies: Arc::clone(&ports.replies),
        queue: Arc::clone(&ports.queue),
        events: Arc::clone(&shared.events),
        cache: Arc::clone(&shared.cache),
        media: Arc::new(Gathered::new(Guarded::new(outside.media, &guards), &config.media)),
        summarizer: Arc::new(Guarded::new(outside.summarizer, &guards)),
        fallback: outside.fallback,
        notifier: Arc::new(Guarded::new(outside.notifier, &guards)),
        observer: Arc::new(Metered),
        advanced: Arc::new(AtomicBool::new(config.features.advanced_summarization)),
        load: ports.load.clone(),
        process: recap_telemetry::process_name(),
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
        outage: config.store.outage(),
        max_age: jobs.max_age(),
        retention: jobs.retention(),
        entries_per_lane: config.queue.entries_per_lane,
        entries_per_client: config.queue.entries_per_client,
        refusal: config.cache.refusal(),
        no_captions: config.cache.no_captions(),
        live_recheck: Duration::from_secs(jobs.live_recheck_seconds),
        max_video: jobs.max_video(),
        segment: config.summarize.segment_length(),
        chunk_tokens: config.summarize.chunk_tokens,
        webhooks: webhook_policy(config),
    }
}

fn webhook_policy(config: &Config) -> WebhookPolicy {
    let webhooks = &config.webhooks;
    let secret = Some(webhooks.secret.expose()).filter(|it| !it.is_empty());
    WebhookPolicy {
        schedule: Schedule { waits: webhooks.schedule() },
        lease: webhooks.timeout() * 2 + MARGIN,
        retention: webhooks.retention(),
        disable_after: webhooks.disable_after(),
        progress_every: webhooks.progress_interval(),
        public_url: config.server.public_url.clone(),
        secret: secret.map(|it| it.parse().expect("checked with the settings")),
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
