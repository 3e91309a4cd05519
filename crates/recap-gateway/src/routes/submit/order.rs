//! What was asked for, checked for what its form does not say: a job that is yet
//! to be kept.

mod check;

use std::time::Duration;

use recap_core::job::{BatchInput, BatchItem, JobInput, OwnTranscript};
use recap_core::key::KeyId;
use recap_core::summary::Style;
use recap_core::transcript::Transcript;
use recap_core::video::VideoUrl;
use recap_core::webhook::JobWebhook;
use recap_core::{ErrorCode, Failure, Job, JobKind};

use super::own;
use crate::access::Who;
use crate::body::{CreateBatch, CreateSummary, CreateTranscript, Extras};
use crate::context::Context;
use crate::error::ApiResult;
use crate::extract::Wishes;

/// Most that is kept of a link that a batch was sent, in characters.
const MAX_ITEM_URL: usize = 200;

/// A job that is yet to be kept.
pub(in crate::routes) struct Order {
    pub(super) job: Job,
    /// The client's own.
    pub(super) transcript: Option<Transcript>,
    /// How many jobs it will be.
    pub(super) jobs: u64,
    /// It is answered as a batch.
    pub(super) as_batch: bool,
}

impl Order {
    pub(in crate::routes) fn into_parts(self) -> (Job, Option<Transcript>) {
        (self.job, self.transcript)
    }
}

/// A summary, of a video or of a transcript of the client's own.
pub(in crate::routes) fn summary(
    cx: &Context,
    who: &Who,
    body: CreateSummary,
    wishes: &Wishes,
) -> ApiResult<Order> {
    let (video_id, own) = match (body.url, body.transcript) {
        (Some(url), None) => (Some(check::video("/url", &url)?), None),
        (None, Some(sent)) => (None, Some(own::read(sent, cx.rules.max_video)?)),
        (Some(_), Some(_)) => {
            return Err(check::invalid("/transcript", "may not be sent with `url`"));
        }
        (None, None) => return Err(check::invalid("/url", "must be sent, or `transcript`")),
    };
    let range = check::range(cx, body.range)?;
    if own.is_some() && range.is_some() {
        return Err(check::invalid("/range", "may only be sent with `url`"));
    }
    let (transcript, sent): (Option<OwnTranscript>, _) = own.unzip();
    let input = JobInput {
        video_id,
        transcript,
        batch: None,
        range,
        language: body.language.0,
        style: body.style,
        priority: body.priority,
        region: check::region(cx, body.region)?,
        cache: body.cache,
    };
    let (webhook, client_reference) = (body.webhook, body.client_reference);
    let extras = Extras { webhook, client_reference, metadata: body.metadata };
    let job = new(cx, who, JobKind::Summary, input, wishes);
    Ok(Order {
        job: check::extras(cx, who, job, extras)?,
        transcript: sent,
        jobs: 1,
        as_batch: false,
    })
}

/// The transcript of a video.
pub(in crate::routes) fn transcript(
    cx: &Context,
    who: &Who,
    body: CreateTranscript,
    wishes: &Wishes,
) -> ApiResult<Order> {
    let input = JobInput {
        video_id: Some(check::video("/url", &body.url)?),
        transcript: None,
        batch: None,
        range: check::range(cx, body.range)?,
        language: None,
        style: Style::default(),
        priority: body.priority,
        region: check::region(cx, body.region)?,
        cache: body.cache,
    };
    let (webhook, client_reference) = (body.webhook, body.client_reference);
    let extras = Extras { webhook, client_reference, metadata: body.metadata };
    let job = new(cx, who, JobKind::Transcript, input, wishes);
    let job = check::extras(cx, who, job, extras)?;
    Ok(Order { job, transcript: None, jobs: 1, as_batch: false })
}

/// Many videos. A link that is none is an item with an error, not an error.
pub(in crate::routes) fn batch(
    cx: &Context,
    who: &Who,
    body: CreateBatch,
    wishes: &Wishes,
) -> ApiResult<Order> {
    let source = check::source(cx, body.urls, body.playlist, body.max_items)?;
    let jobs = u64::from(source.max_items);
    let input = JobInput {
        video_id: None,
        transcript: None,
        batch: Some(BatchInput {
            kind: body.kind.into(),
            playlist: source.playlist,
            max_items: source.max_items,
        }),
        range: None,
        language: body.language.0,
        style: body.style,
        priority: body.priority,
        region: check::region(cx, body.region)?,
        cache: body.cache,
    };
    let (webhook, client_reference) = (body.webhook, body.client_reference);
    let extras = Extras { webhook, client_reference, metadata: body.metadata };
    let mut job = new(cx, who, JobKind::Batch, input, wishes);
    job.items = source.urls.iter().map(|it| item(it)).collect();
    let job = check::extras(cx, who, job, extras)?;
    Ok(Order { job, transcript: None, jobs, as_batch: true })
}

/// The same as `ended` once more, asked for with `key`; `transcript` is that of the
/// client's own.
/// It is told of to whom it was, and its end is a new one.
pub(in crate::routes) fn again(
    cx: &Context,
    key: Option<KeyId>,
    ended: &Job,
    transcript: Option<Transcript>,
    cancel_after: Option<Duration>,
) -> Order {
    let now = cx.now();
    let mut job =
        Job::new(ended.owner.clone(), ended.kind, ended.input.clone(), now, now + cx.rules.max_age);
    job.items = ended.items.iter().map(unmade).collect();
    // Who asks for it again is who can check its signature.
    job.webhook = ended.webhook.clone().map(|it| JobWebhook { key: key.or(it.key), ..it });
    job.metadata = ended.metadata.clone();
    job.client_reference = ended.client_reference.clone();
    job.retry_of = Some(ended.id);
    let jobs = ended.input.batch.as_ref().map_or(1, |it| u64::from(it.max_items));
    Order { job: until(job, cancel_after), transcript, jobs, as_batch: false }
}

fn new(cx: &Context, who: &Who, kind: JobKind, input: JobInput, wishes: &Wishes) -> Job {
    let now = cx.now();
    until(
        Job::new(who.owner.clone(), kind, input, now, now + cx.rules.max_age),
        wishes.cancel_after,
    )
}

/// The job with the end that its client asked for.
fn until(mut job: Job, cancel_after: Option<Duration>) -> Job {
    if let Some(after) = cancel_after {
        let deadline = job.created_at + after;
        job.deadline = Some(deadline);
        job.expires_at = job.expires_at.min(deadline);
    }
    job
}

fn item(url: &str) -> BatchItem {
    let (video, error) = match VideoUrl::parse(url) {
        Ok(link) => (Some(link.id()), None),
        Err(error) => (None, Some(Failure::new(ErrorCode::InvalidUrl, error.to_string()))),
    };
    BatchItem { url: url.chars().take(MAX_ITEM_URL).collect(), video, job: None, error }
}

fn unmade(item: &BatchItem) -> BatchItem {
    BatchItem { job: None, ..item.clone() }
}
