//! Jobs that have just come in.

use mongodb::bson::doc;
use recap_core::job::Job;
use recap_core::ports::StoreError;
use recap_core::transcript::Transcript;

use super::document::{date, new};
use super::products::pack;
use super::server::Server;
use super::{JOBS, TRANSCRIPTS};
use crate::document::to_json;

pub(super) async fn insert(server: &Server, job: &Job, parked: bool) -> Result<(), StoreError> {
    server.add_all(JOBS, vec![new(job, parked)?]).await.map(|_| ())
}

/// The transcript comes first, so that whoever finds the job finds both. One whose
/// job never came is removed by the server; the end of the job says when else.
pub(super) async fn insert_with_transcript(
    server: &Server,
    job: &Job,
    transcript: &Transcript,
    parked: bool,
) -> Result<(), StoreError> {
    let bytes = to_json(transcript).and_then(|it| pack(&it)).map_err(StoreError)?;
    let kept = doc! {
        "_id": job.id.to_string(), "fence": 0_i64, "doc": bytes,
        "forget_at": date(job.expires_at),
    };
    server.add_all(TRANSCRIPTS, vec![kept]).await?;
    let mut fields = new(job, parked)?;
    fields.insert("transcript_kept", true);
    server.add_all(JOBS, vec![fields]).await.map(|_| ())
}
