//! How many jobs there are.

use mongodb::bson::{Document, doc};
use recap_core::job::{BatchCounts, JobId, Lane, Owner, Status};
use recap_core::ports::{BoxError, StoreError};

use super::JOBS;
use super::document::{number, text};
use super::server::Server;
use crate::document::lane_text;

pub(super) async fn count_open(
    server: &Server,
    owner: Option<&Owner>,
    limit: u64,
) -> Result<u64, StoreError> {
    let mut open = doc! { "status": { "$in": ["queued", "running"] } };
    if let Some(owner) = owner {
        open.insert("owner", owner.as_str());
    }
    up_to(server, open, limit).await
}

pub(super) async fn count_waiting(
    server: &Server,
    lane: &Lane,
    owner: Option<&Owner>,
    limit: u64,
) -> Result<u64, StoreError> {
    let mut waiting = doc! {
        "status": "queued", "parked": false, "lane": lane_text(lane),
        "retry_at": { "$exists": false },
    };
    if let Some(owner) = owner {
        waiting.insert("owner", owner.as_str());
    }
    up_to(server, waiting, limit).await
}

async fn up_to(server: &Server, filter: Document, limit: u64) -> Result<u64, StoreError> {
    if limit == 0 {
        // Which the server takes for "no limit", or for an error.
        return Ok(0);
    }
    server.count(JOBS, filter, Some(limit.min(i64::MAX.cast_unsigned()))).await
}

pub(super) async fn count_batch(server: &Server, batch: JobId) -> Result<BatchCounts, StoreError> {
    let stages = vec![
        doc! { "$match": { "batch": batch.to_string() } },
        doc! { "$group": { "_id": "$status", "count": { "$sum": 1 } } },
    ];
    let mut counts = BatchCounts::default();
    for found in server.aggregate(JOBS, stages).await? {
        add(&mut counts, &found).map_err(StoreError)?;
    }
    Ok(counts)
}

fn add(counts: &mut BatchCounts, found: &Document) -> Result<(), BoxError> {
    let status: Status = text(found, "_id")?.parse()?;
    (0..number(found, "count")?).for_each(|_| counts.add(status));
    Ok(())
}
