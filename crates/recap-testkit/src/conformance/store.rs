//! The contract of [`Store`], as checks.

mod cancel;
mod claim;
mod count;
mod delete;
mod documents;
mod ended;
mod follow;
mod lead;
mod lease;
mod list;
mod parked;
mod products;
mod roles;
mod sweep;
mod told;
mod video;
mod wake;

use std::sync::Arc;
use std::time::Duration;

use recap_core::error::{ErrorCode, Failure};
use recap_core::ports::{Claim, Entry, Release, Store};
use recap_core::{Job, JobId, JobKind, Status};

use super::at;
use crate::samples;

const LEASE: Duration = Duration::from_secs(20);

/// Runs every check, each on a store of its own that `fresh` makes: empty, and
/// shared with nobody.
///
/// # Panics
///
/// When a check fails.
pub async fn all(fresh: impl AsyncFn() -> Arc<dyn Store>) {
    documents::all(&fresh).await;
    count::all(&fresh).await;
    video::all(&fresh).await;
    claim::all(&fresh).await;
    lease::all(&fresh).await;
    cancel::all(&fresh).await;
    wake::all(&fresh).await;
    ended::all(&fresh).await;
    products::all(&fresh).await;
    list::all(&fresh).await;
    sweep::all(&fresh).await;
    told::all(&fresh).await;
    delete::all(&fresh).await;
    parked::all(&fresh).await;
    follow::all(&fresh).await;
    lead::all(&fresh).await;
    roles::all(&fresh).await;
}

/// A job that was created at second 0 and lives for two days.
fn sample(kind: JobKind) -> Job {
    moved(samples::queued(kind))
}

/// `job` as if it had been created at second 0.
fn moved(mut job: Job) -> Job {
    let shift = at(0).duration_since(job.created_at);
    for time in [&mut job.created_at, &mut job.expires_at] {
        *time += shift;
    }
    for time in [&mut job.started_at, &mut job.completed_at].into_iter().flatten() {
        *time += shift;
    }
    job
}

/// A job that waits in the store.
async fn queued(store: &dyn Store) -> Job {
    let job = sample(JobKind::Summary);
    store.insert(&job, false).await.unwrap();
    job
}

/// A job claimed at second 0 for [`LEASE`].
async fn running(store: &dyn Store) -> Claim {
    let job = queued(store).await;
    claimed(store, &job, 0).await
}

/// `job`, claimed at `second` for [`LEASE`].
async fn claimed(store: &dyn Store, job: &Job, second: u64) -> Claim {
    store.claim(job.id, at(second), LEASE).await.unwrap().expect("the job can be claimed")
}

/// A job that succeeded at second 9.
async fn succeeded(store: &dyn Store) -> Job {
    let Claim { job, lease, .. } = running(store).await;
    let ended = ended(&job, Status::Succeeded);
    assert!(store.finish(lease, &ended).await.unwrap());
    stored(store, &job).await
}

/// `job` as it is to be written at its end.
fn ended(job: &Job, status: Status) -> Job {
    let sample = moved(samples::succeeded(JobKind::Summary));
    Job {
        id: job.id,
        status,
        started_at: job.started_at,
        expires_at: at(1000),
        attempts: 2,
        revision: job.revision,
        ..sample
    }
}

/// The job as the store has it now.
async fn stored(store: &dyn Store, job: &Job) -> Job {
    store.find(job.id).await.unwrap().expect("the job is in the store")
}

/// The jobs that `entries` point at.
fn ids(entries: &[Entry]) -> Vec<JobId> {
    entries.iter().map(|it| it.payload.job().expect("it points at a job")).collect()
}

fn failure() -> Failure {
    ErrorCode::Canceled.into()
}

/// Back into the queue, at once.
fn back(job: &Job) -> Release {
    Release {
        retry_at: None,
        waiting_reason: None,
        attempts: 0,
        expires_at: job.expires_at,
        crashes: 0,
        follows: None,
    }
}
