//! What WebVTT and SubRip share: blocks of lines between blank lines, a line
//! with two times, and text with tags.

use std::borrow::Cow;
use std::time::Duration;

use super::timestamp;

/// A cue as it stands in the file. `lines` have no tags, still have their
/// entities, and none is blank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) start: Duration,
    pub(super) end: Duration,
    pub(super) lines: Vec<String>,
    /// Whether a time stands inside the text (`<00:00:01.200>`), as in
    /// YouTube's automatic captions, and in hardly any others.
    pub(super) timed_words: bool,
}

/// The text without a byte order mark and with `\n` for every line end.
pub(super) fn plain_lines(text: &str) -> Cow<'_, str> {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    if text.contains('\r') {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(text)
    }
}

/// Why a line with `-->` is not the start of a cue.
pub(super) const BAD_TIME: &str = "a line with --> does not have two times like 00:01:02.345";

/// Reads the cues out of `text`; what belongs to none is given to `other`,
/// line by line, with the cue before it.
///
/// A cue is an optional line with its id, a line with its times, and text up
/// to a blank line or to the next line with times. A line of spaces is not
/// blank: YouTube writes one where the first of two lines is empty.
pub(super) fn blocks(
    text: &str,
    mut other: impl FnMut(Option<&mut Block>, &str),
) -> Result<Vec<Block>, &'static str> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut in_cue = false;
    let mut lines = text.split('\n').peekable();
    while let Some(line) = lines.next() {
        if line.is_empty() {
            in_cue = false;
        } else if let Some((start, end)) = timestamp::parse_range(line) {
            in_cue = true;
            blocks.push(Block { start, end, lines: Vec::new(), timed_words: false });
        } else if in_cue {
            // A number before times is not text: the blank line before it was lost.
            let next_has_times =
                lines.peek().is_some_and(|it| timestamp::parse_range(it).is_some());
            if !(next_has_times && is_number(line)) {
                add_line(blocks.last_mut().expect("in a cue"), line);
            }
        } else if line.contains("-->") {
            return Err(BAD_TIME);
        } else if !lines.peek().is_some_and(|it| it.contains("-->")) {
            other(blocks.last_mut(), line);
        }
    }
    Ok(blocks)
}

/// Adds a line of text to a cue, unless nothing of it is left without tags.
pub(super) fn add_line(block: &mut Block, line: &str) {
    let (text, timed) = without_tags(line);
    block.timed_words |= timed;
    let text = text.trim();
    if !text.is_empty() {
        block.lines.push(text.to_owned());
    }
}

/// Whether a line may be the number of a cue, and no text.
pub(super) fn is_number(line: &str) -> bool {
    let line = line.trim();
    !line.is_empty() && line.bytes().all(|it| it.is_ascii_digit())
}

/// `line` without `<c>`, `</c>`, `<v Name>`, `<00:00:01.200>` and the like, and
/// whether one of them was a time. A `<` that opens no tag stays: people write
/// "a < b".
fn without_tags(line: &str) -> (Cow<'_, str>, bool) {
    let Some(last_close) = line.rfind('>') else { return (Cow::Borrowed(line), false) };
    let mut text = String::with_capacity(line.len());
    let mut timed = false;
    let mut rest = line;
    while let Some(open) = rest.find('<') {
        let close_is_left = line.len() - rest.len() + open < last_close;
        let (before, tag) = rest.split_at(open);
        text.push_str(before);
        let first = tag[1..].chars().next();
        if close_is_left && first.is_some_and(|it| it.is_ascii_alphanumeric() || it == '/') {
            let close = tag.find('>').expect("one is left");
            timed |= timestamp::parse(&tag[1..close]).is_some();
            rest = &tag[close + 1..];
        } else {
            text.push('<');
            rest = &tag[1..];
        }
    }
    text.push_str(rest);
    (Cow::Owned(text), timed)
}
