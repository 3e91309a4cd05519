//! Reading everything, to move it elsewhere.

use jiff::Timestamp;
use recap_core::job::JobId;
use recap_core::ports::StoreError;
use recap_core::webhook::{Delivery, Endpoint};
use sqlx::FromRow;

use super::row::{columns, decode_error, limit};
use super::{SqliteStore, store_error};
use crate::document::{Columns, DeliveryColumns, EndpointColumns, millis};

/// A job with all that is kept for it, as it is written.
#[derive(FromRow)]
pub(crate) struct StoredJob {
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) video_id: String,
    pub(crate) lane: String,
    pub(crate) created_at: i64,
    pub(crate) waiting_since: i64,
    pub(crate) fence: i64,
    pub(crate) crashes: i64,
    pub(crate) cancel_requested: bool,
    pub(crate) parked: bool,
    pub(crate) leader: Option<String>,
    pub(crate) follows: Option<String>,
    pub(crate) batch: Option<String>,
    pub(crate) code: Option<String>,
    pub(crate) knows_video: bool,
    #[sqlx(flatten)]
    pub(crate) columns: Columns,
    #[sqlx(skip)]
    pub(crate) transcript: Option<String>,
    /// In order of segment.
    #[sqlx(skip)]
    pub(crate) notes: Vec<String>,
}

const HELD: &str = "
    SELECT id, lease_until FROM recap_jobs INDEXED BY recap_jobs_running
    WHERE status = 'running' AND lease_until > ?1
    ORDER BY lease_until DESC LIMIT 1";

const PAGE: &str = concat!(
    "SELECT id, kind, video_id, lane, created_at, waiting_since, fence, crashes,
         cancel_requested, parked, leader, doc ->> '$.follows' AS follows, batch, code,
         doc ->> '$.video' IS NOT NULL AS knows_video, result, ",
    columns!(),
    " FROM recap_jobs WHERE id > ?1 ORDER BY id LIMIT ?2"
);

const TRANSCRIPTS: &str = "SELECT job, doc FROM recap_transcripts WHERE job >= ?1 AND job <= ?2";

const NOTES: &str =
    "SELECT job, doc FROM recap_notes WHERE job >= ?1 AND job <= ?2 ORDER BY job, segment";

const ENDPOINTS: &str = "SELECT revision, doc FROM recap_endpoints";

const DELIVERIES: &str = "
    SELECT next_attempt_at, revision, doc FROM recap_deliveries
    WHERE id > ?1 ORDER BY id LIMIT ?2";

impl SqliteStore {
    /// The job that is held longest, if one is held at all.
    pub(crate) async fn held_job(
        &self,
        now: Timestamp,
    ) -> Result<Option<(JobId, Timestamp)>, StoreError> {
        let held: Option<(String, i64)> = sqlx::query_as(HELD)
            .bind(millis(now))
            .fetch_optional(&self.reader)
            .await
            .map_err(store_error)?;
        let read = |(id, until): (String, i64)| {
            let id: JobId = id.parse().map_err(decode_error)?;
            Ok((id, Timestamp::from_millisecond(until).map_err(decode_error)?))
        };
        held.map(read).transpose().map_err(store_error)
    }

    pub(crate) async fn count_jobs(&self) -> Result<u64, StoreError> {
        let count: i64 = sqlx::query_scalar("SELECT count(*) FROM recap_jobs")
            .fetch_one(&self.reader)
            .await
            .map_err(store_error)?;
        u64::try_from(count).map_err(|error| StoreError(error.into()))
    }

    /// The oldest jobs after the one named `last`, which may be empty.
    pub(crate) async fn jobs_after(
        &self,
        last: &str,
        most: usize,
    ) -> Result<Vec<StoredJob>, StoreError> {
        self.read_jobs_after(last, most).await.map_err(store_error)
    }

    pub(crate) async fn all_endpoints(&self) -> Result<Vec<Endpoint>, StoreError> {
        let found: Vec<EndpointColumns> =
            sqlx::query_as(ENDPOINTS).fetch_all(&self.reader).await.map_err(store_error)?;
        let endpoints = found.into_iter().map(EndpointColumns::into_endpoint);
        endpoints.collect::<Result<_, _>>().map_err(StoreError)
    }

    /// Messages in order of their ids, after the one named `last`, which may be
    /// empty.
    pub(crate) async fn deliveries_after(
        &self,
        last: &str,
        most: usize,
    ) -> Result<Vec<Delivery>, StoreError> {
        let found: Vec<DeliveryColumns> = sqlx::query_as(DELIVERIES)
            .bind(last)
            .bind(limit(most))
            .fetch_all(&self.reader)
            .await
            .map_err(store_error)?;
        let deliveries = found.into_iter().map(DeliveryColumns::into_delivery);
        deliveries.collect::<Result<_, _>>().map_err(StoreError)
    }

    async fn read_jobs_after(
        &self,
        last: &str,
        most: usize,
    ) -> Result<Vec<StoredJob>, sqlx::Error> {
        let mut jobs: Vec<StoredJob> =
            sqlx::query_as(PAGE).bind(last).bind(limit(most)).fetch_all(&self.reader).await?;
        let (Some(first), Some(end)) = (jobs.first(), jobs.last()) else { return Ok(jobs) };
        let (first, end) = (first.id.clone(), end.id.clone());
        for (sql, is_transcript) in [(TRANSCRIPTS, true), (NOTES, false)] {
            let rows: Vec<(String, String)> =
                sqlx::query_as(sql).bind(&first).bind(&end).fetch_all(&self.reader).await?;
            for (id, doc) in rows {
                let Ok(index) = jobs.binary_search_by(|it| it.id.cmp(&id)) else { continue };
                if is_transcript {
                    jobs[index].transcript = Some(doc);
                } else {
                    jobs[index].notes.push(doc);
                }
            }
        }
        Ok(jobs)
    }
}
