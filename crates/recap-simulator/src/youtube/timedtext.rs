//! Caption files, in the formats YouTube offers.

use std::fmt::Write;

use hyper::StatusCode;
use serde_json::{Value, json};

use super::request::Call;
use crate::http::{self, Reply};
use crate::prose::{Cue, Line, Timeline};
use crate::scenario::Scenario;

/// YouTube breaks the line this long before the next one begins.
const NEWLINE_MS: u64 = 10;

pub(super) fn answer(scenario: &Scenario, call: &Call) -> Reply {
    let source = call.query("lang").unwrap_or("en");
    let language = call.query("tlang").unwrap_or(source);
    let automatic = call.query("kind") == Some("asr");
    let timeline = scenario.timeline_in(language);
    let (content_type, body) = match call.query("fmt") {
        Some("json3") if automatic => (JSON, wire(&rolling(&timeline))),
        Some("json3") => (JSON, wire(&events(&timeline.cues()))),
        Some("vtt") if automatic => ("text/vtt; charset=UTF-8", rolling_vtt(&timeline, language)),
        Some("vtt") => ("text/vtt; charset=UTF-8", vtt(&timeline.cues(), language)),
        Some("srt") => ("text/plain; charset=UTF-8", srt(&cues(&timeline, automatic))),
        _ => ("text/xml; charset=UTF-8", srv1(&cues(&timeline, automatic))),
    };
    http::reply(StatusCode::OK, content_type, body)
}

const JSON: &str = "application/json; charset=UTF-8";

fn wire(events: &[Value]) -> String {
    let file = json!({
        "wireMagic": "pb3", "pens": [{}], "wsWinStyles": [{}], "wpWinPositions": [{}], "events": events,
    });
    format!("{file:#}")
}

fn events(cues: &[Cue]) -> Vec<Value> {
    let event = |it: &Cue| json!({"tStartMs": it.start_ms, "dDurationMs": it.end_ms - it.start_ms, "segs": [{"utf8": it.text}]});
    cues.iter().map(event).collect()
}

/// Automatic captions roll: a window that lasts as long as the video, lines that
/// stay until the one after the next, and an event for each line break.
fn rolling(timeline: &Timeline) -> Vec<Value> {
    let lines = timeline.lines();
    let mut events = vec![json!({
        "tStartMs": 0, "dDurationMs": timeline.length_ms, "id": 1, "wpWinPosId": 1, "wsWinStyleId": 1,
    })];
    for (index, line) in lines.iter().enumerate() {
        let gone = lines.get(index + 1).unwrap_or(line).end_ms;
        events.push(json!({
            "tStartMs": line.start_ms,
            "dDurationMs": gone - line.start_ms,
            "wWinId": 1,
            "segs": segments(line, timeline.separator()),
        }));
        if index + 1 < lines.len() {
            let start = line.end_ms.saturating_sub(NEWLINE_MS).max(line.start_ms);
            events.push(json!({
                "tStartMs": start, "dDurationMs": gone - start, "wWinId": 1, "aAppend": 1, "segs": [{"utf8": "\n"}],
            }));
        }
    }
    events
}

fn segments(line: &Line, separator: &str) -> Vec<Value> {
    let segment = |(index, (start, text)): (usize, &(u64, String))| match index {
        0 => json!({"utf8": text, "acAsrConf": 0}),
        _ => {
            json!({"utf8": format!("{separator}{text}"), "tOffsetMs": start - line.start_ms, "acAsrConf": 0})
        }
    };
    line.words.iter().enumerate().map(segment).collect()
}

/// The automatic track as plain cues, for the formats without words.
fn cues(timeline: &Timeline, automatic: bool) -> Vec<Cue> {
    if !automatic {
        return timeline.cues();
    }
    let plain = |it: &Line| Cue {
        start_ms: it.start_ms,
        end_ms: it.end_ms,
        text: text(it, timeline.separator()),
    };
    timeline.lines().iter().map(plain).collect()
}

fn text(line: &Line, separator: &str) -> String {
    line.words.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>().join(separator)
}

fn vtt(cues: &[Cue], language: &str) -> String {
    let mut file = format!("WEBVTT\nKind: captions\nLanguage: {language}\n\n");
    for Cue { start_ms, end_ms, text } in cues {
        let _ = write!(file, "{} --> {}\n{text}\n\n", clock(*start_ms, '.'), clock(*end_ms, '.'));
    }
    file
}

/// Each line twice, as YouTube does: growing word by word under the one before,
/// then alone for a moment.
fn rolling_vtt(timeline: &Timeline, language: &str) -> String {
    let mut file = format!("WEBVTT\nKind: captions\nLanguage: {language}\n\n");
    let separator = timeline.separator();
    let mut above = " ".to_owned();
    for line in timeline.lines() {
        let plain = text(&line, separator);
        let rest = line.end_ms.saturating_sub(NEWLINE_MS).max(line.start_ms);
        let (start, rest, end) =
            (clock(line.start_ms, '.'), clock(rest, '.'), clock(line.end_ms, '.'));
        let mut growing = String::new();
        for (at, word) in line.words.iter().skip(1) {
            let _ = write!(growing, "<{}><c>{separator}{word}</c>", clock(*at, '.'));
        }
        let first = &line.words[0].1;
        let _ = write!(
            file,
            "{start} --> {rest} align:start position:0%\n{above}\n{first}{growing}\n\n"
        );
        let _ = write!(file, "{rest} --> {end} align:start position:0%\n{plain}\n \n\n");
        above = plain;
    }
    file
}

fn srt(cues: &[Cue]) -> String {
    let mut file = String::new();
    for (index, Cue { start_ms, end_ms, text }) in cues.iter().enumerate() {
        let (start, end) = (clock(*start_ms, ','), clock(*end_ms, ','));
        let _ = write!(file, "{}\n{start} --> {end}\n{text}\n\n", index + 1);
    }
    file
}

fn srv1(cues: &[Cue]) -> String {
    let mut file = r#"<?xml version="1.0" encoding="utf-8" ?><transcript>"#.to_owned();
    for Cue { start_ms, end_ms, text } in cues {
        let (start, length) = (seconds(*start_ms), seconds(end_ms - start_ms));
        let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let _ = write!(file, r#"<text start="{start}" dur="{length}">{text}</text>"#);
    }
    file + "</transcript>"
}

fn seconds(ms: u64) -> String {
    format!("{}.{:03}", ms / 1_000, ms % 1_000)
}

fn clock(ms: u64, point: char) -> String {
    let seconds = ms / 1_000;
    format!(
        "{:02}:{:02}:{:02}{point}{:03}",
        seconds / 3_600,
        seconds / 60 % 60,
        seconds % 60,
        ms % 1_000
    )
}
