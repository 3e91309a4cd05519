//! Trying out an endpoint, and sending it what it has missed.

use actix_web::{HttpResponse, web};
use jiff::Timestamp;
use recap_core::webhook::EndpointId;

use super::look_up;
use crate::access::Who;
use crate::body::{DeliveryBody, Recover, Recovered};
use crate::context::Context;
use crate::error::ApiResult;
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
    let endpoint = look_up(&cx, &who, id).await?;
    let delivery = cx.at_desk(cx.state.desk.test(&endpoint, cx.now())).await?;
    Ok(HttpResponse::Accepted().json(DeliveryBody::from(delivery)))
}

/// Send again what an endpoint has missed.
///
/// All messages since a time whose attempts have all failed, at most 1000.
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
    look_up(&cx, &who, id).await?;
    let recovered = recover_since(&cx, &who, id, body.0.since).await?;
    Ok(HttpResponse::Ok().json(Recovered { recovered }))
}

/// In chunks, so that no single question of the store takes long. What is on its
/// way again has not failed any more, so each chunk finds the next ones.
async fn recover_since(
    cx: &Context,
    who: &Who,
    id: EndpointId,
    since: Timestamp,
) -> ApiResult<usize> {
    let (now, mut recovered) = (cx.now(), 0);
    while recovered < MOST {
        let limit = CHUNK.min(MOST - recovered);
        let chunk = cx.state.desk.recover(&who.owner, id, since, now, limit);
        let more = cx.at_desk(chunk).await?;
        recovered += more;
        if more < limit {
            break;
        }
    }
    Ok(recovered)
}
