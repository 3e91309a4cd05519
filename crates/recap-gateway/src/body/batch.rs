//! Many videos at once.

mod create;

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use recap_core::job::{BatchCounts, BatchItem, WaitingReason};
use recap_core::{Job, JobId, JobKind, Status};
use serde::Serialize;
use utoipa::ToSchema;

pub(crate) use self::create::CreateBatch;
use super::job::{InputBody, WebhookBody};
use super::outcome::FailureBody;

/// A batch: what was asked for, and what became of each item.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Batch)]
pub(crate) struct BatchBody {
    /// Also that of the job that makes the others.
    #[schema(example = "job_01JGFJJZ00000000000000000A")]
    id: String,
    /// Always `batch`.
    #[schema(value_type = String, example = "batch")]
    object: &'static str,
    /// What each item becomes.
    kind: JobKind,
    /// `succeeded` once every item has ended, however it did.
    status: Status,
    counts: BatchCounts,
    /// In the order they were sent, or that of the playlist; empty until a
    /// playlist has been listed.
    items: Vec<ItemBody>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(required, value_type = Option<String>, format = DateTime)]
    completed_at: Option<Timestamp>,
    /// An open batch expires then; an ended one is forgotten.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
    /// How each item is done.
    input: InputBody,
    /// The playlist that was asked for.
    #[schema(required, example = "PLbpi6ZahtOH6Blw3RGYpWkSByi_T7Rygb")]
    playlist: Option<String>,
    /// Why it ended before its items did.
    #[schema(required)]
    error: Option<FailureBody>,
    /// Why it is not being worked on yet.
    #[schema(required)]
    waiting_reason: Option<WaitingReason>,
    #[schema(required)]
    client_reference: Option<String>,
    metadata: BTreeMap<String, String>,
    #[schema(required)]
    webhook: Option<WebhookBody>,
    urls: BatchUrls,
    /// Grows with every change of the batch itself.
    revision: u64,
}

/// One item of a batch.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BatchItem)]
pub(crate) struct ItemBody {
    /// As it was sent, cut after 200 characters; or as the playlist has it.
    url: String,
    #[schema(required, example = "dQw4w9WgXcQ")]
    video_id: Option<String>,
    /// `null` until there is one, if there never will be, and once it is deleted.
    #[schema(required)]
    job: Option<ItemJob>,
    /// Why it never became a job.
    #[schema(required)]
    error: Option<FailureBody>,
}

/// The job of an item.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BatchItemJob)]
pub(crate) struct ItemJob {
    id: String,
    status: Status,
    #[schema(format = "uri-reference")]
    url: String,
}

/// Where to go from here; paths on this server.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BatchUrls {
    #[schema(format = "uri-reference")]
    get: String,
    #[schema(format = "uri-reference")]
    cancel: String,
    #[schema(format = "uri-reference")]
    retry: String,
}

impl BatchBody {
    /// `children` is how the jobs of the items are, as far as they are there.
    pub(crate) fn new(job: Job, children: &HashMap<JobId, Status>) -> Self {
        let (counts, id) = (counts(&job, children), job.id);
        let (kind, playlist) = match job.input.batch.clone() {
            Some(batch) => (batch.kind, batch.playlist.map(|it| it.to_string())),
            None => (job.kind, None),
        };
        Self {
            id: id.to_string(),
            object: "batch",
            kind,
            status: job.status,
            counts,
            items: job.items.into_iter().map(|it| ItemBody::new(it, children)).collect(),
            created_at: job.created_at,
            completed_at: job.completed_at,
            expires_at: job.expires_at,
            input: job.input.into(),
            playlist,
            error: job.error.map(Into::into),
            waiting_reason: job.waiting_reason,
            client_reference: job.client_reference,
            metadata: job.metadata,
            webhook: job.webhook.map(Into::into),
            urls: BatchUrls {
                get: format!("/v1/batches/{id}"),
                cancel: format!("/v1/jobs/{id}/cancel"),
                retry: format!("/v1/jobs/{id}/retry"),
            },
            revision: job.revision,
        }
    }
}

/// How the items are now; how they were at the end, once all have ended: their
/// jobs may be deleted before the batch is.
fn counts(batch: &Job, children: &HashMap<JobId, Status>) -> BatchCounts {
    if batch.status.is_terminal() && batch.counts.are_final() {
        return batch.counts;
    }
    let mut counts = BatchCounts::default();
    for item in &batch.items {
        let made = item.job.and_then(|it| children.get(&it).copied());
        let unmade = match item.error {
            Some(_) => Status::Failed,
            None if batch.status.is_terminal() => Status::Canceled,
            None => Status::Queued,
        };
        counts.add(made.unwrap_or(unmade));
    }
    counts
}

impl ItemBody {
    fn new(item: BatchItem, children: &HashMap<JobId, Status>) -> Self {
        let job = |id: JobId| {
            let (status, url) = (*children.get(&id)?, format!("/v1/jobs/{id}"));
            Some(ItemJob { id: id.to_string(), status, url })
        };
        Self {
            url: item.url,
            video_id: item.video.map(|it| it.to_string()),
            job: item.job.and_then(job),
            error: item.error.map(Into::into),
        }
    }
}
