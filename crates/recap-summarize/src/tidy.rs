//! Cleaning what a model or a transcript says: bounded texts, times in order
//! and inside their segment.

use std::collections::HashSet;
use std::ops::Range;
use std::time::Duration;

use recap_core::summary::{KeyPoint, Style};

/// Longest texts, in characters. They bound what a job's document may hold.
pub(crate) const LONGEST_TITLE: usize = 120;
/// A title that is made of a text.
const LONGEST_MADE_UP: usize = 60;
pub(crate) const LONGEST_SUMMARY: usize = 1500;
pub(crate) const LONGEST_POINT: usize = 400;
/// Most points of one segment.
pub(crate) const MOST_POINTS: usize = 12;

/// Points of a finished summary.
pub(crate) fn most_points(style: Style) -> usize {
    match style {
        Style::Brief => 5,
        Style::Detailed => 12,
        Style::Bullets => 15,
        Style::Chapters => 8,
    }
}

/// Plain text of one line: no control or direction characters, no URL, white
/// space in single blanks, at most `longest` characters. May be empty.
pub(crate) fn text(raw: &str, longest: usize) -> String {
    let clean: String = raw.chars().map(|it| if it.is_control() { ' ' } else { it }).collect();
    let clean: String = clean.chars().filter(|it| !is_invisible(*it)).collect();
    let words: Vec<&str> = without_urls(&clean);
    shortened(&words.join(" "), longest)
}

/// Characters that turn the direction of the text around them, or hide in it.
pub(crate) fn is_invisible(char: char) -> bool {
    matches!(char, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}')
        || matches!(char, '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fffd}')
}

/// The words that are no link. A model has no reason to write one, and a
/// transcript may hold one that somebody wants clicked.
fn without_urls(text: &str) -> Vec<&str> {
    text.split_whitespace().filter(|it| !is_url(it)).collect()
}

pub(crate) fn is_url(word: &str) -> bool {
    let word = word.trim_start_matches(|it: char| !it.is_alphanumeric()).to_ascii_lowercase();
    word.contains("://") || word.starts_with("www.")
}

/// The first of `titles` that says something, else the beginning of `text`.
pub(crate) fn title(titles: &[&str], text: &str) -> String {
    let mut clean = titles.iter().map(|it| self::text(it, LONGEST_TITLE));
    clean.find(|it| !it.is_empty()).unwrap_or_else(|| shortened(text, LONGEST_MADE_UP))
}

/// At most `longest` characters, cut between words where there are any.
pub(crate) fn shortened(text: &str, longest: usize) -> String {
    let Some((cut, _)) = text.char_indices().nth(longest) else { return text.to_owned() };
    let end = text.char_indices().nth(longest - 1).map_or(cut, |(at, _)| at);
    let kept = &text[..end];
    let word = kept.rfind(' ').filter(|it| *it > kept.len() / 2);
    format!("{}…", word.map_or(kept, |it| &kept[..it]).trim_end_matches([' ', ',', ';', ':']))
}

/// Points from seconds and texts: inside `[start, end)`, in order, each text
/// once.
///
/// Models now and then count from the start of the segment instead of the
/// video (googleapis/python-genai issue 1359). If every time is shorter than
/// the segment, and one lies before it, all of them are taken to be of that kind.
pub(crate) fn points(found: Vec<(f64, &str)>, within: Range<Duration>) -> Vec<KeyPoint> {
    let (start, end) = (within.start.as_secs_f64(), within.end.as_secs_f64());
    let relative = found.iter().all(|(at, _)| *at < end - start)
        && found.iter().any(|(at, _)| at.floor() < start.floor());
    let offset = if relative { start } else { 0.0 };
    let points = found.into_iter().map(|(at, it)| KeyPoint {
        start: clamped(at + offset, &within),
        text: text(it, LONGEST_POINT),
    });
    evenly(ordered(points.collect()), MOST_POINTS)
}

/// At most `most` of the items, from beginning to end at even distances.
pub(crate) fn evenly<T>(items: Vec<T>, most: usize) -> Vec<T> {
    let all = items.len();
    if all <= most {
        return items;
    }
    let wanted = |at: usize| at * most / all != (at + 1) * most / all;
    items.into_iter().enumerate().filter(|(at, _)| wanted(*at)).map(|(_, it)| it).collect()
}

/// In order of time, without empty texts and repetitions.
pub(crate) fn ordered(mut points: Vec<KeyPoint>) -> Vec<KeyPoint> {
    points.sort_by_key(|it| it.start);
    let mut seen = HashSet::new();
    points.retain(|it| !it.text.is_empty() && seen.insert(it.text.to_lowercase()));
    points
}

fn clamped(seconds: f64, within: &Range<Duration>) -> Duration {
    let time = Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or(Duration::MAX);
    let last = within.end.saturating_sub(Duration::from_millis(1)).max(within.start);
    time.clamp(within.start, last)
}

/// Sentences in a row, with a space between them where their script has one.
pub(crate) fn in_a_row<'a>(sentences: impl IntoIterator<Item = &'a str>) -> String {
    let mut text = String::new();
    for sentence in sentences {
        if !text.is_empty() && !text.ends_with(is_unspaced) {
            text.push(' ');
        }
        text.push_str(sentence);
    }
    text
}

/// Characters of the scripts that write no blanks between words: Han, kana,
/// Thai, Lao, Khmer, Burmese.
pub(crate) fn is_unspaced(char: char) -> bool {
    matches!(char, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}')
        || matches!(char, '\u{3000}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}')
        || matches!(char, '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{points, shortened, text};

    #[track_caller]
    fn check(within: (u64, u64), times: &[f64], expected: &[u128]) {
        let texts: Vec<String> = (0..times.len()).map(|it| format!("point {it}")).collect();
        let found = times.iter().copied().zip(texts.iter().map(String::as_str)).collect();
        let within = Duration::from_secs(within.0)..Duration::from_secs(within.1);
        let actual: Vec<u128> =
            points(found, within).iter().map(|it| it.start.as_millis()).collect();
        assert_eq!(actual, expected, "{times:?}");
    }

    #[test]
    fn times_lie_inside_their_segment() {
        check((0, 600), &[0.0, 599.5, 600.0, 9e9], &[0, 599_500, 599_999, 599_999]);
        check((600, 1200), &[700.0, 600.0], &[600_000, 700_000]);
        check((600, 1200), &[0.0, 30.0, 599.0], &[600_000, 630_000, 1_199_000]);
        check((600, 1200), &[30.0, 700.0], &[600_000, 700_000]);
        check((300, 900), &[320.0, 400.0], &[320_000, 400_000]);
        check((300, 900), &[20.0, 400.0], &[320_000, 700_000]);
        check((600, 600), &[0.0], &[600_000]);
        check((0, 600), &[-5.0, f64::NAN], &[0, 0]);
        check((600, 1200), &[], &[]);
    }

    #[test]
    fn empty_and_repeated_points_go() {
        let found = vec![(3.0, "Same."), (1.0, " "), (2.0, "same."), (4.0, "https://x.example")];
        let points = points(found, Duration::ZERO..Duration::from_secs(9));
        let texts: Vec<&str> = points.iter().map(|it| it.text.as_str()).collect();
        assert_eq!(texts, ["same."]);
    }

    #[test]
    fn texts_are_plain_and_bounded() {
        assert_eq!(text(" a\u{0}b\n\tc \u{202e}d ", 99), "a b c d");
        assert_eq!(text("See https://a.example/x?y (www.b.example) now", 99), "See now");
        assert_eq!(text("می‌خواهم", 99), "می‌خواهم");
        assert_eq!(shortened("one two three", 13), "one two three");
        assert_eq!(shortened("one two three", 12), "one two…");
        assert_eq!(shortened("一二三四五", 3), "一二…");
    }
}
