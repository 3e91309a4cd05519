//! Trying out an endpoint, and sending it what it has missed.

use actix_web::{HttpResponse, web};
use recap_core::ErrorCode;
use recap_core::jobs::Lost;
use recap_core::webhook::{DeliveryStatus, Endpoint, EndpointId};

use super::look_up;
use crate::body::{DeliveryBody, Recover, Recovered};
use crate::context::Context;
use crate::error::{ApiError, ApiResult};
use crate::extract::{Body, Caller, Id, NoParams, Params};

/// Most messages that are sent again by one request.
const MOST: usize = 1000;

/// Those of them that are asked of the store at once.
const CHUNK: usize = 100;

/// Send a test message.
///
/// A `webhook.test`, whatever events the endpoint is told of; look at the
/// delivery to see whether it arrived. The request needs no body.
#[utoipa::path(
    post,
    path = "/v1/webhook-endpoints/{id}/test",
    operation_id = "test_webhook_endpoint",
    tag = "webhooks",
    params(("id" = String, Path, description = "The endpoint.")),
    responses((
        status = 202,
        description = "The message, which is on its way.",
        body = DeliveryBody,
    )),
)]
pub(crate) async fn test(
    cx: web::Data<Context>,
    Caller(who): Caller,
    Id(id): Id<EndpointId>,
    _: Params<NoParams>,
) -> ApiResult<HttpResponse> {
    let endpoint = enabled(look_up(&cx, &who, id).await?)?;
    let delivery = cx.at_desk(cx.state.desk.test(&endpoint, cx.now())).await?;
    Ok(HttpResponse::Accepted().json(DeliveryBody::from(delivery)))
}

/// Send again what an endpoint has missed.
///
/// All messages since a time whose attempts have all failed, or that were dropped
/// because the endpoint was disabled; at most 1000.
#[utoipa::path(
    post,
    path = "/v1/webhook-endpoints/{id}/recover",
    operation_id = "recover_webhook_endpoint",
    tag = "webhooks",
    params(("id" = String, Path, description = "The endpoint.")),
    request_body = Recover,
    responses((status = 200, description = "They are on their way.", body = Recovered)),
)]
pub(crate) async fn recover(
    cx: web::Data<Context>,
    Caller(who): Caller,
    Id(id): Id<EndpointId>,
    _: Params<NoParams>,
    body: Body<Recover>,
) -> ApiResult<HttpResponse> {
    enabled(look_up(&cx, &who, id).await?)?;
    let mut recovered = 0;
    for status in [DeliveryStatus::Failed, DeliveryStatus::Dropped] {
        let lost = Lost { owner: who.owner.clone(), endpoint: id, status, since: body.0.since };
        recovered += recover_all(&cx, &lost, MOST - recovered).await?;
    }
    Ok(HttpResponse::Ok().json(Recovered { recovered }))
}

/// What is sent to a disabled endpoint is dropped when it is due.
fn enabled(endpoint: Endpoint) -> ApiResult<Endpoint> {
    if endpoint.disabled.is_none() {
        return Ok(endpoint);
    }
    let detail = "Enable the endpoint first: what is sent to it now would be dropped.";
    Err(ApiError::new(ErrorCode::EndpointDisabled, detail))
}

/// Page by page, so that no single question of the store takes long.
async fn recover_all(cx: &Context, lost: &Lost, most: usize) -> ApiResult<usize> {
    let (now, mut recovered, mut before) = (cx.now(), 0, None);
    while recovered < most {
        let limit = CHUNK.min(most - recovered);
        let page = cx.at_desk(cx.state.desk.recover(lost, before, now, limit)).await?;
        recovered += page.recovered;
        before = page.next;
        if before.is_none() {
            break;
        }
    }
    Ok(recovered)
}
