//! `/v1/admin/flags`.

use actix_web::{HttpResponse, web};
use recap_core::ports::{Control, Flags};

use super::control;
use crate::body::{FlagsBody, SetFlags};
use crate::context::Context;
use crate::error::ApiResult;
use crate::extract::{Body, NoParams, Params};

/// Look at the features that were switched while running.
#[utoipa::path(
    get,
    path = "/v1/admin/flags",
    operation_id = "get_flags",
    tag = "admin",
    responses((status = 200, description = "Which features are on.", body = FlagsBody)),
)]
pub(crate) async fn find(cx: web::Data<Context>, _: Params<NoParams>) -> ApiResult<HttpResponse> {
    let flags = cx.ask(cx.store().control()).await?.flags;
    Ok(show(&cx, flags))
}

/// Switch features on or off in all processes.
///
/// Replaces all of them: one that is left out is as the settings say.
#[utoipa::path(
    put,
    path = "/v1/admin/flags",
    operation_id = "set_flags",
    tag = "admin",
    request_body = SetFlags,
    responses((status = 200, description = "Which features are on now.", body = FlagsBody)),
)]
pub(crate) async fn set(
    cx: web::Data<Context>,
    _: Params<NoParams>,
    body: Body<SetFlags>,
) -> ApiResult<HttpResponse> {
    let flags = Flags::from(body.0);
    control::set(&cx, |it| Control { flags, ..it }).await?;
    // Here at once, whether the event comes or not.
    cx.flags.set(flags);
    Ok(show(&cx, flags))
}

fn show(cx: &Context, flags: Flags) -> HttpResponse {
    HttpResponse::Ok().json(FlagsBody::new(flags, &cx.flags.in_force(flags)))
}
