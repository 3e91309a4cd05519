//! The indexes: made when the server is first reached, looked at, and counted.
//!
//! Each query of the adapter has one; `docs/mongodb.md` says which.

use std::time::Duration;

use mongodb::IndexModel;
use mongodb::bson::{Bson, Document, doc};
use mongodb::options::IndexOptions;
use recap_core::job::Told;
use recap_core::ports::StoreError;
use tracing::{info, warn};

use super::document::number;
use super::server::Server;
use super::{DELIVERIES, ENDPOINTS, JOBS, KEYS, LEADERS, REPLIES, ROLES, TRANSCRIPTS};
use crate::document::told_number;

/// How long after its date a document is removed by the server itself. Workers
/// do it before, so this is for what they have left behind.
const DAY: Duration = Duration::from_hours(24);

/// Much longer than any job runs.
const WEEK: Duration = Duration::from_hours(7 * 24);

/// An index is there, but not as this recap needs it.
#[derive(Debug, thiserror::Error)]
#[error(
    "the index {index} of {collection} is not as recap needs it: {problem}; \
     drop it with db.{collection}.dropIndex(\"{index}\") and it will be made anew"
)]
struct IndexError {
    collection: &'static str,
    index: &'static str,
    problem: &'static str,
}

/// How often the server has used an index since it started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexUsage {
    pub collection: &'static str,
    pub index: String,
    pub accesses: u64,
}

/// An index that recap needs.
pub(super) struct Index {
    pub(super) collection: &'static str,
    pub(super) name: &'static str,
    pub(super) keys: Document,
    pub(super) kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    All,
    /// Holds documents of one status.
    Only(&'static str),
    /// Holds documents that have the field, which is not the last one.
    With(&'static str),
    /// Holds jobs whose webhooks have not been told of their end.
    Untold,
    /// Holds documents that have the field.
    Sparse,
    /// The same, and the server removes them so long after the date in it.
    Forget(Duration),
}

pub(super) fn all() -> Vec<Index> {
    let index = |collection, name, keys, kind| Index { collection, name, keys, kind };
    vec![
        // Lists: one index for each filter, in the order of the list.
        index(JOBS, "by_status", doc! { "status": 1, "_id": -1 }, Kind::All),
        index(JOBS, "by_kind", doc! { "kind": 1, "_id": -1 }, Kind::All),
        index(JOBS, "by_video", doc! { "video_id": 1, "_id": -1 }, Kind::All),
        index(JOBS, "by_owner", doc! { "owner": 1, "_id": -1 }, Kind::All),
        index(JOBS, "by_owner_status", doc! { "owner": 1, "status": 1, "_id": -1 }, Kind::All),
        index(JOBS, "by_owner_video", doc! { "owner": 1, "video_id": 1, "_id": -1 }, Kind::All),
        index(JOBS, "by_batch", doc! { "batch": 1, "_id": -1 }, Kind::With("batch")),
        index(JOBS, "by_code", doc! { "code": 1, "_id": -1 }, Kind::With("code")),
        index(JOBS, "by_created", doc! { "created_at": 1 }, Kind::All),
        // Sweeps: small, because they hold only what they are about.
        index(JOBS, "queued", doc! { "waiting_since": 1 }, Kind::Only("queued")),
        index(JOBS, "queued_expiry", doc! { "expires_at": 1 }, Kind::Only("queued")),
        index(JOBS, "running", doc! { "lease_until": 1 }, Kind::Only("running")),
        index(
            JOBS,
            "lanes",
            doc! { "parked": 1, "lane": 1, "owner": 1, "_id": 1 },
            Kind::Only("queued"),
        ),
        index(JOBS, "followers", doc! { "leader": 1 }, Kind::Sparse),
        index(JOBS, "untold", doc! { "completed_at": 1 }, Kind::Untold),
        index(JOBS, "forget", doc! { "forget_at": 1 }, Kind::Forget(DAY)),
        index(TRANSCRIPTS, "forget", doc! { "forget_at": 1 }, Kind::Forget(DAY)),
        index(LEADERS, "by_job", doc! { "job": 1 }, Kind::All),
        index(LEADERS, "forget", doc! { "since": 1 }, Kind::Forget(WEEK)),
        index(ROLES, "forget", doc! { "until": 1 }, Kind::Forget(DAY)),
        index(ENDPOINTS, "by_owner", doc! { "owner": 1, "created_at": 1, "_id": 1 }, Kind::All),
        // Lists again, each in the order of the list.
        index(DELIVERIES, "by_owner", doc! { "owner": 1, "created_at": -1, "_id": -1 }, Kind::All),
        index(
            DELIVERIES,
            "by_status",
            doc! { "owner": 1, "status": 1, "created_at": -1, "_id": -1 },
            Kind::All,
        ),
        index(
            DELIVERIES,
            "by_endpoint",
            doc! { "endpoint": 1, "created_at": -1, "_id": -1 },
            Kind::With("endpoint"),
        ),
        index(
            DELIVERIES,
            "by_job",
            doc! { "job": 1, "created_at": -1, "_id": -1 },
            Kind::With("job"),
        ),
        index(DELIVERIES, "due", doc! { "next_attempt_at": 1 }, Kind::Only("pending")),
        index(DELIVERIES, "forget", doc! { "expires_at": 1 }, Kind::Forget(DAY)),
        index(KEYS, "by_prefix", doc! { "prefix": 1 }, Kind::All),
        index(KEYS, "by_created", doc! { "created_at": -1, "_id": -1 }, Kind::All),
        index(REPLIES, "by_job", doc! { "job": 1 }, Kind::All),
        index(REPLIES, "forget", doc! { "expires_at": 1 }, Kind::Forget(DAY)),
    ]
}

/// All that have indexes.
const COLLECTIONS: [&str; 8] =
    [JOBS, TRANSCRIPTS, LEADERS, ROLES, ENDPOINTS, DELIVERIES, KEYS, REPLIES];

impl Index {
    fn model(&self) -> IndexModel {
        let mut options = IndexOptions::builder().name(self.name.to_owned()).build();
        match self.kind {
            Kind::All => {}
            Kind::Only(status) => {
                options.partial_filter_expression = Some(doc! { "status": status });
            }
            Kind::With(field) => {
                options.partial_filter_expression = Some(doc! { field: { "$exists": true } });
            }
            Kind::Untold => {
                let end = i64::from(told_number(Told::End));
                options.partial_filter_expression = Some(doc! { "told": { "$lt": end } });
            }
            Kind::Sparse => options.sparse = Some(true),
            Kind::Forget(after) => {
                options.sparse = Some(true);
                options.expire_after = Some(after);
            }
        }
        IndexModel::builder().keys(self.keys.clone()).options(options).build()
    }

    /// What is wrong with `found`, which has the name of this one.
    fn problem(&self, found: &IndexModel) -> Option<&'static str> {
        if !same_keys(&self.keys, &found.keys) {
            return Some("it is of other fields");
        }
        let (wanted, none) = (self.model().options.unwrap_or_default(), IndexOptions::default());
        let found = found.options.as_ref().unwrap_or(&none);
        if wanted.partial_filter_expression != found.partial_filter_expression {
            return Some("it holds other documents");
        }
        if wanted.sparse.unwrap_or(false) != found.sparse.unwrap_or(false) {
            return Some("it holds other documents");
        }
        if found.unique.unwrap_or(false) {
            return Some("it is unique");
        }
        if wanted.expire_after != found.expire_after {
            return Some("it removes documents at another time");
        }
        None
    }
}

/// The same fields in the same order and direction, whatever the type of number.
fn same_keys(left: &Document, right: &Document) -> bool {
    let direction = |it: &Bson| match it {
        Bson::Int32(it) => Some(*it > 0),
        Bson::Int64(it) => Some(*it > 0),
        Bson::Double(it) => Some(*it > 0.0),
        _ => None,
    };
    let fields = |it: &Document| -> Vec<(String, Option<bool>)> {
        it.iter().map(|(key, value)| (key.clone(), direction(value))).collect()
    };
    fields(left) == fields(right)
}

/// Makes what is missing, and looks at all of it again.
///
/// # Errors
///
/// The server does not answer, or an index is not as it is needed.
pub(super) async fn ensure(server: &Server) -> Result<(), StoreError> {
    let wanted = all();
    for collection in COLLECTIONS {
        let theirs = || wanted.iter().filter(|it| it.collection == collection);
        let missing = missing(server, collection, theirs()).await?;
        if missing.is_empty() {
            continue;
        }
        let names: Vec<&str> = missing.iter().map(|it| it.name).collect();
        info!(db.collection = collection, indexes = names.join(" "), "making indexes");
        let models = missing.into_iter().map(Index::model).collect();
        server.create_indexes(collection, models).await?;
        if let Some(index) = self::missing(server, collection, theirs()).await?.first() {
            let problem = "it was made, and is not there";
            let error = IndexError { collection, index: index.name, problem };
            return Err(StoreError(error.into()));
        }
    }
    Ok(())
}

/// Those of `wanted` that are not there.
async fn missing<'a>(
    server: &Server,
    collection: &'static str,
    wanted: impl Iterator<Item = &'a Index>,
) -> Result<Vec<&'a Index>, StoreError> {
    let found = server.list_indexes(collection).await?;
    let name = |it: &IndexModel| it.options.as_ref().and_then(|it| it.name.clone());
    let mut missing = Vec::new();
    for index in wanted {
        match found.iter().find(|it| name(it).as_deref() == Some(index.name)) {
            None => missing.push(index),
            Some(model) => {
                if let Some(problem) = index.problem(model) {
                    let error = IndexError { collection, index: index.name, problem };
                    return Err(StoreError(error.into()));
                }
            }
        }
    }
    Ok(missing)
}

/// Empty if the server does not count it, or not for us.
pub(super) async fn usage(server: &Server) -> Vec<IndexUsage> {
    let mut found = Vec::new();
    for collection in COLLECTIONS {
        match server.aggregate(collection, vec![doc! { "$indexStats": {} }]).await {
            Ok(counted) => found.extend(counted.iter().filter_map(|it| {
                let accesses = number(it.get_document("accesses").ok()?, "ops").ok()?;
                let index = it.get_str("name").ok()?.to_owned();
                Some(IndexUsage { collection, index, accesses })
            })),
            Err(error) => {
                warn!(error = %error.0, "the server does not tell how its indexes are used");
                return found;
            }
        }
    }
    found
}
