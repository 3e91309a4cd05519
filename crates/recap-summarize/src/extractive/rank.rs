//! `LexRank`: a sentence matters when sentences that matter say the same.
//!
//! G. Erkan and D. Radev, "`LexRank`: Graph-based Lexical Centrality as
//! Salience in Text Summarization", 2004: TF-IDF cosine graph, power iteration.

use std::collections::HashMap;

use super::lexicon::Lexicon;
use super::words::terms;

/// Weaker ties than this are chance.
const THRESHOLD: f64 = 0.04;
/// Share of the rank that comes along the ties; the rest is even.
const DAMPING: f64 = 0.85;
/// Enough for three digits.
const ITERATIONS: usize = 30;

/// Texts as vectors, and how alike any two of them are.
#[derive(Debug)]
pub(super) struct Graph {
    /// Row by row, 0 to 1.
    likeness: Vec<f64>,
    size: usize,
}

impl Graph {
    /// Of at most a few hundred texts: its memory is the square of them.
    pub(super) fn new<'a>(texts: impl Iterator<Item = &'a str>, lexicon: &Lexicon) -> Self {
        let vectors = vectors(texts, lexicon);
        let size = vectors.len();
        let mut likeness = vec![0.0; size * size];
        for a in 0..size {
            for b in a + 1..size {
                let cosine = cosine(&vectors[a], &vectors[b]);
                likeness[a * size + b] = cosine;
                likeness[b * size + a] = cosine;
            }
        }
        Self { likeness, size }
    }

    pub(super) fn likeness(&self, a: usize, b: usize) -> f64 {
        self.likeness[a * self.size + b]
    }

    /// How central each text is, the most central one 1.
    pub(super) fn centrality(&self) -> Vec<f64> {
        let even = 1.0 / as_f64(self.size.max(1));
        let sums: Vec<f64> =
            (0..self.size).map(|it| self.ties(it).map(|(_, tie)| tie).sum()).collect();
        let mut ranks = vec![even; self.size];
        for _ in 0..ITERATIONS {
            let mut next = vec![(1.0 - DAMPING) * even; self.size];
            for from in 0..self.size {
                for (to, tie) in self.ties(from) {
                    next[to] += DAMPING * ranks[from] * tie / sums[from];
                }
            }
            ranks = next;
        }
        let highest = ranks.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
        ranks.iter().map(|it| it / highest).collect()
    }

    fn ties(&self, from: usize) -> impl Iterator<Item = (usize, f64)> {
        let row = &self.likeness[from * self.size..(from + 1) * self.size];
        row.iter().copied().enumerate().filter(|(_, tie)| *tie > THRESHOLD)
    }
}

/// Unit vectors, sorted by term.
fn vectors<'a>(texts: impl Iterator<Item = &'a str>, lexicon: &Lexicon) -> Vec<Vec<(usize, f64)>> {
    let mut numbers: HashMap<String, usize> = HashMap::new();
    let mut frequency: Vec<usize> = Vec::new();
    let mut counted: Vec<Vec<(usize, f64)>> = Vec::new();
    for text in texts {
        let mut own: Vec<usize> = Vec::new();
        for term in terms(text, lexicon) {
            let next = numbers.len();
            own.push(*numbers.entry(term).or_insert(next));
        }
        frequency.resize(numbers.len(), 0);
        counted.push(counts(own, &mut frequency));
    }
    let all = counted.len();
    let rarity = |term: usize| (as_f64(all + 1) / as_f64(frequency[term])).ln();
    counted.into_iter().map(|it| unit(it, rarity)).collect()
}

/// How often each term stands in one text.
fn counts(mut terms: Vec<usize>, frequency: &mut [usize]) -> Vec<(usize, f64)> {
    terms.sort_unstable();
    let found: Vec<(usize, f64)> =
        terms.chunk_by(|a, b| a == b).map(|it| (it[0], as_f64(it.len()))).collect();
    for (term, _) in &found {
        frequency[*term] += 1;
    }
    found
}

fn unit(counts: Vec<(usize, f64)>, rarity: impl Fn(usize) -> f64) -> Vec<(usize, f64)> {
    let weighed: Vec<(usize, f64)> =
        counts.into_iter().map(|(term, count)| (term, (1.0 + count.ln()) * rarity(term))).collect();
    let length = weighed.iter().map(|(_, it)| it * it).sum::<f64>().sqrt().max(f64::MIN_POSITIVE);
    weighed.into_iter().map(|(term, weight)| (term, weight / length)).collect()
}

/// Of two unit vectors, both sorted by term.
fn cosine(a: &[(usize, f64)], b: &[(usize, f64)]) -> f64 {
    let (mut sum, mut at) = (0.0, 0);
    for (term, weight) in a {
        while b.get(at).is_some_and(|it| it.0 < *term) {
            at += 1;
        }
        if let Some((other, theirs)) = b.get(at)
            && other == term
        {
            sum += weight * theirs;
        }
    }
    sum
}

pub(super) fn as_f64(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::super::lexicon::Lexicon;
    use super::Graph;

    const TEXTS: [&str; 5] = [
        "The water tower stores pressure for the city.",
        "Pressure in the water pipe comes from the tower.",
        "A cat sleeps on the sofa.",
        "The tower fills with water at night.",
        "Pressure drops when the tower is empty.",
    ];

    #[test]
    fn what_many_say_is_central_and_what_nobody_repeats_is_not() {
        let ranks = Graph::new(TEXTS.into_iter(), &Lexicon::of("en")).centrality();
        let lowest = (0..5).min_by(|a, b| ranks[*a].total_cmp(&ranks[*b])).unwrap();
        assert_eq!(lowest, 2);
        assert!(ranks.iter().all(|it| *it > 0.0 && *it <= 1.0));
    }

    #[test]
    fn the_same_texts_have_the_same_ranks() {
        let rank = || Graph::new(TEXTS.into_iter(), &Lexicon::of("en")).centrality();
        assert_eq!(rank(), rank());
        assert!(Graph::new(std::iter::empty(), &Lexicon::of("en")).centrality().is_empty());
        assert_eq!(Graph::new(["…", ""].into_iter(), &Lexicon::of("en")).centrality(), [1.0, 1.0]);
    }
}
