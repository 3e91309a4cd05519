//! Writing what another store has kept.

use std::collections::HashSet;

use mongodb::bson::{Bson, DateTime, Document, doc};
use recap_core::job::Status;
use recap_core::key::ApiKey;
use recap_core::ports::{BoxError, Control, StoreError};
use recap_core::summary::SegmentNotes;
use recap_core::webhook::{Delivery, Endpoint};

use super::command::Query;
use super::document::Change;
use super::keys::key;
use super::products::{pack, segment, segment_key};
use super::roles::ID;
use super::webhooks::{new_delivery, new_endpoint};
use super::{CONTROL, DELIVERIES, ENDPOINTS, JOBS, KEYS, MongoStore, TRANSCRIPTS};
use crate::document::{from_json, to_json};
use crate::migrate::Report;
use crate::sqlite::StoredJob;

impl MongoStore {
    /// Adds those of `jobs` that are not there yet, each with what is kept for it.
    /// The job comes last: where it is, all is.
    pub(crate) async fn import(&self, mut jobs: Vec<StoredJob>) -> Result<Report, StoreError> {
        let ids: Vec<&str> = jobs.iter().map(|it| it.id.as_str()).collect();
        let filter = doc! { "_id": { "$in": ids } };
        let query = Query { filter, projection: doc! { "_id": 1 }, ..Query::default() };
        let found = self.server.find(JOBS, query).await?;
        let there: HashSet<&str> = found.iter().filter_map(|it| it.get_str("_id").ok()).collect();
        jobs.retain(|it| !there.contains(it.id.as_str()));

        let mut report = Report { already_there: there.len() as u64, ..Report::default() };
        report.notes = jobs.iter().map(|it| it.notes.len() as u64).sum();
        let (mut transcripts, mut documents) = (Vec::new(), Vec::new());
        for job in jobs {
            transcripts.extend(transcript(&job).map_err(StoreError)?);
            documents.push(document(job).map_err(StoreError)?);
        }
        report.transcripts = self.add(TRANSCRIPTS, transcripts).await?;
        report.jobs = self.add(JOBS, documents).await?;
        Ok(report)
    }

    /// Adds those that are not there yet. Returns how many.
    pub(crate) async fn import_keys(&self, keys: &[ApiKey]) -> Result<u64, StoreError> {
        let document = |it: &ApiKey| {
            let mut fields = doc! { "_id": it.id.to_string() };
            fields.extend(key(it).map_err(StoreError)?.set);
            Ok(fields)
        };
        self.add(KEYS, keys.iter().map(document).collect::<Result<_, _>>()?).await
    }

    /// Adds those that are not there yet. Returns how many.
    pub(crate) async fn import_endpoints(&self, endpoints: &[Endpoint]) -> Result<u64, StoreError> {
        let documents = endpoints.iter().map(new_endpoint).collect::<Result<_, _>>()?;
        self.add(ENDPOINTS, documents).await
    }

    /// Adds those that are not there yet. Returns how many.
    pub(crate) async fn import_deliveries(
        &self,
        deliveries: &[Delivery],
    ) -> Result<u64, StoreError> {
        let documents = deliveries.iter().map(new_delivery).collect::<Result<_, _>>()?;
        self.add(DELIVERIES, documents).await
    }

    async fn add(&self, collection: &str, documents: Vec<Document>) -> Result<u64, StoreError> {
        if documents.is_empty() {
            return Ok(0);
        }
        self.server.add_all(collection, documents).await
    }

    /// Unless something else is wanted here already.
    pub(crate) async fn import_control(&self, control: &Control) -> Result<(), StoreError> {
        if *control != Control::default() {
            let text = to_json(control).map_err(StoreError)?;
            let change = doc! { "$setOnInsert": { "doc": text } };
            self.server.put(CONTROL, doc! { "_id": ID }, change).await?;
        }
        Ok(())
    }
}

fn transcript(job: &StoredJob) -> Result<Option<Document>, BoxError> {
    let Some(transcript) = &job.transcript else { return Ok(None) };
    let mut fields = doc! { "_id": &job.id, "fence": job.fence, "doc": pack(transcript)? };
    if is_ended(job)? {
        fields.insert("forget_at", DateTime::from_millis(job.columns.expires_at));
    }
    Ok(Some(fields))
}

/// Its worker is gone: what was running is queued.
fn document(job: StoredJob) -> Result<Document, BoxError> {
    let (ended, running) = (is_ended(&job)?, job.columns.status == Status::Running.to_string());
    let it = job.columns;
    let time = |millis: i64| DateTime::from_millis(millis);
    let mut fields = doc! {
        "_id": &job.id, "kind": job.kind, "video_id": job.video_id, "owner": it.owner,
        "lane": job.lane, "created_at": time(job.created_at), "fence": job.fence,
        "crashes": job.crashes, "cancel_requested": job.cancel_requested,
        "parked": job.parked, "expires_at": time(it.expires_at),
        "attempts": i64::from(it.attempts), "told": i64::from(it.told), "revision": it.revision,
        "doc": it.doc,
        "status": if running { Status::Queued.to_string() } else { it.status },
        "transcript_kept": job.transcript.is_some(), "notes": notes(&job.notes)?,
    };
    let mut optional = Change::default();
    optional.put("started_at", it.started_at.map(time));
    optional.put("completed_at", it.completed_at.map(time));
    optional.put("retry_at", it.retry_at.map(time));
    optional.put("waiting_reason", it.waiting_reason);
    optional.put("error", it.error);
    optional.put("result", it.result);
    optional.put("code", job.code);
    optional.put("batch", job.batch);
    optional.put("knows_video", job.knows_video.then_some(true));
    optional.put("leader", job.leader);
    optional.put("follows", job.follows);
    optional.put("forget_at", ended.then(|| time(it.expires_at)));
    optional.put("waiting_since", (!ended && !job.parked).then(|| time(job.waiting_since)));
    fields.extend(optional.set);
    Ok(fields)
}

fn is_ended(job: &StoredJob) -> Result<bool, BoxError> {
    Ok(job.columns.status.parse::<Status>()?.is_terminal())
}

fn notes(kept: &[String]) -> Result<Bson, BoxError> {
    let mut fields = Document::new();
    for notes in kept {
        let notes: SegmentNotes = from_json(notes)?;
        fields.insert(segment_key(notes.index), segment(&notes)?);
    }
    Ok(fields.into())
}
