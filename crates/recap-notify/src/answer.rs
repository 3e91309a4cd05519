//! What an answer says besides its status.

use std::time::Duration;

use jiff::fmt::rfc2822;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use tokio::time::{Instant, timeout_at};

/// Longest wait that is listened to; the schedule allows less.
const LONGEST_WAIT: Duration = Duration::from_hours(7 * 24);

/// The receiver wants no more of this message.
const ABORT: (&str, &str) = ("webhook-delivery", "abort-message");

/// What `Retry-After` asks to wait, in seconds or until a date; `unix_seconds` is
/// now.
pub(crate) fn retry_after(headers: &HeaderMap, unix_seconds: i64) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let wait = value.parse().ok().or_else(|| until(value, unix_seconds))?;
    Some(Duration::from_secs(wait).min(LONGEST_WAIT))
}

/// Seconds from `unix_seconds` until `date`; none if it is past.
fn until(date: &str, unix_seconds: i64) -> Option<u64> {
    let date = rfc2822::DateTimeParser::new().parse_timestamp(date).ok()?;
    Some(u64::try_from(date.as_second().saturating_sub(unix_seconds)).unwrap_or(0))
}

pub(crate) fn aborts(headers: &HeaderMap) -> bool {
    let (name, value) = ABORT;
    headers.get(name).is_some_and(|it| it.as_bytes().eq_ignore_ascii_case(value.as_bytes()))
}

/// The first `limit` bytes of the body as text, or what came of them by
/// `deadline`: the status has been said already, so a body that is slow or breaks
/// off changes nothing.
pub(crate) async fn text(
    mut response: reqwest::Response,
    limit: usize,
    deadline: Instant,
) -> String {
    let mut body = Vec::new();
    while body.len() < limit {
        let Ok(Ok(Some(bytes))) = timeout_at(deadline, response.chunk()).await else { break };
        body.extend_from_slice(&bytes[..bytes.len().min(limit - body.len())]);
    }
    printable(&body)
}

/// Bytes that are no UTF-8 are replaced, and control characters left out.
fn printable(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).chars().filter(|it| !it.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    #[track_caller]
    fn check(value: &str, expected: Option<u64>) {
        let value = HeaderValue::from_str(value).unwrap();
        let headers = HeaderMap::from_iter([(RETRY_AFTER, value)]);
        // 2026-11-20T10:00:00Z
        let wait = retry_after(&headers, 1_795_168_800);
        assert_eq!(wait.map(|it| it.as_secs()), expected);
    }

    #[test]
    fn waits_are_seconds_or_dates() {
        check("120", Some(120));
        check(" 0 ", Some(0));
        check("18446744073709551615", Some(604_800));
        check("Fri, 20 Nov 2026 10:02:00 GMT", Some(120));
        check("Fri, 20 Nov 2026 09:00:00 GMT", Some(0));
        check("Tue, 31 Dec 2999 23:59:59 GMT", Some(604_800));
        for nonsense in ["", "-1", "1.5", "soon", "18446744073709551616", "Fri, 99 Nov 2026"] {
            check(nonsense, None);
        }
        assert_eq!(retry_after(&HeaderMap::new(), 0), None);
    }

    #[test]
    fn text_is_fit_to_be_shown() {
        assert_eq!(printable(b"gone\r\n\x1b[31m\0 \xc3\xbc\xff"), "gone[31m ü\u{fffd}");
    }
}
