//! `PATCH /v1/webhook-endpoints/{id}` and its secret.

use actix_web::{HttpResponse, web};
use recap_core::webhook::{Disabled, Endpoint, EndpointId};

use super::{checked, create, set};
use crate::body::{Change, ChangeEndpoint, EndpointBody, EndpointWithSecret};
use crate::context::Context;
use crate::error::ApiResult;
use crate::extract::{Body, Caller, Id, NoParams, Params};

/// Change a webhook endpoint.
#[utoipa::path(
    patch,
    path = "/v1/webhook-endpoints/{id}",
    operation_id = "change_webhook_endpoint",
    tag = "webhooks",
    params(("id" = String, Path, description = "The endpoint.")),
    request_body = ChangeEndpoint,
    responses((status = 200, description = "The endpoint as it is now.", body = EndpointBody)),
)]
pub(crate) async fn change(
    cx: web::Data<Context>,
    Caller(who): Caller,
    Id(id): Id<EndpointId>,
    _: Params<NoParams>,
    body: Body<ChangeEndpoint>,
) -> ApiResult<HttpResponse> {
    let ChangeEndpoint { url, description, events, disabled } = body.0;
    let url = url.map(|it| checked(&cx, "/url", it.0)).transpose()?;
    let change = |endpoint: &mut Endpoint| {
        if let Some(url) = url.as_ref().filter(|it| **it != endpoint.url) {
            // What the former address failed at is not this one's fault.
            endpoint.failing_since = None;
            endpoint.url.clone_from(url);
        }
        match &description {
            Change::Keep => {}
            Change::Remove => endpoint.description = None,
            Change::Set(text) => endpoint.description = Some(text.0.clone()),
        }
        if let Some(events) = &events {
            endpoint.events.clone_from(&events.0);
        }
        if let Some(disabled) = disabled {
            switch(endpoint, disabled);
        }
    };
    let endpoint = set(&cx, &who, id, change).await?;
    Ok(HttpResponse::Ok().json(EndpointBody::new(endpoint, cx.now())))
}

/// Why it is disabled already stays known.
fn switch(endpoint: &mut Endpoint, disabled: bool) {
    if disabled {
        endpoint.disabled.get_or_insert(Disabled::Asked);
    } else {
        (endpoint.disabled, endpoint.failing_since) = (None, None);
    }
}

/// Replace the secret of a webhook endpoint.
///
/// For `webhooks.rotation_hours`, messages are signed with the old one as well, and
/// with up to three before it whose time is not over.
/// The new one is shown in this answer and never again. The request needs no
/// body.
#[utoipa::path(
    post,
    path = "/v1/webhook-endpoints/{id}/rotate-secret",
    operation_id = "rotate_webhook_secret",
    tag = "webhooks",
    params(("id" = String, Path, description = "The endpoint.")),
    responses((
        status = 200,
        description = "The endpoint with its new secret.",
        body = EndpointWithSecret,
    )),
)]
pub(crate) async fn rotate(
    cx: web::Data<Context>,
    Caller(who): Caller,
    Id(id): Id<EndpointId>,
    _: Params<NoParams>,
) -> ApiResult<HttpResponse> {
    let (secret, now) = (create::secret()?, cx.now());
    let until = now + cx.rules.secret_rotation;
    let rotate = |it: &mut Endpoint| it.rotate(secret.clone(), now, until);
    let endpoint = set(&cx, &who, id, rotate).await?;
    Ok(HttpResponse::Ok().json(EndpointWithSecret::new(endpoint, now)))
}
