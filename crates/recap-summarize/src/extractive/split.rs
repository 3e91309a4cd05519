//! Where sentences end, in any script with punctuation.

use std::ops::Range;

use super::lexicon::Lexicon;

/// The sentences of `text` in order; white space between them is left out.
pub(super) fn sentences(text: &str, lexicon: &Lexicon) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, mark)) = chars.next() {
        if !is_end(mark) {
            continue;
        }
        let mut end = at + mark.len_utf8();
        let mut closed = false;
        while let Some((at, next)) = chars.next_if(|(_, it)| is_end(*it) || is_closing(*it)) {
            closed |= is_closing(next);
            end = at + next.len_utf8();
        }
        // French puts a blank before the closing quotation mark.
        if let Some(quoted) = text[end..].strip_prefix([' ', '\u{a0}', '\u{202f}'])
            && quoted.starts_with('»')
        {
            end = text.len() - quoted.len() + '»'.len_utf8();
            closed = true;
        }
        if ends(&text[start..at], mark, closed, &text[end..], lexicon) {
            found.push(trimmed(text, start..end));
            start = end;
        }
    }
    found.push(trimmed(text, start..text.len()));
    found.retain(|it| !it.is_empty());
    found
}

fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let piece = &text[range.clone()];
    let start = range.start + (piece.len() - piece.trim_start().len());
    start..start + piece.trim().len()
}

fn is_end(char: char) -> bool {
    is_wide(char)
        || matches!(char, '.' | '!' | '?' | '…' | '؟' | '۔' | '।' | '॥' | '։' | '።' | '။' | '។')
}

/// Full-width marks: no blank follows them.
fn is_wide(char: char) -> bool {
    matches!(char, '。' | '！' | '？' | '｡' | '．')
}

fn is_closing(char: char) -> bool {
    matches!(char, '"' | '\'' | '”' | '’' | '“' | '»' | '」' | '』' | ')' | '）' | ']' | '》')
}

fn ends(before: &str, mark: char, closed: bool, after: &str, lexicon: &Lexicon) -> bool {
    let Some(next) = after.trim_start().chars().next() else { return true };
    if is_wide(mark) {
        // 「そう。」と言った goes on, with the particle after the quotation.
        return !(closed && matches!(next, '\u{3041}'..='\u{309f}'));
    }
    // Not inside 4.2 or example.org, and not where the sentence goes on in lower case.
    if !after.starts_with(char::is_whitespace) || next.is_lowercase() {
        return false;
    }
    mark != '.' || closed || !is_abbreviation(before, lexicon)
}

/// `Dr.`, `z. B.`, the initial of a name, and `19.` where that means "19th".
fn is_abbreviation(before: &str, lexicon: &Lexicon) -> bool {
    let word = before.rsplit(char::is_whitespace).next().unwrap_or_default();
    let word = word.trim_start_matches(|it: char| !it.is_alphanumeric()).to_lowercase();
    let digits = !word.is_empty() && word.chars().all(|it| it.is_ascii_digit());
    let letter = word.chars().count() == 1 && !digits;
    (digits && word.len() < 3 && lexicon.ordinal_dots)
        || (letter && word.is_ascii())
        || lexicon.abbreviations.contains(&word.as_str())
}

#[cfg(test)]
mod tests {
    use super::super::lexicon::Lexicon;
    use super::sentences;

    #[track_caller]
    fn check(language: &str, text: &str, expected: &[&str]) {
        let found = sentences(text, &Lexicon::of(language));
        let found: Vec<&str> = found.into_iter().map(|it| &text[it]).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn latin_sentences_end_with_a_mark_a_blank_and_a_capital() {
        check("en", "One. Two! Three? Four", &["One.", "Two!", "Three?", "Four"]);
        check(
            "en",
            "It takes 4.2 litres. See a.b for it.",
            &["It takes 4.2 litres.", "See a.b for it."],
        );
        check(
            "en",
            "Dr. Snow, e.g. John, knew. So did J. Bell.",
            &["Dr. Snow, e.g. John, knew.", "So did J. Bell."],
        );
        check(
            "en",
            "“Stop!” he said. “Go.” Then he left.",
            &["“Stop!” he said.", "“Go.”", "Then he left."],
        );
        check("en", "Wait… what? It was 19. Then 20.", &["Wait… what?", "It was 19.", "Then 20."]);
        check(
            "de",
            "Im 19. Jahrhundert, z. B. hier. Ja.",
            &["Im 19. Jahrhundert, z. B. hier.", "Ja."],
        );
        check("fr", "M. Dupont est là. « Oui. » Bon.", &["M. Dupont est là.", "« Oui. »", "Bon."]);
    }

    #[test]
    fn other_scripts_have_marks_of_their_own() {
        check("ja", "今日は。「そう。」と言った。", &["今日は。", "「そう。」と言った。"]);
        check("zh", "茶树喜欢温暖！为什么？因为。", &["茶树喜欢温暖！", "为什么？", "因为。"]);
        check("hi", "पहला वाक्य। दूसरा वाक्य।", &["पहला वाक्य।", "दूसरा वाक्य।"]);
        check("ar", "لماذا؟ لأنها شجرة. نعم.", &["لماذا؟", "لأنها شجرة.", "نعم."]);
        check("ko", "안녕하세요. 김치입니다.", &["안녕하세요.", "김치입니다."]);
        check("th", "น้ำตกจากฟ้า และไหล", &["น้ำตกจากฟ้า และไหล"]);
        check("en", "  ", &[]);
    }
}
