//! `POST /v1/webhook-endpoints`.

use actix_web::http::header::LOCATION;
use actix_web::{HttpResponse, web};
use recap_core::ErrorCode;
use recap_core::webhook::{Endpoint, EndpointId, WebhookSecret};

use super::checked;
use crate::body::{CreateEndpoint, EndpointWithSecret};
use crate::context::Context;
use crate::error::{ApiError, ApiResult};
use crate::extract::{Body, Caller, NoParams, Params};

/// Register a webhook endpoint.
///
/// It is told of all of your jobs. Messages are those of Standard Webhooks,
/// signed with the secret that is shown in this answer and never again. Takes no
/// `Idempotency-Key`: an answer that is kept would keep the secret.
#[utoipa::path(
    post,
    path = "/v1/webhook-endpoints",
    operation_id = "create_webhook_endpoint",
    tag = "webhooks",
    request_body = CreateEndpoint,
    responses((
        status = 201,
        description = "The endpoint with its secret.",
        body = EndpointWithSecret,
        headers(("location" = String, description = "Path of the endpoint.")),
    )),
)]
pub(crate) async fn create(
    cx: web::Data<Context>,
    Caller(who): Caller,
    _: Params<NoParams>,
    body: Body<CreateEndpoint>,
) -> ApiResult<HttpResponse> {
    let CreateEndpoint { url, description, events } = body.0;
    let endpoint = Endpoint {
        id: EndpointId::generate(),
        owner: who.owner.clone(),
        url: checked(&cx, "/url", url.0)?,
        description: description.map(|it| it.0),
        events: events.0,
        secret: secret()?,
        old_secrets: Vec::new(),
        disabled: None,
        failing_since: None,
        created_at: cx.now(),
        revision: 0,
    };
    let most = cx.rules.max_endpoints;
    if !cx.tell(cx.webhooks().insert_endpoint(&endpoint, most)).await? {
        let detail = format!("There may be {most} at most; delete one first.");
        return Err(ApiError::new(ErrorCode::TooManyEndpoints, detail));
    }
    let location = (LOCATION, format!("/v1/webhook-endpoints/{}", endpoint.id));
    let body = EndpointWithSecret::new(endpoint, cx.now());
    Ok(HttpResponse::Created().insert_header(location).json(body))
}

/// A new secret.
pub(super) fn secret() -> ApiResult<WebhookSecret> {
    let mut entropy = [0; 32];
    getrandom::fill(&mut entropy).map_err(|it| ApiError::internal(it.to_string()))?;
    Ok(WebhookSecret::new(entropy))
}
