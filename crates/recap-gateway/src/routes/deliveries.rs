//! `/v1/webhook-deliveries…`.

mod query;

use actix_web::{HttpResponse, web};
use recap_core::webhook::{Delivery, DeliveryId};

use self::query::ListDeliveries;
use crate::access::Who;
use crate::body::{DeliveryBody, DeliveryItem, DeliveryList};
use crate::context::Context;
use crate::cursor;
use crate::error::{ApiError, ApiResult};
use crate::extract::{Caller, Id, Named, NoParams, Params};

/// How often a replay is tried while an attempt is being made.
const TRIES: usize = 5;

/// List webhook deliveries, newest first.
///
/// What they say and what came of each attempt is left out.
#[utoipa::path(
    get,
    path = "/v1/webhook-deliveries",
    operation_id = "list_webhook_deliveries",
    tag = "webhooks",
    params(ListDeliveries),
    responses((status = 200, description = "A page of deliveries.", body = DeliveryList)),
)]
pub(crate) async fn list(
    cx: web::Data<Context>,
    Caller(who): Caller,
    query: Params<ListDeliveries>,
) -> ApiResult<HttpResponse> {
    let filter = query.0.filter(who.owner.clone());
    let page = cx.ask(cx.webhooks().list_deliveries(&filter)).await?;
    let last = page.deliveries.last().filter(|_| page.has_more);
    let next_cursor = last.map(|it| cursor::encode(&it.id));
    let data = page.deliveries.into_iter().map(DeliveryItem::from).collect();
    Ok(HttpResponse::Ok().json(DeliveryList { data, next_cursor, has_more: page.has_more }))
}

/// Look at a webhook delivery: what it says, and what came of each attempt.
#[utoipa::path(
    get,
    path = "/v1/webhook-deliveries/{id}",
    operation_id = "get_webhook_delivery",
    tag = "webhooks",
    params(("id" = String, Path, description = "The delivery.")),
    responses((status = 200, description = "The delivery.", body = DeliveryBody)),
)]
pub(crate) async fn find(
    cx: web::Data<Context>,
    Caller(who): Caller,
    Id(id): Id<DeliveryId>,
    _: Params<NoParams>,
) -> ApiResult<HttpResponse> {
    let delivery = look_up(&cx, &who, id).await?;
    Ok(HttpResponse::Ok().json(DeliveryBody::from(delivery)))
}

/// Send a message again.
///
/// The same message with the same id, from the beginning of the schedule,
/// whatever became of it before. The request needs no body.
#[utoipa::path(
    post,
    path = "/v1/webhook-deliveries/{id}/replay",
    operation_id = "replay_webhook_delivery",
    tag = "webhooks",
    params(("id" = String, Path, description = "The delivery.")),
    responses((status = 202, description = "It is on its way.", body = DeliveryBody)),
)]
pub(crate) async fn replay(
    cx: web::Data<Context>,
    Caller(who): Caller,
    Id(id): Id<DeliveryId>,
    _: Params<NoParams>,
) -> ApiResult<HttpResponse> {
    let delivery = replayed(&cx, &who, id).await?;
    Ok(HttpResponse::Accepted().json(DeliveryBody::from(delivery)))
}

/// The caller's delivery with this id. Another's is not there.
async fn look_up(cx: &Context, who: &Who, id: DeliveryId) -> ApiResult<Delivery> {
    let found = cx.ask(cx.webhooks().find_delivery(&who.owner, id)).await?;
    found.ok_or_else(DeliveryId::missing)
}

async fn replayed(cx: &Context, who: &Who, id: DeliveryId) -> ApiResult<Delivery> {
    for _ in 0..TRIES {
        let delivery = look_up(cx, who, id).await?;
        if let Some(again) = cx.at_desk(cx.state.desk.replay(delivery, cx.now())).await? {
            return Ok(again);
        }
    }
    Err(ApiError::unavailable("An attempt is just being made; try again in a moment."))
}
