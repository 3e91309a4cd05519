//! From a file of `prose/` to sections and sentences.

use super::{Section, Talk};

/// Reads `title:`, `language:`, `minutes:`, a blank line, then `# Chapter` lines
/// and paragraphs of one line each.
///
/// # Panics
///
/// If the header is not complete; the talks are part of this crate.
pub(super) fn talk(name: &'static str, source: &'static str) -> Talk {
    let (header, text) = source.split_once("\n\n").expect("a talk is a header and a text");
    let field = |key: &str| {
        let value = header.lines().find_map(|line| line.strip_prefix(key));
        value.expect("the header names title, language and minutes").trim()
    };
    let minutes = field("minutes:").parse().expect("minutes are a number");
    let (title, language) = (field("title:"), field("language:"));
    Talk { name, title, language, minutes, sections: sections(text) }
}

fn sections(text: &'static str) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    for line in text.lines().map(str::trim).filter(|it| !it.is_empty()) {
        if let Some(title) = line.strip_prefix('#') {
            sections.push(Section { title: Some(title.trim()), sentences: Vec::new() });
        } else if let Some(section) = sections.last_mut() {
            section.sentences.extend(sentences(line));
        } else {
            sections.push(Section { title: None, sentences: sentences(line) });
        }
    }
    sections
}

/// Splits a paragraph after `.`, `!`, `?` and their relatives in other scripts,
/// together with the quotation marks that close there.
pub(crate) fn sentences(paragraph: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut chars = paragraph.char_indices().peekable();
    while let Some((at, char)) = chars.next() {
        if !ends_sentence(char) {
            continue;
        }
        let mut end = at + char.len_utf8();
        while let Some((at, closing)) = chars.next_if(|(_, it)| ends_sentence(*it) || closes(*it)) {
            end = at + closing.len_utf8();
        }
        let full_width = char.len_utf8() > 2;
        if full_width || breaks(&paragraph[start..at], &paragraph[end..], char) {
            found.push(paragraph[start..end].trim());
            start = end;
        }
    }
    found.push(paragraph[start..].trim());
    found.retain(|it| !it.is_empty());
    found
}

fn ends_sentence(char: char) -> bool {
    matches!(char, '.' | '!' | '?' | '。' | '！' | '？' | '।' | '؟')
}

fn closes(char: char) -> bool {
    matches!(char, '"' | '\'' | '”' | '’' | '“' | '»' | '」' | '』' | ')' | '）')
}

/// A full stop is none after a number or a single letter (`19. Jahrhundert`,
/// `z. B.`), inside a number, or where the next word goes on in lower case.
fn breaks(before: &str, after: &str, mark: char) -> bool {
    let Some(next) = after.trim_start().chars().next() else { return true };
    if !after.starts_with(char::is_whitespace) || next.is_lowercase() {
        return false;
    }
    let word = before.rsplit(char::is_whitespace).next().unwrap_or_default();
    let ordinal = !word.is_empty() && word.chars().all(|it| it.is_ascii_digit()) && word.len() < 3;
    mark != '.' || !(ordinal || word.chars().count() == 1)
}

#[cfg(test)]
mod tests {
    use super::{sentences, talk};

    #[track_caller]
    fn check(paragraph: &str, expected: &[&str]) {
        assert_eq!(sentences(paragraph), expected);
    }

    #[test]
    fn a_sentence_ends_with_its_mark() {
        check("One. Two! Three? Four", &["One.", "Two!", "Three?", "Four"]);
        check("Pi is 3.14 here. Really.", &["Pi is 3.14 here.", "Really."]);
        check("He said “stop.” Then he left.", &["He said “stop.”", "Then he left."]);
        check("Im 19. Jahrhundert, z. B. hier. Ja.", &["Im 19. Jahrhundert, z. B. hier.", "Ja."]);
        check("今日は。「そう。」と言った。", &["今日は。", "「そう。」", "と言った。"]);
        check("पहला वाक्य। दूसरा वाक्य।", &["पहला वाक्य।", "दूसरा वाक्य।"]);
        check("", &[]);
    }

    #[test]
    fn chapters_hold_the_paragraphs_under_them() {
        let talk = talk(
            "t",
            "title: T\nlanguage: en\nminutes: 4\n\n# A\nOne. Two.\n\nThree.\n# B\nFour.\n",
        );
        assert_eq!((talk.title, talk.language, talk.minutes), ("T", "en", 4));
        let titles: Vec<_> = talk.sections.iter().map(|it| it.title.unwrap()).collect();
        assert_eq!(titles, ["A", "B"]);
        assert_eq!(talk.sections[0].sentences, ["One.", "Two.", "Three."]);
    }
}
