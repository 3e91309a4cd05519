//! Where messages go.

use mongodb::bson::{Document, doc};
use recap_core::job::Owner;
use recap_core::ports::{BoxError, StoreError};
use recap_core::webhook::{Endpoint, EndpointId};

use crate::document::{EndpointColumns, to_json};
use crate::mongo::ENDPOINTS;
use crate::mongo::command::Query;
use crate::mongo::document::{date, number, text};
use crate::mongo::server::Server;

fn fields() -> Document {
    doc! { "_id": 0, "revision": 1, "doc": 1 }
}

fn read(fields: &Document) -> Result<Endpoint, BoxError> {
    let revision = i64::try_from(number(fields, "revision")?)?;
    EndpointColumns { revision, doc: text(fields, "doc")? }.into_endpoint()
}

pub(in crate::mongo) fn new(endpoint: &Endpoint) -> Result<Document, StoreError> {
    Ok(doc! {
        "_id": endpoint.id.to_string(),
        "owner": endpoint.owner.as_str(),
        "created_at": date(endpoint.created_at),
        "revision": endpoint.revision.cast_signed(),
        "doc": to_json(endpoint).map_err(StoreError)?,
    })
}

/// They are counted before, so of some that are added at the same moment a few
/// too many may get in. The number is a bound of work, not a promise.
pub(super) async fn insert(
    server: &Server,
    endpoint: &Endpoint,
    most: usize,
) -> Result<bool, StoreError> {
    if find(server, &endpoint.owner, endpoint.id).await?.is_some() {
        return Ok(true);
    }
    let theirs = doc! { "owner": endpoint.owner.as_str() };
    if server.count(ENDPOINTS, theirs, None).await? >= most as u64 {
        return Ok(false);
    }
    // If it was not added, a write whose answer was lost had added it.
    server.add_all(ENDPOINTS, vec![new(endpoint)?]).await.map(|_| true)
}

pub(super) async fn find(
    server: &Server,
    owner: &Owner,
    id: EndpointId,
) -> Result<Option<Endpoint>, StoreError> {
    let theirs = doc! { "_id": id.to_string(), "owner": owner.as_str() };
    let found = server.find_one(ENDPOINTS, theirs, fields()).await?;
    found.as_ref().map(read).transpose().map_err(StoreError)
}

pub(super) async fn list(server: &Server, owner: &Owner) -> Result<Vec<Endpoint>, StoreError> {
    let query = Query {
        filter: doc! { "owner": owner.as_str() },
        projection: fields(),
        sort: Some(doc! { "created_at": 1, "_id": 1 }),
        ..Query::default()
    };
    let found = server.find(ENDPOINTS, query).await?;
    found.iter().map(read).collect::<Result<_, _>>().map_err(StoreError)
}

pub(super) async fn set(server: &Server, endpoint: &Endpoint) -> Result<bool, StoreError> {
    let as_read = doc! {
        "_id": endpoint.id.to_string(), "owner": endpoint.owner.as_str(),
        "revision": endpoint.revision.cast_signed(),
    };
    let change = doc! {
        "$set": { "doc": to_json(endpoint).map_err(StoreError)? },
        "$inc": { "revision": 1 },
    };
    server.change(ENDPOINTS, as_read, change).await
}

pub(super) async fn delete(
    server: &Server,
    owner: &Owner,
    id: EndpointId,
) -> Result<bool, StoreError> {
    let theirs = doc! { "_id": id.to_string(), "owner": owner.as_str() };
    Ok(server.remove_all(ENDPOINTS, theirs).await? > 0)
}
