//! `/v1/admin/control`, and pausing, resuming and draining.

use actix_web::{HttpResponse, web};
use recap_core::ports::{Control, JobEvent};

use crate::body::ControlBody;
use crate::context::Context;
use crate::error::ApiResult;
use crate::extract::{NoParams, Params};

/// Look at what is wanted of all processes.
#[utoipa::path(
    get,
    path = "/v1/admin/control",
    operation_id = "get_control",
    tag = "admin",
    responses((status = 200, description = "What is wanted.", body = ControlBody)),
)]
pub(crate) async fn find(cx: web::Data<Context>, _: Params<NoParams>) -> ApiResult<HttpResponse> {
    let control = cx.ask(cx.store().control()).await?;
    show(&cx, control).await
}

/// Let workers take no more jobs.
///
/// What is in hand goes on, and jobs may be submitted. The request needs no body.
#[utoipa::path(
    post,
    path = "/v1/admin/pause",
    operation_id = "pause",
    tag = "admin",
    responses((status = 200, description = "What is wanted now.", body = ControlBody)),
)]
pub(crate) async fn pause(cx: web::Data<Context>, _: Params<NoParams>) -> ApiResult<HttpResponse> {
    let control = set(&cx, |it| Control { paused: true, ..it }).await?;
    show(&cx, control).await
}

/// Let workers take jobs again.
///
/// The request needs no body.
#[utoipa::path(
    post,
    path = "/v1/admin/resume",
    operation_id = "resume",
    tag = "admin",
    responses((status = 200, description = "What is wanted now.", body = ControlBody)),
)]
pub(crate) async fn resume(cx: web::Data<Context>, _: Params<NoParams>) -> ApiResult<HttpResponse> {
    let control = set(&cx, |it| Control { paused: false, ..it }).await?;
    show(&cx, control).await
}

/// Let the workers that run now end once their hands are empty.
///
/// Whatever supervises them starts others. The request needs no body.
#[utoipa::path(
    post,
    path = "/v1/admin/drain",
    operation_id = "drain",
    tag = "admin",
    responses((status = 200, description = "What is wanted now.", body = ControlBody)),
)]
pub(crate) async fn drain(cx: web::Data<Context>, _: Params<NoParams>) -> ApiResult<HttpResponse> {
    let now = cx.now();
    let control = set(&cx, |it| Control { drain_asked_at: Some(now), ..it }).await?;
    show(&cx, control).await
}

async fn show(cx: &Context, control: Control) -> ApiResult<HttpResponse> {
    let open_jobs = cx.ask(cx.store().count_open(None, u64::MAX)).await?;
    Ok(HttpResponse::Ok().json(ControlBody::new(control, open_jobs)))
}

/// Writes what is wanted now, and tells all processes; those that do not hear of
/// it find out within seconds. Two who change it at the same time may undo each
/// other.
pub(super) async fn set(
    cx: &Context,
    change: impl FnOnce(Control) -> Control,
) -> ApiResult<Control> {
    let control = change(cx.ask(cx.store().control()).await?);
    cx.tell(cx.store().set_control(&control)).await?;
    cx.events().publish(JobEvent::ControlChanged).await;
    Ok(control)
}
