//! Messages to clients.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::check::{between, seconds};
use crate::error::Problem;
use crate::secret::Secret;

/// In seconds.
const WEEK: u64 = 7 * 24 * 3600;

/// More networks than anybody lists by hand.
const MOST_NETWORKS: usize = 100;

/// Messages to clients: `[webhooks]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct WebhooksConfig {
    /// Signs the messages of jobs that were submitted without a key: `whsec_`
    /// and 24 to 64 bytes in base64. Without one, such jobs can name no webhook.
    #[schema(value_type = String)]
    pub secret: Secret,
    /// Whether messages may go to `http://` addresses, where anybody on the way
    /// can read them.
    pub allow_http: bool,
    /// Networks that messages may go to although they are private, as in
    /// `10.1.0.0/16`. Everything else that is not public is refused.
    pub allow_cidrs: Vec<String>,
    /// Longest time of one attempt, the answer included, in seconds.
    pub timeout_seconds: u64,
    /// The waits after each failed attempt, in seconds, give or take a fifth.
    /// The attempt after the last wait is the last one.
    pub schedule_seconds: Vec<u64>,
    /// Most that is read and kept of an answer, in bytes.
    pub max_response_bytes: usize,
    /// Attempts at once to one host, per process.
    pub per_host: usize,
    /// How long messages and their attempts can be looked up, in days.
    pub retention_days: u64,
    /// How long every attempt has to fail until an endpoint is disabled, in
    /// hours.
    pub disable_after_hours: u64,
    /// Endpoints that one owner may register.
    pub max_endpoints: usize,
    /// Shortest time between two `job.progress` of one job, in seconds.
    pub progress_seconds: u64,
    /// How long messages are signed with the old secret as well after it was
    /// replaced, in hours.
    pub rotation_hours: u64,
}

impl Default for WebhooksConfig {
    fn default() -> Self {
        Self {
            secret: Secret::default(),
            allow_http: false,
            allow_cidrs: Vec::new(),
            timeout_seconds: 15,
            schedule_seconds: vec![5, 300, 1800, 7200, 18_000, 36_000, 36_000],
            max_response_bytes: 1024,
            per_host: 2,
            retention_days: 30,
            disable_after_hours: 120,
            max_endpoints: 20,
            progress_seconds: 10,
            rotation_hours: 24,
        }
    }
}

impl WebhooksConfig {
    pub fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout_seconds)
    }

    /// The waits after each failed attempt.
    pub fn schedule(&self) -> Vec<Duration> {
        self.schedule_seconds.iter().copied().map(Duration::from_secs).collect()
    }

    pub fn retention(&self) -> Duration {
        Duration::from_hours(self.retention_days * 24)
    }

    pub fn disable_after(&self) -> Duration {
        Duration::from_hours(self.disable_after_hours)
    }

    pub fn progress_interval(&self) -> Duration {
        Duration::from_secs(self.progress_seconds)
    }

    pub fn rotation(&self) -> Duration {
        Duration::from_hours(self.rotation_hours)
    }

    /// The networks of `allow_cidrs`; loading has checked that they are some.
    pub fn allowed_networks(&self) -> Vec<IpNet> {
        self.allow_cidrs.iter().filter_map(|it| it.parse().ok()).collect()
    }

    pub(crate) fn check(&self, found: &mut Vec<Problem>) {
        if !self.secret.is_empty() && !is_secret(self.secret.expose()) {
            let mend =
                "use whsec_ and 24 to 64 bytes in base64: recap keys secret prints a new one";
            found.push(Problem::invalid("webhooks.secret", mend));
        }
        self.check_networks(found);
        between("webhooks.timeout_seconds", self.timeout_seconds, 1, 120, found);
        self.check_schedule(found);
        between("webhooks.max_response_bytes", self.max_response_bytes, 0, 65_536, found);
        between("webhooks.per_host", self.per_host, 1, 64, found);
        between("webhooks.retention_days", self.retention_days, 1, 3650, found);
        between("webhooks.disable_after_hours", self.disable_after_hours, 1, 365 * 24, found);
        between("webhooks.max_endpoints", self.max_endpoints, 0, 1000, found);
        seconds("webhooks.progress_seconds", self.progress_seconds, 1, found);
        between("webhooks.rotation_hours", self.rotation_hours, 0, 30 * 24, found);
    }

    fn check_networks(&self, found: &mut Vec<Problem>) {
        let key = "webhooks.allow_cidrs";
        if let Some(wrong) = self.allow_cidrs.iter().find(|it| it.parse::<IpNet>().is_err()) {
            let mend = format!("{wrong:?} is no network; write it as in 10.1.0.0/16 or fd00::/8");
            found.push(Problem::invalid(key, mend));
        }
        if self.allow_cidrs.len() > MOST_NETWORKS {
            found.push(Problem::invalid(key, format!("name at most {MOST_NETWORKS} networks")));
        }
    }

    fn check_schedule(&self, found: &mut Vec<Problem>) {
        let waits = &self.schedule_seconds;
        let valid = waits.iter().all(|it| (1..=WEEK).contains(it));
        if !valid || !(1..=20).contains(&waits.len()) {
            let mend = format!("name 1 to 20 waits, each of 1 to {WEEK} seconds");
            found.push(Problem::invalid("webhooks.schedule_seconds", mend));
            return;
        }
        // A receiver that is overloaded may double each wait.
        let days = (2 * waits.iter().sum::<u64>()).div_ceil(24 * 60 * 60);
        if self.retention_days < days {
            let mend = format!("use {days} or more: a message may be on its way for so long");
            found.push(Problem::invalid("webhooks.retention_days", mend));
        }
    }
}

/// As `recap_core::webhook::WebhookSecret` takes it.
fn is_secret(text: &str) -> bool {
    let bytes = text.strip_prefix("whsec_").and_then(|it| STANDARD.decode(it).ok());
    bytes.is_some_and(|it| (24..=64).contains(&it.len()))
}
