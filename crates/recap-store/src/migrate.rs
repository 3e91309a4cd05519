//! Moving from the SQLite file to the MongoDB server.

use jiff::Timestamp;
use recap_config::Config;
use recap_core::job::JobId;
use recap_core::ports::{Keys as _, Store as _, StoreError};
use tracing::info;

use crate::mongo::MongoStore;
use crate::sqlite::SqliteStore;

/// Jobs that are moved in one step, each with its notes and transcript.
const PAGE: usize = 10;

/// Messages that are moved in one step: below 20 kB each.
const MESSAGES: usize = 100;

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Migrated {
    /// Jobs that are over there, whether they have just been brought or not.
    pub jobs: u64,
    /// Jobs in the file when it began.
    pub total: u64,
}

/// What was moved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    pub jobs: u64,
    /// Jobs that were there already, and were left as they are.
    pub already_there: u64,
    pub transcripts: u64,
    /// Notes on segments.
    pub notes: u64,
    pub keys: u64,
    pub endpoints: u64,
    /// Messages to webhooks, whatever became of them.
    pub deliveries: u64,
}

/// Why it was not begun, or not ended. It may be repeated.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    #[error("there is no file {path}; set data.dir and sqlite.file to those of the old store")]
    NoFile { path: String },
    #[error("mongodb.url is not set; set it, or MONGODB_URI, to the server to move to")]
    NoServer,
    #[error(
        "{job} is being worked on until {until} at least; stop every recap that uses the file, \
         and try again after that time"
    )]
    Busy { job: JobId, until: Timestamp },
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Copies jobs, their transcripts and notes, API keys, webhook endpoints and
/// messages, and what the operator wants, from the file of `[sqlite]` to the
/// server of `[mongodb]`, oldest first. The file is brought up to date, and its
/// jobs are not changed. No recap may use it meanwhile.
///
/// Answers under an `Idempotency-Key` stay behind: they live for a day.
///
/// Jobs that were running arrive as queued. All else stays as it is, down to
/// revisions, crash counters and times. May be repeated: what is there already is
/// left, so after a failure it goes on.
///
/// # Errors
///
/// See [`MigrateError`].
pub async fn migrate(
    config: &Config,
    now: Timestamp,
    mut progress: impl FnMut(Migrated),
) -> Result<Report, MigrateError> {
    let file = config.sqlite_file();
    if !file.is_file() {
        return Err(MigrateError::NoFile { path: file.display().to_string() });
    }
    if config.mongodb.url.is_empty() {
        return Err(MigrateError::NoServer);
    }
    let from = SqliteStore::open(&file, &config.sqlite).await?;
    let to = MongoStore::open(&config.mongodb)?;
    to.check().await?;
    if let Some((job, until)) = from.held_job(now).await? {
        return Err(MigrateError::Busy { job, until });
    }

    let total = from.count_jobs().await?;
    let mut report = Report::default();
    let mut last = String::new();
    loop {
        let page = from.jobs_after(&last, PAGE).await?;
        let Some(end) = page.last() else { break };
        last.clone_from(&end.id);
        let step = to.import(page).await?;
        report.jobs += step.jobs;
        report.already_there += step.already_there;
        report.transcripts += step.transcripts;
        report.notes += step.notes;
        progress(Migrated { jobs: report.jobs + report.already_there, total });
    }
    report.keys = to.import_keys(&from.list_keys(usize::MAX).await?).await?;
    report.endpoints = to.import_endpoints(&from.all_endpoints().await?).await?;
    report.deliveries = move_messages(&from, &to).await?;
    to.import_control(&from.control().await?).await?;
    info!(jobs = report.jobs, already_there = report.already_there, "moved to MongoDB");
    Ok(report)
}

async fn move_messages(from: &SqliteStore, to: &MongoStore) -> Result<u64, StoreError> {
    let (mut moved, mut last) = (0, String::new());
    loop {
        let page = from.deliveries_after(&last, MESSAGES).await?;
        let Some(end) = page.last() else { return Ok(moved) };
        last = end.id.to_string();
        moved += to.import_deliveries(&page).await?;
    }
}
