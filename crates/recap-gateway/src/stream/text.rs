//! Events as they are written: the format of server-sent events.

use actix_web::web::Bytes;
use serde::Serialize;

use super::Place;
use crate::body::TextEvent;

/// Said at the start: how long a client waits before it comes back, in
/// milliseconds.
pub(super) const RETRY: &[u8] = b"retry: 3000\n\n";

/// Said when there is no news, so that nobody takes the connection for dead.
pub(super) const HEARTBEAT: &[u8] = b": hb\n\n";

/// The job is not there any more.
pub(super) const GONE: &[u8] = b"event: gone\ndata: {}\n\n";

/// An event after which a client that comes back goes on at `place`.
pub(super) fn event(name: &str, place: Place, data: &impl Serialize) -> Bytes {
    let data = json(data);
    format!("id: {place}\nevent: {name}\ndata: {data}\n\n").into()
}

/// More text of a job. It has no place: it is not said again.
pub(crate) fn text_event(segment: Option<u32>, text: &str) -> Bytes {
    format!("event: text\ndata: {}\n\n", json(&TextEvent { segment, text })).into()
}

/// On one line: JSON has no line breaks but those that it is given for show.
fn json(data: &impl Serialize) -> String {
    serde_json::to_string(data).expect("an event is plain data")
}
