//! Where messages go.

use recap_core::job::Owner;
use recap_core::webhook::{Endpoint, EndpointId};
use recap_sqlite::Pool;

use crate::document::{EndpointColumns, millis};
use crate::sqlite::row::{decode_error, limit, to_json};

pub(in crate::sqlite) const INSERT: &str = "
    INSERT INTO recap_endpoints (id, owner, created_at, revision, doc)
    SELECT ?1, ?2, ?3, ?4, ?5
    WHERE (SELECT count(*) FROM recap_endpoints WHERE owner = ?2) < ?6
    ON CONFLICT (id) DO NOTHING";

pub(in crate::sqlite) async fn insert(
    pool: &Pool,
    endpoint: &Endpoint,
    most: usize,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(INSERT)
        .bind(endpoint.id.to_string())
        .bind(endpoint.owner.as_str())
        .bind(millis(endpoint.created_at))
        .bind(endpoint.revision.cast_signed())
        .bind(to_json(endpoint)?)
        .bind(limit(most))
        .execute(pool)
        .await?;
    Ok(done.rows_affected() == 1 || find(pool, &endpoint.owner, endpoint.id).await?.is_some())
}

pub(in crate::sqlite) const FIND: &str =
    "SELECT revision, doc FROM recap_endpoints WHERE id = ?1 AND owner = ?2";

pub(in crate::sqlite) async fn find(
    pool: &Pool,
    owner: &Owner,
    id: EndpointId,
) -> Result<Option<Endpoint>, sqlx::Error> {
    let found: Option<EndpointColumns> =
        sqlx::query_as(FIND).bind(id.to_string()).bind(owner.as_str()).fetch_optional(pool).await?;
    found.map(EndpointColumns::into_endpoint).transpose().map_err(decode_error)
}

pub(in crate::sqlite) const LIST: &str = "
    SELECT revision, doc FROM recap_endpoints WHERE owner = ?1 ORDER BY created_at, id";

pub(in crate::sqlite) async fn list(
    pool: &Pool,
    owner: &Owner,
) -> Result<Vec<Endpoint>, sqlx::Error> {
    let found: Vec<EndpointColumns> =
        sqlx::query_as(LIST).bind(owner.as_str()).fetch_all(pool).await?;
    let endpoints = found.into_iter().map(EndpointColumns::into_endpoint);
    endpoints.collect::<Result<_, _>>().map_err(decode_error)
}

pub(in crate::sqlite) const SET: &str = "
    UPDATE recap_endpoints SET doc = ?4, revision = revision + 1
    WHERE id = ?1 AND owner = ?2 AND revision = ?3";

pub(in crate::sqlite) async fn set(pool: &Pool, endpoint: &Endpoint) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(SET)
        .bind(endpoint.id.to_string())
        .bind(endpoint.owner.as_str())
        .bind(endpoint.revision.cast_signed())
        .bind(to_json(endpoint)?)
        .execute(pool)
        .await?;
    Ok(done.rows_affected() == 1)
}

pub(in crate::sqlite) const DELETE: &str =
    "DELETE FROM recap_endpoints WHERE id = ?1 AND owner = ?2";

pub(in crate::sqlite) async fn delete(
    pool: &Pool,
    owner: &Owner,
    id: EndpointId,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(DELETE).bind(id.to_string()).bind(owner.as_str()).execute(pool).await?;
    Ok(done.rows_affected() == 1)
}
