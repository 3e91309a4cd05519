//! SubRip: the format without a standard. Read loosely, written strictly.

use std::fmt::Write;

use super::block::{Block, add_line, blocks, is_number, plain_lines};
use super::normalize::normalize;
use super::rolling::unroll;
use super::{Cue, TranscriptError, timestamp};

/// Reads a SubRip file, with dots or commas in its times, with or without
/// numbers, tags and hours. A blank line inside a text does not end it.
///
/// # Errors
///
/// If it has no times at all, or a malformed one.
pub fn parse(text: &str) -> Result<Vec<Cue>, TranscriptError> {
    let text = plain_lines(text);
    let blocks = blocks(&text, continue_cue).map_err(problem)?;
    if blocks.is_empty() {
        let empty = text.trim().is_empty();
        return Err(problem(if empty { "it is empty" } else { "it has no line with times" }));
    }
    Ok(normalize(unroll(blocks)))
}

/// Writes a SubRip file. A text that spells a tag or an entity reads back
/// without it, because the format has no way to quote one.
pub fn render(cues: &[Cue]) -> String {
    let mut text = String::new();
    for (index, cue) in cues.iter().enumerate() {
        let (start, end) = (timestamp::render(cue.start, ','), timestamp::render(cue.end, ','));
        // An arrow in a text must not pass for a line of times.
        let said = cue.text.replace(['\n', '\r'], " ").replace("-->", "→");
        let _ = writeln!(text, "{}\n{start} --> {end}\n{said}\n", index + 1);
    }
    text
}

/// A line that follows a blank line and has no times after it is still text.
fn continue_cue(last: Option<&mut Block>, line: &str) {
    // A number is the start of a cue that was cut off.
    if let Some(block) = last.filter(|_| !is_number(line)) {
        add_line(block, line);
    }
}

fn problem(problem: &'static str) -> TranscriptError {
    TranscriptError { format: "SubRip", problem }
}
