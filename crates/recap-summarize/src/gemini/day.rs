//! When a quota of the day is whole again.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

/// US Pacific time, in which Gemini's day begins, by the rule in force since
/// 2007: summer time from the second Sunday of March to the first of November,
/// at two in the morning. Written out, so that no time zone data is needed.
const PACIFIC: &str = "PST8PDT,M3.2.0,M11.1.0";

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

    use super::next_midnight;

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
}
