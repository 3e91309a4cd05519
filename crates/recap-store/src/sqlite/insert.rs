//! Jobs that have just come in.

use recap_core::job::{Job, Status};
use recap_core::transcript::Transcript;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Sqlite, SqlitePool};

use super::row::{documents, to_json};
use crate::document::{lane_text, millis, told_number, video_text};

pub(super) const INSERT: &str = "
    INSERT INTO recap_jobs (
        id, kind, status, video_id, created_at, started_at, completed_at, expires_at,
        retry_at, waiting_reason, attempts, waiting_since, revision, error, doc, result,
        owner, lane, parked, leader, told, batch
    ) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11,
        iif(?18, 9223372036854775807, max(?5, coalesce(?9, ?5))), ?12, ?13, ?14, ?15,
        ?16, ?17, ?18, ?19, ?20, ?21)
    ON CONFLICT (id) DO NOTHING";

pub(super) async fn insert(pool: &SqlitePool, job: &Job, parked: bool) -> Result<(), sqlx::Error> {
    insertion(job, parked)?.execute(pool).await.map(|_| ())
}

fn insertion(
    job: &Job,
    parked: bool,
) -> Result<sqlx::query::Query<'static, Sqlite, SqliteArguments>, sqlx::Error> {
    let queued = job.status == Status::Queued;
    let documents = documents(job)?;
    Ok(sqlx::query(INSERT)
        .bind(job.id.to_string())
        .bind(job.kind.to_string())
        .bind(job.status.to_string())
        .bind(video_text(job))
        .bind(millis(job.created_at))
        .bind(job.started_at.map(millis))
        .bind(job.completed_at.map(millis))
        .bind(millis(job.expires_at))
        .bind(job.retry_at.map(millis))
        .bind(documents.waiting_reason)
        .bind(job.attempts)
        .bind(job.revision.cast_signed())
        .bind(documents.error)
        .bind(documents.doc)
        .bind(documents.result)
        .bind(job.owner.as_str().to_owned())
        .bind(lane_text(&job.input.lane()))
        .bind(parked && queued)
        .bind(job.follows.filter(|_| queued).map(|it| it.to_string()))
        .bind(told_number(job.told))
        .bind(job.batch.map(|it| it.to_string())))
}

const INSERT_TRANSCRIPT: &str = "INSERT INTO recap_transcripts (job, doc) VALUES (?1, ?2)";

/// Keeping a transcript has counted as a write of its own.
const RESET_REVISION: &str = "UPDATE recap_jobs SET revision = ?2 WHERE id = ?1";

pub(super) async fn insert_with_transcript(
    pool: &SqlitePool,
    job: &Job,
    transcript: &Transcript,
    parked: bool,
) -> Result<(), sqlx::Error> {
    let mut transaction = pool.begin().await?;
    let done = insertion(job, parked)?.execute(&mut *transaction).await?;
    if done.rows_affected() == 1 {
        let id = job.id.to_string();
        sqlx::query(INSERT_TRANSCRIPT)
            .bind(&id)
            .bind(to_json(transcript)?)
            .execute(&mut *transaction)
            .await?;
        sqlx::query(RESET_REVISION)
            .bind(&id)
            .bind(job.revision.cast_signed())
            .execute(&mut *transaction)
            .await?;
    }
    transaction.commit().await
}
