//! The two forms in which a transcript comes: written captions, and what speech
//! recognition heard.

use std::time::Duration;

use recap_core::transcript::Cue;

use super::cut::ends_sentence;

/// A cue of written captions is about this long, in words or in characters.
const CUE_WORDS: usize = 10;
const CUE_CHARACTERS: usize = 16;
/// A line of speech recognition.
const LINE_WORDS: usize = 8;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// With punctuation and capitals.
    Written,
    /// Without either, cut anywhere.
    Heard,
}

/// A word, or a character of a script without blanks. Times are seconds.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Word {
    pub(super) start: f64,
    pub(super) end: f64,
    pub(super) text: String,
}

impl Form {
    pub(super) const ALL: [Self; 2] = [Self::Written, Self::Heard];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Written => "written",
            Self::Heard => "automatic",
        }
    }
}

/// Whether words of this language stand apart.
pub(super) fn is_spaced(language: &str) -> bool {
    !matches!(language.split('-').next(), Some("ja" | "zh" | "th"))
}

/// Captions as people write them: a cue ends with its sentence.
pub(super) fn written(words: &[Word], language: &str) -> Vec<Cue> {
    let spaced = is_spaced(language);
    let longest = if spaced { CUE_WORDS } else { CUE_CHARACTERS };
    let mut cues = Vec::new();
    let mut sentence: Vec<&Word> = Vec::new();
    for (at, word) in words.iter().enumerate() {
        sentence.push(word);
        if ends_sentence(&word.text) || at + 1 == words.len() {
            let parts = sentence.len().div_ceil(longest);
            let each = sentence.len().div_ceil(parts.max(1)).max(1);
            cues.extend(sentence.chunks(each).filter_map(|it| cue(it, spaced, str::to_owned)));
            sentence.clear();
        }
    }
    cues
}

/// What speech recognition makes of it.
pub(super) fn heard(words: &[Word], language: &str) -> Vec<Cue> {
    let spaced = is_spaced(language);
    let audible: Vec<&Word> = words.iter().filter(|it| !plain(&it.text).is_empty()).collect();
    let longest = if spaced { LINE_WORDS } else { CUE_CHARACTERS };
    audible.chunks(longest).filter_map(|it| cue(it, spaced, plain)).collect()
}

fn cue(words: &[&Word], spaced: bool, spelled: impl Fn(&str) -> String) -> Option<Cue> {
    let texts: Vec<String> = words.iter().map(|it| spelled(&it.text)).collect();
    let at = |seconds: f64| Duration::try_from_secs_f64(seconds).unwrap_or_default();
    Some(Cue {
        start: at(words.first()?.start),
        end: at(words.last()?.end),
        text: texts.join(if spaced { " " } else { "" }),
    })
}

/// Lower case, no punctuation around it; `[Music]` and `>>` are heard as they are.
pub(super) fn plain(word: &str) -> String {
    if word.starts_with('[') || word == ">>" {
        return word.to_owned();
    }
    word.trim_matches(|it: char| !it.is_alphanumeric() && !is_mark_of_a_letter(it)).to_lowercase()
}

/// The vowel signs of Devanagari and Arabic end many a word.
fn is_mark_of_a_letter(char: char) -> bool {
    matches!(char, '\u{64b}'..='\u{652}' | '\u{900}'..='\u{963}')
}

/// The words of cues, spread over each by their letters.
pub(super) fn words(cues: &[Cue], language: &str) -> Vec<Word> {
    let spaced = is_spaced(language);
    let mut found = Vec::new();
    for cue in cues {
        let units = super::talk::units(&cue.text, spaced);
        let length = cue.end.saturating_sub(cue.start).as_secs_f64();
        let letters = |texts: &[&str]| texts.iter().map(|it| it.chars().count() + 1).sum::<usize>();
        let share = |count: usize| {
            let of = |it: usize| f64::from(u32::try_from(it).unwrap_or(u32::MAX));
            cue.start.as_secs_f64() + length * of(letters(&units[..count])) / of(letters(&units))
        };
        found.extend(units.iter().enumerate().map(|(at, it)| Word {
            start: share(at),
            end: share(at + 1),
            text: (*it).to_owned(),
        }));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{Word, heard, written};

    fn words(text: &str) -> Vec<Word> {
        let word = |(at, text): (u32, &str)| Word {
            start: f64::from(at),
            end: f64::from(at) + 1.0,
            text: text.to_owned(),
        };
        (0..).zip(text.split(' ')).map(word).collect()
    }

    #[test]
    fn written_cues_end_with_their_sentence_and_heard_ones_anywhere() {
        let words = words("One, two three four. Five “six” seven eight – nine [Music] ten eleven.");
        let texts = |cues: Vec<super::Cue>| cues.into_iter().map(|it| it.text).collect::<Vec<_>>();
        assert_eq!(
            texts(written(&words, "en")),
            ["One, two three four.", "Five “six” seven eight – nine [Music] ten eleven."]
        );
        assert_eq!(
            texts(heard(&words, "en")),
            ["one two three four five six seven eight", "nine [Music] ten eleven"]
        );
        let cues = heard(&words, "en");
        assert_eq!((cues[1].start.as_secs(), cues[1].end.as_secs()), (9, 13));
    }
}
