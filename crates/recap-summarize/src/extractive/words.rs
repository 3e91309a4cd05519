//! The terms of a text, in any script.

use unicode_segmentation::UnicodeSegmentation;

use super::lexicon::Lexicon;
use crate::tidy::is_unspaced;

/// Longer words are cut: `filter`, `filters` and `filtering` become one term,
/// in most languages that inflect at the end.
const STEM: usize = 6;

/// The terms by which two texts are compared.
///
/// Words of scripts with blanks, folded and cut to a stem; of scripts without,
/// pairs of neighbouring characters. Korean words, whose endings change, count
/// as pairs, too.
pub(super) fn terms(text: &str, lexicon: &Lexicon) -> Vec<String> {
    let mut found = Vec::new();
    let mut run: Vec<char> = Vec::new();
    let mut end = 0;
    for (at, word) in text.unicode_word_indices() {
        // No pair reaches over a comma.
        if at != end {
            flush(&mut run, lexicon, &mut found);
        }
        end = at + word.len();
        let first = word.chars().next().unwrap_or_default();
        if is_unspaced(first) {
            run.extend(word.chars());
            continue;
        }
        flush(&mut run, lexicon, &mut found);
        if is_hangul(first) {
            run.extend(word.chars());
            flush(&mut run, lexicon, &mut found);
        } else {
            found.extend(stem(word, lexicon));
        }
    }
    flush(&mut run, lexicon, &mut found);
    found
}

/// Pairs of the run. Japanese endings and particles are hiragana; a pair of
/// them says nothing.
fn flush(run: &mut Vec<char>, lexicon: &Lexicon, found: &mut Vec<String>) {
    let pairs = run.windows(2).filter(|it| !it.iter().all(|it| is_hiragana(*it)));
    let pairs = pairs.map(|it| it.iter().collect::<String>());
    found.extend(pairs.filter(|it| !lexicon.is_stop_word(it)));
    run.clear();
}

fn stem(word: &str, lexicon: &Lexicon) -> Option<String> {
    let bare = folded(word);
    let length = bare.chars().count();
    let number = bare.starts_with(|it: char| it.is_ascii_digit());
    if says_nothing(word, lexicon) || (length < 2 && !number) {
        return None;
    }
    let plural = bare.strip_suffix('s').filter(|_| length > 3);
    Some(plural.unwrap_or(&bare).chars().take(STEM).collect())
}

/// Whether it is a stop word, with its article or without.
pub(super) fn says_nothing(word: &str, lexicon: &Lexicon) -> bool {
    lexicon.is_stop_word(&word.to_lowercase()) || lexicon.is_stop_word(&folded(word))
}

/// Lower case, without Arabic vowel signs and article, and of `l’eau` or
/// `don’t` the longer part.
pub(super) fn folded(word: &str) -> String {
    let parts = word.split(['\'', '’']);
    let word = parts.max_by_key(|it| it.len()).unwrap_or(word);
    let plain = word.chars().filter(|it| !matches!(it, '\u{64b}'..='\u{652}' | '\u{640}'));
    let word: String = plain.flat_map(char::to_lowercase).collect();
    let bare = ["وال", "بال", "كال", "ال", "لل"].iter().find_map(|it| word.strip_prefix(it));
    bare.filter(|it| it.chars().count() > 2).map(str::to_owned).unwrap_or(word)
}

/// How long a text is to read, in words of a language with blanks.
pub(super) fn length(text: &str) -> usize {
    let halves: usize = text
        .unicode_words()
        .map(|it| if it.starts_with(is_unspaced) { it.chars().count() } else { 2 })
        .sum();
    halves.div_ceil(2)
}

fn is_hiragana(char: char) -> bool {
    matches!(char, '\u{3041}'..='\u{309f}')
}

pub(super) fn is_hangul(char: char) -> bool {
    matches!(char, '\u{ac00}'..='\u{d7a3}')
}

#[cfg(test)]
mod tests {
    use super::super::lexicon::Lexicon;
    use super::{length, terms};

    #[track_caller]
    fn check(language: &str, text: &str, expected: &[&str]) {
        assert_eq!(terms(text, &Lexicon::of(language)), expected);
    }

    #[test]
    fn every_script_has_terms() {
        check("en", "The filters, filtering 4.2 gallons.", &["filter", "filter", "4.2", "gallon"]);
        check("de", "Die Königin regiert.", &["königi", "regier"]);
        check("ja", "和紙の繊維です", &["和紙", "紙の", "の繊", "繊維", "維で"]);
        check("zh", "茶树喜欢", &["茶树", "树喜", "喜欢"]);
        check("ko", "김치는", &["김치", "치는"]);
        check("ar", "النخلة والنخلة", &["نخلة", "نخلة"]);
        check("xx", "", &[]);
    }

    #[test]
    fn two_characters_without_blanks_count_as_a_word() {
        assert_eq!(length("Water falls on the hills."), 5);
        assert_eq!(length("和紙の繊維です"), 4);
    }
}
