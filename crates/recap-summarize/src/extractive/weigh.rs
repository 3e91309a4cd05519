//! What each sentence is worth, and what it still adds to others.
//!
//! A term is worth about as much as the sentences that say it are many, and with each sentence that is
//! chosen what is told of it is worth less: so the chosen say what the text says
//! most, and each something else. It is the greedy way to a maximum of a
//! submodular function (H. Lin and J. Bilmes, "A Class of Submodular Functions
//! for Document Summarization", 2011), whose cost grows with the words alone.

use foldhash::{HashMap, HashMapExt as _};

use super::words::{Vocabulary, Word};

/// What a term is worth after each time it was told.
const TOLD: f64 = 0.65;
/// Of a term that only one sentence has.
const SINGLE: f64 = 0.1;
/// Of a term of the title or the chapter, beside what it is worth.
const TOPIC: f64 = 2.0;
/// What many sentences say is worth a little more than their number.
const POWER: f64 = 1.15;

/// Terms of texts, single ones and pairs, and the worth of each.
#[derive(Debug)]
pub(super) struct Weighed {
    /// Of each text, sorted, each once.
    terms: Vec<Vec<u32>>,
    worth: Vec<f64>,
}

impl Weighed {
    /// What is said of `topic` is worth more.
    pub(super) fn new<'a>(
        texts: impl Iterator<Item = &'a [Word<'a>]>,
        topic: &[Word<'_>],
        vocabulary: &mut Vocabulary<'_>,
    ) -> Self {
        let said: Vec<Vec<u32>> = texts.map(|it| vocabulary.terms(it)).collect();
        let topic = set(vocabulary.terms(topic));
        let singles = vocabulary.len();
        let mut pairs = HashMap::new();
        let terms = said.into_iter().map(|it| with_pairs(it, singles, &mut pairs));
        let terms: Vec<Vec<u32>> = terms.collect();
        let mut worth = vec![0.0; singles + pairs.len()];
        for term in terms.iter().flatten() {
            worth[index(*term)] += 1.0;
        }
        for (at, worth) in worth.iter_mut().enumerate() {
            let once = if at < singles { SINGLE } else { 0.0 };
            *worth = if *worth < 2.0 { *worth * once } else { worth.powf(POWER) };
        }
        for term in topic {
            worth[index(term)] *= TOPIC;
        }
        Self { terms, worth }
    }

    /// What a text adds to those told already.
    pub(super) fn gain(&self, at: usize) -> f64 {
        self.terms[at].iter().map(|it| self.worth[index(*it)]).sum()
    }

    /// From now on what the text says is worth less.
    pub(super) fn tell(&mut self, at: usize) {
        for term in &self.terms[at] {
            self.worth[index(*term)] *= TOLD;
        }
    }

    /// As if nothing was told: see [`Self::restore`].
    pub(super) fn saved(&self) -> Vec<f64> {
        self.worth.clone()
    }

    pub(super) fn restore(&mut self, saved: Vec<f64>) {
        self.worth = saved;
    }

    /// How alike two texts are, 0 to 1: terms they share, of those of the
    /// shorter one.
    pub(super) fn likeness(&self, a: usize, b: usize) -> f64 {
        let (a, b) = (&self.terms[a], &self.terms[b]);
        let (mut shared, mut at) = (0, 0);
        for term in a {
            while b.get(at).is_some_and(|it| it < term) {
                at += 1;
            }
            shared += usize::from(b.get(at) == Some(term));
        }
        let shorter = a.len().min(b.len());
        if shorter == 0 { 0.0 } else { as_f64(shared) / as_f64(shorter) }
    }
}

/// The terms, and each two that follow each other as a term of their own, with a
/// number above those of single ones: `water tower` is more than both.
fn with_pairs(
    mut said: Vec<u32>,
    singles: usize,
    pairs: &mut HashMap<(u32, u32), u32>,
) -> Vec<u32> {
    for at in 1..said.len() {
        let next = u32::try_from(singles + pairs.len()).unwrap_or(u32::MAX);
        let pair = *pairs.entry((said[at - 1], said[at])).or_insert(next);
        said.push(pair);
    }
    set(said)
}

fn set(mut terms: Vec<u32>) -> Vec<u32> {
    terms.sort_unstable();
    terms.dedup();
    terms
}

fn index(term: u32) -> usize {
    usize::try_from(term).unwrap_or(usize::MAX)
}

pub(super) fn as_f64(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::super::lexicon::Lexicon;
    use super::super::words::{Vocabulary, words};
    use super::Weighed;

    const TEXTS: [&str; 4] = [
        "The water tower stores pressure for the city.",
        "Pressure in the water pipe comes from the tower.",
        "A cat sleeps on the sofa.",
        "Pressure drops when the tower is empty.",
    ];

    fn weighed(topic: &str) -> Weighed {
        let lexicon = Lexicon::of("en");
        let texts = TEXTS.map(words);
        let texts = texts.iter().map(Vec::as_slice);
        Weighed::new(texts, &words(topic), &mut Vocabulary::new(&lexicon))
    }

    #[test]
    fn what_many_say_is_worth_most_until_it_is_told() {
        let mut texts = weighed("");
        assert!(texts.gain(0) > texts.gain(2) && texts.gain(3) > texts.gain(2));
        let before = texts.gain(1);
        texts.tell(0);
        assert!(texts.gain(1) < 0.8 * before);
        assert!(weighed("A cat and a sofa").gain(2) > weighed("").gain(2));
    }

    #[test]
    fn likeness_is_what_is_shared() {
        let texts = weighed("");
        assert!(texts.likeness(0, 1) > 0.3);
        assert!(texts.likeness(0, 2) < 1e-9);
        assert!((texts.likeness(1, 1) - 1.0).abs() < 1e-9);
    }
}
