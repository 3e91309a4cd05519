//! What came of many requests.

use std::collections::BTreeMap;
use std::fmt;

/// Statuses and other ends, each with how often it was seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally(BTreeMap<String, usize>);

impl Tally {
    pub(super) fn note(&mut self, what: impl fmt::Display) {
        *self.0.entry(what.to_string()).or_default() += 1;
    }

    pub(super) fn add(&mut self, other: Self) {
        for (what, count) in other.0 {
            *self.0.entry(what).or_default() += count;
        }
    }

    /// How often this was seen.
    pub(super) fn of(&self, what: impl fmt::Display) -> usize {
        self.0.get(&what.to_string()).copied().unwrap_or_default()
    }

    /// Whether nothing else was seen.
    pub(super) fn is_only(&self, known: &[&str]) -> bool {
        self.0.keys().all(|it| known.contains(&it.as_str()))
    }

    /// Nothing was answered as if it were the server's fault.
    pub(super) fn is_clean(&self) -> bool {
        !self.0.keys().any(|it| it.len() == 3 && it.starts_with('5'))
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<String> = self.0.iter().map(|(k, v)| format!("{v} × {k}")).collect();
        f.write_str(&parts.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_is_counted_together() {
        let mut tally = Tally::default();
        tally.note(413);
        tally.note("closed");
        tally.add(tally.clone());
        assert_eq!(tally.to_string(), "2 × 413, 2 × closed");
        assert!(tally.is_clean() && tally.is_only(&["413", "closed"]));
        assert_eq!((tally.of(413), tally.of(200)), (2, 0));
        tally.note(503);
        assert!(!tally.is_clean() && !tally.is_only(&["413", "closed"]));
    }
}
