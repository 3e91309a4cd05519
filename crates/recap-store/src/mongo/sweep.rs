//! What the reconciler asks for: jobs that seem lost, jobs whose time is over,
//! and jobs to forget.

use std::time::Duration;

use jiff::Timestamp;
use mongodb::bson::{Document, doc};
use recap_core::error::Failure;
use recap_core::job::JobId;
use recap_core::ports::{BoxError, Entry, StoreError};

use super::command::Query;
use super::document::{date, entry, failure_text, pointer, text};
use super::products::keep_transcript_until;
use super::server::Server;
use super::take::take;
use super::{JOBS, LEADERS, TRANSCRIPTS};

/// Only what waits in the queue has a `waiting_since`, never before its
/// `retry_at`, so patience counts from the moment a job became due. A running job
/// gets one when it is named: so one whose lease has just ended is named at once,
/// and after that, like the others, once per patience.
pub(super) async fn take_stale(
    server: &Server,
    now: Timestamp,
    patience: Duration,
    limit: usize,
) -> Result<Vec<Entry>, StoreError> {
    let before = now.checked_sub(patience).unwrap_or(Timestamp::MIN);
    let waiting = doc! { "status": "queued", "waiting_since": { "$lte": date(before) } };
    let left = doc! {
        "status": "running",
        "lease_until": { "$lte": date(now) },
        "waiting_since": { "$not": { "$gt": date(before) } },
    };
    let change = || doc! { "$set": { "waiting_since": date(now) } };
    let mut taken = Vec::new();
    for (stale, order) in [(left, "lease_until"), (waiting, "waiting_since")] {
        let found = find(server, stale.clone(), order, limit - taken.len()).await?;
        taken.extend(take(server, found, stale, change()).await?);
    }
    Ok(taken.iter().filter_map(entry).collect())
}

/// A running job is waiting too once its lease has ended: nobody works on it.
pub(super) async fn expire(
    server: &Server,
    now: Timestamp,
    failure: &Failure,
    forget_at: Timestamp,
    limit: usize,
) -> Result<Vec<JobId>, StoreError> {
    let over = doc! { "$lte": date(now) };
    let waiting = doc! { "status": "queued", "expires_at": over.clone() };
    let left = doc! { "status": "running", "lease_until": over.clone(), "expires_at": over };
    let change = doc! {
        "$set": {
            "status": "expired", "error": failure_text(failure)?, "completed_at": date(now),
            "expires_at": date(forget_at), "forget_at": date(forget_at),
            "crashes": 0_i64, "cancel_requested": false, "parked": false,
        },
        "$unset": {
            "retry_at": "", "waiting_reason": "", "waiting_since": "", "lease_until": "",
            "leader": "",
        },
        "$inc": { "revision": 1 },
    };
    let mut taken = Vec::new();
    for (over, order) in [(waiting, "expires_at"), (left, "lease_until")] {
        let found = find(server, over.clone(), order, limit - taken.len()).await?;
        taken.extend(take(server, found, over, change.clone()).await?);
    }
    let ids = ids(&taken).map_err(StoreError)?;
    if !ids.is_empty() {
        keep_transcript_until(server, &ids, forget_at).await;
    }
    ids.iter().map(|it| it.parse().map_err(|error| StoreError(Box::new(error)))).collect()
}

/// Only an ended job has a `forget_at`. What is kept for it goes first, so that
/// nothing is left behind when this is interrupted.
pub(super) async fn forget(
    server: &Server,
    now: Timestamp,
    limit: usize,
) -> Result<u64, StoreError> {
    let over = doc! { "forget_at": { "$lte": date(now) } };
    let found = find(server, over.clone(), "forget_at", limit).await?;
    let ids = ids(&found).map_err(StoreError)?;
    if ids.is_empty() {
        return Ok(0);
    }
    let theirs = || doc! { "$in": &ids };
    server.remove_all(TRANSCRIPTS, doc! { "_id": theirs() }).await?;
    server.remove_all(LEADERS, doc! { "job": theirs() }).await?;
    let mut jobs = doc! { "_id": theirs() };
    jobs.extend(over);
    server.remove_all(JOBS, jobs).await
}

/// Those that have waited longest first.
async fn find(
    server: &Server,
    filter: Document,
    order: &str,
    limit: usize,
) -> Result<Vec<Document>, StoreError> {
    if limit == 0 {
        // Which the server takes for "no limit".
        return Ok(Vec::new());
    }
    let query = Query {
        filter,
        projection: pointer(),
        sort: Some(doc! { order: 1 }),
        limit: Some(limit),
        hint: None,
    };
    server.find(JOBS, query).await
}

fn ids(found: &[Document]) -> Result<Vec<String>, BoxError> {
    found.iter().map(|it| text(it, "_id")).collect()
}
