//! `/v1/videos/{video_id}` and `/v1/videos/{video_id}/summaries`.

use actix_web::{HttpResponse, web};
use recap_core::ports::{JobFilter, JobPage};
use recap_core::{JobId, JobKind, Status, VideoId};
use utoipa::IntoParams;

use super::show;
use crate::access::Who;
use crate::body::{JobResultList, VideoBody};
use crate::context::Context;
use crate::cursor;
use crate::error::ApiResult;
use crate::extract::{Caller, Fields, FromQuery, Id, Named, NoParams, Params};
use crate::flags::Feature;

const DEFAULT_LIMIT: usize = 5;
const MAX_LIMIT: usize = 20;

/// Look at a video that a job of yours has looked at.
#[utoipa::path(
    get,
    path = "/v1/videos/{video_id}",
    operation_id = "get_video",
    tag = "videos",
    params(("video_id" = String, Path, description = "The 11 characters that name the video.")),
    responses((status = 200, description = "What is known about it.", body = VideoBody)),
)]
pub(crate) async fn find(
    cx: web::Data<Context>,
    Caller(who): Caller,
    Id(video): Id<VideoId>,
    _: Params<NoParams>,
) -> ApiResult<HttpResponse> {
    let found = cx.ask(cx.store().find_video(&who.owner, video)).await?;
    let found = found.ok_or_else(VideoId::missing)?;
    Ok(HttpResponse::Ok().json(VideoBody::new(found, cx.flags.video_preview() == Feature::On)))
}

/// Which of a video's summaries are shown.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListSummaries {
    /// Most jobs on a page.
    #[param(value_type = Option<usize>, minimum = 1, maximum = 20, default = 5)]
    limit: usize,
    /// `next_cursor` of the page before.
    #[param(value_type = Option<String>)]
    cursor: Option<JobId>,
}

impl FromQuery for ListSummaries {
    fn from_query(fields: &mut Fields) -> Self {
        let limit = |it: &str| it.parse().ok().filter(|it| (1..=MAX_LIMIT).contains(it));
        Self {
            limit: fields
                .take_with("limit", "a number from 1 to 20", limit)
                .unwrap_or(DEFAULT_LIMIT),
            cursor: fields.take_with("cursor", "a `next_cursor` of this list", cursor::decode),
        }
    }
}

/// List the summaries of a video that your jobs have made, newest first.
#[utoipa::path(
    get,
    path = "/v1/videos/{video_id}/summaries",
    operation_id = "list_video_summaries",
    tag = "videos",
    params(
        ("video_id" = String, Path, description = "The 11 characters that name the video."),
        ListSummaries,
    ),
    responses((
        status = 200,
        description = "A page of jobs that succeeded, with their results, without transcripts.",
        body = JobResultList,
    )),
)]
pub(crate) async fn summaries(
    cx: web::Data<Context>,
    Caller(who): Caller,
    Id(video): Id<VideoId>,
    query: Params<ListSummaries>,
) -> ApiResult<HttpResponse> {
    let ListSummaries { limit, cursor } = query.0;
    let page = succeeded(&cx, &who, video, limit, cursor).await?;
    let none = page.jobs.is_empty() && cursor.is_none();
    if none && cx.ask(cx.store().find_video(&who.owner, video)).await?.is_none() {
        return Err(VideoId::missing());
    }
    let next_cursor = page.jobs.last().filter(|_| page.has_more).map(|it| cursor::encode(&it.id));
    let preview = cx.flags.video_preview();
    let data = page.jobs.into_iter().map(|it| show::whole(&cx, it, None, preview)).collect();
    Ok(HttpResponse::Ok().json(JobResultList { data, next_cursor, has_more: page.has_more }))
}

async fn succeeded(
    cx: &Context,
    who: &Who,
    video: VideoId,
    limit: usize,
    before: Option<JobId>,
) -> ApiResult<JobPage> {
    let filter = JobFilter {
        owner: Some(who.owner.clone()),
        status: Some(Status::Succeeded),
        kind: Some(JobKind::Summary),
        video: Some(video),
        results: true,
        before,
        limit,
        ..JobFilter::default()
    };
    Ok(cx.ask(cx.store().list(&filter)).await?)
}
