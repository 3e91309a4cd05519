//! What older recaps have written differently.

use mongodb::bson::doc;
use mongodb::bson::oid::ObjectId;
use recap_core::job::Owner;
use recap_core::ports::StoreError;

use super::JOBS;
use super::server::Server;

/// Callers without a key are one owner, wherever they call from. Once it is done,
/// an index says that there is nothing to do.
pub(super) async fn unite(server: &Server) -> Result<(), StoreError> {
    // `;` is the character after `:`.
    let addresses = doc! { "owner": { "$gte": "address:", "$lt": "address;" } };
    let change = doc! { "$set": { "owner": Owner::default().as_str() } };
    server.change_all(JOBS, addresses, change, ObjectId::new()).await.map(|_| ())
}
