//! `/v1/jobs` and `/v1/jobs/{id}`.

mod query;

use actix_web::http::header::{ETAG, RETRY_AFTER};
use actix_web::{HttpRequest, HttpResponse, web};
use recap_core::Job;
use recap_core::ports::JobFilter;

pub(crate) use self::query::ListJobs;
use self::query::WaitFor;
use super::show;
use crate::body::{JobBody, JobList};
use crate::context::Context;
use crate::cursor;
use crate::error::ApiResult;
use crate::extract::{Caller, JobPath, Params};
use crate::pace;
use crate::wait;

/// List jobs, newest first.
///
/// The results are left out. Jobs that come while pages are read do not move
/// the pages.
#[utoipa::path(
    get,
    path = "/v1/jobs",
    operation_id = "list_jobs",
    tag = "jobs",
    params(ListJobs),
    responses((status = 200, description = "A page of jobs.", body = JobList)),
)]
pub(crate) async fn list(
    cx: web::Data<Context>,
    Caller(who): Caller,
    query: Params<ListJobs>,
) -> ApiResult<HttpResponse> {
    let filter = JobFilter { owner: Some(who.owner.clone()), ..query.0.into() };
    let page = cx.ask(cx.store().list(&filter)).await?;
    let last = page.jobs.last().map(|it| it.id);
    let next_cursor = last.filter(|_| page.has_more).map(|it| cursor::encode(&it));
    let preview = cx.flags.video_preview();
    let data = page.jobs.into_iter().map(|it| show::item(&cx, it, preview)).collect();
    Ok(HttpResponse::Ok().json(JobList { data, next_cursor, has_more: page.has_more }))
}

/// Look at a job.
///
/// With `wait` the answer comes when the job has ended, or when the time is
/// over and it has not. With `If-None-Match` a job that has not changed is
/// answered with 304 and no body. While the store is away, the answer is the job
/// as it was last known, and `Age` and `Cache-Status` say so.
#[utoipa::path(
    get,
    path = "/v1/jobs/{id}",
    operation_id = "get_job",
    tag = "jobs",
    params(
        ("id" = String, Path, description = "The job."),
        WaitFor,
        ("if-none-match" = Option<String>, Header, description = "An `ETag` of this job."),
    ),
    responses(
        (
            status = 200,
            description = "The job as it is now.",
            body = JobBody,
            headers(
                ("etag" = String, description = "Changes with the job's revision."),
                ("retry-after" = u64, description = "Seconds until the job is worth asking for \
                                                     again; only while it has not ended."),
                ("age" = u64, description = "Seconds since the job was as it is shown; only while \
                                             the store is away."),
                ("cache-status" = String, description = "`recap; hit; detail=store_away` while \
                                                         the store is away."),
            ),
        ),
        (
            status = 304,
            description = "The job has not changed.",
            headers(
                ("etag" = String, description = "Changes with the job's revision."),
                ("retry-after" = u64, description = "As with 200."),
                ("age" = u64, description = "As with 200."),
                ("cache-status" = String, description = "As with 200."),
            ),
        ),
    ),
)]
pub(crate) async fn find(
    cx: web::Data<Context>,
    request: HttpRequest,
    Caller(who): Caller,
    JobPath(id): JobPath,
    query: Params<WaitFor>,
) -> ApiResult<HttpResponse> {
    let found = wait::until_ended(&cx, &who, id, query.0.wait).await?;
    let job = &found.job;
    let known = is_known(&request, job);
    let mut answer = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    answer.insert_header((ETAG, etag(job)));
    if !job.status.is_terminal() {
        answer.insert_header((RETRY_AFTER, pace::seconds(job, cx.now(), cx.capacity.known())));
    }
    if known {
        return Ok(show::marked(&cx, answer.finish(), found.known_at()));
    }
    show::job(&cx, answer, found).await
}

/// Weak, because the estimate of the time left changes without a revision.
fn etag(job: &Job) -> String {
    format!("W/\"{}\"", job.revision)
}

/// Whether the client has this revision: `If-None-Match` compares weakly.
fn is_known(request: &HttpRequest, job: &Job) -> bool {
    let etag = etag(job);
    let strong = etag.trim_start_matches("W/");
    let same = |it: &str| it == "*" || it.trim_start_matches("W/") == strong;
    let given = request.headers().get_all("if-none-match");
    given.filter_map(|it| it.to_str().ok()).any(|it| it.split(',').map(str::trim).any(same))
}
