//! Taking several documents at once, each for one taker only.

use mongodb::bson::oid::ObjectId;
use mongodb::bson::{Bson, Document, doc};
use recap_core::ports::StoreError;

use super::JOBS;
use super::command::{MARK, Query};
use super::server::Server;

/// Makes `change` to those of `found` that `guard` still fits, and returns them
/// in the same order.
///
/// The server changes each document by itself, with the guard in the same step,
/// so no document is changed by two takers. The mark of this taker, which the
/// change leaves, tells its documents from those that another one has taken since
/// they were found; only then are they looked at again.
pub(super) async fn take(
    server: &Server,
    found: Vec<Document>,
    guard: Document,
    change: Document,
) -> Result<Vec<Document>, StoreError> {
    if found.is_empty() {
        return Ok(found);
    }
    let mark = ObjectId::new();
    let ids: Vec<Bson> = found.iter().filter_map(|it| it.get("_id").cloned()).collect();
    let theirs = doc! { "_id": { "$in": ids } };
    let mut filter = theirs.clone();
    filter.extend(guard);
    if server.change_all(JOBS, filter, change, mark).await? == found.len() as u64 {
        return Ok(found);
    }
    let mut ours = theirs;
    ours.insert(MARK, mark);
    let query = Query { filter: ours, projection: doc! { "_id": 1 }, ..Query::default() };
    let taken = server.find(JOBS, query).await?;
    let is_taken = |it: &Document| taken.iter().any(|ours| ours.get("_id") == it.get("_id"));
    Ok(found.into_iter().filter(is_taken).collect())
}
