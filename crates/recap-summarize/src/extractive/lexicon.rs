//! What is worth knowing about a language to quote from it well. Every language
//! works without; these few words make the quotes better.

use foldhash::{HashMap, HashMapExt as _, HashSet};

use super::words::Word;

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

/// What a sentence begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opener {
    /// Joins it to the one before it, and can be taken away: `but`.
    Joint,
    /// Makes it one about the talk itself: `welcome`, `let us`.
    Aside,
    /// Makes it hard to understand on its own: `this`, `they`.
    Dangling,
}

/// All lists are lower case; each entry may be several words.
#[derive(Debug, Default)]
pub(super) struct Lexicon {
    /// Stand for something that was named before, anywhere in a sentence.
    pub(super) pronouns: Vec<&'static str>,
    /// Are found in a sentence that sums up: `the lesson`.
    marks: Vec<&'static str>,
    /// Are found where something is asked of the viewer: `subscribe`.
    pleas: Vec<&'static str>,
    /// Are said while looking for a word: `um`.
    fillers: Vec<&'static str>,
    /// Where lists begin that text may begin with, by their first letter.
    openers: HashMap<char, Vec<(&'static str, Opener)>>,
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
        let lists =
            [(Opener::Joint, "joints"), (Opener::Aside, "asides"), (Opener::Dangling, "dangling")];
        let mut openers: HashMap<char, Vec<(&'static str, Opener)>> = HashMap::new();
        for (opener, name) in lists {
            for entry in entries(name) {
                let first = entry.chars().next().unwrap_or_default();
                openers.entry(first).or_default().push((entry, opener));
            }
        }
        Self {
            openers,
            pronouns: entries("pronouns").collect(),
            marks: entries("marks").collect(),
            pleas: entries("pleas").collect(),
            fillers: entries("fillers").collect(),
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
        let Some((Opener::Joint, rest)) = self.opening(text) else { return text };
        let rest = rest.trim_start_matches([' ', ',', '、', '，', '،']);
        if rest.is_empty() { text } else { rest }
    }

    /// Of a word as it stands in a text.
    pub(super) fn is_stop_word_in_any_case(&self, word: &str) -> bool {
        let lower = |it: &str| !it.bytes().any(|it| it.is_ascii_uppercase() || !it.is_ascii());
        if lower(word) { self.is_stop_word(word) } else { self.is_stop_word(&word.to_lowercase()) }
    }

    /// What the text begins with, if it is in a list, and what follows.
    pub(super) fn opening<'a>(&self, text: &'a str) -> Option<(Opener, &'a str)> {
        let text = text.trim_start_matches(|it: char| !it.is_alphanumeric());
        let first = text.chars().next()?.to_lowercase().next()?;
        let openers = self.openers.get(&first)?;
        openers.iter().find_map(|(entry, opener)| Some((*opener, after(text, entry)?)))
    }

    /// Whether words that mean nothing are known of the language.
    pub(super) fn has_fillers(&self) -> bool {
        !self.fillers.is_empty()
    }

    /// Whether a word, with whatever marks are after it, means nothing.
    pub(super) fn is_filler(&self, word: &str) -> bool {
        let bare = word.trim_end_matches(|it: char| !it.is_alphanumeric());
        self.fillers.iter().any(|it| it.eq_ignore_ascii_case(bare))
    }

    /// Whether it speaks to the viewer about the channel or its sponsor.
    pub(super) fn pleads(&self, lower: &str) -> bool {
        self.pleas.iter().any(|it| lower.contains(it))
    }

    /// Whether one of the first words stands for something that is not here.
    pub(super) fn refers_back(&self, words: &[Word<'_>]) -> bool {
        words.iter().take(FIRST_WORDS).any(|it| self.is_pronoun(it.1))
    }

    pub(super) fn is_pronoun(&self, word: &str) -> bool {
        let same = |it: &&str| {
            it.len() == word.len() && (it.eq_ignore_ascii_case(word) || word.to_lowercase() == **it)
        };
        self.pronouns.iter().any(same)
    }

    /// Whether a sentence is likely to end between the two texts.
    pub(super) fn ends_between(&self, before: &str, after: &str) -> bool {
        let ended = self.endings.iter().any(|it| before.ends_with(it.as_str()));
        ended && !self.goes_on.iter().any(|it| after.starts_with(it))
    }

    pub(super) fn sums_up(&self, lower: &str) -> bool {
        self.marks.iter().any(|it| lower.contains(it))
    }
}

/// `de` of `de-CH`, in lower case.
pub(super) fn primary(tag: &str) -> String {
    tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase()
}

/// What follows `opener` at the beginning of `text`, if it ends there as a word.
/// Japanese and Chinese have no blanks; their lists are written to fit.
fn after<'a>(text: &'a str, opener: &str) -> Option<&'a str> {
    let mut rest = text.chars();
    for wanted in opener.chars() {
        let found = rest.next()?;
        if found != wanted && !found.to_lowercase().eq(wanted.to_lowercase()) {
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
    use super::super::words::words;
    use super::{Lexicon, Opener, SOURCES};

    #[test]
    fn every_line_is_known_and_read() {
        let names = "joints dangling pronouns asides marks pleas fillers abbreviations endings goes_on stop flags";
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
        assert_eq!(english.opening("“This is why."), Some((Opener::Dangling, " is why.")));
        assert_eq!(english.opening("Thistles grow."), None);
        assert!(english.refers_back(&words("Later their leaves fall.")));
        assert!(!english.refers_back(&words("The leaves of the oak are on their way.")));
        assert!(english.sums_up("the lesson of it is simple."));
        assert!(english.pleads("hit the like button"));
        assert!(english.is_filler("Um,") && !english.is_filler("umbrella"));
        assert!(english.is_stop_word("which") && !english.is_stop_word("water"));
    }
}
