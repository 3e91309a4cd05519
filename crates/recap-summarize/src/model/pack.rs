//! Notes on several segments in one answer and, with the last of them, the summary
//! of the whole.

use std::fmt::Write as _;
use std::time::Duration;

use recap_core::ports::{PackRequest, Part};
use recap_core::summary::{KeyPoint, SegmentNotes};
use serde_json::{Value, json};

use super::answer::{number, text, whole as whole_of};
use super::combine::{Gist, chosen, wanted};
use super::notes::{SYSTEM, chapters, read, schema as notes_schema, seconds_up, transcript};
use super::prompt::{Amendments, Room, fenced_line, language_name};
use super::{Bounds, Prompt};
use crate::{chapters as told, tidy};

/// Fewest tokens of an answer for each segment, thoughts included: a title, a sentence
/// and two points of English need about 120. An hour, however its chapters cut it, has
/// at most ten segments: with answers of 1,000 tokens they are two questions.
const LEAST_ROOM: u32 = 166;
/// More segments in one answer are not told apart well: two hours.
const MOST_SEGMENTS: u32 = 12;
/// A prompt of more transcript is not read as closely.
const MOST_TOKENS: usize = 60_000;
/// Notes on other segments that may come along, in tokens.
const MOST_NOTES: usize = 12_000;
/// A point that begins so far from a second that was named is not meant by it.
const NEAR: Duration = Duration::from_secs(20);

/// How many segments fit into one answer, beside the summary of the whole.
pub(super) fn segments(bounds: Bounds) -> usize {
    (bounds.max_output_tokens / LEAST_ROOM).saturating_sub(1).clamp(1, MOST_SEGMENTS) as usize
}

/// How much transcript goes into one prompt.
pub(super) fn tokens(bounds: Bounds) -> usize {
    // The marks of time and the words of the prompt come on top.
    (bounds.prompt_tokens() / 3 * 2).min(MOST_TOKENS)
}

/// Whether the notes are few enough to come along.
pub(super) fn fit(notes: &[SegmentNotes]) -> bool {
    recap_core::tokens::estimate(&notes_on(notes)) <= MOST_NOTES
}

/// The question. With `others`, the notes on all segments that are not among `parts`,
/// the summary of the whole is asked for as well.
pub(super) fn prompt(
    request: &PackRequest<'_>,
    parts: &[Part<'_>],
    others: Option<&[SegmentNotes]>,
    max_output_tokens: u32,
    amendments: Amendments,
) -> Prompt {
    let mut data = format!("<video>{}</video>\n", fenced_line(&request.video.title));
    data.push_str(&notes_on(others.unwrap_or_default()));
    for part in parts {
        data.push_str(&transcript(&request.alone(part), part.chunks));
    }
    Prompt {
        system: SYSTEM,
        film: None,
        data,
        task: task(request, parts, others, max_output_tokens, amendments),
        schema: schema(others.is_some()),
    }
}

fn schema(whole: bool) -> Value {
    let mut segment = notes_schema();
    segment["properties"]["index"] = json!({ "type": "integer", "description": "of the segment" });
    segment["required"] = json!(["index", "title", "summary", "points"]);
    let mut schema = json!({
        "type": "object",
        "properties": { "segments": { "type": "array", "items": segment } },
        "required": ["segments"],
    });
    if whole {
        schema["properties"]["whole"] = json!({
            "type": "object",
            "properties": {
                "title": { "type": "string" },
                "tldr": { "type": "string" },
                "seconds": { "type": "array", "items": { "type": "integer" } },
            },
            "required": ["title", "tldr", "seconds"],
        });
        schema["required"] = json!(["segments", "whole"]);
    }
    schema
}

fn notes_on(notes: &[SegmentNotes]) -> String {
    let mut data = String::new();
    for note in notes.iter().filter(|it| told::tells(it)) {
        let (index, start, end) = (note.index, note.start.as_secs(), seconds_up(note.end));
        let (title, summary) = (fenced_line(&note.title), fenced_line(&note.summary));
        let _ = writeln!(
            data,
            "<notes segment=\"{index}\" start=\"{start}\" end=\"{end}\" title=\"{title}\">\n{summary}"
        );
        for point in &note.points {
            let _ = writeln!(data, "[{}] {}", point.start.as_secs(), fenced_line(&point.text));
        }
        data.push_str("</notes>\n");
    }
    data
}

fn task(
    request: &PackRequest<'_>,
    parts: &[Part<'_>],
    others: Option<&[SegmentNotes]>,
    max_output_tokens: u32,
    amendments: Amendments,
) -> String {
    let count = u32::try_from(parts.len()).unwrap_or(u32::MAX) + u32::from(others.is_some());
    let Room { sentences, points } =
        Room::shared(max_output_tokens, count, request.style, amendments.shorter);
    let language = language_name(request.language);
    let mut task = format!(
        "Each segment of the transcript is a part of the video; there are {total} in all. Write in \
         {language}, whatever the language of the transcript, for each of the segments {list}, in \
         this order, an object in `segments` with its index and:\n\
         title: what the segment is about, at most 8 words.\n\
         summary: at most {sentences} sentences, at most 25 words each.\n\
         points: at most {points}, the most important statements, spread over the segment, in \
         order, at most 20 words each, with the second at which each begins.\n",
        total = request.segments_total,
        list = listed(parts),
    );
    for part in parts {
        let starts = chapters(&request.alone(part));
        if !starts.is_empty() {
            let index = part.segment.index;
            let _ = writeln!(task, "Chapters of segment {index} begin at: {starts}.");
        }
    }
    if let Some(others) = others {
        let known: usize = others.iter().map(|it| it.points.len()).sum();
        let wanted = wanted(request.style, known + parts.len() * points as usize, amendments);
        let sentences = if amendments.shorter { 2 } else { 3 };
        let _ = writeln!(
            task,
            "And in `whole`, about the whole video, of which the <notes> tell the other segments:\n\
             title: what the video is about, at most 12 words.\n\
             tldr: what somebody should know who does not watch it, at most {sentences} sentences, \
             at most 30 words each.\n\
             seconds: of the {wanted} most important points, those in the notes and your own, the \
             seconds at which they begin, spread over the video."
        );
    }
    task + &amendments.sentences()
}

fn listed(parts: &[Part<'_>]) -> String {
    let indexes: Vec<String> = parts.iter().map(|it| it.segment.index.to_string()).collect();
    indexes.join(", ")
}

/// The answer as notes and, where it was asked for, what is said of the whole; `None`
/// if it is not what was asked for.
pub(super) fn parse(
    request: &PackRequest<'_>,
    parts: &[Part<'_>],
    others: Option<&[SegmentNotes]>,
    answer: &str,
) -> Option<(Vec<SegmentNotes>, Option<Gist>)> {
    let answer = whole_of(answer)?;
    let segments = answer.get("segments")?.as_array()?;
    let told = about(segments, parts)?;
    let notes = told.into_iter().zip(parts);
    let notes = notes.map(|(object, part)| read(object, part.segment, &request.video.title));
    let notes: Vec<SegmentNotes> = notes.collect::<Option<_>>()?;
    let gist = match others {
        None => None,
        Some(others) => Some(gist(request, others, &notes, answer.get("whole")?)?),
    };
    Some((notes, gist))
}

/// The objects of the parts, in their order: by the index or, where the model counts in
/// its own way, all by their places.
fn about<'a>(segments: &'a [Value], parts: &[Part<'_>]) -> Option<Vec<&'a Value>> {
    let named = parts.iter().map(|part| {
        let index = Some(f64::from(part.segment.index));
        let mut found = segments.iter().filter(|it| number(it, "index") == index);
        found.next().filter(|_| found.next().is_none())
    });
    let by_place = || (segments.len() == parts.len()).then(|| segments.iter().collect());
    named.collect::<Option<Vec<_>>>().or_else(by_place)
}

fn gist(
    request: &PackRequest<'_>,
    others: &[SegmentNotes],
    notes: &[SegmentNotes],
    whole: &Value,
) -> Option<Gist> {
    let tldr = tidy::text(text(whole, "tldr")?, tidy::LONGEST_SUMMARY);
    if tldr.is_empty() {
        return None;
    }
    let title = tidy::text(text(whole, "title")?, tidy::LONGEST_TITLE);
    let all = in_order(others, notes);
    let points: Vec<&KeyPoint> = all.iter().flat_map(|it| &it.points).collect();
    let seconds = whole.get("seconds")?.as_array()?.iter().filter_map(Value::as_f64);
    let numbers: Vec<u64> = seconds.filter_map(|it| nearest(&points, it)).collect();
    Some(Gist { title, tldr, points: chosen(request.style, &all, &numbers) })
}

/// All notes, in the order of the video.
pub(super) fn in_order(others: &[SegmentNotes], notes: &[SegmentNotes]) -> Vec<SegmentNotes> {
    let mut all = [others, notes].concat();
    all.sort_by_key(|it| it.index);
    all
}

/// The number, from 1, of the point that begins then, or nearly.
fn nearest(points: &[&KeyPoint], second: f64) -> Option<u64> {
    let second = Duration::try_from_secs_f64(second).ok()?;
    let far = |it: &&KeyPoint| it.start.abs_diff(second);
    let (number, point) = (1_u64..).zip(points).min_by_key(|(_, it)| far(it))?;
    (far(point) <= NEAR).then_some(number)
}
