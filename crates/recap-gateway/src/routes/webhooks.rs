//! `/v1/webhook-endpoints…`.

pub(crate) mod act;
pub(crate) mod change;
pub(crate) mod create;

use actix_web::{HttpResponse, web};
use recap_core::ErrorCode;
use recap_core::webhook::{Destination, Endpoint, EndpointId};

use crate::access::Who;
use crate::body::{EndpointBody, EndpointList};
use crate::context::Context;
use crate::error::{ApiError, ApiResult, FieldError};
use crate::extract::{Caller, Id, Named, NoParams, Params};

/// How often a change is tried that others change as well.
const TRIES: usize = 5;

/// List your webhook endpoints.
#[utoipa::path(
    get,
    path = "/v1/webhook-endpoints",
    operation_id = "list_webhook_endpoints",
    tag = "webhooks",
    responses((status = 200, description = "All of them.", body = EndpointList)),
)]
pub(crate) async fn list(
    cx: web::Data<Context>,
    Caller(who): Caller,
    _: Params<NoParams>,
) -> ApiResult<HttpResponse> {
    let endpoints = cx.ask(cx.webhooks().list_endpoints(&who.owner)).await?;
    Ok(HttpResponse::Ok().json(EndpointList::new(endpoints, cx.now())))
}

/// Look at a webhook endpoint.
#[utoipa::path(
    get,
    path = "/v1/webhook-endpoints/{id}",
    operation_id = "get_webhook_endpoint",
    tag = "webhooks",
    params(("id" = String, Path, description = "The endpoint.")),
    responses((status = 200, description = "The endpoint, without its secret.", body = EndpointBody)),
)]
pub(crate) async fn find(
    cx: web::Data<Context>,
    Caller(who): Caller,
    Id(id): Id<EndpointId>,
    _: Params<NoParams>,
) -> ApiResult<HttpResponse> {
    let endpoint = look_up(&cx, &who, id).await?;
    Ok(HttpResponse::Ok().json(EndpointBody::new(endpoint, cx.now())))
}

/// Delete a webhook endpoint.
///
/// Messages that are still on their way to it are dropped.
#[utoipa::path(
    delete,
    path = "/v1/webhook-endpoints/{id}",
    operation_id = "delete_webhook_endpoint",
    tag = "webhooks",
    params(("id" = String, Path, description = "The endpoint.")),
    responses((status = 204, description = "There is no such endpoint any more.")),
)]
pub(crate) async fn delete(
    cx: web::Data<Context>,
    Caller(who): Caller,
    Id(id): Id<EndpointId>,
    _: Params<NoParams>,
) -> ApiResult<HttpResponse> {
    let deleted = cx.tell(cx.webhooks().delete_endpoint(&who.owner, id)).await?;
    if deleted { Ok(HttpResponse::NoContent().finish()) } else { Err(EndpointId::missing()) }
}

/// The caller's endpoint with this id. Another's is not there.
async fn look_up(cx: &Context, who: &Who, id: EndpointId) -> ApiResult<Endpoint> {
    let found = cx.ask(cx.webhooks().find_endpoint(&who.owner, id)).await?;
    found.ok_or_else(EndpointId::missing)
}

/// Changes an endpoint. If somebody else does at the same time, `change` is made
/// of what they left.
async fn set(
    cx: &Context,
    who: &Who,
    id: EndpointId,
    change: impl Fn(&mut Endpoint),
) -> ApiResult<Endpoint> {
    for _ in 0..TRIES {
        let mut endpoint = look_up(cx, who, id).await?;
        change(&mut endpoint);
        if cx.tell(cx.webhooks().set_endpoint(&endpoint)).await? {
            endpoint.revision += 1;
            return Ok(endpoint);
        }
    }
    Err(ApiError::unavailable("Others change the endpoint as well; try again in a moment."))
}

/// `url`, if messages may be sent there, as far as its form says.
pub(super) fn checked(cx: &Context, pointer: &str, url: String) -> ApiResult<String> {
    match Destination::of(&url, &cx.state.addresses) {
        Ok(_) => Ok(url),
        Err(refused) => {
            let errors = vec![FieldError::new(pointer, refused.0)];
            Err(ApiError { errors, ..ApiError::new(ErrorCode::WebhookUrlRefused, refused.0) })
        }
    }
}
