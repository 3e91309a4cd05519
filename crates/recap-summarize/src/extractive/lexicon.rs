//! What is worth knowing about a language to quote from it well. Every language
//! works without; these few words make the quotes better.

use std::collections::HashSet;

use unicode_segmentation::UnicodeSegmentation;

/// Later in a sentence, a pronoun mostly stands for something in it.
const FIRST_WORDS: usize = 5;

/// Lines of `name: entry, entry`; `_` at the beginning of an entry is a blank.
const SOURCES: [(&str, &str); 9] = [
    ("en", include_str!("lexicon/en.txt")),
    ("de", include_str!("lexicon/de.txt")),
    ("es", include_str!("lexicon/es.txt")),
    ("fr", include_str!("lexicon/fr.txt")),
    ("ja", include_str!("lexicon/ja.txt")),
    ("zh", include_str!("lexicon/zh.txt")),
    ("ko", include_str!("lexicon/ko.txt")),
    ("ar", include_str!("lexicon/ar.txt")),
    ("hi", include_str!("lexicon/hi.txt")),
];

/// All lists are lower case; each entry may be several words.
#[derive(Debug, Default)]
pub(super) struct Lexicon {
    /// Join a sentence to the one before it, and can be taken away: `but`.
    pub(super) joints: Vec<&'static str>,
    /// Begin a sentence that is hard to understand on its own: `this`, `they`.
    pub(super) dangling: Vec<&'static str>,
    /// Stand for something that was named before, anywhere in a sentence.
    pub(super) pronouns: Vec<&'static str>,
    /// Begin a sentence about the talk itself: `welcome`, `let us`.
    pub(super) asides: Vec<&'static str>,
    /// Are found in a sentence that sums up: `the lesson`.
    marks: Vec<&'static str>,
    /// End in a full stop that ends no sentence; without that stop.
    pub(super) abbreviations: Vec<&'static str>,
    /// Verb endings with which a sentence ends, marked or not.
    endings: Vec<String>,
    /// What may follow such an ending in the same sentence.
    goes_on: Vec<&'static str>,
    /// Words that say nothing about a text's subject.
    stop: HashSet<&'static str>,
    /// Whether `19.` means "19th".
    pub(super) ordinal_dots: bool,
    /// Whether nouns, and little else, have a capital.
    pub(super) capital_nouns: bool,
}

impl Lexicon {
    /// Of a language tag; an empty one for a language without.
    pub(super) fn of(tag: &str) -> Self {
        let primary = primary(tag);
        let source = SOURCES.iter().find(|it| it.0 == primary).map_or("", |it| it.1);
        let entries = |name: &str| {
            let line = source.lines().filter_map(|it| it.split_once(": ")).find(|it| it.0 == name);
            line.map_or("", |it| it.1).split(", ").filter(|it| !it.is_empty())
        };
        Self {
            joints: entries("joints").collect(),
            dangling: entries("dangling").collect(),
            pronouns: entries("pronouns").collect(),
            asides: entries("asides").collect(),
            marks: entries("marks").collect(),
            abbreviations: entries("abbreviations").collect(),
            endings: entries("endings").map(|it| it.replace('_', " ")).collect(),
            goes_on: entries("goes_on").collect(),
            stop: entries("stop").collect(),
            ordinal_dots: entries("flags").any(|it| it == "ordinal_dots"),
            capital_nouns: entries("flags").any(|it| it == "capital_nouns"),
        }
    }

    pub(super) fn is_stop_word(&self, word: &str) -> bool {
        self.stop.contains(word)
    }

    /// The text without a joint at its beginning.
    pub(super) fn without_joint<'a>(&self, text: &'a str) -> &'a str {
        let rest = self.joints.iter().find_map(|it| after(text, it)).unwrap_or(text);
        let rest = rest.trim_start_matches([' ', ',', '、', '，', '،']);
        if rest.is_empty() { text } else { rest }
    }

    pub(super) fn begins_with(list: &[&str], text: &str) -> bool {
        list.iter().any(|it| after(text, it).is_some())
    }

    /// Whether one of the first words stands for something that is not here.
    pub(super) fn refers_back(&self, text: &str) -> bool {
        let mut first = text.unicode_words().take(FIRST_WORDS);
        first.any(|it| self.pronouns.contains(&it.to_lowercase().as_str()))
    }

    /// Whether a sentence is likely to end between the two texts.
    pub(super) fn ends_between(&self, before: &str, after: &str) -> bool {
        let ended = self.endings.iter().any(|it| before.ends_with(it.as_str()));
        ended && !self.goes_on.iter().any(|it| after.starts_with(it))
    }

    pub(super) fn sums_up(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        self.marks.iter().any(|it| text.contains(it))
    }
}

/// `de` of `de-CH`, in lower case.
pub(super) fn primary(tag: &str) -> String {
    tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase()
}

/// What follows `opener` at the beginning of `text`, if it ends there as a word.
/// Japanese and Chinese have no blanks; their lists are written to fit.
fn after<'a>(text: &'a str, opener: &str) -> Option<&'a str> {
    let text = text.trim_start_matches(|it: char| !it.is_alphanumeric());
    let mut rest = text.chars();
    for wanted in opener.chars() {
        if !rest.next()?.to_lowercase().eq(wanted.to_lowercase()) {
            return None;
        }
    }
    let unspaced = opener.chars().next_back().is_some_and(crate::tidy::is_unspaced);
    let ended =
        !rest.as_str().starts_with(|it: char| it.is_alphanumeric() || it == '\'' || it == '’');
    (unspaced || ended).then_some(rest.as_str())
}

#[cfg(test)]
mod tests {
    use super::{Lexicon, SOURCES};

    #[test]
    fn every_line_is_known_and_read() {
        let names =
            "joints dangling pronouns asides marks abbreviations endings goes_on stop flags";
        for (language, source) in SOURCES {
            for line in source.lines() {
                let (name, entries) = line.split_once(": ").unwrap();
                assert!(names.split(' ').any(|it| it == name), "{language}: {name}");
                assert_eq!(entries, entries.to_lowercase(), "{language}");
            }
            assert!(Lexicon::of(language).stop.len() > 10, "{language}");
        }
    }

    #[test]
    fn joints_are_taken_away() {
        let table = [
            ("en", "But pressure falls.", "pressure falls."),
            ("en-GB", "And so, it ends.", "it ends."),
            ("en", "Butter melts.", "Butter melts."),
            ("de", "Aber die Königin regiert nicht.", "die Königin regiert nicht."),
            ("ja", "しかし、紙は強い。", "紙は強い。"),
            ("zh", "但是，茶树喜欢温暖。", "茶树喜欢温暖。"),
            ("xx", "But pressure falls.", "But pressure falls."),
        ];
        for (language, text, expected) in table {
            assert_eq!(Lexicon::of(language).without_joint(text), expected);
        }
    }

    #[test]
    fn what_points_backwards_is_known() {
        let english = Lexicon::of("en");
        assert!(Lexicon::begins_with(&english.dangling, "“This is why."));
        assert!(!Lexicon::begins_with(&english.dangling, "Thistles grow."));
        assert!(english.sums_up("The lesson of it is simple."));
        assert!(english.is_stop_word("which") && !english.is_stop_word("water"));
    }
}
