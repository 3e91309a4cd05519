//! `/v1/admin/jobs`: everyone's.

use actix_web::{HttpResponse, web};
use recap_core::job::Owner;
use recap_core::ports::JobFilter;
use recap_core::{ErrorCode, Job};
use utoipa::IntoParams;

use crate::body::{AnyJobItem, AnyJobList};
use crate::context::Context;
use crate::cursor;
use crate::error::ApiResult;
use crate::extract::{Fields, FromQuery, Params};
use crate::routes::jobs::ListJobs;
use crate::routes::show;

/// Which of everyone's jobs a list shows.
pub(crate) struct ListAnyJobs {
    jobs: ListJobs,
    more: AnyJobsFilter,
}

/// What only those who run recap may ask.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AnyJobsFilter {
    /// Only jobs that ended in this.
    code: Option<ErrorCode>,
    /// Only jobs of this owner.
    owner: Option<String>,
}

impl FromQuery for ListAnyJobs {
    fn from_query(fields: &mut Fields) -> Self {
        let more = AnyJobsFilter {
            code: fields.take("code", "an error code, as in docs/errors.md"),
            owner: fields.take("owner", "the name of an owner"),
        };
        Self { jobs: ListJobs::from_query(fields), more }
    }
}

/// List everyone's jobs, newest first.
///
/// The results are left out.
#[utoipa::path(
    get,
    path = "/v1/admin/jobs",
    operation_id = "list_any_jobs",
    tag = "admin",
    params(ListJobs, AnyJobsFilter),
    responses((status = 200, description = "A page of jobs.", body = AnyJobList)),
)]
pub(crate) async fn list(
    cx: web::Data<Context>,
    query: Params<ListAnyJobs>,
) -> ApiResult<HttpResponse> {
    let ListAnyJobs { jobs, more: AnyJobsFilter { code, owner } } = query.0;
    let filter = JobFilter { code, owner: owner.map(Owner::new), ..jobs.into() };
    let page = cx.ask(cx.store().list(&filter)).await?;
    let next_cursor = page.jobs.last().filter(|_| page.has_more).map(|it| cursor::encode(&it.id));
    let data = page.jobs.into_iter().map(|it| item(&cx, it)).collect();
    Ok(HttpResponse::Ok().json(AnyJobList { data, next_cursor, has_more: page.has_more }))
}

fn item(cx: &Context, job: Job) -> AnyJobItem {
    let owner = job.owner.as_str().to_owned();
    AnyJobItem { item: show::item(cx, job, cx.flags.video_preview()), owner }
}
