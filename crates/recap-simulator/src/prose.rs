//! The talks that simulated videos give: what is spoken, and when.

use std::sync::LazyLock;

mod parse;
mod timeline;
mod units;

pub(crate) use parse::sentences;
pub use timeline::{Cue, Line, Mark, Timeline, Word};

/// One talk of `prose/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Talk {
    /// File name without `.txt`.
    pub name: &'static str,
    pub title: &'static str,
    /// BCP-47, as YouTube would name the track.
    pub language: &'static str,
    pub minutes: u32,
    pub sections: Vec<Section>,
}

/// The sentences under one heading; a talk without headings is one section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    pub title: Option<&'static str>,
    pub sentences: Vec<&'static str>,
}

macro_rules! sources {
    ($($name:literal)*) => {
        &[$(($name, include_str!(concat!("../prose/", $name, ".txt")))),*]
    };
}

const SOURCES: &[(&str, &str)] = sources![
    "demo" "lighthouses" "bread" "queues" "tides" "bridges" "soil" "maps" "glass" "sleep"
    "railways" "clouds" "tea_short" "de_bienen" "es_olivo" "fr_fromage" "ja_washi" "zh_tea"
    "ar_dates" "hi_monsoon" "ko_kimchi"
];

static TALKS: LazyLock<Vec<Talk>> =
    LazyLock::new(|| SOURCES.iter().map(|(name, source)| parse::talk(name, source)).collect());

/// Every talk, the flagship first.
pub fn all() -> &'static [Talk] {
    &TALKS
}

/// The talk of this name.
pub fn find(name: &str) -> Option<&'static Talk> {
    all().iter().find(|it| it.name == name)
}

/// The first talk in this language, whatever its region or script.
pub fn in_language(language: &str) -> Option<&'static Talk> {
    all().iter().find(|it| primary(it.language) == primary(language))
}

/// The language without region and script: `en` of `en-GB`.
pub(crate) fn primary(language: &str) -> &str {
    language.split('-').next().unwrap_or(language)
}

#[cfg(test)]
mod tests {
    use super::{all, find};

    #[test]
    fn every_talk_has_a_title_a_language_a_length_and_enough_to_say() {
        for talk in all() {
            assert!(!talk.title.is_empty() && !talk.language.is_empty(), "{}", talk.name);
            assert!(talk.minutes >= 3, "{}", talk.name);
            let sentences: usize = talk.sections.iter().map(|it| it.sentences.len()).sum();
            assert!(sentences >= 20, "{} has {sentences} sentences", talk.name);
        }
    }

    #[test]
    fn the_flagship_lasts_25_minutes_and_has_chapters() {
        let demo = find("demo").unwrap();
        assert_eq!(demo.minutes, 25);
        assert!(demo.sections.len() >= 3 && demo.sections.iter().all(|it| it.title.is_some()));
    }
}
