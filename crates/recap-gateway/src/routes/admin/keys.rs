//! `/v1/admin/keys`.

mod query;
mod wanted;

use actix_web::http::header::LOCATION;
use actix_web::{HttpResponse, web};
use recap_core::key::{ApiKey, KeyId, NewKey};
use recap_core::ports::JobEvent;
use tracing::info;

use self::query::ListKeys;
use crate::body::{CreateKey, KeyBody, KeyList, NewKeyBody};
use crate::context::Context;
use crate::error::ApiResult;
use crate::extract::{Body, Id, Named, NoParams, Params};

/// Make a key.
///
/// The key itself, and the secret that signs the webhooks which its jobs name, are
/// in this answer and nowhere else. With the first key, callers have to say who
/// they are.
#[utoipa::path(
    post,
    path = "/v1/admin/keys",
    operation_id = "create_key",
    tag = "admin",
    request_body = CreateKey,
    responses((
        status = 201,
        description = "The key, shown this once.",
        body = NewKeyBody,
        headers(("location" = String, description = "Path of the key.")),
    )),
)]
pub(crate) async fn create(
    cx: web::Data<Context>,
    _: Params<NoParams>,
    body: Body<CreateKey>,
) -> ApiResult<HttpResponse> {
    let now = cx.now();
    let request = wanted::request(body.0, now)?;
    let made = ApiKey::generate(request, wanted::chance()?, wanted::chance()?, now);
    cx.tell(cx.state.keys.put_key(&made.key)).await?;
    cx.callers.mode.has_a_key_now();
    cx.events().publish(JobEvent::KeysChanged).await;
    let NewKey { key, .. } = &made;
    info!(key.id = %key.id, key.owner = key.owner.as_str(), "key made");
    let location = (LOCATION, format!("/v1/admin/keys/{}", key.id));
    Ok(HttpResponse::Created().insert_header(location).json(NewKeyBody::from(made)))
}

/// List keys, newest first, with those that were revoked.
#[utoipa::path(
    get,
    path = "/v1/admin/keys",
    operation_id = "list_keys",
    tag = "admin",
    params(ListKeys),
    responses((status = 200, description = "The keys.", body = KeyList)),
)]
pub(crate) async fn list(
    cx: web::Data<Context>,
    query: Params<ListKeys>,
) -> ApiResult<HttpResponse> {
    let limit = query.0.limit;
    let mut keys = cx.ask(cx.state.keys.list_keys(limit + 1)).await?;
    let has_more = keys.len() > limit;
    keys.truncate(limit);
    let data = keys.into_iter().map(KeyBody::from).collect();
    Ok(HttpResponse::Ok().json(KeyList { data, has_more }))
}

/// Look at a key.
#[utoipa::path(
    get,
    path = "/v1/admin/keys/{id}",
    operation_id = "get_key",
    tag = "admin",
    params(("id" = String, Path, description = "The key's id.")),
    responses((status = 200, description = "The key.", body = KeyBody)),
)]
pub(crate) async fn find(
    cx: web::Data<Context>,
    Id(id): Id<KeyId>,
    _: Params<NoParams>,
) -> ApiResult<HttpResponse> {
    let key = cx.ask(cx.state.keys.find_key_by_id(id)).await?.ok_or_else(KeyId::missing)?;
    Ok(HttpResponse::Ok().json(KeyBody::from(key)))
}

/// Revoke a key.
///
/// It works nowhere any more, as a rule at once, and after
/// `auth.key_cache_seconds` where the news does not arrive. Its jobs go on. It
/// stays in the list; to revoke it again changes nothing.
#[utoipa::path(
    delete,
    path = "/v1/admin/keys/{id}",
    operation_id = "revoke_key",
    tag = "admin",
    params(("id" = String, Path, description = "The key's id.")),
    responses((status = 200, description = "The key as it is now.", body = KeyBody)),
)]
pub(crate) async fn revoke(
    cx: web::Data<Context>,
    Id(id): Id<KeyId>,
    _: Params<NoParams>,
) -> ApiResult<HttpResponse> {
    if !cx.tell(cx.state.keys.revoke_key(id, cx.now())).await? {
        return Err(KeyId::missing());
    }
    cx.events().publish(JobEvent::KeysChanged).await;
    info!(key.id = %id, "key revoked");
    let key = cx.ask(cx.state.keys.find_key_by_id(id)).await?.ok_or_else(KeyId::missing)?;
    Ok(HttpResponse::Ok().json(KeyBody::from(key)))
}
