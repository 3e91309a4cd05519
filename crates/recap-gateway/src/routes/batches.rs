//! `/v1/batches` and `/v1/batches/{id}`.

use std::collections::HashMap;
use std::sync::Arc;

use actix_web::{HttpResponse, HttpResponseBuilder, web};
use recap_core::ports::{JobFilter, StoreError};
use recap_core::{ErrorCode, Job, JobId, JobKind, Status};

use super::{show, submit};
use crate::body::{BatchBody, CreateBatch};
use crate::context::Context;
use crate::copies::Found;
use crate::error::ApiResult;
use crate::extract::{BatchId, Caller, Id, Named, NoParams, Params, Submitted};

/// Jobs that are read at once.
const PAGE: usize = 100;

/// Ask for many videos at once.
///
/// Answers at once with a batch, which makes a job of each item. An item that is
/// no link to a video has an error, and never fails the batch; the same video
/// twice is two items. `POST /v1/jobs/{id}/cancel` with the batch's id cancels it
/// and its jobs.
#[utoipa::path(
    post,
    path = "/v1/batches",
    operation_id = "create_batch",
    tag = "batches",
    request_body = CreateBatch,
    responses(
        (status = 202, description = "The batch is kept and will be worked on.", body = BatchBody),
        (status = 200, description = "The batch has ended, having been waited for.", body = BatchBody),
    ),
)]
pub(crate) async fn create(
    cx: web::Data<Context>,
    Caller(who): Caller,
    _: Params<NoParams>,
    submitted: Submitted<CreateBatch>,
) -> ApiResult<HttpResponse> {
    let Submitted { body, wishes } = submitted;
    let order = submit::batch(&cx, &who, body, &wishes)?;
    submit::submit(&cx, &who, &wishes, order).await
}

/// Look at a batch and what became of its items.
#[utoipa::path(
    get,
    path = "/v1/batches/{id}",
    operation_id = "get_batch",
    tag = "batches",
    params(("id" = String, Path, description = "The batch.")),
    responses((
        status = 200,
        description = "The batch as it is now.",
        body = BatchBody,
        headers(
            ("age" = u64, description = "As for a job; only while the store is away."),
            ("cache-status" = String, description = "As for a job."),
        ),
    )),
)]
pub(crate) async fn find(
    cx: web::Data<Context>,
    Caller(who): Caller,
    Id(BatchId(id)): Id<BatchId>,
    _: Params<NoParams>,
) -> ApiResult<HttpResponse> {
    let found = cx.glance(&who, id).await.map_err(|error| match error.code {
        ErrorCode::JobNotFound => BatchId::missing(),
        _ => error,
    })?;
    if found.job.kind != JobKind::Batch {
        return Err(BatchId::missing());
    }
    show(&cx, HttpResponse::Ok(), found).await
}

/// Finishes `answer` with the batch and how its jobs are.
pub(super) async fn show(
    cx: &Context,
    mut answer: HttpResponseBuilder,
    found: Found,
) -> ApiResult<HttpResponse> {
    let known_at = found.known_at();
    let children = children(cx, &found.job).await?;
    let body = BatchBody::new(Arc::unwrap_or_clone(found.job), &children);
    Ok(show::marked(cx, answer.json(body), known_at))
}

/// How the jobs of `batch` are, as far as they are there.
async fn children(cx: &Context, batch: &Job) -> Result<HashMap<JobId, Status>, StoreError> {
    let mut children = HashMap::new();
    let mut before = None;
    while batch.items.iter().any(|it| it.job.is_some()) {
        let filter = JobFilter {
            owner: Some(batch.owner.clone()),
            batch: Some(batch.id),
            before,
            limit: PAGE,
            ..JobFilter::default()
        };
        let page = cx.ask(cx.store().list(&filter)).await?;
        before = page.jobs.last().map(|it| it.id);
        children.extend(page.jobs.iter().map(|it| (it.id, it.status)));
        if !page.has_more {
            break;
        }
    }
    Ok(children)
}
