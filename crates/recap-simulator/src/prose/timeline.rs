//! When each word is spoken: the words of the talks, spread evenly over a length.

use super::units::{heard, is_spaced, units};
use super::{Section, Talk};

/// A cue of a manual track is about this long.
const CUE_WORDS: usize = 10;
const CUE_CHARACTERS: usize = 16;
/// A line of an automatic track, which knows nothing of sentences.
const LINE_WORDS: usize = 8;

/// What a video says, word by word.
#[derive(Clone, Debug)]
pub struct Timeline {
    pub title: &'static str,
    pub language: &'static str,
    pub length_ms: u64,
    /// Empty if the video has no chapters; else the first one starts at 0.
    pub chapters: Vec<Mark>,
    sentences: Vec<Vec<Word>>,
}

/// Where a chapter begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    pub start_ms: u64,
    pub title: &'static str,
}

/// A word, or a character of a script without spaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    pub start_ms: u64,
    pub text: &'static str,
}

/// A line of a manual track; the next one starts where it ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cue {
    pub start_ms: u64,
    pub end_ms: u64,
    pub text: String,
}

/// A line of an automatic track, with the time of each word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub start_ms: u64,
    pub end_ms: u64,
    pub words: Vec<(u64, String)>,
}

impl Timeline {
    /// Spreads the talks over `length_ms`. Several talks make one chapter each;
    /// a single one has the chapters of its text.
    ///
    /// # Panics
    ///
    /// If there is no talk.
    pub fn new(talks: &[&'static Talk], length_ms: u64) -> Self {
        let (title, language) = (talks[0].title, talks[0].language);
        let spaced = is_spaced(language);
        let sections: Vec<&Section> = talks.iter().flat_map(|it| &it.sections).collect();
        let sentences: Vec<Vec<&'static str>> =
            sections.iter().flat_map(|it| &it.sentences).map(|it| units(it, spaced)).collect();
        let total: usize = sentences.iter().map(Vec::len).sum();
        let mut spoken = 0..;
        let mut word = |text| Word { start_ms: at(length_ms, spoken.next(), total), text };
        let sentences: Vec<Vec<Word>> =
            sentences.into_iter().map(|it| it.into_iter().map(&mut word).collect()).collect();

        let chapters = chapters(talks, &sentences);
        Self { title, language, length_ms, chapters, sentences }
    }

    /// The manual track: cues of 7 to 10 words, or 16 characters, that end with
    /// their sentence.
    pub fn cues(&self) -> Vec<Cue> {
        let spaced = is_spaced(self.language);
        let longest = if spaced { CUE_WORDS } else { CUE_CHARACTERS };
        let mut cues: Vec<Cue> = self
            .sentences
            .iter()
            .flat_map(|it| evenly(it, longest))
            .map(|words| Cue {
                start_ms: words[0].start_ms,
                end_ms: self.length_ms,
                text: joined(words.iter().map(|it| it.text), spaced),
            })
            .collect();
        for next in (1..cues.len()).rev() {
            cues[next - 1].end_ms = cues[next].start_ms;
        }
        cues
    }

    /// The automatic track: what speech recognition would have heard.
    pub fn lines(&self) -> Vec<Line> {
        let words = self.sentences.iter().flatten().map(|it| (it.start_ms, heard(it.text)));
        let heard: Vec<(u64, String)> = words.filter(|(_, text)| !text.is_empty()).collect();
        let mut lines: Vec<Line> = heard
            .chunks(LINE_WORDS)
            .map(|it| Line { start_ms: it[0].0, end_ms: self.length_ms, words: it.to_vec() })
            .collect();
        for next in (1..lines.len()).rev() {
            lines[next - 1].end_ms = lines[next].start_ms;
        }
        lines
    }

    /// What is said from `start_ms` on and before `end_ms`.
    pub fn text_between(&self, start_ms: u64, end_ms: u64) -> String {
        let words = self.sentences.iter().flatten();
        let spoken = words.filter(|it| (start_ms..end_ms).contains(&it.start_ms));
        joined(spoken.map(|it| it.text), is_spaced(self.language))
    }

    /// What stands between two words of this language.
    pub(crate) fn separator(&self) -> &'static str {
        if is_spaced(self.language) { " " } else { "" }
    }
}

/// The start of the `index`th of `total` words.
fn at(length_ms: u64, index: Option<u64>, total: usize) -> u64 {
    let (index, total) = (index.unwrap_or_default(), u64::try_from(total).unwrap_or(u64::MAX));
    length_ms * index / total.max(1)
}

fn chapters(talks: &[&'static Talk], sentences: &[Vec<Word>]) -> Vec<Mark> {
    let parts: Vec<(Option<&'static str>, usize)> = match talks {
        [talk] => talk.sections.iter().map(|it| (it.title, it.sentences.len())).collect(),
        many => many
            .iter()
            .map(|it| (Some(it.title), it.sections.iter().map(|it| it.sentences.len()).sum()))
            .collect(),
    };
    let mut first = 0;
    let mut marks = Vec::new();
    for (title, length) in parts {
        if let (Some(title), Some(sentence)) = (title, sentences.get(first)) {
            marks.push(Mark { start_ms: sentence[0].start_ms, title });
        }
        first += length;
    }
    marks
}

/// Splits a sentence into parts of nearly equal length, none over `longest`.
fn evenly(sentence: &[Word], longest: usize) -> impl Iterator<Item = &[Word]> {
    let parts = sentence.len().div_ceil(longest).max(1);
    sentence.chunks(sentence.len().div_ceil(parts).max(1))
}

fn joined<'a>(words: impl Iterator<Item = &'a str>, spaced: bool) -> String {
    let words: Vec<&str> = words.collect();
    words.join(if spaced { " " } else { "" })
}

#[cfg(test)]
mod tests {
    use super::Timeline;
    use crate::prose::{Talk, all, find};

    fn timeline(talk: &'static Talk) -> Timeline {
        Timeline::new(&[talk], u64::from(talk.minutes) * 60_000)
    }

    #[test]
    fn cues_follow_each_other_to_the_end_of_every_talk() {
        for talk in all() {
            let timeline = timeline(talk);
            let cues = timeline.cues();
            assert_eq!(cues[0].start_ms, 0, "{}", talk.name);
            assert!(cues.windows(2).all(|it| it[0].end_ms == it[1].start_ms), "{}", talk.name);
            assert!(cues.iter().all(|it| it.start_ms < it.end_ms), "{}", talk.name);
            assert_eq!(cues.last().unwrap().end_ms, timeline.length_ms);
        }
    }

    #[test]
    fn the_words_of_an_automatic_track_are_in_order_and_plain() {
        for line in timeline(find("bread").unwrap()).lines() {
            assert!(line.words.is_sorted_by_key(|it| it.0));
            assert!(line.words.iter().all(|it| (line.start_ms..line.end_ms).contains(&it.0)));
            assert!(!line.words.iter().any(|it| it.1.contains(['.', ',', '?'])));
        }
    }

    #[test]
    fn several_talks_are_one_chapter_each() {
        let talks = [find("bread").unwrap(), find("maps").unwrap()];
        let timeline = Timeline::new(&talks, 3_600_000);
        assert_eq!(timeline.chapters.len(), 2);
        assert_eq!(timeline.chapters[0].start_ms, 0);
        assert_eq!(timeline.chapters[1].title, talks[1].title);
    }

    #[test]
    fn a_part_of_the_talk_is_what_its_cues_say() {
        let timeline = timeline(find("ja_washi").unwrap());
        let cue = timeline.cues().swap_remove(3);
        assert_eq!(timeline.text_between(cue.start_ms, cue.end_ms), cue.text);
    }
}
