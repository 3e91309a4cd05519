//! Roles that one process has at a time, and what the operator wants.

use jiff::Timestamp;
use mongodb::bson::doc;
use recap_core::ports::{Control, StoreError};

use super::document::{date, text};
use super::server::Server;
use super::{CONTROL, ROLES};
use crate::document::{from_json, to_json};

/// The name of the one document of its collection.
pub(super) const ID: &str = "control";

/// If somebody else holds the role, the filter does not fit, the server tries to
/// make a second document of that name, and cannot.
pub(super) async fn hold(
    server: &Server,
    name: &str,
    holder: &str,
    now: Timestamp,
    until: Timestamp,
) -> Result<bool, StoreError> {
    let free = doc! {
        "_id": name,
        "$or": [{ "holder": holder }, { "until": { "$lte": date(now) } }],
    };
    let change = doc! { "$set": { "holder": holder, "until": date(until) } };
    server.put(ROLES, free, change).await
}

pub(super) async fn control(server: &Server) -> Result<Control, StoreError> {
    let found = server.find_one(CONTROL, doc! { "_id": ID }, doc! { "_id": 0, "doc": 1 }).await?;
    let read = found.map(|it| text(&it, "doc").and_then(|it| from_json(&it))).transpose();
    read.map(Option::unwrap_or_default).map_err(StoreError)
}

pub(super) async fn set_control(server: &Server, control: &Control) -> Result<(), StoreError> {
    let text = to_json(control).map_err(StoreError)?;
    let change = doc! { "$set": { "doc": text } };
    // `false` means that somebody has just made the first one: then it is there.
    if !server.put(CONTROL, doc! { "_id": ID }, change.clone()).await? {
        server.put(CONTROL, doc! { "_id": ID }, change).await?;
    }
    Ok(())
}
