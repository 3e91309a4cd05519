//! A title for a part of a video: the phrases that keep coming back in it.

use foldhash::{HashMap, HashMapExt as _};

use super::lexicon::Lexicon;
use super::sentences::Sentence;
use super::weigh::as_f64;
use super::words::{Vocabulary, Word, is_hangul, says_nothing, words};
use crate::tidy::is_unspaced;

/// A title names this many phrases at most.
const PHRASES: usize = 3;
/// Characters of a phrase in a script without blanks; of the others, two words.
const CHARACTERS: std::ops::RangeInclusive<usize> = 2..=5;
/// Stands where a phrase has no further term.
const NONE: u32 = u32::MAX;

/// The terms of a phrase, to tell `water tower` from `towers`.
type Key = [u32; 4];

/// A phrase, as it first stands in the text.
#[derive(Clone, Copy, Debug)]
struct Phrase<'a> {
    /// One part, or two with a blank between them.
    parts: [&'a str; 2],
    key: Key,
    /// It begins with a capital that does not begin the sentence.
    capital: bool,
    /// Sentences it stands in, and the last of them.
    count: usize,
    last: usize,
}

/// `Water tower · pressure · leaks`; `None` if nothing comes back.
///
/// What the whole video is about tells nothing of one part of it.
pub(super) fn title(
    sentences: &[Sentence<'_>],
    video: &str,
    vocabulary: &mut Vocabulary<'_>,
    lexicon: &Lexicon,
) -> Option<String> {
    let known = vocabulary.terms(&words(video));
    // Speech recognition may write no capitals at all.
    let capitals = sentences.iter().any(|it| it.raw.chars().skip(1).any(char::is_uppercase));
    let nouns = lexicon.capital_nouns && capitals;
    let mut phrases = counted(sentences, vocabulary, lexicon);
    phrases.retain(|it| {
        let noun = !nouns || it.parts[0].starts_with(char::is_uppercase);
        it.count > 1 && noun && !terms(&it.key).all(|it| known.contains(&it))
    });
    phrases.sort_by(|a, b| worth(b).total_cmp(&worth(a)));
    let mut chosen: Vec<Phrase<'_>> = Vec::new();
    for phrase in phrases {
        let told = chosen.iter().any(|it| terms(&it.key).any(|it| phrase.key.contains(&it)));
        if !told && chosen.len() < PHRASES {
            chosen.push(phrase);
        }
    }
    let texts: Vec<String> = chosen.iter().map(text).collect();
    let title = texts.join(" · ");
    let mut chars = title.chars();
    let first = chars.next()?;
    Some(first.to_uppercase().collect::<String>() + chars.as_str())
}

fn terms(key: &Key) -> impl Iterator<Item = u32> {
    key.iter().copied().filter(|it| *it != NONE)
}

fn text(phrase: &Phrase<'_>) -> String {
    phrase.parts.join(" ").trim_end().to_owned()
}

/// Often said, and in more than one word; a phrase of two words that comes
/// twice is worth a word that comes four times.
fn worth(phrase: &Phrase<'_>) -> f64 {
    let length = text(phrase).chars().count().min(12);
    // A name, or any noun in German.
    let capital = if phrase.capital { 1.5 } else { 1.0 };
    as_f64(phrase.count)
        * (1.0 + as_f64(terms(&phrase.key).count()))
        * (1.0 + as_f64(length) / 12.0)
        * capital
}

/// In order of their first appearance.
fn counted<'a>(
    sentences: &[Sentence<'a>],
    vocabulary: &mut Vocabulary<'_>,
    lexicon: &Lexicon,
) -> Vec<Phrase<'a>> {
    let mut numbers: HashMap<Key, usize> = HashMap::new();
    let mut found: Vec<Phrase<'a>> = Vec::new();
    let mut candidates = Vec::new();
    for (at, sentence) in sentences.iter().enumerate() {
        candidates.clear();
        spaced(sentence.words, vocabulary, lexicon, &mut candidates);
        unspaced(sentence, vocabulary, lexicon, &mut candidates);
        for candidate in &candidates {
            let number = *numbers.entry(candidate.key).or_insert(found.len());
            if number == found.len() {
                found.push(*candidate);
            }
            let phrase = &mut found[number];
            phrase.capital |= candidate.capital;
            if phrase.count == 0 || phrase.last != at {
                (phrase.count, phrase.last) = (phrase.count + 1, at);
            }
        }
    }
    found
}

/// Words that tell something, and pairs of them.
fn spaced<'a>(
    words: &[Word<'a>],
    vocabulary: &mut Vocabulary<'_>,
    lexicon: &Lexicon,
    found: &mut Vec<Phrase<'a>>,
) {
    let mut before: Option<(usize, Phrase<'a>)> = None;
    for (at, (start, word)) in words.iter().enumerate() {
        let key = telling(word, lexicon).and_then(|it| Some((it, key(it, vocabulary)?)));
        let Some((bare, key)) = key else {
            before = None;
            continue;
        };
        let capital = at > 0 && bare.starts_with(char::is_uppercase);
        let phrase = Phrase { parts: [bare, ""], key, capital, count: 0, last: 0 };
        found.push(phrase);
        // Words of one phrase have a single blank between them, or none at all.
        if let Some((end, first)) = before
            && *start <= end + 1
            && first.key[2] == NONE
            && phrase.key[2] == NONE
        {
            let mut key = [first.key[0], first.key[1], phrase.key[0], phrase.key[1]];
            key.sort_unstable_by_key(|it| *it == NONE);
            found.push(Phrase { parts: [first.parts[0], bare], key, ..first });
        }
        before = Some((start + word.len(), phrase));
    }
}

/// Runs of characters of a script without blanks.
fn unspaced<'a>(
    sentence: &Sentence<'a>,
    vocabulary: &mut Vocabulary<'_>,
    lexicon: &Lexicon,
    found: &mut Vec<Phrase<'a>>,
) {
    let words = sentence.words;
    for first in 0..words.len() {
        let mut end = words[first].0;
        for (start, word) in &words[first..words.len().min(first + CHARACTERS.end())] {
            if *start != end || !word.chars().all(may_stand) {
                break;
            }
            end = start + word.len();
            let phrase = &sentence.raw[words[first].0 - sentence.at..end - sentence.at];
            let says_nothing = lexicon.is_stop_word(phrase)
                || phrase.chars().any(|it| lexicon.is_stop_word(it.encode_utf8(&mut [0; 4])));
            if !CHARACTERS.contains(&phrase.chars().count()) || says_nothing {
                continue;
            }
            if let Some(key) = key(phrase, vocabulary) {
                found.push(Phrase { parts: [phrase, ""], key, capital: false, count: 0, last: 0 });
            }
        }
    }
}

/// Hiragana would be endings and particles.
fn may_stand(char: char) -> bool {
    is_unspaced(char) && !matches!(char, '\u{3041}'..='\u{309f}')
}

/// `None` for a phrase that has no term, or more than there is room for.
fn key(phrase: &str, vocabulary: &mut Vocabulary<'_>) -> Option<Key> {
    let terms = vocabulary.terms(&[(0, phrase)]);
    let mut key = [NONE; 4];
    key.get_mut(..terms.len()).filter(|it| !it.is_empty())?.copy_from_slice(&terms);
    Some(key)
}

/// The word as a title would have it; `None` if it would have none.
fn telling<'a>(word: &'a str, lexicon: &Lexicon) -> Option<&'a str> {
    if word.starts_with(is_unspaced) {
        return None;
    }
    let bare = bare(word);
    let shortest = if bare.starts_with(is_hangul) { 2 } else { 4 };
    let tells = bare.chars().nth(shortest - 1).is_some() && bare.starts_with(char::is_alphabetic);
    let stripped = bare.len() < word.len();
    (tells && !says_nothing(bare, lexicon) && !(stripped && says_nothing(word, lexicon)))
        .then_some(bare)
}

/// Without what is written together with it: a French article, the Arabic
/// "and", a Korean particle. Korean verbs end like no noun does, and are none.
fn bare(word: &str) -> &str {
    if word.starts_with(is_hangul) {
        let verb = word
            .ends_with(['다', '고', '면', '며', '서', '요', '한', '할', '된', '는', '은'])
            && word.chars().count() > 3;
        let noun = word
            .strip_suffix(['은', '는', '이', '가', '을', '를', '의', '에', '도', '로', '과', '와']);
        return if verb { "" } else { noun.filter(|it| it.chars().count() > 1).unwrap_or(word) };
    }
    if word.starts_with("وال") {
        return &word['و'.len_utf8()..];
    }
    match word.split_once(['\'', '’']) {
        Some((article, noun)) if article.chars().count() < 3 => noun,
        _ => word,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::lexicon::Lexicon;
    use super::super::sentences::Sentence;
    use super::super::words::{Vocabulary, words};
    use super::title;

    #[track_caller]
    fn check(language: &str, texts: &[&str], expected: Option<&str>) {
        let lexicon = Lexicon::of(language);
        let words: Vec<_> = texts.iter().map(|it| words(it)).collect();
        let sentence =
            |(raw, words)| Sentence { start: Duration::ZERO, raw, at: 0, words, edges: 2 };
        let words = words.iter().map(Vec::as_slice);
        let sentences: Vec<_> = texts.iter().copied().zip(words).map(sentence).collect();
        let mut vocabulary = Vocabulary::new(&lexicon);
        let found = title(&sentences, "From rain to tap", &mut vocabulary, &lexicon);
        assert_eq!(found.as_deref(), expected);
    }

    #[test]
    fn a_title_is_what_keeps_coming_back() {
        check(
            "en",
            &["A water tower stores rain.", "Each water tower leaks.", "It leaks at the tap."],
            Some("Water tower · leaks"),
        );
        check("en", &["Rain falls.", "Rain ends."], None);
        check(
            "de",
            &["Die Königin legt Eier.", "Eier legt nur die Königin."],
            Some("Königin · Eier"),
        );
        check("fr", &["L’eau tombe.", "Beaucoup d’orages.", "Des orages encore."], Some("Orages"));
        check("ja", &["和紙は強い。", "薄い和紙です。"], Some("和紙"));
        check("ko", &["김치는 맵다.", "김치를 먹는다."], Some("김치"));
        check("en", &[], None);
    }
}
