//! YouTube's own caption format, `fmt=json3` of `/api/timedtext`: a list of
//! events, each with a start, a duration and pieces of text.

use std::time::Duration;

use serde::Deserialize;

use super::normalize::normalize;
use super::{Cue, TranscriptError};

const NOT_EVENTS: &str = "it is not JSON with a list of events";

/// The part of a caption file that is read. Everything may be missing: YouTube
/// leaves out what is zero or empty.
#[derive(Deserialize)]
struct File {
    #[serde(default)]
    events: Option<Vec<Event>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    #[serde(default)]
    t_start_ms: Option<i64>,
    #[serde(default)]
    d_duration_ms: Option<i64>,
    /// Absent in the events that only place a window on the screen.
    #[serde(default)]
    segs: Option<Vec<Piece>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Piece {
    #[serde(default)]
    utf8: Option<String>,
    /// From the start of the event; speech recognition gives one to each word.
    #[serde(default)]
    t_offset_ms: Option<i64>,
}

/// Reads a caption file as YouTube sends it.
///
/// Events of automatic captions overlap, because a line stays on the screen
/// while the next one is spoken; the cues are trimmed so that they do not. The
/// `aAppend` events between them hold a line break only, and vanish. Times
/// below zero count as zero. A file without events has no cues.
///
/// # Errors
///
/// yt-dlp keeps whatever body came with status 200, so an empty body or a page
/// of HTML is met in practice; fetching again may help.
pub fn parse(bytes: &[u8]) -> Result<Vec<Cue>, TranscriptError> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    match bytes.trim_ascii_start().first() {
        None => return Err(problem("it is empty")),
        Some(b'<') => return Err(problem("it is a web page")),
        Some(b'{') => {}
        Some(_) => return Err(problem(NOT_EVENTS)),
    }
    let file: File = serde_json::from_slice(bytes).map_err(|_| problem(NOT_EVENTS))?;
    let cues = file.events.unwrap_or_default().into_iter().filter_map(cue).collect();
    Ok(normalize(cues))
}

fn cue(event: Event) -> Option<Cue> {
    let pieces = event.segs?;
    let shown = pieces.iter().find(|it| it.utf8.as_deref().is_some_and(|it| !it.trim().is_empty()));
    let offset = milliseconds(shown?.t_offset_ms);
    let start = milliseconds(event.t_start_ms);
    let end = start.saturating_add(milliseconds(event.d_duration_ms));
    let text = pieces.into_iter().filter_map(|it| it.utf8).collect();
    Some(Cue { start: start.saturating_add(offset), end, text })
}

fn milliseconds(value: Option<i64>) -> Duration {
    Duration::from_millis(value.and_then(|it| u64::try_from(it).ok()).unwrap_or(0))
}

fn problem(problem: &'static str) -> TranscriptError {
    TranscriptError { format: "json3", problem }
}
