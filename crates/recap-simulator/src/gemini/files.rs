//! The Files API: resumable uploads in one piece, files that are processed for a
//! moment, and their end.

use std::collections::BTreeMap;
use std::sync::Mutex;

use bytes::Bytes;
use hyper::header::{HOST, HeaderValue};
use hyper::http::request::Parts;
use hyper::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::problem::Problem;
use crate::http::{self, Reply};
use crate::journal::locked;

/// Uploads that are kept; the oldest go first.
const MOST: usize = 1_000;

/// An upload and what became of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRecord {
    /// As in `files/f1`.
    pub name: String,
    pub media_type: String,
    /// As announced, until the bytes have come.
    pub bytes: usize,
    /// The bytes have come, and are sound in a container that the API reads.
    pub is_sound: bool,
    /// How often its state was asked for.
    pub looks: u32,
    pub deleted: bool,
}

#[derive(Default)]
pub(super) struct Files(Mutex<BTreeMap<u64, FileRecord>>);

impl Files {
    pub(super) fn list(&self) -> Vec<FileRecord> {
        locked(&self.0).values().cloned().collect()
    }

    pub(super) fn reset(&self) {
        locked(&self.0).clear();
    }

    /// Whether a prompt may name it.
    pub(super) fn is_active(&self, uri: &str) -> bool {
        let number = named(uri);
        let files = locked(&self.0);
        number.and_then(|it| files.get(&it)).is_some_and(|it| it.is_sound && !it.deleted)
    }

    /// `None` if it is no call to the Files API.
    pub(super) fn answer(&self, head: &Parts, body: &Bytes) -> Option<Result<Reply, Problem>> {
        let path = head.uri.path();
        if path.starts_with("/upload/") && path.ends_with("/files") && head.method == Method::POST {
            return Some(match header(head, "x-goog-upload-command") {
                "start" => self.begin(head),
                "upload, finalize" => self.finish(head, body),
                _ => Err(Problem::invalid("Unknown upload command.")),
            });
        }
        let number = named(path)?;
        let mut files = locked(&self.0);
        let Some(file) = files.get_mut(&number).filter(|it| !it.deleted) else {
            return Some(Err(Problem::no_file()));
        };
        Some(match head.method {
            Method::GET => {
                file.looks += 1;
                Ok(http::json(StatusCode::OK, &described(file, head)))
            }
            Method::DELETE => {
                file.deleted = true;
                Ok(http::json(StatusCode::OK, &json!({})))
            }
            _ => Err(Problem::no_such_path()),
        })
    }

    fn begin(&self, head: &Parts) -> Result<Reply, Problem> {
        let length = header(head, "x-goog-upload-header-content-length").parse();
        let bytes = length.map_err(|_| Problem::invalid("The length of the upload is missing."))?;
        let media_type = header(head, "x-goog-upload-header-content-type").to_owned();
        let mut files = locked(&self.0);
        let number = files.keys().next_back().map_or(1, |it| it + 1);
        let name = format!("files/f{number}");
        files.insert(number, FileRecord { name, media_type, bytes, ..FileRecord::default() });
        if files.len() > MOST {
            files.pop_first();
        }
        let url = format!("http://{}/upload/v1beta/files?upload_id={number}", host(head));
        let mut reply = http::json(StatusCode::OK, &json!({}));
        let header = HeaderValue::from_str(&url).map_err(|_| Problem::internal())?;
        reply.headers_mut().insert("x-goog-upload-url", header);
        reply.headers_mut().insert("x-goog-upload-status", HeaderValue::from_static("active"));
        Ok(reply)
    }

    fn finish(&self, head: &Parts, body: &Bytes) -> Result<Reply, Problem> {
        let query = head.uri.query().unwrap_or_default();
        let number = query.strip_prefix("upload_id=").and_then(|it| it.parse().ok());
        let mut files = locked(&self.0);
        let file = number.and_then(|it: u64| files.get_mut(&it)).ok_or_else(Problem::no_file)?;
        if file.bytes != body.len() {
            return Err(Problem::invalid("The upload is not as long as it was said to be."));
        }
        file.is_sound = is_sound(body);
        let mut reply = http::json(StatusCode::OK, &json!({ "file": described(file, head) }));
        reply.headers_mut().insert("x-goog-upload-status", HeaderValue::from_static("final"));
        Ok(reply)
    }
}

/// Whether bytes come that were announced before.
pub(super) fn is_upload(head: &Parts) -> bool {
    head.uri.query().is_some_and(|it| it.starts_with("upload_id="))
}

/// The number in a path or address of a file.
pub(super) fn named(path: &str) -> Option<u64> {
    path.rsplit_once("/files/f")?.1.parse().ok()
}

/// It is ready at the second look.
fn described(file: &FileRecord, head: &Parts) -> Value {
    let state = match (file.is_sound, file.looks) {
        (false, _) => "FAILED",
        (true, 0) => "PROCESSING",
        (true, _) => "ACTIVE",
    };
    json!({
        "name": file.name,
        "uri": format!("http://{}/v1beta/{}", host(head), file.name),
        "mimeType": file.media_type,
        "sizeBytes": file.bytes.to_string(),
        "state": state,
    })
}

/// Ogg, Matroska and `WebM`, MP4, MP3 with a tag: by their first bytes.
fn is_sound(bytes: &[u8]) -> bool {
    let begins = |it: &[u8]| bytes.starts_with(it);
    begins(b"OggS")
        || begins(&[0x1A, 0x45, 0xDF, 0xA3])
        || begins(b"ID3")
        || bytes.get(4..8) == Some(b"ftyp")
}

fn host(head: &Parts) -> &str {
    head.headers.get(HOST).and_then(|it| it.to_str().ok()).unwrap_or("127.0.0.1")
}

fn header<'a>(head: &'a Parts, name: &str) -> &'a str {
    head.headers.get(name).and_then(|it| it.to_str().ok()).unwrap_or_default()
}
