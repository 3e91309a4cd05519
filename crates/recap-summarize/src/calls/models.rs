//! Which models may be asked, and until when the others may not.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use jiff::Timestamp;

/// A retired model is tried again after this long: a wrong 404 of something in
/// between must not switch it off until the next restart.
const RETIRED: Duration = Duration::from_hours(1);

/// Why a model may not be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    Spent,
    Retired,
}

/// The models in order of preference, and which of them are out of use.
#[derive(Debug)]
pub(super) struct Models {
    names: Vec<String>,
    out: Mutex<HashMap<String, (Why, Timestamp)>>,
}

impl Models {
    pub(super) fn new(names: Vec<String>) -> Self {
        Self { names, out: Mutex::default() }
    }

    /// All of them, with commas.
    pub(super) fn listed(&self) -> String {
        self.names.join(",")
    }

    /// Those that may be asked now, the preferred one first.
    pub(super) fn usable(&self, now: Timestamp) -> Vec<&str> {
        let out = self.out();
        let usable = |it: &&str| out.get(*it).is_none_or(|(_, until)| *until <= now);
        self.names.iter().map(String::as_str).filter(usable).collect()
    }

    /// Out of use until its quota is whole again.
    pub(super) fn spend(&self, name: &str, until: Timestamp) {
        self.out().insert(name.to_owned(), (Why::Spent, until));
    }

    /// Out of use for an hour.
    pub(super) fn retire(&self, name: &str, now: Timestamp) {
        let until = now.saturating_add(RETIRED).unwrap_or(Timestamp::MAX);
        self.out().insert(name.to_owned(), (Why::Retired, until));
    }

    /// When the first spent model is whole again; `None` if none is spent.
    pub(super) fn spent_until(&self, now: Timestamp) -> Option<Timestamp> {
        let out = self.out();
        let spent = out.values().filter(|(why, until)| *why == Why::Spent && *until > now);
        spent.map(|(_, until)| *until).min()
    }

    fn out(&self) -> MutexGuard<'_, HashMap<String, (Why, Timestamp)>> {
        self.out.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::Models;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_spent_model_is_back_the_next_day_and_a_retired_one_in_an_hour() {
        let models = Models::new(vec!["a".to_owned(), "b".to_owned()]);
        let now = at("2026-01-15T12:00:00Z");
        models.spend("a", at("2026-01-16T08:00:00Z"));
        models.retire("b", now);

        assert!(models.usable(now).is_empty());
        assert_eq!(models.spent_until(now), Some(at("2026-01-16T08:00:00Z")));
        assert_eq!(models.usable(at("2026-01-15T13:00:00Z")), ["b"]);
        assert_eq!(models.usable(at("2026-01-16T08:00:00Z")), ["a", "b"]);
        assert_eq!(models.spent_until(at("2026-01-16T08:00:00Z")), None);
    }
}
