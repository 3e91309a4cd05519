//! Jobs that have just come in.

use std::sync::Arc;

use futures::future::BoxFuture;
use recap_core::job::{Job, Status};
use recap_core::transcript::Transcript;
use recap_sqlite::Together;
use serde_json::{Value, json};
use sqlx::{Acquire as _, SqliteConnection};

use super::row::{documents, to_json};
use crate::document::{lane_text, millis, told_number, video_text};

/// Any number of jobs. Documents are not in their rows: SQLite writes out a row for
/// each of its columns.
pub(super) const INSERT: &str = "
    INSERT INTO recap_jobs (
        id, kind, status, video_id, created_at, started_at, completed_at, expires_at,
        retry_at, waiting_reason, attempts, waiting_since, revision, error,
        owner, lane, parked, leader, told, batch, doc, result
    )
    SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5,
        value ->> 6, value ->> 7, value ->> 8, value ->> 9, value ->> 10, value ->> 11,
        value ->> 12, value ->> 13, value ->> 14, value ->> 15, value ->> 16, value ->> 17,
        value ->> 18, value ->> 19, ?2 ->> key, ?3 ->> key
    FROM json_each(?1) WHERE true
    ON CONFLICT (id) DO NOTHING";

/// That of a job which was there already is its own.
const INSERT_TRANSCRIPT: &str =
    "INSERT INTO recap_transcripts (job, doc) SELECT ?1, ?2 WHERE changes() = 1";

/// A job, and its transcript if it came with one.
pub(super) struct Insertion {
    id: String,
    row: Value,
    doc: String,
    result: Option<String>,
    transcript: Option<String>,
}

impl Insertion {
    pub(super) fn new(
        job: &Job,
        transcript: Option<&Transcript>,
        parked: bool,
    ) -> Result<Self, sqlx::Error> {
        let transcript = transcript.map(to_json).transpose()?;
        let documents = documents(job)?;
        let queued = job.status == Status::Queued;
        let parked = parked && queued;
        let created_at = millis(job.created_at);
        let retry_at = job.retry_at.map(millis);
        let waiting_since =
            if parked { i64::MAX } else { created_at.max(retry_at.unwrap_or(created_at)) };
        // Keeping a transcript counts as a write of its own, and this is not one.
        let revision = job.revision.cast_signed() - i64::from(transcript.is_some());
        let row = json!([
            job.id.to_string(),
            job.kind.to_string(),
            job.status.to_string(),
            video_text(job),
            created_at,
            job.started_at.map(millis),
            job.completed_at.map(millis),
            millis(job.expires_at),
            retry_at,
            documents.waiting_reason,
            job.attempts,
            waiting_since,
            revision,
            documents.error,
            job.owner.as_str(),
            lane_text(&job.input.lane()),
            i64::from(parked),
            job.follows.filter(|_| queued).map(|it| it.to_string()),
            told_number(job.told),
            job.batch.map(|it| it.to_string()),
        ]);
        let (doc, result) = (documents.doc, documents.result);
        Ok(Self { id: job.id.to_string(), row, doc, result, transcript })
    }

    /// About.
    pub(super) fn bytes(&self) -> usize {
        let texts = [&self.result, &self.transcript];
        self.doc.len() + texts.into_iter().flatten().map(String::len).sum::<usize>()
    }
}

pub(super) fn inserts() -> Together<Insertion> {
    Together::new(write)
}

fn write<'a>(
    jobs: &'a [Arc<Insertion>],
    connection: &'a mut SqliteConnection,
) -> BoxFuture<'a, Result<(), sqlx::Error>> {
    Box::pin(async move {
        let (with, without): (Vec<_>, Vec<_>) =
            jobs.iter().map(Arc::as_ref).partition(|it| it.transcript.is_some());
        if with.is_empty() {
            return insert(&without, connection).await;
        }
        let mut transaction = connection.begin().await?;
        insert(&without, &mut transaction).await?;
        for job in with {
            insert(&[job], &mut transaction).await?;
            let own = sqlx::query(INSERT_TRANSCRIPT).bind(&job.id).bind(&job.transcript);
            own.execute(&mut *transaction).await?;
        }
        transaction.commit().await
    })
}

async fn insert(jobs: &[&Insertion], connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    if jobs.is_empty() {
        return Ok(());
    }
    let rows: Vec<_> = jobs.iter().map(|it| &it.row).collect();
    let documents: Vec<_> = jobs.iter().map(|it| &it.doc).collect();
    let results: Vec<_> = jobs.iter().map(|it| &it.result).collect();
    let query = sqlx::query(INSERT).bind(to_json(&rows)?);
    let query = query.bind(to_json(&documents)?).bind(to_json(&results)?);
    query.execute(connection).await.map(drop)
}
