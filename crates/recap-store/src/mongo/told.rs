//! What webhooks have been told: the untold end of a job is the outbox.

use std::time::Duration;

use jiff::Timestamp;
use mongodb::bson::doc;
use recap_core::job::{Job, JobId, Told};
use recap_core::ports::StoreError;

use super::JOBS;
use super::command::Query;
use super::document::{date, job, told, without_result};
use super::server::Server;
use crate::document::told_number;

pub(super) async fn set_told(server: &Server, id: JobId, told_now: Told) -> Result<(), StoreError> {
    let change = doc! { "$max": told(told_now) };
    server.change(JOBS, doc! { "_id": id.to_string() }, change).await.map(|_| ())
}

/// Only an ended job has a `completed_at`.
pub(super) async fn list_untold(
    server: &Server,
    now: Timestamp,
    patience: Duration,
    limit: usize,
) -> Result<Vec<Job>, StoreError> {
    if limit == 0 {
        // Which the server takes for "no limit".
        return Ok(Vec::new());
    }
    let before = now.checked_sub(patience).unwrap_or(Timestamp::MIN);
    let query = Query {
        filter: doc! {
            "told": { "$lt": i64::from(told_number(Told::End)) },
            "completed_at": { "$lte": date(before) },
        },
        projection: without_result(),
        sort: Some(doc! { "completed_at": 1 }),
        limit: Some(limit),
        hint: None,
    };
    server.find(JOBS, query).await?.iter().map(job).collect()
}
