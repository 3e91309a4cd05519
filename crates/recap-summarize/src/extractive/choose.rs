//! Choosing what to quote: good sentences that say different things, spread
//! over time.

use std::ops::Range;
use std::time::Duration;

use super::lexicon::{Lexicon, Opener};
use super::sentences::Sentence;
use super::weigh::{Weighed, as_f64};
use super::words::{Vocabulary, length, words};

/// Two sentences more alike than this are one for the reader.
const SAME: f64 = 0.6;

/// A fragment is quoted only where there is nothing else.
const BY_EDGES: [f64; 3] = [0.5, 0.75, 1.0];

/// Sentences and what each is worth.
pub(super) struct Ranked<'a> {
    sentences: &'a [Sentence<'a>],
    weighed: Weighed,
    quality: Vec<f64>,
}

/// What to choose.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wish<'a> {
    pub(super) most: usize,
    /// 0: wherever they stand; 1: as far from each other as possible.
    pub(super) spread: f64,
    /// Sentences to leave to others, if there are enough.
    pub(super) taken: &'a [usize],
}

impl<'a> Ranked<'a> {
    /// What is said of `topic` is worth more.
    pub(super) fn new(
        sentences: &'a [Sentence<'a>],
        topic: &str,
        vocabulary: &mut Vocabulary<'_>,
        lexicon: &Lexicon,
    ) -> Self {
        let weighed = Weighed::new(sentences.iter().map(|it| it.words), &words(topic), vocabulary);
        let count = sentences.len();
        let quality =
            (0..).zip(sentences).map(|(at, it)| quality(it, lexicon) * by_place(at, count));
        Self { sentences, weighed, quality: quality.collect() }
    }

    /// Indices in order of time: of each range that has a sentence, the best
    /// one, and then always the one that adds most.
    pub(super) fn choose(&mut self, wish: Wish<'_>, ranges: &[Range<Duration>]) -> Vec<usize> {
        let saved = self.weighed.saved();
        let mut chosen: Vec<usize> = Vec::new();
        for range in ranges.iter().take(wish.most) {
            let here = |at: &usize| range.contains(&self.sentences[*at].start);
            let best = self.best(wish, &chosen, here);
            self.take(best, &mut chosen);
        }
        while chosen.len() < wish.most {
            let best = self.best(wish, &chosen, |_| true);
            if !self.take(best, &mut chosen) {
                break;
            }
        }
        self.weighed.restore(saved);
        chosen.sort_unstable();
        chosen
    }

    fn take(&mut self, best: Option<usize>, chosen: &mut Vec<usize>) -> bool {
        if let Some(at) = best {
            self.weighed.tell(at);
            chosen.push(at);
        }
        best.is_some()
    }

    fn best(
        &self,
        wish: Wish<'_>,
        chosen: &[usize],
        may: impl Fn(&usize) -> bool,
    ) -> Option<usize> {
        let candidates = (0..self.sentences.len()).filter(may).filter(|it| !chosen.contains(it));
        let merits = candidates.map(|it| (it, self.merit(wish, chosen, it)));
        let mut ordered: Vec<(usize, f64)> = merits.filter(|it| it.1 > 0.0).collect();
        ordered.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let same = |at: usize| chosen.iter().any(|it| self.weighed.likeness(*it, at) > SAME);
        ordered.into_iter().map(|it| it.0).find(|it| !same(*it))
    }

    fn merit(&self, wish: Wish<'_>, chosen: &[usize], at: usize) -> f64 {
        let near = chosen.iter().map(|it| self.nearness(*it, at, wish.most)).fold(0.0, f64::max);
        let taken = if wish.taken.contains(&at) { 0.5 } else { 1.0 };
        self.weighed.gain(at) * self.quality[at] * taken * (1.0 - wish.spread * near)
    }

    /// 1 for neighbours, 0 for sentences as far apart as an even spread has them.
    fn nearness(&self, a: usize, b: usize, most: usize) -> f64 {
        let start = |at: usize| self.sentences[at].start.as_secs_f64();
        let whole = start(self.sentences.len() - 1) - start(0);
        let apart = (start(a) - start(b)).abs() * as_f64(most);
        if whole > 0.0 { (1.0 - apart / whole).max(0.0) } else { 0.0 }
    }
}

/// How well a sentence can be quoted on its own.
fn quality(sentence: &Sentence<'_>, lexicon: &Lexicon) -> f64 {
    let mut quality = by_length(length(sentence.words)) * BY_EDGES[sentence.edges];
    let mut opening = lexicon.opening(sentence.raw);
    if let Some((Opener::Joint, rest)) = opening {
        quality *= 0.9;
        opening = lexicon.opening(rest);
    }
    match opening {
        Some((Opener::Aside, _)) => quality *= 0.4,
        Some((Opener::Dangling, _)) => quality *= 0.8,
        _ if lexicon.refers_back(sentence.words) => quality *= 0.9,
        _ => {}
    }
    if sentence.raw.contains(['?', '？', '؟']) {
        quality *= 0.3;
    }
    let lower = sentence.raw.to_lowercase();
    if lexicon.pleads(&lower) {
        quality *= 0.1;
    }
    if lexicon.sums_up(&lower) {
        quality *= 1.15;
    }
    quality
}

/// Speakers say at the beginning what they are going to tell, and at the end
/// what they have told.
fn by_place(at: usize, of: usize) -> f64 {
    let place = as_f64(at) / as_f64(of.max(1));
    if (0.06..0.94).contains(&place) { 1.0 } else { 1.05 }
}

/// A long sentence says more, but not as much more as it is longer. One clause
/// of five words tells little; one of forty is no summary.
fn by_length(words: usize) -> f64 {
    let fit = match words {
        0..=3 => 0.05,
        4..=5 => 0.25,
        6..=7 => 0.6,
        8..=34 => 1.0,
        35..=45 => 0.7,
        _ => 0.4,
    };
    fit / as_f64(words.max(4)).powf(0.6)
}

#[cfg(test)]
mod tests {
    use std::ops::Range;
    use std::time::Duration;

    use super::super::lexicon::Lexicon;
    use super::super::sentences::Sentence;
    use super::super::words::{Vocabulary, Word, words};
    use super::{Ranked, Wish};

    /// Which of the texts, said ten seconds apart, are chosen.
    fn chosen(texts: &[&str], wish: Wish<'_>, ranges: &[Range<Duration>]) -> Vec<usize> {
        let lexicon = Lexicon::of("en");
        let words: Vec<Vec<Word<'_>>> = texts.iter().map(|it| words(it)).collect();
        let sentence = |at: usize| Sentence {
            start: Duration::from_secs(10 * at as u64),
            raw: texts[at],
            at: 0,
            words: &words[at],
            edges: 2,
        };
        let sentences: Vec<Sentence<'_>> = (0..texts.len()).map(sentence).collect();
        let mut vocabulary = Vocabulary::new(&lexicon);
        Ranked::new(&sentences, "", &mut vocabulary, &lexicon).choose(wish, ranges)
    }

    #[test]
    fn the_chosen_are_different_and_no_questions() {
        let texts = [
            "The tower stores the pressure that the whole city needs.",
            "The tower stores all the pressure that the whole city needs.",
            "A leak in the pipe lets dirty groundwater into the city.",
            "Why does a leak in the pipe matter to the city at all?",
        ];
        let wish = Wish { most: 2, spread: 0.5, taken: &[] };
        let chosen = chosen(&texts, wish, &[]);
        assert_eq!((chosen.len(), chosen[1]), (2, 2), "{chosen:?}");
    }

    #[test]
    fn what_asks_the_viewer_for_something_is_left_out() {
        let texts = [
            "Subscribe to the channel for a new water tower every week.",
            "The water tower holds water for the whole city at night.",
        ];
        let wish = Wish { most: 1, spread: 0.0, taken: &[] };
        assert_eq!(chosen(&texts, wish, &[]), [1]);
        // Rather something else than what stands elsewhere already.
        let texts = ["The tower holds the water.", "The city drinks the water."];
        assert_eq!(chosen(&texts, Wish { taken: &[0], ..wish }, &[]), [1]);
        assert_eq!(chosen(&texts, Wish { taken: &[1], ..wish }, &[]), [0]);
    }

    #[test]
    fn every_range_with_a_sentence_gets_one() {
        let texts: Vec<String> = ('a'..'u')
            .map(|it| format!("The {it}ana has a {it}obo, a {it}ulu and water from the {it}ipi."))
            .collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let at = Duration::from_secs;
        let wish = Wish { most: 2, spread: 0.5, taken: &[] };
        let chosen = chosen(&texts, wish, &[at(0)..at(30), at(150)..at(199)]);
        assert!(chosen[0] < 3 && chosen[1] >= 15, "{chosen:?}");
    }
}
