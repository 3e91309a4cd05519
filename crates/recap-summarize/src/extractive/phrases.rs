//! A title for a part of a video: the phrases that keep coming back in it.

use std::collections::HashMap;

use unicode_segmentation::UnicodeSegmentation;

use super::lexicon::Lexicon;
use super::rank::as_f64;
use super::sentences::Sentence;
use super::words::{is_hangul, says_nothing, terms};
use crate::tidy::is_unspaced;

/// A title names this many phrases at most, of this many words each.
const PHRASES: usize = 3;
const WORDS: usize = 2;
/// Characters of a phrase in a script without blanks.
const CHARACTERS: std::ops::RangeInclusive<usize> = 2..=5;

/// A phrase, as it stands in the text.
#[derive(Debug)]
struct Phrase {
    text: String,
    /// What it is made of, to tell `water tower` from `towers`.
    terms: Vec<String>,
    /// It begins with a capital that does not begin the sentence.
    capital: bool,
    /// Sentences it stands in.
    count: usize,
}

/// `Water tower · pressure · leaks`; `None` if nothing comes back.
///
/// What the whole video is about tells nothing of one part of it.
pub(super) fn title(sentences: &[Sentence], video: &str, lexicon: &Lexicon) -> Option<String> {
    let known = terms(video, lexicon);
    // Speech recognition may write no capitals at all.
    let capitals = sentences.iter().any(|it| it.raw.chars().skip(1).any(char::is_uppercase));
    let mut phrases = counted(sentences, lexicon, lexicon.capital_nouns && capitals);
    phrases.retain(|it| it.count > 1 && !it.terms.iter().all(|it| known.contains(it)));
    phrases.sort_by(|a, b| worth(b).total_cmp(&worth(a)));
    let mut chosen: Vec<Phrase> = Vec::new();
    for phrase in phrases {
        let told = chosen.iter().any(|it| it.terms.iter().any(|it| phrase.terms.contains(it)));
        if !told && chosen.len() < PHRASES {
            chosen.push(phrase);
        }
    }
    let texts: Vec<&str> = chosen.iter().map(|it| it.text.as_str()).collect();
    let title = texts.join(" · ");
    let mut chars = title.chars();
    let first = chars.next()?;
    Some(first.to_uppercase().collect::<String>() + chars.as_str())
}

/// Often said, and in more than one word; a phrase of two words that comes
/// twice is worth a word that comes four times.
fn worth(phrase: &Phrase) -> f64 {
    let length = phrase.text.chars().count().min(12);
    // A name, or any noun in German.
    let capital = if phrase.capital { 1.5 } else { 1.0 };
    as_f64(phrase.count)
        * (1.0 + as_f64(phrase.terms.len()))
        * (1.0 + as_f64(length) / 12.0)
        * capital
}

/// In order of their first appearance.
fn counted(sentences: &[Sentence], lexicon: &Lexicon, nouns: bool) -> Vec<Phrase> {
    let mut numbers: HashMap<Vec<String>, usize> = HashMap::new();
    let mut found: Vec<Phrase> = Vec::new();
    for sentence in sentences {
        let mut here: Vec<usize> = Vec::new();
        for (text, terms, capital) in candidates(&sentence.raw, lexicon) {
            if nouns && !text.starts_with(char::is_uppercase) {
                continue;
            }
            let number = *numbers.entry(terms.clone()).or_insert(found.len());
            if number == found.len() {
                found.push(Phrase { text, terms, capital: false, count: 0 });
            }
            found[number].capital |= capital;
            here.push(number);
        }
        here.sort_unstable();
        here.dedup();
        for number in here {
            found[number].count += 1;
        }
    }
    found
}

fn candidates(text: &str, lexicon: &Lexicon) -> Vec<(String, Vec<String>, bool)> {
    let words: Vec<(usize, &str)> = text.unicode_word_indices().collect();
    let mut found = Vec::new();
    for first in 0..words.len() {
        let unspaced = words[first].1.starts_with(is_unspaced);
        let most = if unspaced { *CHARACTERS.end() } else { WORDS };
        for last in first..words.len().min(first + most) {
            if !words[last].1.chars().all(|it| may_stand(it, unspaced))
                || is_gap(&words, last, first)
            {
                break;
            }
            let phrase = &text[words[first].0..words[last].0 + words[last].1.len()];
            let capital = first > 0 && phrase.starts_with(char::is_uppercase);
            let candidate = candidate(phrase, unspaced, lexicon);
            found.extend(candidate.map(|(text, terms)| (text, terms, capital)));
        }
    }
    found
}

/// Words of one phrase have a single blank between them, or none at all.
fn is_gap(words: &[(usize, &str)], at: usize, first: usize) -> bool {
    at > first && words[at].0 > words[at - 1].0 + words[at - 1].1.len() + 1
}

/// Hiragana would be endings and particles.
fn may_stand(char: char, unspaced: bool) -> bool {
    if unspaced {
        is_unspaced(char) && !matches!(char, '\u{3041}'..='\u{309f}')
    } else {
        !is_unspaced(char)
    }
}

fn candidate(phrase: &str, unspaced: bool, lexicon: &Lexicon) -> Option<(String, Vec<String>)> {
    if unspaced {
        let says_nothing =
            phrase.chars().any(|it| lexicon.is_stop_word(it.encode_utf8(&mut [0; 4])))
                || lexicon.is_stop_word(phrase);
        let fits = CHARACTERS.contains(&phrase.chars().count()) && !says_nothing;
        return fits.then(|| (phrase.to_owned(), pairs(phrase)));
    }
    let words: Option<Vec<&str>> =
        phrase.split_whitespace().map(|it| telling(it, lexicon)).collect();
    let words = words?;
    Some((words.join(" "), words.iter().flat_map(|it| terms(it, lexicon)).collect()))
}

/// The word as a title would have it; `None` if it would have none.
fn telling<'a>(word: &'a str, lexicon: &Lexicon) -> Option<&'a str> {
    let bare = bare(word);
    let shortest = if bare.starts_with(is_hangul) { 2 } else { 4 };
    let tells = bare.chars().count() >= shortest && bare.starts_with(char::is_alphabetic);
    (tells && !says_nothing(bare, lexicon) && !says_nothing(word, lexicon)).then_some(bare)
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

fn pairs(phrase: &str) -> Vec<String> {
    let chars: Vec<char> = phrase.chars().collect();
    chars.windows(2).map(|it| it.iter().collect()).collect()
}
