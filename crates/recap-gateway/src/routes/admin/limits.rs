//! `/v1/admin/limits`.

use actix_web::{HttpResponse, web};
use recap_config::LimitsConfig;
use recap_core::ports::{Control, LimitChanges};

use super::control;
use crate::body::{ChangedLimits, SetLimits};
use crate::context::Context;
use crate::error::{ApiError, ApiResult, FieldError};
use crate::extract::{Body, NoParams, Params};

/// Look at the limits that were changed while running.
#[utoipa::path(
    get,
    path = "/v1/admin/limits",
    operation_id = "get_any_limits",
    tag = "admin",
    responses((status = 200, description = "Which limits there are.", body = ChangedLimits)),
)]
pub(crate) async fn find(cx: web::Data<Context>, _: Params<NoParams>) -> ApiResult<HttpResponse> {
    let limits = cx.ask(cx.store().control()).await?.limits;
    Ok(show(&cx, limits))
}

/// Change limits in all processes.
///
/// Replaces all of them: one that is left out is as the settings say. What is under way
/// is not stopped, if it is more than there may be from now on.
#[utoipa::path(
    put,
    path = "/v1/admin/limits",
    operation_id = "set_limits",
    tag = "admin",
    request_body = SetLimits,
    responses((status = 200, description = "Which limits there are now.", body = ChangedLimits)),
)]
pub(crate) async fn set(
    cx: web::Data<Context>,
    _: Params<NoParams>,
    body: Body<SetLimits>,
) -> ApiResult<HttpResponse> {
    let limits = LimitChanges::from(body.0);
    check(&cx.limits.with(limits))?;
    let control = control::set(&cx, |it| Control { limits, ..it }).await?;
    // Here at once, whether the event comes or not.
    crate::control::go_by(&cx, &control);
    Ok(show(&cx, limits))
}

/// The bounds of the settings are those of what changes them.
fn check(limits: &LimitsConfig) -> ApiResult<()> {
    let problems = limits.problems();
    if problems.is_empty() {
        return Ok(());
    }
    let pointer = |key: &str| key.replacen("limits.", "/", 1);
    let errors = problems.into_iter().map(|it| FieldError::new(pointer(&it.key), it.mend));
    Err(ApiError::invalid(errors.collect()))
}

fn show(cx: &Context, changed: LimitChanges) -> HttpResponse {
    let in_force = cx.limits.with(changed);
    HttpResponse::Ok().json(ChangedLimits { changed, in_force })
}
