//! What is kept beside a job: its transcript, in a collection of its own, and
//! the notes of its segments, in the job's document.

use jiff::Timestamp;
use mongodb::bson::oid::ObjectId;
use mongodb::bson::spec::BinarySubtype;
use mongodb::bson::{Binary, Document, doc};
use recap_core::job::JobId;
use recap_core::ports::{BoxError, Lease, StoreError};
use recap_core::summary::SegmentNotes;
use recap_core::transcript::Transcript;
use tracing::warn;

use super::document::{date, text};
use super::lease::{held, literal};
use super::server::Server;
use super::{JOBS, TRANSCRIPTS};
use crate::document::{from_json, to_json};

/// Captions are text in JSON: a third of the size, at little work.
const ZSTD_LEVEL: i32 = 3;

/// Two documents cannot be written at once without a transaction. So the lease is
/// looked at first, the transcript never replaces one of a later claim, and the
/// write to the job decides whether it was in time. What a late worker leaves
/// behind is a transcript of the same video, and only if there was none.
pub(super) async fn put_transcript(
    server: &Server,
    lease: Lease,
    transcript: &Transcript,
) -> Result<bool, StoreError> {
    if server.find_one(JOBS, held(lease), doc! { "_id": 1 }).await?.is_none() {
        return Ok(false);
    }
    let (id, fence) = (lease.job.to_string(), lease.fence.cast_signed());
    let ours = doc! { "_id": id, "fence": { "$lte": fence } };
    let bytes = to_json(transcript).and_then(|it| pack(&it)).map_err(StoreError)?;
    if !server.put(TRANSCRIPTS, ours, doc! { "$set": { "fence": fence, "doc": bytes } }).await? {
        return Ok(false);
    }
    // The first one is an orderly sign of life: poison is what ends its worker
    // without getting further.
    let change = doc! {
        "transcript_kept": true,
        "crashes": { "$cond": ["$transcript_kept", "$crashes", 0_i64] },
        "revision": { "$add": ["$revision", 1] },
    };
    server.change(JOBS, held(lease), [doc! { "$set": change }].as_slice()).await
}

pub(super) async fn find_transcript(
    server: &Server,
    id: JobId,
) -> Result<Option<Transcript>, StoreError> {
    let (id, fields) = (doc! { "_id": id.to_string() }, doc! { "_id": 0, "doc": 1 });
    let found = server.find_one(TRANSCRIPTS, id, fields).await?;
    found.map(|it| unpack(&it)).transpose().map_err(StoreError)
}

/// Transcripts of jobs that have ended go with them. When this fails, they still
/// do, unless nobody but the server's own clock is left to forget the jobs.
pub(super) async fn keep_transcript_until(server: &Server, ids: &[String], until: Timestamp) {
    let change = doc! { "$set": { "forget_at": date(until) } };
    let theirs = doc! { "_id": { "$in": ids } };
    if let Err(error) = server.change_all(TRANSCRIPTS, theirs, change, ObjectId::new()).await {
        warn!(error = %error.0, "a transcript has no date to be forgotten at");
    }
}

/// A transcript as it is kept, from its JSON.
pub(super) fn pack(json: &str) -> Result<Binary, BoxError> {
    let bytes = zstd::encode_all(json.as_bytes(), ZSTD_LEVEL)?;
    Ok(Binary { subtype: BinarySubtype::Generic, bytes })
}

fn unpack(fields: &Document) -> Result<Transcript, BoxError> {
    let bytes = fields.get_binary_generic("doc")?;
    Ok(serde_json::from_slice(&zstd::decode_all(bytes.as_slice())?)?)
}

/// A field of `notes`: it must not look like the index of an array.
pub(super) fn segment_key(index: u32) -> String {
    format!("s{index}")
}

/// The notes of one segment, beside the cut that they are of.
pub(super) fn segment(notes: &SegmentNotes) -> Result<Document, BoxError> {
    Ok(doc! { "cut": cut(notes), "doc": to_json(notes)? })
}

fn cut(notes: &SegmentNotes) -> String {
    format!("{}-{}", notes.start.as_millis(), notes.end.as_millis())
}

/// Notes that are kept already are written over with themselves: so a write
/// that finds nothing always means a lost lease. Notes of another cut (the
/// settings changed between) are of no use to anyone; if they stayed, each
/// attempt would make the new ones again.
pub(super) async fn put_notes(
    server: &Server,
    lease: Lease,
    notes: &[SegmentNotes],
) -> Result<bool, StoreError> {
    let mut change = doc! { "revision": { "$add": ["$revision", 1] } };
    let mut any_new = Vec::new();
    for notes in notes {
        let field = format!("notes.{}", segment_key(notes.index));
        let kept = format!("${field}");
        let is_kept = doc! { "$eq": [format!("{kept}.cut"), cut(notes)] };
        any_new.push(doc! { "$eq": [{ "$type": &kept }, "missing"] });
        let ours = literal(segment(notes).map_err(StoreError)?);
        change.insert(field, doc! { "$cond": [is_kept, kept, ours] });
    }
    change.insert("crashes", doc! { "$cond": [{ "$or": any_new }, 0_i64, "$crashes"] });
    server.change(JOBS, held(lease), [doc! { "$set": change }].as_slice()).await
}

pub(super) async fn list_notes(
    server: &Server,
    id: JobId,
) -> Result<Vec<SegmentNotes>, StoreError> {
    let (id, fields) = (doc! { "_id": id.to_string() }, doc! { "_id": 0, "notes": 1 });
    let Some(found) = server.find_one(JOBS, id, fields).await? else { return Ok(Vec::new()) };
    let kept = found.get_document("notes").into_iter().flat_map(Document::values);
    let read = |it: &mongodb::bson::Bson| -> Result<SegmentNotes, BoxError> {
        from_json(&text(it.as_document().ok_or("notes are a document")?, "doc")?)
    };
    let mut notes: Vec<SegmentNotes> =
        kept.map(read).collect::<Result<_, _>>().map_err(StoreError)?;
    notes.sort_unstable_by_key(|it| it.index);
    Ok(notes)
}
