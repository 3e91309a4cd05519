//! YouTube's own caption format, `fmt=json3` of `/api/timedtext`: a list of
//! events, each with a start, a duration and pieces of text.

use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error as _, SeqAccess, Visitor};

use super::normalize::normalize;
use super::{Cue, TranscriptError};

const NOT_EVENTS: &str = "it is not JSON with a list of events";

/// The problem of a file that says more than a video can; fetching it again
/// does not help.
pub const TOO_LONG: &str = "it says too much";

/// Most that the cues of one file may hold, in bytes: a video of twelve hours
/// has one or two million of text. A file of YouTube's takes ten times as much
/// as its text, so the size of the file alone would not bound what comes of it.
const MAX_MEMORY: usize = 16 << 20;

/// The part of a caption file that is read. Everything may be missing: YouTube
/// leaves out what is zero or empty.
#[derive(Deserialize)]
struct File {
    #[serde(default)]
    events: Option<Events>,
}

/// The cues of the events, made one by one: a list of millions of empty events
/// must not be held, however small its file is.
#[derive(Default)]
struct Events {
    cues: Vec<Cue>,
    memory: usize,
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
    segs: Option<Pieces>,
}

/// The text of an event, and where in time the first piece of it begins that
/// is seen.
#[derive(Default)]
struct Pieces {
    text: String,
    seen: bool,
    offset_ms: Option<i64>,
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

/// What is made of a list item by item.
trait Gather: Default {
    type Item: DeserializeOwned;

    fn add(&mut self, item: Self::Item) -> Result<(), &'static str>;
}

impl Gather for Events {
    type Item = Event;

    fn add(&mut self, event: Event) -> Result<(), &'static str> {
        let Some(cue) = cue(event) else { return Ok(()) };
        self.memory += size_of::<Cue>() + cue.text.len();
        self.cues.push(cue);
        if self.memory > MAX_MEMORY { Err(TOO_LONG) } else { Ok(()) }
    }
}

impl Gather for Pieces {
    type Item = Piece;

    fn add(&mut self, piece: Piece) -> Result<(), &'static str> {
        let text = piece.utf8.unwrap_or_default();
        if !self.seen && !text.trim().is_empty() {
            (self.seen, self.offset_ms) = (true, piece.t_offset_ms);
        }
        self.text.push_str(&text);
        Ok(())
    }
}

struct Gathering<T>(PhantomData<T>);

impl<'de, T: Gather> Visitor<'de> for Gathering<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<T, A::Error> {
        let mut gathered = T::default();
        while let Some(item) = items.next_element()? {
            gathered.add(item).map_err(A::Error::custom)?;
        }
        Ok(gathered)
    }
}

impl<'de> Deserialize<'de> for Events {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        source.deserialize_seq(Gathering(PhantomData))
    }
}

impl<'de> Deserialize<'de> for Pieces {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        source.deserialize_seq(Gathering(PhantomData))
    }
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
    let file: File = serde_json::from_slice(bytes).map_err(|error| {
        let too_long = error.to_string().starts_with(TOO_LONG);
        problem(if too_long { TOO_LONG } else { NOT_EVENTS })
    })?;
    Ok(normalize(file.events.unwrap_or_default().cues))
}

/// `None` for an event that shows nothing.
fn cue(event: Event) -> Option<Cue> {
    let Pieces { text, offset_ms, .. } = event.segs.filter(|it| it.seen)?;
    let start = milliseconds(event.t_start_ms);
    let end = start.saturating_add(milliseconds(event.d_duration_ms));
    Some(Cue { start: start.saturating_add(milliseconds(offset_ms)), end, text })
}

fn milliseconds(value: Option<i64>) -> Duration {
    Duration::from_millis(value.and_then(|it| u64::try_from(it).ok()).unwrap_or(0))
}

fn problem(problem: &'static str) -> TranscriptError {
    TranscriptError { format: "json3", problem }
}
