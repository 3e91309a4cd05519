//! Jobs that have just come in.

use std::sync::{Arc, LazyLock};

use futures::future::BoxFuture;
use recap_core::job::{Job, Status};
use recap_core::transcript::Transcript;
use recap_sqlite::Together;
use sqlx::query::Query;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Acquire as _, Sqlite, SqliteConnection};

use super::row::{documents, to_json};
use crate::document::{Documents, lane_text, millis, told_number, video_text};

type Statement<'q> = Query<'q, Sqlite, SqliteArguments>;

/// What is written of a new job, in the order of [`Insertion::bind`].
const COLUMNS: &str = "
        id, kind, status, video_id, created_at, started_at, completed_at, expires_at,
        retry_at, waiting_reason, attempts, waiting_since, revision, error, doc, result,
        owner, lane, parked, leader, told, batch";

/// Jobs of one statement. Powers of two, so that a few statements are kept for any number.
const ROWS: [usize; 6] = [32, 16, 8, 4, 2, 1];

static INSERTS: LazyLock<[String; ROWS.len()]> = LazyLock::new(|| ROWS.map(statement));

fn statement(rows: usize) -> String {
    let row = vec!["?"; COLUMNS.split(',').count()].join(", ");
    let rows = vec![format!("({row})"); rows].join(", ");
    format!("INSERT INTO recap_jobs ({COLUMNS}) VALUES {rows} ON CONFLICT (id) DO NOTHING")
}

/// That of a job which was there already is its own.
const INSERT_TRANSCRIPT: &str =
    "INSERT INTO recap_transcripts (job, doc) SELECT ?1, ?2 WHERE changes() = 1";

/// A job, and its transcript if it came with one.
pub(super) struct Insertion {
    job: Job,
    documents: Documents,
    parked: bool,
    transcript: Option<String>,
}

impl Insertion {
    pub(super) fn new(
        job: &Job,
        transcript: Option<&Transcript>,
        parked: bool,
    ) -> Result<Self, sqlx::Error> {
        let transcript = transcript.map(to_json).transpose()?;
        Ok(Self { documents: documents(job)?, job: job.clone(), parked, transcript })
    }

    /// About.
    pub(super) fn bytes(&self) -> usize {
        let texts = [&self.documents.result, &self.transcript];
        self.documents.doc.len() + texts.into_iter().flatten().map(String::len).sum::<usize>()
    }

    fn bind<'q>(&'q self, statement: Statement<'q>) -> Statement<'q> {
        let Self { job, documents, .. } = self;
        let queued = job.status == Status::Queued;
        let parked = self.parked && queued;
        let created_at = millis(job.created_at);
        let retry_at = job.retry_at.map(millis);
        let waiting_since =
            if parked { i64::MAX } else { created_at.max(retry_at.unwrap_or(created_at)) };
        // Keeping a transcript counts as a write of its own, and this is not one.
        let revision = job.revision.cast_signed() - i64::from(self.transcript.is_some());
        statement
            .bind(job.id.to_string())
            .bind(job.kind.to_string())
            .bind(job.status.to_string())
            .bind(video_text(job))
            .bind(created_at)
            .bind(job.started_at.map(millis))
            .bind(job.completed_at.map(millis))
            .bind(millis(job.expires_at))
            .bind(retry_at)
            .bind(&documents.waiting_reason)
            .bind(job.attempts)
            .bind(waiting_since)
            .bind(revision)
            .bind(&documents.error)
            .bind(&documents.doc)
            .bind(&documents.result)
            .bind(job.owner.as_str())
            .bind(lane_text(&job.input.lane()))
            .bind(parked)
            .bind(job.follows.filter(|_| queued).map(|it| it.to_string()))
            .bind(told_number(job.told))
            .bind(job.batch.map(|it| it.to_string()))
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
        if with.is_empty() && ROWS.contains(&without.len()) {
            return insert(&without, connection).await;
        }
        let mut transaction = connection.begin().await?;
        insert(&without, &mut transaction).await?;
        for job in with {
            insert(&[job], &mut transaction).await?;
            let own = sqlx::query(INSERT_TRANSCRIPT).bind(job.job.id.to_string());
            own.bind(&job.transcript).execute(&mut *transaction).await?;
        }
        transaction.commit().await
    })
}

async fn insert(
    mut jobs: &[&Insertion],
    connection: &mut SqliteConnection,
) -> Result<(), sqlx::Error> {
    for (rows, sql) in ROWS.into_iter().zip(&*INSERTS) {
        while let Some((these, others)) = jobs.split_at_checked(rows) {
            let statement = these.iter().fold(sqlx::query(sql.as_str()), |it, job| job.bind(it));
            statement.execute(&mut *connection).await?;
            jobs = others;
        }
    }
    Ok(())
}
