//! Choosing what to quote: good sentences that say different things, spread
//! over time.

use std::ops::Range;
use std::time::Duration;

use super::lexicon::Lexicon;
use super::rank::{Graph, as_f64};
use super::sentences::Sentence;
use super::words::length;

/// Two sentences more alike than this are one for the reader.
const SAME: f64 = 0.55;

/// A fragment is quoted only where there is nothing else.
const BY_EDGES: [f64; 3] = [0.25, 0.5, 1.0];

/// Sentences and what each is worth.
pub(super) struct Ranked<'a> {
    pub(super) sentences: &'a [Sentence],
    graph: Graph,
    worth: Vec<f64>,
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
    /// What is like `topic` is worth more.
    pub(super) fn new(sentences: &'a [Sentence], topic: &str, lexicon: &Lexicon) -> Self {
        let texts = sentences.iter().map(|it| it.raw.as_str());
        let graph = Graph::new(texts.chain([topic]), lexicon);
        let mut worth = graph.centrality();
        worth.truncate(sentences.len());
        let quality = |at: usize| quality(sentences, at, lexicon);
        let worth = worth
            .into_iter()
            .enumerate()
            .map(|(at, it)| it * quality(at) * (1.0 + graph.likeness(at, sentences.len())))
            .collect();
        Self { sentences, graph, worth }
    }

    /// Indices in order of time: of each range that has a sentence, the best
    /// one, and then the best of all by maximal marginal relevance.
    pub(super) fn choose(&self, wish: Wish<'_>, ranges: &[Range<Duration>]) -> Vec<usize> {
        let mut chosen: Vec<usize> = Vec::new();
        for range in ranges.iter().take(wish.most) {
            let here = |at: &usize| range.contains(&self.sentences[*at].start);
            chosen.extend(self.best(wish, &chosen, here));
        }
        while chosen.len() < wish.most {
            let Some(best) = self.best(wish, &chosen, |_| true) else { break };
            chosen.push(best);
        }
        chosen.sort_unstable();
        chosen
    }

    fn best(
        &self,
        wish: Wish<'_>,
        chosen: &[usize],
        may: impl Fn(&usize) -> bool,
    ) -> Option<usize> {
        let candidates = (0..self.sentences.len()).filter(may).filter(|it| !chosen.contains(it));
        let merits = candidates.map(|it| (it, self.merit(wish, chosen, it)));
        let best = merits.max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
        best.filter(|(_, merit)| *merit > 0.0).map(|(it, _)| it)
    }

    fn merit(&self, wish: Wish<'_>, chosen: &[usize], at: usize) -> f64 {
        let like = |other: &[usize]| {
            other.iter().map(|it| self.graph.likeness(*it, at)).fold(0.0, f64::max)
        };
        if like(chosen) > SAME {
            return 0.0;
        }
        let near = chosen.iter().map(|it| self.nearness(*it, at, wish.most)).fold(0.0, f64::max);
        let taken = if wish.taken.contains(&at) || like(wish.taken) > SAME { 0.35 } else { 1.0 };
        self.worth[at] * taken * (1.0 - 0.8 * like(chosen)) * (1.0 - wish.spread * near)
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
fn quality(sentences: &[Sentence], at: usize, lexicon: &Lexicon) -> f64 {
    let Sentence { text, raw, edges, .. } = &sentences[at];
    let mut quality = by_length(length(text)) * BY_EDGES[*edges];
    let stands_alone = !Lexicon::begins_with(&lexicon.dangling, text)
        && !Lexicon::begins_with(&lexicon.asides, text);
    if !stands_alone {
        quality *= 0.3;
    } else if Lexicon::begins_with(&lexicon.joints, raw) {
        quality *= 0.75;
    }
    if lexicon.refers_back(text) {
        quality *= 0.6;
    }
    if text.contains(['?', '？', '؟']) {
        quality *= 0.2;
    }
    if lexicon.sums_up(text) {
        quality *= 1.3;
    }
    if text.contains(|it: char| it.is_numeric()) {
        quality *= 1.05;
    }
    // Speakers say at the beginning what they are going to tell.
    if as_f64(at) < as_f64(sentences.len()) * 0.1 { quality * 1.1 } else { quality }
}

/// One clause of five words tells little; one of forty is no summary.
fn by_length(words: usize) -> f64 {
    match words {
        0..=3 => 0.02,
        4..=5 => 0.12,
        6..=8 => 0.55,
        9..=28 => 1.0,
        29..=38 => 0.8,
        _ => 0.5,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::lexicon::Lexicon;
    use super::super::sentences::Sentence;
    use super::{Ranked, Wish};

    fn sentences(texts: &[&str]) -> Vec<Sentence> {
        let sentence = |(at, text): (usize, &&str)| Sentence {
            start: Duration::from_secs(10 * at as u64),
            text: (*text).to_owned(),
            raw: (*text).to_owned(),
            edges: 2,
        };
        texts.iter().enumerate().map(sentence).collect()
    }

    #[test]
    fn the_chosen_are_different_in_order_and_stand_alone() {
        let sentences = sentences(&[
            "This tower stores a lot of pressure for the whole city.",
            "The tower stores all the pressure that the whole city needs.",
            "The tower stores the pressure that the whole city needs.",
            "A leak in the pipe lets dirty groundwater into the city.",
            "Why does a leak in the pipe matter to the city at all?",
        ]);
        let ranked = Ranked::new(&sentences, "", &Lexicon::of("en"));
        let wish = Wish { most: 2, spread: 0.5, taken: &[] };
        let chosen = ranked.choose(wish, &[]);
        assert_eq!(chosen.len(), 2);
        assert!(chosen.contains(&3) && !chosen.contains(&0), "{chosen:?}");
    }

    #[test]
    fn every_range_with_a_sentence_gets_one() {
        let texts: Vec<String> = (0..20)
            .map(|it| format!("The city number {it} has a water tower and pipes."))
            .collect();
        let sentences = sentences(&texts.iter().map(String::as_str).collect::<Vec<_>>());
        let ranked = Ranked::new(&sentences, "", &Lexicon::of("en"));
        let at = Duration::from_secs;
        let chosen = ranked
            .choose(Wish { most: 2, spread: 0.5, taken: &[] }, &[at(0)..at(30), at(150)..at(199)]);
        assert!(chosen[0] < 3 && chosen[1] >= 15, "{chosen:?}");
    }
}
