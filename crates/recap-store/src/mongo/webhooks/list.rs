//! A page of messages.

use mongodb::bson::{DateTime, Document, doc};
use recap_core::ports::{DeliveryFilter, DeliveryPage, StoreError};

use super::deliveries::{fields, read};
use crate::document::millis;
use crate::mongo::DELIVERIES;
use crate::mongo::command::Query;
use crate::mongo::document::optional_millis;
use crate::mongo::server::Server;

/// The longest page that is handed out, whatever is asked for.
const MAX_PAGE: usize = 100;

/// A page begins after a message that the owner has. If that was forgotten, so are
/// older ones, but for those that were sent again, and the list ends there.
pub(super) async fn list(
    server: &Server,
    filter: &DeliveryFilter,
) -> Result<DeliveryPage, StoreError> {
    let Some(filter_fields) = page_filter(server, filter).await? else {
        return Ok(DeliveryPage { deliveries: Vec::new(), has_more: false });
    };
    let page = filter.limit.clamp(1, MAX_PAGE);
    let query = Query {
        filter: filter_fields,
        projection: fields(),
        sort: Some(doc! { "created_at": -1, "_id": -1 }),
        // One more than asked for says whether there are more.
        limit: Some(page + 1),
        hint: None,
    };
    let mut found = server.find(DELIVERIES, query).await?;
    let has_more = found.len() > page;
    found.truncate(page);
    let deliveries = found.iter().map(read).collect::<Result<_, _>>().map_err(StoreError)?;
    Ok(DeliveryPage { deliveries, has_more })
}

/// Dates are whole milliseconds, and bounds are one beside them: `SecantusDB` lets
/// go of the last value of a range with `$gte` or `$lte` on a field that others
/// follow in the index.
async fn page_filter(
    server: &Server,
    filter: &DeliveryFilter,
) -> Result<Option<Document>, StoreError> {
    let mut fields = doc! { "owner": filter.owner.as_str() };
    let texts = [
        ("endpoint", filter.endpoint.map(|it| it.to_string())),
        ("job", filter.job.map(|it| it.to_string())),
        ("status", filter.status.map(|it| it.to_string())),
        ("event", filter.event.map(|it| it.to_string())),
    ];
    fields.extend(texts.into_iter().filter_map(|(key, it)| Some((key.to_owned(), it?.into()))));
    let mut created = Document::new();
    if let Some(since) = filter.created_since {
        created.insert("$gt", DateTime::from_millis(millis(since).saturating_sub(1)));
    }
    if let Some(before) = filter.before {
        let theirs = doc! { "_id": before.to_string(), "owner": filter.owner.as_str() };
        let last = server.find_one(DELIVERIES, theirs, doc! { "_id": 0, "created_at": 1 }).await?;
        let Some(last) = last else { return Ok(None) };
        let at = optional_millis(&last, "created_at").map_err(StoreError)?.unwrap_or_default();
        created.insert("$lt", DateTime::from_millis(at.saturating_add(1)));
        let older = doc! { "created_at": { "$lt": DateTime::from_millis(at) } };
        fields.insert("$or", vec![older, doc! { "_id": { "$lt": before.to_string() } }]);
    }
    if !created.is_empty() {
        fields.insert("created_at", created);
    }
    Ok(Some(fields))
}
