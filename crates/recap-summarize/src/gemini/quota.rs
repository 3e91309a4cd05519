//! Which models may be asked, and until when the others may not.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

/// A retired model is tried again after this long: a wrong 404 of something in
/// between must not switch it off until the next restart.
const RETIRED: Duration = Duration::from_hours(1);

/// US Pacific time, in which Gemini's day begins, by the rule in force since
/// 2007: summer time from the second Sunday of March to the first of November,
/// at two in the morning. Written out, so that no time zone data is needed.
const PACIFIC: &str = "PST8PDT,M3.2.0,M11.1.0";

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

/// The next midnight in `America/Los_Angeles`, when a daily quota is whole
/// again (Google's page on rate limits: "requests per day quotas reset at
/// midnight Pacific time").
pub(super) fn next_midnight(now: Timestamp) -> Timestamp {
    let zone = TimeZone::posix(PACIFIC).expect("the rule above is a POSIX time zone");
    let tomorrow = now.to_zoned(zone).checked_add(1.day()).and_then(|it| it.start_of_day());
    tomorrow.map_or(Timestamp::MAX, |it| it.timestamp())
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::{Models, next_midnight};

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn the_day_ends_at_midnight_in_california() {
        let table = [
            ("2026-01-15T12:00:00Z", "2026-01-16T08:00:00Z"),
            ("2026-01-15T07:59:59Z", "2026-01-15T08:00:00Z"),
            ("2026-01-15T08:00:00Z", "2026-01-16T08:00:00Z"),
            ("2026-07-15T12:00:00Z", "2026-07-16T07:00:00Z"),
            // Summer time begins on 8 March and ends on 1 November 2026.
            ("2026-03-07T20:00:00Z", "2026-03-08T08:00:00Z"),
            ("2026-03-08T20:00:00Z", "2026-03-09T07:00:00Z"),
            ("2026-10-31T20:00:00Z", "2026-11-01T07:00:00Z"),
            ("2026-11-01T20:00:00Z", "2026-11-02T08:00:00Z"),
        ];
        for (now, expected) in table {
            assert_eq!(next_midnight(at(now)), at(expected), "{now}");
        }
    }

    #[test]
    fn a_spent_model_is_back_the_next_day_and_a_retired_one_in_an_hour() {
        let models = Models::new(vec!["a".to_owned(), "b".to_owned()]);
        let now = at("2026-01-15T12:00:00Z");
        models.spend("a", next_midnight(now));
        models.retire("b", now);

        assert!(models.usable(now).is_empty());
        assert_eq!(models.spent_until(now), Some(at("2026-01-16T08:00:00Z")));
        assert_eq!(models.usable(at("2026-01-15T13:00:00Z")), ["b"]);
        assert_eq!(models.usable(at("2026-01-16T08:00:00Z")), ["a", "b"]);
        assert_eq!(models.spent_until(at("2026-01-16T08:00:00Z")), None);
    }
}
