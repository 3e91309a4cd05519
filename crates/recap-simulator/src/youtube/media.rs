//! Media bytes: made up, but the same for everyone who asks, and in ranges.

use std::io;

use bytes::Bytes;
use futures::stream;
use hyper::header::{ACCEPT_RANGES, CONTENT_LENGTH, CONTENT_RANGE, HeaderValue, RANGE};
use hyper::{Method, StatusCode};

use super::range::{Part, part};
use super::request::Call;
use crate::http::{self, Reply};
use crate::scenario::{Scenario, Twist};

const CHUNK: u64 = 64 << 10;

/// The format that is sound alone, in `WebM`.
pub(super) const SOUND: u16 = 251;

/// Bytes of a format; enough for several chunks, little enough for a test.
pub(super) fn size(itag: u16) -> u64 {
    match itag {
        140 => 400_000,
        251 => 300_000,
        _ => 1_200_000,
    }
}

pub(super) fn mime_type(itag: u16) -> &'static str {
    match itag {
        140 => "audio/mp4; codecs=\"mp4a.40.2\"",
        251 => "audio/webm; codecs=\"opus\"",
        _ => "video/mp4; codecs=\"avc1.42001E, mp4a.40.2\"",
    }
}

pub(super) fn answer(scenario: &Scenario, call: &Call, sound: Option<Bytes>) -> Reply {
    // Without a JavaScript runtime nobody can compute `n`, and YouTube refuses.
    if matches!(scenario.twist, Twist::NeedsJavaScript) {
        return http::reply(StatusCode::FORBIDDEN, "text/plain", "");
    }
    let itag = call.query("itag").and_then(|it| it.parse().ok()).unwrap_or(140);
    let sound = sound.filter(|_| itag == SOUND);
    let size = sound.as_ref().map_or_else(|| size(itag), |it| it.len() as u64);
    let header = call.headers.get(RANGE).and_then(|it| it.to_str().ok()).map(str::to_owned);
    let asked = header.or_else(|| Some(format!("bytes={}", call.query("range")?)));
    match part(asked.as_deref(), size) {
        Part::Unsatisfiable => unsatisfiable(size),
        Part::Whole => bytes(call, itag, StatusCode::OK, 0..size, sound),
        Part::Bytes { first, last } => {
            let mut reply = bytes(call, itag, StatusCode::PARTIAL_CONTENT, first..last + 1, sound);
            reply
                .headers_mut()
                .insert(CONTENT_RANGE, value(&format!("bytes {first}-{last}/{size}")));
            reply
        }
    }
}

fn unsatisfiable(size: u64) -> Reply {
    let mut reply = http::reply(StatusCode::RANGE_NOT_SATISFIABLE, "text/plain", "");
    reply.headers_mut().insert(CONTENT_RANGE, value(&format!("bytes */{size}")));
    reply
}

fn bytes(
    call: &Call,
    itag: u16,
    status: StatusCode,
    range: std::ops::Range<u64>,
    sound: Option<Bytes>,
) -> Reply {
    let content_type = match itag {
        140 => "audio/mp4",
        251 => "audio/webm",
        _ => "video/mp4",
    };
    let length = range.end - range.start;
    let mut reply = if call.method == Method::HEAD {
        http::reply(status, content_type, "")
    } else {
        http::stream(status, content_type, chunks(itag, range, sound))
    };
    reply.headers_mut().insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    reply.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
    reply
}

/// Chunks are made as they are sent: a client that hangs up costs nothing more.
fn chunks(
    itag: u16,
    range: std::ops::Range<u64>,
    sound: Option<Bytes>,
) -> impl futures::Stream<Item = io::Result<Bytes>> + Send + 'static {
    let starts = range.clone().step_by(64 << 10);
    stream::iter(starts.map(move |start| {
        let end = range.end.min(start + CHUNK);
        Ok(match &sound {
            Some(sound) => sound.slice(place(start)..place(end)),
            None => (start..end).map(|at| byte(itag, at)).collect(),
        })
    }))
}

fn place(at: u64) -> usize {
    usize::try_from(at).expect("it is in memory")
}

/// The byte of a format at an offset.
fn byte(itag: u16, at: u64) -> u8 {
    u8::try_from((at + at / 251 + u64::from(itag)) % 251).expect("a remainder of 251 fits")
}

fn value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).expect("digits are valid in a header")
}
