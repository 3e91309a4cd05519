//! Reading jobs: one, a page, and how many there are.

use mongodb::bson::{Document, doc};
use recap_core::job::{Job, JobId, Lane, Owner};
use recap_core::ports::{JobFilter, JobPage, StoreError};

use super::JOBS;
use super::command::Query;
use super::document::{date, job, whole, without_result};
use super::server::Server;
use crate::document::lane_text;

/// The longest page that is handed out, whatever is asked for.
const MAX_PAGE: usize = 100;

pub(super) async fn find(server: &Server, id: JobId) -> Result<Option<Job>, StoreError> {
    let found = server.find_one(JOBS, doc! { "_id": id.to_string() }, whole()).await?;
    found.as_ref().map(job).transpose()
}

pub(super) async fn list(server: &Server, filter: &JobFilter) -> Result<JobPage, StoreError> {
    let page = filter.limit.clamp(1, MAX_PAGE);
    let query = Query {
        filter: list_filter(filter),
        projection: without_result(),
        sort: Some(doc! { "_id": -1 }),
        // One more than asked for says whether there are more.
        limit: Some(page + 1),
        // Few jobs are newer than the last look; in the order of the list the
        // server might read all of them.
        hint: (filter.created_after.is_some() && is_by_time_only(filter)).then_some("by_created"),
    };
    let mut found = server.find(JOBS, query).await?;
    let has_more = found.len() > page;
    found.truncate(page);
    let jobs = found.iter().map(job).collect::<Result<_, _>>()?;
    Ok(JobPage { jobs, has_more })
}

fn list_filter(filter: &JobFilter) -> Document {
    let mut fields = Document::new();
    if let Some(status) = filter.status {
        fields.insert("status", status.to_string());
    }
    if let Some(kind) = filter.kind {
        fields.insert("kind", kind.to_string());
    }
    if let Some(video) = filter.video {
        fields.insert("video_id", video.to_string());
    }
    if let Some(after) = filter.created_after {
        fields.insert("created_at", doc! { "$gt": date(after) });
    }
    if let Some(before) = filter.before {
        fields.insert("_id", doc! { "$lt": before.to_string() });
    }
    fields
}

fn is_by_time_only(filter: &JobFilter) -> bool {
    filter.status.is_none() && filter.kind.is_none() && filter.video.is_none()
}

pub(super) async fn count_open(server: &Server) -> Result<u64, StoreError> {
    server.count(JOBS, doc! { "status": { "$in": ["queued", "running"] } }, None).await
}

pub(super) async fn count_waiting(
    server: &Server,
    lane: &Lane,
    owner: Option<&Owner>,
    limit: u64,
) -> Result<u64, StoreError> {
    if limit == 0 {
        // Which the server takes for "no limit", or for an error.
        return Ok(0);
    }
    let mut waiting = doc! {
        "status": "queued", "parked": false, "lane": lane_text(lane),
        "retry_at": { "$exists": false },
    };
    if let Some(owner) = owner {
        waiting.insert("owner", owner.as_str());
    }
    server.count(JOBS, waiting, Some(limit)).await
}
