//! What is kept beside a job: its transcript and the notes of its segments.

use recap_core::job::JobId;
use recap_core::ports::Lease;
use recap_core::summary::SegmentNotes;
use recap_core::transcript::Transcript;
use recap_sqlite::Pool;

use super::row::{from_json, to_json};

pub(super) const PUT_TRANSCRIPT: &str = "
    INSERT INTO recap_transcripts (job, doc)
    SELECT id, ?3 FROM recap_jobs WHERE id = ?1 AND fence = ?2 AND status = 'running'
    ON CONFLICT (job) DO UPDATE SET doc = excluded.doc";

pub(super) async fn put_transcript(
    pool: &Pool,
    lease: Lease,
    transcript: &Transcript,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(PUT_TRANSCRIPT)
        .bind(lease.job.to_string())
        .bind(lease.fence.cast_signed())
        .bind(to_json(transcript)?)
        .execute(pool)
        .await?;
    Ok(done.rows_affected() == 1)
}

pub(super) const FIND_TRANSCRIPT: &str = "SELECT doc FROM recap_transcripts WHERE job = ?1";

pub(super) async fn find_transcript(
    pool: &Pool,
    id: JobId,
) -> Result<Option<Transcript>, sqlx::Error> {
    let doc: Option<String> =
        sqlx::query_scalar(FIND_TRANSCRIPT).bind(id.to_string()).fetch_optional(pool).await?;
    doc.as_deref().map(from_json).transpose()
}

/// Notes that are kept already are written over with themselves: DO NOTHING
/// would affect no row, which is also what a lost lease looks like. Notes of
/// another cut (the settings changed between) are of no use to anyone; if they
/// stayed, each attempt would make the new ones again.
pub(super) const PUT_NOTES: &str = "
    INSERT INTO recap_notes (job, segment, doc)
    SELECT job.id, notes.value ->> '$.index', notes.value
    FROM recap_jobs AS job, json_each(?3) AS notes
    WHERE job.id = ?1 AND job.fence = ?2 AND job.status = 'running'
    ON CONFLICT (job, segment) DO UPDATE SET doc = CASE
        WHEN doc ->> 'start_ms' = excluded.doc ->> 'start_ms'
         AND doc ->> 'end_ms' = excluded.doc ->> 'end_ms'
        THEN doc ELSE excluded.doc END";

pub(super) async fn put_notes(
    pool: &Pool,
    lease: Lease,
    notes: &[SegmentNotes],
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(PUT_NOTES)
        .bind(lease.job.to_string())
        .bind(lease.fence.cast_signed())
        .bind(to_json(&notes)?)
        .execute(pool)
        .await?;
    Ok(done.rows_affected() == notes.len() as u64)
}

pub(super) const LIST_NOTES: &str = "SELECT doc FROM recap_notes WHERE job = ?1 ORDER BY segment";

pub(super) async fn list_notes(pool: &Pool, id: JobId) -> Result<Vec<SegmentNotes>, sqlx::Error> {
    let docs: Vec<String> =
        sqlx::query_scalar(LIST_NOTES).bind(id.to_string()).fetch_all(pool).await?;
    docs.iter().map(|it| from_json(it)).collect()
}
