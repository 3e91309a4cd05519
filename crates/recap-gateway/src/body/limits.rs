//! What a caller may do how often, and how much at once.

use recap_config::Config;
use recap_core::ports::Level;
use serde::Serialize;
use utoipa::ToSchema;

use crate::limit::{Policy, up};

/// The limits that apply to the caller, as they are now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Limits)]
pub(crate) struct LimitsBody {
    /// Always `limits`.
    #[schema(value_type = String, example = "limits")]
    object: &'static str,
    /// How often something may be done; what is not listed has no limit. A request
    /// takes one from each of its policies, or is refused with `rate_limited`.
    policies: Vec<PolicyBody>,
    bounds: Bounds,
}

/// How often something may be done.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LimitPolicy)]
struct PolicyBody {
    /// As in the `ratelimit` headers: `global` (submits of all callers together),
    /// `submit`, `daily` (submits), `read`, `list` or `change`.
    #[schema(value_type = String, example = "submit")]
    name: &'static str,
    /// So many at once after a rest, and then evenly, so many in each window.
    #[schema(example = 10)]
    quota: u32,
    /// In seconds.
    #[schema(example = 60)]
    window_seconds: u64,
    /// How many could be done at once now.
    #[schema(example = 7)]
    remaining: u32,
    /// Seconds until that is the quota again.
    #[schema(example = 18)]
    reset_seconds: u64,
}

/// How much may be done at once.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = LimitBounds)]
struct Bounds {
    /// Largest body of a request, in bytes.
    body_bytes: usize,
    /// Largest body of a request that brings its own transcript, in bytes.
    transcript_bytes: usize,
    /// Videos in one batch.
    batch_items: usize,
    /// Jobs of the caller that have not ended.
    open_jobs: u64,
    /// How many of those there may be.
    max_open_jobs: u64,
    /// Webhook endpoints that the caller may register.
    webhook_endpoints: usize,
    /// Longest video, in hours.
    video_hours: u64,
}

/// The bounds that are the same for everyone, and for as long as the process runs.
#[derive(Clone, Debug)]
pub(crate) struct CommonBounds(Bounds);

impl CommonBounds {
    pub(crate) fn new(config: &Config) -> Self {
        Self(Bounds {
            body_bytes: config.server.max_body_bytes,
            transcript_bytes: config.server.max_transcript_bytes,
            batch_items: config.limits.batch_items,
            open_jobs: 0,
            max_open_jobs: 0,
            webhook_endpoints: config.webhooks.max_endpoints,
            video_hours: config.jobs.max_video_hours,
        })
    }
}

impl LimitsBody {
    /// For one who has `open_jobs` of `max_open_jobs`.
    pub(crate) fn new(
        levels: Vec<(Policy, Level)>,
        common: &CommonBounds,
        open_jobs: u64,
        max_open_jobs: u64,
    ) -> Self {
        let policies = levels.into_iter().map(PolicyBody::from).collect();
        let bounds = Bounds { open_jobs, max_open_jobs, ..common.0.clone() };
        Self { object: "limits", policies, bounds }
    }
}

impl From<(Policy, Level)> for PolicyBody {
    fn from((policy, level): (Policy, Level)) -> Self {
        let rate = policy.rate;
        Self {
            name: policy.name,
            quota: rate.count,
            window_seconds: rate.per.as_secs(),
            remaining: level.left,
            reset_seconds: up(level.full_in).as_secs(),
        }
    }
}
