//! The one way from cues as a file has them to cues as [`Cue`] promises.

use std::time::Duration;

use super::Cue;

/// Where the time of a transcript ends: the first that a `hh:mm:ss` with two
/// digits of hours cannot say. YouTube takes uploads of up to 12 hours, and a
/// file that claims to be years long must not be planned as if it were.
pub const MAX_TIME: Duration = Duration::from_hours(100);

/// How long a cue lasts, at most, if its file does not say.
const UNKNOWN_LENGTH: Duration = Duration::from_secs(5);

/// Brings cues into the form every other part of recap relies on.
///
/// - Text: HTML entities are decoded, once; white space of any kind (line
///   breaks, control characters, no-break spaces) becomes single spaces; marks
///   that show nothing go. A cue whose text is then empty is dropped.
/// - Time: cues are in order, starts strictly rise, and each cue ends after it
///   starts and not after the next one starts. An end that is missing (not
///   after the start) is the next start, or 5 s later if that is sooner. Cues
///   that start together become one.
///   Times are whole milliseconds, and none is after [`MAX_TIME`]; cues that
///   start there or later are dropped.
///
/// Takes time linear in the text, apart from sorting.
pub fn normalize(cues: Vec<Cue>) -> Vec<Cue> {
    let mut cues: Vec<Cue> = cues.into_iter().filter_map(|it| clean(&it)).collect();
    cues.sort_by_key(|it| it.start);
    let mut cues = join_simultaneous(cues);

    let mut next_start = MAX_TIME;
    for cue in cues.iter_mut().rev() {
        if cue.end <= cue.start {
            cue.end = cue.start + UNKNOWN_LENGTH;
        }
        cue.end = cue.end.min(next_start);
        next_start = cue.start;
    }
    cues
}

/// The cue with its text and times made plain, or `None` if nothing is left.
fn clean(cue: &Cue) -> Option<Cue> {
    let text = clean_text(&cue.text);
    let (start, end) = (whole_milliseconds(cue.start), whole_milliseconds(cue.end));
    (start < MAX_TIME && !text.is_empty()).then_some(Cue { start, end, text })
}

fn clean_text(text: &str) -> String {
    let decoded = html_escape::decode_html_entities(text);
    let mut clean = String::with_capacity(decoded.len());
    for word in decoded.split(|it: char| it.is_whitespace() || it.is_control()) {
        let before = clean.len();
        if before > 0 {
            clean.push(' ');
        }
        let start = clean.len();
        clean.extend(word.chars().filter(|it| !shows_nothing(*it)));
        if clean.len() == start {
            clean.truncate(before);
        }
    }
    clean
}

/// Zero-width space, word joiner and byte order mark. The zero-width joiners
/// are letters' business in Persian, Hindi and emoji, so they stay.
fn shows_nothing(it: char) -> bool {
    matches!(it, '\u{200B}' | '\u{2060}' | '\u{FEFF}')
}

fn whole_milliseconds(time: Duration) -> Duration {
    Duration::from_millis(u64::try_from(time.as_millis()).unwrap_or(u64::MAX))
}

/// Cues in order of start, with those of one start joined; a text that only
/// repeats the one joined before it is left out.
fn join_simultaneous(cues: Vec<Cue>) -> Vec<Cue> {
    let mut joined: Vec<Cue> = Vec::with_capacity(cues.len());
    let mut last_part = 0;
    for cue in cues {
        match joined.last_mut() {
            Some(last) if last.start == cue.start => {
                if last.text[last_part..] != cue.text {
                    last.text.push(' ');
                    last_part = last.text.len();
                    last.text.push_str(&cue.text);
                }
                last.end = last.end.max(cue.end);
            }
            _ => {
                last_part = 0;
                joined.push(cue);
            }
        }
    }
    joined
}
