//! Of jobs that would do the same work one leads, and the others follow it; and
//! what waits is woken.

use jiff::Timestamp;
use mongodb::bson::{Document, doc};
use recap_core::job::JobId;
use recap_core::ports::{Entry, Lease, StoreError};

use super::command::Query;
use super::document::{date, entry, pointer, text};
use super::lease::held;
use super::server::Server;
use super::take::take;
use super::{JOBS, LEADERS};

/// Each further try means that somebody else has become the leader meanwhile,
/// and is to be looked at; that goes on only if they end as quickly.
const TRIES: usize = 16;

#[derive(Debug, thiserror::Error)]
#[error("who leads changed {TRIES} times while it was looked at")]
struct Unsteady;

/// Who leads counts only while that job runs, so a leader need not resign.
pub(super) async fn lead(
    server: &Server,
    lease: Lease,
    work: &str,
    now: Timestamp,
) -> Result<Option<JobId>, StoreError> {
    if server.find_one(JOBS, held(lease), doc! { "_id": 1 }).await?.is_none() {
        return Ok(None);
    }
    let ours = lease.job.to_string();
    let change = doc! { "$set": { "job": &ours, "since": date(now) } };
    for _ in 0..TRIES {
        let fields = doc! { "_id": 0, "job": 1 };
        let leader = server.find_one(LEADERS, doc! { "_id": work }, fields).await?;
        let leader = leader.map(|it| text(&it, "job")).transpose().map_err(StoreError)?;
        let done = match leader {
            None => server.put(LEADERS, doc! { "_id": work, "job": &ours }, change.clone()).await?,
            Some(leader) if leader == ours => true,
            Some(leader) if runs(server, &leader, now).await? => {
                return leader.parse().map(Some).map_err(|error| StoreError(Box::new(error)));
            }
            Some(gone) => {
                let replaced = doc! { "_id": work, "job": gone };
                server.change(LEADERS, replaced, change.clone()).await?
            }
        };
        if done {
            return Ok(None);
        }
    }
    Err(StoreError(Unsteady.into()))
}

async fn runs(server: &Server, job: &str, now: Timestamp) -> Result<bool, StoreError> {
    let alive = doc! { "_id": job, "status": "running", "lease_until": { "$gt": date(now) } };
    Ok(server.find_one(JOBS, alive, doc! { "_id": 1 }).await?.is_some())
}

/// `leader` is who a job waits for, until it is taken; whom it follows stays in
/// `follows`, for the worker.
pub(super) async fn take_followers(
    server: &Server,
    leader: JobId,
    now: Timestamp,
    limit: usize,
) -> Result<Vec<Entry>, StoreError> {
    if limit == 0 {
        // Which the server takes for "no limit".
        return Ok(Vec::new());
    }
    let waiting = doc! { "leader": leader.to_string(), "status": "queued" };
    let query = Query {
        filter: waiting.clone(),
        projection: pointer(),
        limit: Some(limit),
        ..Query::default()
    };
    let found = server.find(JOBS, query).await?;
    let taken = take(server, found, waiting, woken(now)).await?;
    Ok(taken.iter().filter_map(entry).collect())
}

pub(super) async fn wake(
    server: &Server,
    id: JobId,
    now: Timestamp,
) -> Result<Option<Entry>, StoreError> {
    let waiting = doc! { "status": "queued", "retry_at": { "$exists": true } };
    let mut filter = doc! { "_id": id.to_string() };
    filter.extend(waiting.clone());
    let found = server.find_one(JOBS, filter, pointer()).await?;
    let taken = take(server, found.into_iter().collect(), waiting, woken(now)).await?;
    Ok(taken.iter().find_map(entry))
}

/// The change to a job that waits no more.
fn woken(now: Timestamp) -> Document {
    doc! {
        "$set": { "parked": false, "waiting_since": date(now) },
        "$unset": { "leader": "", "retry_at": "", "waiting_reason": "" },
        "$inc": { "revision": 1 },
    }
}
