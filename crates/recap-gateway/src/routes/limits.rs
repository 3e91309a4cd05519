//! `/v1/limits`.

use actix_web::{HttpResponse, web};

use crate::body::LimitsBody;
use crate::context::Context;
use crate::error::ApiResult;
use crate::extract::{Caller, NoParams, Params};

/// Look at the limits that apply to the caller.
///
/// Costs nothing of any of them.
#[utoipa::path(
    get,
    path = "/v1/limits",
    operation_id = "get_limits",
    tag = "limits",
    responses((status = 200, description = "The limits as they are now.", body = LimitsBody)),
)]
pub(crate) async fn find(
    cx: web::Data<Context>,
    Caller(who): Caller,
    _: Params<NoParams>,
) -> ApiResult<HttpResponse> {
    let most = cx.limits.get().open_jobs_per_client;
    let open_jobs = cx.ask(cx.store().count_open(Some(&who.owner), most)).await?;
    let levels = cx.limiter.look(&who).await;
    Ok(HttpResponse::Ok().json(LimitsBody::new(levels, &cx.bounds, open_jobs, most)))
}
