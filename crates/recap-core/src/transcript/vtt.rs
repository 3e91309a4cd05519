//! WebVTT, as yt-dlp writes it and as browsers read it
//! (<https://www.w3.org/TR/webvtt1/>).

use std::fmt::Write;

use super::block::{blocks, plain_lines};
use super::normalize::normalize;
use super::rolling::unroll;
use super::{Cue, TranscriptError, timestamp};

/// Reads a WebVTT file; styles, regions, notes, cue ids and settings are left
/// out, and lines that roll are said once.
///
/// # Errors
///
/// If it does not begin with `WEBVTT`, or a time in it is malformed.
pub fn parse(text: &str) -> Result<Vec<Cue>, TranscriptError> {
    let text = plain_lines(text);
    let body =
        text.strip_prefix("WEBVTT").filter(|it| it.is_empty() || it.starts_with(['\n', ' ', '\t']));
    let body = body.ok_or(problem("it does not begin with WEBVTT"))?;
    // What stands outside of cues is the header, or meant for players.
    let blocks = blocks(&without_comments(body), |_, _| {}).map_err(problem)?;
    Ok(normalize(unroll(blocks)))
}

/// Writes a WebVTT file that [`parse`] reads back as the same cues.
pub fn render(cues: &[Cue]) -> String {
    let mut text = String::from("WEBVTT\n");
    for cue in cues {
        let (start, end) = (timestamp::render(cue.start, '.'), timestamp::render(cue.end, '.'));
        let _ = writeln!(text, "\n{start} --> {end}");
        // Without a bare `>` no text can pass for a line of times.
        html_escape::encode_text_to_string(cue.text.replace(['\n', '\r'], " "), &mut text);
        text.push('\n');
    }
    text
}

/// `body` without the blocks that may hold `-->` and are no cues.
fn without_comments(body: &str) -> String {
    let mut kept = String::with_capacity(body.len());
    let (mut after_blank, mut in_comment) = (false, false);
    for line in body.split('\n') {
        let word = line.split([' ', '\t']).next().unwrap_or_default();
        in_comment = match (line.is_empty(), after_blank) {
            (true, _) => false,
            (false, true) => matches!(word, "NOTE" | "STYLE" | "REGION"),
            (false, false) => in_comment,
        };
        if !in_comment {
            kept.push_str(line);
        }
        kept.push('\n');
        after_blank = line.is_empty();
    }
    kept
}

fn problem(problem: &'static str) -> TranscriptError {
    TranscriptError { format: "WebVTT", problem }
}
