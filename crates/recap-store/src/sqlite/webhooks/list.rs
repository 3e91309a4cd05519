//! A page of messages.

use recap_core::ports::{DeliveryFilter, DeliveryPage};
use recap_sqlite::Pool;
use sqlx::{QueryBuilder, Sqlite};

use super::deliveries::delivery;
use crate::document::{DeliveryColumns, millis};
use crate::sqlite::row::{decode_error, limit};

/// The longest page that is handed out, whatever is asked for.
const MAX_PAGE: usize = 100;

pub(in crate::sqlite) async fn list(
    pool: &Pool,
    filter: &DeliveryFilter,
) -> Result<DeliveryPage, sqlx::Error> {
    let page = filter.limit.clamp(1, MAX_PAGE);
    // One more than asked for says whether there are more.
    let mut rows: Vec<DeliveryColumns> =
        query(filter, page + 1).build_query_as().fetch_all(pool).await?;
    let has_more = rows.len() > page;
    rows.truncate(page);
    let deliveries = rows.into_iter().map(DeliveryColumns::into_delivery);
    let deliveries = deliveries.collect::<Result<_, _>>().map_err(decode_error)?;
    Ok(DeliveryPage { deliveries, has_more })
}

/// A page begins after a message that the owner has. If that was forgotten, so are
/// older ones, but for those that were sent again, and the list ends there.
pub(in crate::sqlite) fn query(filter: &DeliveryFilter, most: usize) -> QueryBuilder<Sqlite> {
    let mut query =
        QueryBuilder::new(concat!("SELECT ", delivery!(), " FROM recap_deliveries INDEXED BY "));
    query.push("recap_deliveries_").push(index(filter));
    query.push(" WHERE owner = ").push_bind(filter.owner.as_str().to_owned());
    let texts = [
        ("endpoint", filter.endpoint.map(|it| it.to_string())),
        ("job", filter.job.map(|it| it.to_string())),
        ("status", filter.status.map(|it| it.to_string())),
        ("event", filter.event.map(|it| it.to_string())),
    ];
    for (column, text) in texts {
        if let Some(text) = text {
            query.push(" AND ").push(column).push(" = ").push_bind(text);
        }
    }
    if let Some(since) = filter.created_since {
        query.push(" AND created_at >= ").push_bind(millis(since));
    }
    if let Some(before) = filter.before {
        query.push(" AND (created_at, id) < (SELECT created_at, id FROM recap_deliveries");
        query.push(" WHERE id = ").push_bind(before.to_string());
        query.push(" AND owner = ").push_bind(filter.owner.as_str().to_owned()).push(")");
    }
    query.push(" ORDER BY created_at DESC, id DESC LIMIT ").push_bind(limit(most));
    query
}

/// The index that finds least beside what is wanted.
fn index(filter: &DeliveryFilter) -> &'static str {
    match (filter.job, filter.endpoint, filter.status) {
        (Some(_), _, _) => "by_job",
        (None, Some(_), _) => "by_endpoint",
        (None, None, Some(_)) => "by_status",
        (None, None, None) => "by_owner",
    }
}
