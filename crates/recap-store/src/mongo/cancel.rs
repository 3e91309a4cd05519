//! Canceling: at once what waits, by a mark what runs.

use jiff::Timestamp;
use mongodb::bson::{Document, doc};
use recap_core::error::Failure;
use recap_core::job::{JobId, Status};
use recap_core::ports::{Cancel, StoreError};

use super::JOBS;
use super::document::{ended, text};
use super::products::keep_transcript_until;
use super::server::Server;

/// Each further try means that the job has gone from queued to running, or back,
/// between two looks at it.
const TRIES: usize = 16;

#[derive(Debug, thiserror::Error)]
#[error("the job changed {TRIES} times while it was to be canceled")]
struct Unsteady;

pub(super) async fn cancel(
    server: &Server,
    id: JobId,
    failure: &Failure,
    now: Timestamp,
    forget_at: Timestamp,
) -> Result<Cancel, StoreError> {
    let id = id.to_string();
    let at_once = ended(Status::Canceled, failure, now, forget_at)?;
    let by_a_mark = doc! { "$set": { "cancel_requested": true }, "$inc": { "revision": 1 } };
    let is = |status: &str| -> Document {
        doc! { "_id": &id, "status": status }
    };
    for _ in 0..TRIES {
        if server.change(JOBS, is("queued"), at_once.clone()).await? {
            keep_transcript_until(server, std::slice::from_ref(&id), forget_at).await;
            return Ok(Cancel::Canceled);
        }
        if server.change(JOBS, is("running"), by_a_mark.clone()).await? {
            return Ok(Cancel::Requested);
        }
        let fields = doc! { "_id": 0, "status": 1 };
        let Some(found) = server.find_one(JOBS, doc! { "_id": &id }, fields).await? else {
            return Ok(Cancel::Missing);
        };
        // An ended job stays as it is.
        if !["queued", "running"].contains(&text(&found, "status").map_err(StoreError)?.as_str()) {
            return Ok(Cancel::Finished);
        }
    }
    Err(StoreError(Unsteady.into()))
}
