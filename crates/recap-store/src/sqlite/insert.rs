//! Jobs that have just come in.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use recap_core::job::{Job, Status};
use recap_core::transcript::Transcript;
use sqlx::query::Query;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Acquire as _, Sqlite, SqliteConnection};
use tokio::sync::oneshot;

use super::pool::{Lent, Pool};
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

/// Jobs of one commit, and bytes of them, about.
const MOST: usize = 128;
const MOST_BYTES: usize = 1 << 20;

/// Jobs that wait for the writer. Those that come together share one commit, which
/// waits for the disk: whoever gets the writer first writes the rows of all.
#[derive(Default)]
pub(super) struct Inserts {
    waiting: Mutex<Vec<Waiting>>,
}

/// A job, and its transcript if it came with one.
type Insertion = Vec<Query<'static, Sqlite, SqliteArguments>>;

pub(super) struct Waiting {
    rows: Insertion,
    /// Of the transcript.
    bytes: usize,
    done: oneshot::Sender<Done>,
}

/// An error may be that of many.
type Done = Result<(), Arc<sqlx::Error>>;

/// Takes out what nobody waits for any more when somebody leaves.
struct Leaving<'a>(&'a Inserts);

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        self.0.waiting().retain(|it| !it.done.is_closed());
    }
}

impl Inserts {
    /// Writes `job`, by its own hand or another's.
    pub(super) async fn insert(
        &self,
        writer: &Pool,
        job: &Job,
        transcript: Option<&Transcript>,
        parked: bool,
    ) -> Done {
        let document = transcript.map(to_json).transpose().map_err(Arc::new)?;
        let _leaving = Leaving(self);
        loop {
            let (done, mut told) = oneshot::channel();
            let rows = insertion(job, document.as_deref(), parked).map_err(Arc::new)?;
            let bytes = document.as_ref().map_or(0, String::len);
            self.waiting().push(Waiting { rows, bytes, done });
            loop {
                tokio::select! {
                    biased;
                    answer = &mut told => match answer {
                        Ok(done) => return done,
                        // Whoever wrote it was given up. Writing it twice changes nothing.
                        Err(_given_up) => break,
                    },
                    connection = writer.acquire() => {
                        self.write(connection.map_err(Arc::new)?).await;
                    }
                }
            }
        }
    }

    /// What fails one row would fail the others: they differ in nothing but their job.
    async fn write(&self, mut connection: Lent) {
        let (rows, waiting): (Vec<_>, Vec<_>) =
            self.take().into_iter().map(|it| (it.rows, it.done)).unzip();
        if waiting.is_empty() {
            return;
        }
        let mut done = commit(rows.into_iter().flatten().collect(), &mut connection).await;
        // A commit that failed, as on a full disk, leaves sqlx with a transaction that
        // the database has ended: such a connection is not used again.
        if done.is_ok() {
            done = connection.noted(done);
        }
        let done = done.map_err(Arc::new);
        for it in waiting {
            // Who does not listen any more is told nothing.
            let _ = it.send(done.clone());
        }
    }

    /// As many as fit into one commit, but not those of callers that have gone.
    fn take(&self) -> Vec<Waiting> {
        let mut waiting = self.waiting();
        waiting.retain(|it| !it.done.is_closed());
        let mut bytes = 0;
        let small = waiting.iter().take(MOST).take_while(|it| {
            bytes += it.bytes;
            bytes <= MOST_BYTES
        });
        let most = small.count().max(1).min(waiting.len());
        waiting.drain(..most).collect()
    }

    pub(super) fn waiting(&self) -> MutexGuard<'_, Vec<Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn commit(mut rows: Insertion, connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    if rows.len() == 1 {
        return rows.remove(0).execute(connection).await.map(drop);
    }
    let mut transaction = connection.begin().await?;
    for row in rows {
        row.execute(&mut *transaction).await?;
    }
    transaction.commit().await
}

fn insertion(job: &Job, transcript: Option<&str>, parked: bool) -> Result<Insertion, sqlx::Error> {
    let queued = job.status == Status::Queued;
    let documents = documents(job)?;
    // Keeping a transcript counts as a write of its own, and this is not one.
    let revision = job.revision.cast_signed() - i64::from(transcript.is_some());
    let row = sqlx::query(INSERT)
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
        .bind(revision)
        .bind(documents.error)
        .bind(documents.doc)
        .bind(documents.result)
        .bind(job.owner.as_str().to_owned())
        .bind(lane_text(&job.input.lane()))
        .bind(parked && queued)
        .bind(job.follows.filter(|_| queued).map(|it| it.to_string()))
        .bind(told_number(job.told))
        .bind(job.batch.map(|it| it.to_string()));
    let Some(transcript) = transcript else { return Ok(vec![row]) };
    let own = sqlx::query(INSERT_TRANSCRIPT).bind(job.id.to_string());
    Ok(vec![row, own.bind(transcript.to_owned())])
}

/// That of a job which was there already is its own.
const INSERT_TRANSCRIPT: &str =
    "INSERT INTO recap_transcripts (job, doc) SELECT ?1, ?2 WHERE changes() = 1";
