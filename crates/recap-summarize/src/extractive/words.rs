//! The words of a text, and the terms by which two texts are compared.

use foldhash::{HashMap, HashMapExt as _};
use unicode_segmentation::UnicodeSegmentation;

use super::lexicon::Lexicon;
use crate::tidy::is_unspaced;

/// Longer words are cut: `filter`, `filters` and `filtering` become one term,
/// in most languages that inflect at the end.
const STEM: usize = 6;

/// Where a word begins, in bytes, and the word.
pub(super) type Word<'a> = (usize, &'a str);

/// As Unicode has them; a run of ASCII, which most text is, is cut by hand.
pub(super) fn words(text: &str) -> Vec<Word<'_>> {
    let mut found = Vec::with_capacity(text.len() / 5);
    let mut from = 0;
    for piece in text.split_ascii_whitespace() {
        // Pieces come in order, each behind the one before.
        let at = from + text[from..].find(|it: char| !it.is_ascii_whitespace()).unwrap_or_default();
        from = at + piece.len();
        if piece.is_ascii() {
            ascii_words(piece, at, &mut found);
        } else {
            found.extend(piece.unicode_word_indices().map(|(inner, word)| (at + inner, word)));
        }
    }
    found
}

fn ascii_words<'a>(piece: &'a str, at: usize, found: &mut Vec<Word<'a>>) {
    let bytes = piece.as_bytes();
    let mut start = None;
    for (here, byte) in bytes.iter().enumerate() {
        match start {
            None if is_letter(*byte) => start = Some(here),
            Some(first) if !is_letter(*byte) && !joins(bytes, here) => {
                found.push((at + first, &piece[first..here]));
                start = None;
            }
            _ => {}
        }
    }
    if let Some(first) = start {
        found.push((at + first, &piece[first..]));
    }
}

fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// `don't` and `e.g` are one word, and so is `4,200.5`.
fn joins(bytes: &[u8], at: usize) -> bool {
    let (before, after) = (bytes[at - 1], bytes.get(at + 1).copied().unwrap_or_default());
    match bytes[at] {
        b'\'' | b'.' if before.is_ascii_alphabetic() => after.is_ascii_alphabetic(),
        b'\'' | b'.' | b',' => before.is_ascii_digit() && after.is_ascii_digit(),
        _ => false,
    }
}

/// Terms, each with a number of its own.
///
/// Words of scripts with blanks, folded and cut to a stem; of scripts without,
/// pairs of neighbouring characters. Korean words, whose endings change, count
/// as pairs, too. Stop words are no terms.
#[derive(Debug)]
pub(super) struct Vocabulary<'a> {
    lexicon: &'a Lexicon,
    numbers: HashMap<String, u32>,
    /// A word on its way to become a term.
    bare: String,
    /// Characters of a script without blanks.
    run: Vec<char>,
}

impl<'a> Vocabulary<'a> {
    pub(super) fn new(lexicon: &'a Lexicon) -> Self {
        let numbers = HashMap::with_capacity(512);
        Self { lexicon, numbers, bare: String::new(), run: Vec::new() }
    }

    /// How many terms there are so far.
    pub(super) fn len(&self) -> usize {
        self.numbers.len()
    }

    /// The terms of a text, in order.
    pub(super) fn terms(&mut self, words: &[Word<'_>]) -> Vec<u32> {
        let mut found = Vec::with_capacity(words.len());
        let mut end = 0;
        for (at, word) in words {
            // No pair reaches over a comma.
            if *at != end {
                self.flush(&mut found);
            }
            end = at + word.len();
            let first = word.chars().next().unwrap_or_default();
            if is_unspaced(first) {
                self.run.extend(word.chars());
                continue;
            }
            self.flush(&mut found);
            if is_hangul(first) {
                self.run.extend(word.chars());
                self.flush(&mut found);
            } else if self.stem(word) {
                found.push(self.number());
            }
        }
        self.flush(&mut found);
        found
    }

    /// Pairs of the run. Japanese endings and particles are hiragana; a pair of
    /// them says nothing.
    fn flush(&mut self, found: &mut Vec<u32>) {
        for at in 1..self.run.len() {
            let pair = [self.run[at - 1], self.run[at]];
            self.bare.clear();
            self.bare.extend(pair);
            if !pair.iter().all(|it| is_hiragana(*it)) && !self.lexicon.is_stop_word(&self.bare) {
                found.push(self.number());
            }
        }
        self.run.clear();
    }

    /// Makes a stem of the word, if it has one.
    fn stem(&mut self, word: &str) -> bool {
        fold(word, &mut self.bare);
        let number = self.bare.starts_with(|it: char| it.is_ascii_digit());
        let short = self.bare.len() < 2 || self.bare.chars().nth(1).is_none();
        if (short && !number) || self.lexicon.is_stop_word(&self.bare) {
            return false;
        }
        if self.bare.len() < word.len() && self.lexicon.is_stop_word(&word.to_lowercase()) {
            return false;
        }
        if self.bare.ends_with('s') && self.bare.chars().nth(3).is_some() {
            self.bare.pop();
        }
        if let Some((end, _)) = self.bare.char_indices().nth(STEM) {
            self.bare.truncate(end);
        }
        true
    }

    fn number(&mut self) -> u32 {
        if let Some(number) = self.numbers.get(&self.bare) {
            return *number;
        }
        let number = u32::try_from(self.numbers.len()).unwrap_or(u32::MAX);
        self.numbers.insert(self.bare.clone(), number);
        number
    }
}

/// Whether it is a stop word, with its article or without.
pub(super) fn says_nothing(word: &str, lexicon: &Lexicon) -> bool {
    let mut bare = String::new();
    fold(word, &mut bare);
    lexicon.is_stop_word(&bare) || lexicon.is_stop_word(&word.to_lowercase())
}

/// Lower case, without Arabic vowel signs and article, and of `l’eau` or
/// `don’t` the longer part.
fn fold(word: &str, bare: &mut String) {
    bare.clear();
    if word.is_ascii() {
        let part = if word.contains('\'') {
            word.split('\'').max_by_key(|it| it.len()).unwrap_or(word)
        } else {
            word
        };
        bare.push_str(part);
        bare.make_ascii_lowercase();
        return;
    }
    let parts = word.split(['\'', '’']);
    let word = parts.max_by_key(|it| it.len()).unwrap_or(word);
    let plain = word.chars().filter(|it| !matches!(it, '\u{64b}'..='\u{652}' | '\u{640}'));
    bare.extend(plain.flat_map(char::to_lowercase));
    let article = ["وال", "بال", "كال", "ال", "لل"].into_iter().find(|it| bare.starts_with(it));
    if let Some(article) = article
        && bare[article.len()..].chars().count() > 2
    {
        bare.drain(..article.len());
    }
}

/// How long a text is to read, in words of a language with blanks: two
/// characters without blanks count as a word.
pub(super) fn length(words: &[Word<'_>]) -> usize {
    let halves = |word: &str| if word.starts_with(is_unspaced) { word.chars().count() } else { 2 };
    words.iter().map(|it| halves(it.1)).sum::<usize>().div_ceil(2)
}

fn is_hiragana(char: char) -> bool {
    matches!(char, '\u{3041}'..='\u{309f}')
}

pub(super) fn is_hangul(char: char) -> bool {
    matches!(char, '\u{ac00}'..='\u{d7a3}')
}

#[cfg(test)]
mod tests {
    use unicode_segmentation::UnicodeSegmentation;

    use super::super::lexicon::Lexicon;
    use super::{Vocabulary, length, words};

    #[track_caller]
    fn check(language: &str, text: &str, expected: &[&str]) {
        let lexicon = Lexicon::of(language);
        let mut vocabulary = Vocabulary::new(&lexicon);
        let terms = vocabulary.terms(&words(text));
        let text_of = |number: &u32| {
            let found = vocabulary.numbers.iter().find(|it| it.1 == number);
            found.unwrap().0.as_str()
        };
        assert_eq!(terms.iter().map(text_of).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn every_script_has_terms() {
        check("en", "The filters, filtering 4.2 gallons.", &["filter", "filter", "4.2", "gallon"]);
        check("en", "Don't they? The baker's loaf isn't…", &["baker", "loaf"]);
        check("de", "Die Königin regiert.", &["königi", "regier"]);
        check("ja", "和紙の繊維です", &["和紙", "紙の", "の繊", "繊維", "維で"]);
        check("zh", "茶树喜欢", &["茶树", "树喜", "喜欢"]);
        check("ko", "김치는", &["김치", "치는"]);
        check("ar", "النخلة والنخلة", &["نخلة", "نخلة"]);
        check("xx", "", &[]);
    }

    #[test]
    fn words_are_those_of_unicode() {
        for text in [
            "It's 4,200.5 m (e.g. here) – don't.",
            "  U.S. a_b 3-4 “quoted” l’eau naïve x86 ... end",
            "和紙の strong 繊維, 김치는 'single' 5th 1.a a.1",
        ] {
            assert_eq!(words(text), text.unicode_word_indices().collect::<Vec<_>>(), "{text}");
        }
    }

    #[test]
    fn two_characters_without_blanks_count_as_a_word() {
        assert_eq!(length(&words("Water falls on the hills.")), 5);
        assert_eq!(length(&words("和紙の繊維です")), 4);
    }
}
