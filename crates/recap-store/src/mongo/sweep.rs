//! What the reconciler asks for: jobs that seem lost, jobs whose time is over,
//! and jobs to forget; and those that are to go before.

use std::time::Duration;

use jiff::Timestamp;
use mongodb::bson::{Document, doc};
use recap_core::error::Failure;
use recap_core::job::{JobId, Status};
use recap_core::ports::{BoxError, Delete, Entry, StoreError};

use super::command::Query;
use super::document::{date, ended, entry, pointer, text};
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
    let change = ended(Status::Expired, failure, now, forget_at)?;
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

/// Only an ended job has a `forget_at`.
pub(super) async fn forget(
    server: &Server,
    now: Timestamp,
    limit: usize,
) -> Result<u64, StoreError> {
    let over = doc! { "forget_at": { "$lte": date(now) } };
    let ids = over_for_longest(server, JOBS, over.clone(), "forget_at", limit).await?;
    if ids.is_empty() {
        return Ok(0);
    }
    remove(server, &ids, over).await
}

/// Removes documents of `collection` whose `expires_at` has come. Returns how many.
pub(super) async fn forget_expired(
    server: &Server,
    collection: &str,
    now: Timestamp,
    limit: usize,
) -> Result<u64, StoreError> {
    let over = doc! { "expires_at": { "$lte": date(now) } };
    let ids = over_for_longest(server, collection, over.clone(), "expires_at", limit).await?;
    if ids.is_empty() {
        return Ok(0);
    }
    let mut gone = doc! { "_id": { "$in": ids } };
    gone.extend(over);
    server.remove_all(collection, gone).await
}

/// An ended job stays ended, so it may be looked at before.
pub(super) async fn delete(server: &Server, id: JobId) -> Result<Delete, StoreError> {
    let (id, fields) = (id.to_string(), doc! { "_id": 0, "status": 1 });
    let Some(found) = server.find_one(JOBS, doc! { "_id": &id }, fields).await? else {
        return Ok(Delete::Missing);
    };
    let open = ["queued", "running"];
    if open.contains(&text(&found, "status").map_err(StoreError)?.as_str()) {
        return Ok(Delete::Open);
    }
    remove(server, &[id], doc! { "status": { "$nin": open.as_slice() } }).await?;
    Ok(Delete::Deleted)
}

/// What is kept for the jobs goes first, so that nothing is left behind when this
/// is interrupted.
async fn remove(server: &Server, ids: &[String], guard: Document) -> Result<u64, StoreError> {
    let theirs = || doc! { "$in": ids };
    server.remove_all(TRANSCRIPTS, doc! { "_id": theirs() }).await?;
    server.remove_all(LEADERS, doc! { "job": theirs() }).await?;
    let mut jobs = doc! { "_id": theirs() };
    jobs.extend(guard);
    server.remove_all(JOBS, jobs).await
}

/// Those that have waited longest first, to be pushed.
async fn find(
    server: &Server,
    filter: Document,
    order: &str,
    limit: usize,
) -> Result<Vec<Document>, StoreError> {
    first(server, JOBS, filter, order, limit, pointer()).await
}

/// The names of those that are over for longest.
async fn over_for_longest(
    server: &Server,
    collection: &str,
    filter: Document,
    order: &str,
    limit: usize,
) -> Result<Vec<String>, StoreError> {
    let found = first(server, collection, filter, order, limit, doc! { "_id": 1 }).await?;
    ids(&found).map_err(StoreError)
}

async fn first(
    server: &Server,
    collection: &str,
    filter: Document,
    order: &str,
    limit: usize,
    projection: Document,
) -> Result<Vec<Document>, StoreError> {
    if limit == 0 {
        // Which the server takes for "no limit".
        return Ok(Vec::new());
    }
    let (sort, limit) = (Some(doc! { order: 1 }), Some(limit));
    server.find(collection, Query { filter, projection, sort, limit, hint: None }).await
}

fn ids(found: &[Document]) -> Result<Vec<String>, BoxError> {
    found.iter().map(|it| text(it, "_id")).collect()
}
