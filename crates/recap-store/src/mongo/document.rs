//! A job as a document of the `jobs` collection.
//!
//! What queries look at are fields of their own, times among them as dates. The
//! rest of the job is one string of JSON (`doc`), as in SQLite: it comes back to
//! the bit (a sub-document knows no unsigned numbers and no nanoseconds), is read
//! in one go by the parser that there is anyhow, and takes no more room, since a
//! sub-document repeats the same names. The result is a string of its own, so
//! that lists need not read it.

use jiff::Timestamp;
use mongodb::bson::{Bson, DateTime, Document, doc};
use recap_core::error::Failure;
use recap_core::job::{Job, Status, Told};
use recap_core::ports::{BoxError, Entry, StoreError};

use crate::document::{
    Columns, Documents, Pointer, lane_text, millis, to_json, told_number, video_text,
};

/// What is read of a job for a list.
pub(super) fn without_result() -> Document {
    doc! {
        "_id": 0, "owner": 1, "status": 1, "started_at": 1, "completed_at": 1, "expires_at": 1,
        "retry_at": 1, "waiting_reason": 1, "attempts": 1, "told": 1, "revision": 1,
        "error": 1, "follows": 1, "doc": 1,
    }
}

/// The job itself. What is kept beside it is not read.
pub(super) fn whole() -> Document {
    let mut fields = without_result();
    fields.insert("result", 1);
    fields
}

/// What is read of a job to push it.
pub(super) fn pointer() -> Document {
    doc! { "_id": 1, "kind": 1, "lane": 1, "fence": 1 }
}

/// A job that has just come in.
pub(super) fn new(job: &Job, parked: bool) -> Result<Document, StoreError> {
    let queued = job.status == Status::Queued;
    let mut fields = doc! {
        "_id": job.id.to_string(),
        "kind": job.kind.to_string(),
        "video_id": video_text(job),
        "owner": job.owner.as_str(),
        "lane": lane_text(&job.input.lane()),
        "created_at": date(job.created_at),
        "fence": 0_i64,
        "crashes": 0_i64,
        "cancel_requested": false,
        "parked": parked && queued,
        "told": i64::from(told_number(job.told)),
        "revision": job.revision.cast_signed(),
    };
    let Change { set, .. } = Change::of(job)?.and_times_of(job)?;
    fields.extend(set);
    // Only what waits in the queue has it: a parked job does not.
    if queued && !parked {
        let since = job.retry_at.map_or(job.created_at, |it| it.max(job.created_at));
        fields.insert("waiting_since", date(since));
    }
    if let Some(batch) = job.batch {
        fields.insert("batch", batch.to_string());
    }
    if let Some(leader) = job.follows.filter(|_| queued) {
        fields.insert("leader", leader.to_string());
    }
    Ok(fields)
}

/// Fields that get a value, and fields that lose theirs.
#[derive(Default)]
pub(super) struct Change {
    pub(super) set: Document,
    pub(super) unset: Document,
}

impl Change {
    /// What a worker may find out.
    pub(super) fn of(job: &Job) -> Result<Self, StoreError> {
        let documents = Documents::of(job).map_err(StoreError)?;
        let mut change = Self::default();
        change.put("doc", Some(documents.doc));
        change.put("error", documents.error);
        change.put("code", job.error.as_ref().map(|it| it.code.to_string()));
        change.put("knows_video", job.video.is_some().then_some(true));
        change.put("result", documents.result);
        change.put("follows", job.follows.map(|it| it.to_string()));
        Ok(change)
    }

    /// And the status, attempts and times.
    pub(super) fn and_times_of(mut self, job: &Job) -> Result<Self, StoreError> {
        let reason = job.waiting_reason.as_ref().map(to_json).transpose().map_err(StoreError)?;
        self.put("status", Some(job.status.to_string()));
        self.put("started_at", job.started_at.map(date));
        self.put("completed_at", job.completed_at.map(date));
        self.put("expires_at", Some(date(job.expires_at)));
        self.put("retry_at", job.retry_at.map(date));
        self.put("waiting_reason", reason);
        self.put("attempts", Some(i64::from(job.attempts)));
        self.put("forget_at", job.status.is_terminal().then(|| date(job.expires_at)));
        Ok(self)
    }

    pub(super) fn put(&mut self, key: &str, value: Option<impl Into<Bson>>) {
        match value {
            Some(value) => self.set.insert(key, value),
            None => self.unset.insert(key, ""),
        };
    }

    /// As the server takes it. Raises the revision.
    pub(super) fn into_update(self) -> Document {
        let mut update = self.into_operators();
        update.insert("$inc", doc! { "revision": 1 });
        update
    }

    /// The same of what has no revision.
    pub(super) fn into_operators(self) -> Document {
        let mut operators = doc! { "$set": self.set };
        if !self.unset.is_empty() {
            operators.insert("$unset", self.unset);
        }
        operators
    }
}

/// The change to a job that ends with `failure`, without a worker.
pub(super) fn ended(
    status: Status,
    failure: &Failure,
    now: Timestamp,
    forget_at: Timestamp,
) -> Result<Document, StoreError> {
    Ok(doc! {
        "$set": {
            "status": status.to_string(), "error": to_json(failure).map_err(StoreError)?,
            "code": failure.code.to_string(), "completed_at": date(now),
            "expires_at": date(forget_at), "forget_at": date(forget_at),
            "crashes": 0_i64, "cancel_requested": false, "parked": false,
        },
        "$unset": {
            "retry_at": "", "waiting_reason": "", "waiting_since": "", "lease_until": "",
            "leader": "",
        },
        "$max": told(Told::Nothing),
        "$inc": { "revision": 1 },
    })
}

/// For `$max`, as it never goes back. Jobs of older recaps do not have it until
/// they end; what had ended before has nobody to be told to.
pub(super) fn told(told: Told) -> Document {
    doc! { "told": i64::from(told_number(told)) }
}

/// The job of a document that was read with [`whole`] or [`without_result`].
pub(super) fn job(fields: &Document) -> Result<Job, StoreError> {
    read_job(fields).map_err(StoreError)
}

fn read_job(fields: &Document) -> Result<Job, BoxError> {
    let told = fields.contains_key("told").then(|| number(fields, "told")).transpose()?;
    let columns = Columns {
        owner: text(fields, "owner")?,
        status: text(fields, "status")?,
        started_at: optional_millis(fields, "started_at")?,
        completed_at: optional_millis(fields, "completed_at")?,
        expires_at: optional_millis(fields, "expires_at")?.ok_or("`expires_at` is missing")?,
        retry_at: optional_millis(fields, "retry_at")?,
        waiting_reason: optional_text(fields, "waiting_reason")?,
        attempts: u32::try_from(number(fields, "attempts")?)?,
        told: u32::try_from(told.unwrap_or_default())?,
        revision: i64::try_from(number(fields, "revision")?)?,
        error: optional_text(fields, "error")?,
        doc: text(fields, "doc")?,
        result: optional_text(fields, "result")?,
    };
    let mut job = columns.into_job()?;
    job.follows = optional_text(fields, "follows")?.map(|it| it.parse()).transpose()?;
    Ok(job)
}

/// What is to be pushed of a document that was read with [`pointer()`].
pub(super) fn entry(fields: &Document) -> Option<Entry> {
    let read = || -> Result<Pointer, BoxError> {
        Ok(Pointer {
            id: text(fields, "_id")?,
            kind: text(fields, "kind")?,
            lane: text(fields, "lane")?,
            fence: i64::try_from(number(fields, "fence")?)?,
        })
    };
    match read() {
        Ok(pointer) => pointer.into_entry(),
        Err(error) => {
            tracing::error!(error, "a job cannot be read");
            None
        }
    }
}

/// A time as the server sorts it: to the millisecond.
pub(super) fn date(time: Timestamp) -> DateTime {
    DateTime::from_millis(millis(time))
}

pub(super) fn text(fields: &Document, key: &str) -> Result<String, BoxError> {
    optional_text(fields, key)?.ok_or_else(|| format!("`{key}` is missing").into())
}

pub(super) fn optional_text(fields: &Document, key: &str) -> Result<Option<String>, BoxError> {
    match fields.get(key) {
        None | Some(Bson::Null) => Ok(None),
        Some(Bson::String(it)) => Ok(Some(it.clone())),
        Some(_) => Err(format!("`{key}` is not a text").into()),
    }
}

pub(super) fn optional_millis(fields: &Document, key: &str) -> Result<Option<i64>, BoxError> {
    match fields.get(key) {
        None | Some(Bson::Null) => Ok(None),
        Some(Bson::DateTime(it)) => Ok(Some(it.timestamp_millis())),
        Some(_) => Err(format!("`{key}` is not a time").into()),
    }
}

/// A whole number that is not negative. Servers are not of one mind about the
/// type of a number: a sum may come back as an `int`, a `long` or a `double`.
pub(super) fn number(fields: &Document, key: &str) -> Result<u64, BoxError> {
    let found = match fields.get(key) {
        Some(Bson::Int32(it)) => u64::try_from(*it).ok(),
        Some(Bson::Int64(it)) => u64::try_from(*it).ok(),
        Some(Bson::Double(it)) if it.fract() == 0.0 && (0.0..9e15).contains(it) =>
        {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "whole, positive, and small enough"
            )]
            Some(*it as u64)
        }
        _ => None,
    };
    found.ok_or_else(|| format!("`{key}` is not a whole number").into())
}
