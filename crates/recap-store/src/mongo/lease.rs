//! The life of a job: claimed, written under a lease, and given back or ended. Each is one write of one document, with its guard in the filter.

use std::time::Duration;

use jiff::Timestamp;
use mongodb::bson::oid::ObjectId;
use mongodb::bson::{Bson, Document, doc};
use recap_core::job::{Job, JobId};
use recap_core::ports::{Claim, Lease, Release, Renewal, StoreError};

use super::JOBS;
use super::document::{Change, date, job, number, told, whole};
use super::products::keep_transcript_until;
use super::server::Server;
use crate::document::to_json;

/// Running, and by nobody but the holder of `lease`.
pub(super) fn held(lease: Lease) -> Document {
    doc! { "_id": lease.job.to_string(), "fence": lease.fence.cast_signed(), "status": "running" }
}

/// A text of ours in a pipeline: one that began with `$` would be a field.
pub(super) fn literal(value: impl Into<Bson>) -> Document {
    doc! { "$literal": value.into() }
}

/// Raises fence and crash counter in the write that takes the job, so a worker
/// that dies at once has been counted. A lease that ends now has ended.
pub(super) async fn claim(
    server: &Server,
    id: JobId,
    now: Timestamp,
    lease: Duration,
) -> Result<Option<Claim>, StoreError> {
    let id_text = id.to_string();
    let waiting =
        doc! { "_id": &id_text, "status": "queued", "retry_at": { "$not": { "$gt": date(now) } } };
    let left = doc! { "_id": &id_text, "status": "running", "lease_until": { "$lte": date(now) } };
    let mark = ObjectId::new();
    let until = now.checked_add(lease).unwrap_or(Timestamp::MAX);
    let taken = doc! {
        "status": "running",
        "fence": { "$add": ["$fence", 1] },
        "crashes": { "$add": ["$crashes", 1] },
        "lease_until": date(until),
        "started_at": { "$ifNull": ["$started_at", date(now)] },
        "parked": false,
        "claimed_by": mark,
        "revision": { "$add": ["$revision", 1] },
    };
    let gone = ["retry_at", "waiting_reason", "waiting_since", "leader"];
    let mut fields = whole();
    fields.extend(doc! { "fence": 1, "crashes": 1 });
    let change = [doc! { "$set": taken }, doc! { "$unset": gone.as_slice() }];
    // Each is a write of its own: servers find their way to `_id` more surely than
    // through an `$or`. A job that is given back between the two is left to the
    // reconciler.
    if !server.change(JOBS, waiting, change.as_slice()).await?
        && !server.change(JOBS, left, change.as_slice()).await?
    {
        return Ok(None);
    }
    let ours = doc! { "_id": id_text, "claimed_by": mark };
    let Some(taken) = server.find_one(JOBS, ours, fields).await? else { return Ok(None) };
    // It counts this claim already.
    let crashes = number(&taken, "crashes").map_err(StoreError)?.saturating_sub(1);
    Ok(Some(Claim {
        job: job(&taken)?,
        lease: Lease { job: id, fence: number(&taken, "fence").map_err(StoreError)? },
        crashes: u32::try_from(crashes).unwrap_or(u32::MAX),
    }))
}

/// Holding a lease is not a write to the job: the revision stays, or every poll
/// of a running job would be answered in full. Whether it was named as stale
/// before does not matter any more.
pub(super) async fn renew(
    server: &Server,
    lease: Lease,
    until: Timestamp,
) -> Result<Renewal, StoreError> {
    let change = doc! {
        "$set": { "lease_until": date(until) },
        "$unset": { "waiting_since": "" },
    };
    // A wish to cancel is rare, and once there it stays.
    for (is_wanted, renewal) in [(false, Renewal::Held), (true, Renewal::CancelRequested)] {
        let mut filter = held(lease);
        filter.insert("cancel_requested", is_wanted);
        if server.change(JOBS, filter, change.clone()).await? {
            return Ok(renewal);
        }
    }
    Ok(Renewal::Lost)
}

pub(super) async fn save(server: &Server, lease: Lease, job: &Job) -> Result<bool, StoreError> {
    server.change(JOBS, held(lease), Change::of(job)?.into_update()).await
}

/// A wish to cancel stays, and makes the job due at once: the next worker hears
/// of it at its first renewal.
pub(super) async fn release(
    server: &Server,
    lease: Lease,
    release: &Release,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let unless_canceled = |value: Bson| doc! { "$cond": ["$cancel_requested", "$$REMOVE", value] };
    let since = release.retry_at.map_or(now, |it| it.max(now));
    let reason = release.waiting_reason.as_ref().map(to_json).transpose().map_err(StoreError)?;
    let follows = optional(release.follows.map(|it| it.to_string()));
    let back = doc! {
        "status": "queued",
        "attempts": i64::from(release.attempts),
        "expires_at": date(release.expires_at),
        "crashes": i64::from(release.crashes),
        "retry_at": unless_canceled(optional(release.retry_at.map(date))),
        "waiting_reason": unless_canceled(optional(reason)),
        "waiting_since": { "$cond": ["$cancel_requested", date(now), date(since)] },
        "leader": unless_canceled(follows.clone()),
        "follows": follows,
        "lease_until": "$$REMOVE",
        "revision": { "$add": ["$revision", 1] },
    };
    server.change(JOBS, held(lease), [doc! { "$set": back }].as_slice()).await
}

/// In a pipeline, the value or nothing.
fn optional(value: Option<impl Into<Bson>>) -> Bson {
    value.map_or_else(|| "$$REMOVE".into(), |it| literal(it).into())
}

/// A status that does not end the job is refused like a lost lease: written, it
/// would leave a running job that nobody holds.
pub(super) async fn finish(server: &Server, lease: Lease, job: &Job) -> Result<bool, StoreError> {
    if !job.status.is_terminal() {
        return Ok(false);
    }
    let mut change = Change::of(job)?.and_times_of(job)?;
    change.set.extend(doc! { "crashes": 0_i64, "cancel_requested": false });
    change.unset.extend(doc! { "lease_until": "", "waiting_since": "" });
    let mut update = change.into_update();
    update.insert("$max", told(job.told));
    let ended = server.change(JOBS, held(lease), update).await?;
    if ended && may_have_transcript(job) {
        keep_transcript_until(server, &[lease.job.to_string()], job.expires_at).await;
    }
    Ok(ended)
}

/// One of its own, or one that it came with.
fn may_have_transcript(job: &Job) -> bool {
    job.transcript.is_some() || job.input.transcript.is_some() || job.retry_of.is_some()
}
