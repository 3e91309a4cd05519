//! Jobs that wait outside the queue.
//!
//! One index answers all of it: by lane, by owner in it, and by age.

use jiff::Timestamp;
use mongodb::bson::{Document, doc};
use recap_core::job::{Lane, Owner};
use recap_core::ports::{Entry, StoreError};

use super::JOBS;
use super::command::Query;
use super::document::{date, entry, pointer, text};
use super::server::Server;
use super::take::take;
use crate::document::{known_lane, lane_text};

fn parked() -> Document {
    doc! { "status": "queued", "parked": true }
}

pub(super) async fn has_parked(
    server: &Server,
    lane: &Lane,
    owner: &Owner,
) -> Result<bool, StoreError> {
    let mut theirs = parked();
    theirs.insert("lane", lane_text(lane));
    theirs.insert("owner", owner.as_str());
    Ok(server.count(JOBS, theirs, Some(1)).await? > 0)
}

/// From one lane to the next, so that it takes as long as there are lanes, and
/// not as there are jobs.
pub(super) async fn parked_lanes(server: &Server) -> Result<Vec<Lane>, StoreError> {
    let mut lanes = Vec::new();
    let mut last = String::new();
    while let Some(next) = first(server, parked(), "lane", &last).await? {
        lanes.extend(known_lane(&next));
        last = next;
    }
    Ok(lanes)
}

/// No owner's name is empty, so that everyone comes after the empty one.
pub(super) async fn next_parked(
    server: &Server,
    lane: &Lane,
    after: Option<&Owner>,
) -> Result<Option<Owner>, StoreError> {
    let mut theirs = parked();
    theirs.insert("lane", lane_text(lane));
    let next = first(server, theirs, "owner", after.map_or("", Owner::as_str)).await?;
    Ok(next.map(Owner::new))
}

/// The first value of `field` after `after` among what `filter` fits.
async fn first(
    server: &Server,
    mut filter: Document,
    field: &str,
    after: &str,
) -> Result<Option<String>, StoreError> {
    filter.insert(field, doc! { "$gt": after });
    let query = Query {
        filter,
        projection: doc! { "_id": 0, field: 1 },
        sort: Some(doc! { field: 1 }),
        limit: Some(1),
        hint: None,
    };
    let found = server.find(JOBS, query).await?;
    found.first().map(|it| text(it, field)).transpose().map_err(StoreError)
}

pub(super) async fn unpark(
    server: &Server,
    lane: &Lane,
    owner: &Owner,
    limit: usize,
    now: Timestamp,
) -> Result<Vec<Entry>, StoreError> {
    if limit == 0 {
        // Which the server takes for "no limit".
        return Ok(Vec::new());
    }
    let mut theirs = parked();
    theirs.extend(doc! { "lane": lane_text(lane), "owner": owner.as_str() });
    let query = Query {
        filter: theirs,
        projection: pointer(),
        sort: Some(doc! { "_id": 1 }),
        limit: Some(limit),
        hint: None,
    };
    let found = server.find(JOBS, query).await?;
    let change = doc! { "$set": { "parked": false, "waiting_since": date(now) } };
    let taken = take(server, found, parked(), change).await?;
    Ok(taken.iter().filter_map(entry).collect())
}
