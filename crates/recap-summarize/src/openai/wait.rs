//! How long a server wants us to wait.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::HeaderMap;

/// No wait is longer than this, whatever it says.
const LONGEST: Duration = Duration::from_hours(1);

/// By `Retry-After`, in seconds or as a date, or OpenAI's `retry-after-ms`; else by
/// what the error says: "try again in 41.7s".
pub(super) fn wait(headers: &HeaderMap, said: &str, now: Timestamp) -> Option<Duration> {
    let header = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    let milliseconds = header("retry-after-ms").and_then(|it| it.parse().ok());
    let wait = milliseconds
        .map(Duration::from_millis)
        .or_else(|| after(header("retry-after")?, now))
        .or_else(|| again_in(said))?;
    Some(wait.min(LONGEST))
}

fn after(value: &str, now: Timestamp) -> Option<Duration> {
    if let Ok(seconds) = value.parse() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let date = jiff::fmt::rfc2822::parse(value).ok()?.timestamp();
    Some(date.duration_since(now).try_into().unwrap_or(Duration::ZERO))
}

fn again_in(said: &str) -> Option<Duration> {
    let (_, wait) = said.split_once("try again in ")?;
    let digits = wait.find(|it: char| !it.is_ascii_digit() && it != '.')?;
    let (number, unit) = wait.split_at(digits);
    let seconds: f64 = number.trim_end_matches('.').parse().ok()?;
    let unit = if unit.starts_with("ms") {
        0.001
    } else if unit.starts_with('m') {
        60.0
    } else {
        1.0
    };
    Duration::try_from_secs_f64(seconds * unit).ok()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

    use super::wait;

    #[track_caller]
    fn check(name: &'static str, value: &'static str, said: &str, expected: Option<u64>) {
        let now = "2026-01-15T20:00:00Z".parse().unwrap();
        let mut headers = HeaderMap::new();
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        let expected = expected.map(Duration::from_millis);
        assert_eq!(wait(&headers, said, now), expected, "{name}: {value}, {said}");
    }

    #[test]
    fn a_wait_is_named_in_several_ways() {
        check("retry-after", "7", "", Some(7000));
        check("retry-after", "0.5", "", Some(500));
        check("retry-after", "Thu, 15 Jan 2026 20:00:09 GMT", "", Some(9000));
        check("retry-after", "Thu, 15 Jan 2026 19:00:00 GMT", "", Some(0));
        check("retry-after", "-1", "", None);
        check("retry-after", "1e9", "", Some(3_600_000));
        check("retry-after-ms", "40", "", Some(40));
        check("x", "1", "please try again in 41.724s.", Some(41_724));
        check("x", "1", "try again in 12ms", Some(12));
        check("x", "1", "try again in 6m0s", Some(360_000));
        check("x", "1", "try again later", None);
    }
}
