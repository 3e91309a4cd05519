//! Plain text: what people paste, and what they want to read.

use std::time::Duration;

use unicode_segmentation::UnicodeSegmentation;

use super::normalize::{MAX_TIME, normalize};
use super::{Cue, TranscriptError, ends_sentence};

/// Longest cue made of plain text, in characters, so that a text without line
/// breaks can still be cut. A word longer than this stays whole.
const MAX_CUE: usize = 300;

/// Milliseconds that a character takes if the length of the video is not
/// known: 150 words of six characters a minute.
const CHARACTER_MS: u64 = 67;

/// A pause at which a new paragraph begins.
const PARAGRAPH_PAUSE: Duration = Duration::from_secs(3);

/// Characters after which a paragraph ends with its sentence.
const PARAGRAPH_LENGTH: usize = 600;

/// Reads text without times: every line is a cue, long ones are cut at their
/// sentences, and blank lines are left out.
///
/// Times are spread over `duration` in proportion to the characters, so they
/// tell the order and roughly the place, no more. Without a duration the text
/// takes as long as reading it aloud.
///
/// # Errors
///
/// If there is nothing in it.
pub fn parse(text: &str, duration: Option<Duration>) -> Result<Vec<Cue>, TranscriptError> {
    let lines: Vec<String> = text.lines().flat_map(cut).collect();
    let total: u64 = lines.iter().map(|it| length(it)).sum();
    let spoken = Duration::from_millis(total.saturating_mul(CHARACTER_MS));
    // Each cue needs a millisecond of its own.
    let least = Duration::from_millis(total);
    let milliseconds = duration.unwrap_or(spoken).clamp(least.min(MAX_TIME), MAX_TIME).as_millis();
    let at = |done: u64| {
        let share = milliseconds * u128::from(done) / u128::from(total.max(1));
        Duration::from_millis(u64::try_from(share).expect("at most MAX_TIME"))
    };

    let mut done = 0;
    let cue = |text: String| {
        let start = at(done);
        done += length(&text);
        Cue { start, end: at(done), text }
    };
    let cues = normalize(lines.into_iter().map(cue).collect());
    if cues.is_empty() {
        return Err(TranscriptError { format: "text", problem: "it is empty" });
    }
    Ok(cues)
}

/// Writes paragraphs, parted by a blank line, without times. A paragraph ends
/// at a pause of three seconds, and after 600 characters with its sentence.
pub fn render(cues: &[Cue]) -> String {
    let mut text = String::new();
    let mut paragraph = 0;
    for (index, cue) in cues.iter().enumerate() {
        text.push_str(&cue.text);
        paragraph += cue.text.len();
        let Some(next) = cues.get(index + 1) else { break };
        let pause = next.start.saturating_sub(cue.end);
        let full = paragraph >= PARAGRAPH_LENGTH && ends_sentence(&cue.text);
        if full || pause >= PARAGRAPH_PAUSE {
            paragraph = 0;
            text.push_str("\n\n");
        } else if !(cue.text.ends_with(writes_without_spaces)
            && next.text.starts_with(writes_without_spaces))
        {
            text.push(' ');
        }
    }
    text.push('\n');
    text
}

fn length(text: &str) -> u64 {
    u64::try_from(text.chars().count()).unwrap_or(u64::MAX)
}

/// A line as pieces of at most [`MAX_CUE`] characters: sentences if they fit,
/// else words.
fn cut(line: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    let mut room = 0;
    let mut add = |part: &str| {
        let length = part.chars().count();
        if length > room {
            pieces.push(String::new());
            room = MAX_CUE;
        }
        if let Some(piece) = pieces.last_mut() {
            piece.push_str(part);
            room = room.saturating_sub(length);
        }
    };
    for sentence in line.split_sentence_bounds() {
        if sentence.chars().nth(MAX_CUE).is_none() {
            add(sentence);
        } else {
            sentence.split_word_bounds().for_each(&mut add);
        }
    }
    pieces.retain(|it| !it.trim().is_empty());
    pieces
}

/// Chinese, Japanese and their punctuation.
fn writes_without_spaces(it: char) -> bool {
    matches!(it, '\u{3000}'..='\u{30FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{FF01}'..='\u{FF65}')
}
