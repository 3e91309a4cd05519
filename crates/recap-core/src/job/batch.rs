//! A job that makes other jobs.

use serde::{Deserialize, Serialize};

use super::{JobId, JobKind, Status};
use crate::error::Failure;
use crate::video::{PlaylistId, VideoId};

/// What a batch is made of. Its own input says how: each of its jobs has the same
/// language, style, priority, region and cache mode.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchInput {
    /// What each item becomes; never a batch.
    pub kind: JobKind,
    /// The playlist whose videos are the items, listed by the worker.
    #[serde(default)]
    pub playlist: Option<PlaylistId>,
    /// Items of the playlist that are taken, from its start.
    pub max_items: u32,
}

/// One item of a batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchItem {
    /// As the client sent it, shortened; or as the playlist has it.
    pub url: String,
    #[serde(default)]
    pub video: Option<VideoId>,
    /// `None` until there is one, and if `error` says why there is none.
    #[serde(default)]
    pub job: Option<JobId>,
    #[serde(default)]
    pub error: Option<Failure>,
}

/// How the items of a batch are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct BatchCounts {
    pub total: u32,
    pub queued: u32,
    pub running: u32,
    pub succeeded: u32,
    /// Failed, or never became a job.
    pub failed: u32,
    pub canceled: u32,
    pub expired: u32,
}

impl BatchCounts {
    /// Counts one more.
    pub fn add(&mut self, status: Status) {
        let count = match status {
            Status::Queued => &mut self.queued,
            Status::Running => &mut self.running,
            Status::Succeeded => &mut self.succeeded,
            Status::Failed => &mut self.failed,
            Status::Canceled => &mut self.canceled,
            Status::Expired => &mut self.expired,
        };
        *count += 1;
        self.total += 1;
    }

    /// Items that have not ended.
    pub fn open(self) -> u32 {
        self.queued + self.running
    }

    /// Whether all items have ended, so that nothing of this changes any more.
    pub fn are_final(self) -> bool {
        self.total > 0 && self.open() == 0
    }
}
