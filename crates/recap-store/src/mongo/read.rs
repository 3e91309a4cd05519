//! Reading jobs: one, a page, and what one of them knows of a video.

use mongodb::bson::{Document, doc};
use recap_core::job::{Job, JobId, Owner};
use recap_core::ports::{JobFilter, JobPage, StoreError};
use recap_core::video::{VideoId, VideoMetadata};

use super::JOBS;
use super::command::Query;
use super::document::{date, job, text, whole, without_result};
use super::server::Server;
use crate::document::from_json;

/// The longest page that is handed out, whatever is asked for.
const MAX_PAGE: usize = 100;

pub(super) async fn find(server: &Server, id: JobId) -> Result<Option<Job>, StoreError> {
    let found = server.find_one(JOBS, doc! { "_id": id.to_string() }, whole()).await?;
    found.as_ref().map(job).transpose()
}

pub(super) async fn list(server: &Server, filter: &JobFilter) -> Result<JobPage, StoreError> {
    let page = filter.limit.clamp(1, MAX_PAGE);
    let is_by_time = filter.created_after.is_some() && texts(filter).is_empty();
    let query = Query {
        filter: list_filter(filter),
        projection: if filter.results { whole() } else { without_result() },
        sort: Some(doc! { "_id": -1 }),
        // One more than asked for says whether there are more.
        limit: Some(page + 1),
        // Few jobs are newer than the last look; in the order of the list the
        // server might read all of them.
        hint: is_by_time.then_some("by_created"),
    };
    let mut found = server.find(JOBS, query).await?;
    let has_more = found.len() > page;
    found.truncate(page);
    let jobs = found.iter().map(job).collect::<Result<_, _>>()?;
    Ok(JobPage { jobs, has_more })
}

fn list_filter(filter: &JobFilter) -> Document {
    let mut fields = texts(filter);
    if let Some(after) = filter.created_after {
        fields.insert("created_at", doc! { "$gt": date(after) });
    }
    if let Some(before) = filter.before {
        fields.insert("_id", doc! { "$lt": before.to_string() });
    }
    fields
}

/// What is asked for word by word.
fn texts(filter: &JobFilter) -> Document {
    let texts = [
        ("owner", filter.owner.as_ref().map(|it| it.as_str().to_owned())),
        ("batch", filter.batch.map(|it| it.to_string())),
        ("code", filter.code.map(|it| it.to_string())),
        ("status", filter.status.map(|it| it.to_string())),
        ("kind", filter.kind.map(|it| it.to_string())),
        ("video_id", filter.video.map(|it| it.to_string())),
    ];
    texts.into_iter().filter_map(|(key, text)| Some((key.to_owned(), text?.into()))).collect()
}

pub(super) async fn find_video(
    server: &Server,
    owner: &Owner,
    video: VideoId,
) -> Result<Option<VideoMetadata>, StoreError> {
    let query = Query {
        filter: doc! {
            "owner": owner.as_str(), "video_id": video.to_string(), "knows_video": true,
        },
        projection: doc! { "_id": 0, "doc": 1 },
        sort: Some(doc! { "_id": -1 }),
        limit: Some(1),
        hint: None,
    };
    let found = server.find(JOBS, query).await?;
    let read = |it: &Document| from_json::<Job>(&text(it, "doc")?);
    let job = found.first().map(read).transpose().map_err(StoreError)?;
    Ok(job.and_then(|it| it.video))
}
