//! The life of a message: made, taken, and changed by who has read it last.

use std::time::Duration;

use jiff::Timestamp;
use mongodb::bson::oid::ObjectId;
use mongodb::bson::{Document, doc};
use recap_core::job::Owner;
use recap_core::ports::{BoxError, StoreError};
use recap_core::webhook::{Delivery, DeliveryId};

use crate::document::{DeliveryColumns, endpoint_of, to_json};
use crate::mongo::DELIVERIES;
use crate::mongo::command::Query;
use crate::mongo::document::{Change, date, number, optional_millis, text};
use crate::mongo::server::Server;

pub(super) fn fields() -> Document {
    doc! { "_id": 0, "next_attempt_at": 1, "revision": 1, "doc": 1 }
}

pub(super) fn read(fields: &Document) -> Result<Delivery, BoxError> {
    let columns = DeliveryColumns {
        next_attempt_at: optional_millis(fields, "next_attempt_at")?,
        revision: i64::try_from(number(fields, "revision")?)?,
        doc: text(fields, "doc")?,
    };
    columns.into_delivery()
}

/// What may change of a message.
fn change(delivery: &Delivery) -> Result<Change, StoreError> {
    let mut change = Change::default();
    change.put("status", Some(delivery.status.to_string()));
    change.put("next_attempt_at", delivery.next_attempt_at.map(date));
    change.put("expires_at", Some(date(delivery.expires_at)));
    change.put("doc", Some(to_json(delivery).map_err(StoreError)?));
    Ok(change)
}

pub(in crate::mongo) fn new(delivery: &Delivery) -> Result<Document, StoreError> {
    let mut all = change(delivery)?;
    all.put("endpoint", endpoint_of(delivery));
    all.put("job", delivery.job.map(|it| it.to_string()));
    let mut fields = doc! {
        "_id": delivery.id.to_string(),
        "owner": delivery.owner.as_str(),
        "event": delivery.event.to_string(),
        "created_at": date(delivery.created_at),
        "revision": delivery.revision.cast_signed(),
    };
    fields.extend(all.set);
    Ok(fields)
}

pub(super) async fn insert(server: &Server, delivery: &Delivery) -> Result<bool, StoreError> {
    Ok(server.add_all(DELIVERIES, vec![new(delivery)?]).await? == 1)
}

pub(super) async fn find(
    server: &Server,
    owner: &Owner,
    id: DeliveryId,
) -> Result<Option<Delivery>, StoreError> {
    let theirs = doc! { "_id": id.to_string(), "owner": owner.as_str() };
    let found = server.find_one(DELIVERIES, theirs, fields()).await?;
    found.as_ref().map(read).transpose().map_err(StoreError)
}

/// The mark tells whose claim it was.
pub(super) async fn claim(
    server: &Server,
    id: DeliveryId,
    now: Timestamp,
    lease: Duration,
) -> Result<Option<Delivery>, StoreError> {
    let (id, mark) = (id.to_string(), ObjectId::new());
    let due = doc! { "_id": &id, "status": "pending", "next_attempt_at": { "$lte": date(now) } };
    let until = now.checked_add(lease).unwrap_or(Timestamp::MAX);
    let change = doc! {
        "$set": { "next_attempt_at": date(until), "claimed_by": mark },
        "$inc": { "revision": 1 },
    };
    if !server.change(DELIVERIES, due, change).await? {
        return Ok(None);
    }
    let ours = doc! { "_id": id, "claimed_by": mark };
    let taken = server.find_one(DELIVERIES, ours, fields()).await?;
    taken.as_ref().map(read).transpose().map_err(StoreError)
}

pub(super) async fn set(server: &Server, delivery: &Delivery) -> Result<bool, StoreError> {
    let as_read =
        doc! { "_id": delivery.id.to_string(), "revision": delivery.revision.cast_signed() };
    server.change(DELIVERIES, as_read, change(delivery)?.into_update()).await
}

pub(super) async fn due(
    server: &Server,
    now: Timestamp,
    patience: Duration,
    limit: usize,
) -> Result<Vec<(DeliveryId, u64)>, StoreError> {
    if limit == 0 {
        // Which the server takes for "no limit".
        return Ok(Vec::new());
    }
    let before = now.checked_sub(patience).unwrap_or(Timestamp::MIN);
    let query = Query {
        filter: doc! { "status": "pending", "next_attempt_at": { "$lte": date(before) } },
        projection: doc! { "_id": 1, "revision": 1 },
        sort: Some(doc! { "next_attempt_at": 1 }),
        limit: Some(limit),
        hint: None,
    };
    let read = |it: &Document| -> Result<(DeliveryId, u64), BoxError> {
        Ok((text(it, "_id")?.parse()?, number(it, "revision")?))
    };
    let found = server.find(DELIVERIES, query).await?;
    found.iter().map(read).collect::<Result<_, _>>().map_err(StoreError)
}
