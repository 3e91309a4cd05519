//! What a failed call means: Google's error model (`google.rpc.Status` with
//! `ErrorInfo`, `QuotaFailure` and `RetryInfo`) as seen on the Gemini API.

use std::time::Duration;

use serde::Deserialize;

use crate::calls::Failure;

/// The wait after a 429 that names none.
const DEFAULT_WAIT: Duration = Duration::from_secs(30);
/// No wait for a per-minute quota is longer than this, whatever it says.
const LONGEST_WAIT: Duration = Duration::from_hours(1);

const BAD_KEY: &str =
    "the key is not accepted; put a valid one into `gemini.api_key` (GEMINI_API_KEY)";
const NO_RIGHT: &str = "the key has no right to this API or is blocked; make a new one without \
     restrictions, and put it into `gemini.api_key` (GEMINI_API_KEY)";
const NOT_HERE: &str = "the API is not free of charge in this region; switch on billing for the key's \
     project, or run recap elsewhere";

/// The `error` object.
#[derive(Debug, Default, Deserialize)]
pub(super) struct ApiError {
    pub(super) code: Option<u16>,
    status: Option<String>,
    details: Option<Vec<Detail>>,
}

/// Any of the details; which one it is shows by its fields.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Detail {
    /// Of an `ErrorInfo`.
    reason: Option<String>,
    /// Of a `QuotaFailure`.
    violations: Option<Vec<Violation>>,
    /// Of a `RetryInfo`: seconds with an `s`, as in `38.2s`.
    retry_delay: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Violation {
    quota_id: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Body {
    error: Option<ApiError>,
}

/// From a status and the body of its answer, an object or an array of one.
pub(super) fn from_body(status: u16, body: &str) -> Failure {
    let bodies: Option<Vec<Body>> = super::response::one_or_many(body);
    let error = bodies.and_then(|it| it.into_iter().find_map(|it| it.error));
    classify(status, error.as_ref())
}

/// From the code and what the error says besides.
pub(super) fn classify(code: u16, error: Option<&ApiError>) -> Failure {
    let said = |status: &str| error.is_some_and(|it| it.status.as_deref() == Some(status));
    match code {
        400 if reasons(error).any(|it| it == "API_KEY_INVALID") => Failure::Refused(BAD_KEY),
        400 if said("FAILED_PRECONDITION") => Failure::Refused(NOT_HERE),
        401 => Failure::Refused(BAD_KEY),
        403 => Failure::NoRight(NO_RIGHT),
        404 => Failure::Retired,
        429 if quotas(error).any(|it| it.contains("PerDay")) => Failure::DaySpent,
        429 => Failure::Rate { retry_after: retry_delay(error).unwrap_or(DEFAULT_WAIT) },
        // A redirect is not followed, and comes from something in between.
        200..400 | 408 | 499 | 500.. => Failure::Passing(format!("status {code}").into()),
        _ => Failure::BadRequest,
    }
}

fn details(error: Option<&ApiError>) -> impl Iterator<Item = &Detail> {
    error.into_iter().filter_map(|it| it.details.as_ref()).flatten()
}

fn reasons(error: Option<&ApiError>) -> impl Iterator<Item = &str> {
    details(error).filter_map(|it| it.reason.as_deref())
}

fn quotas(error: Option<&ApiError>) -> impl Iterator<Item = &str> {
    let violations = details(error).filter_map(|it| it.violations.as_ref()).flatten();
    violations.filter_map(|it| it.quota_id.as_deref())
}

fn retry_delay(error: Option<&ApiError>) -> Option<Duration> {
    let seconds = details(error).find_map(|it| it.retry_delay.as_deref()?.strip_suffix('s'))?;
    let wait = Duration::try_from_secs_f64(seconds.parse().ok()?).ok()?;
    Some(wait.min(LONGEST_WAIT))
}

#[cfg(test)]
mod tests {
    use super::from_body;

    const DAY: &str = r#"{"error":{"code":429,"message":"You exceeded your current quota, ...","status":"RESOURCE_EXHAUSTED","details":[
      {"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{
         "quotaMetric":"generativelanguage.googleapis.com/generate_content_free_tier_requests",
         "quotaId":"GenerateRequestsPerDayPerProjectPerModel-FreeTier",
         "quotaDimensions":{"location":"global","model":"gemini-3.5-flash"},"quotaValue":"20"}]},
      {"@type":"type.googleapis.com/google.rpc.Help","links":[{"description":"Learn more","url":"https://ai.google.dev/"}]},
      {"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"34s"}]}}"#;
    const KEY: &str = r#"{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT","details":[
      {"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID","domain":"googleapis.com","metadata":{"service":"generativelanguage.googleapis.com"}}]}}"#;

    #[track_caller]
    fn check(status: u16, body: &str, expected: &str) {
        let actual = format!("{:?}", from_body(status, body));
        assert!(actual.starts_with(expected), "{status} {body}: {actual}");
    }

    #[test]
    fn a_failure_is_known_by_its_status_and_details() {
        let minute = DAY.replace("PerDay", "PerMinute");
        check(429, DAY, "DaySpent");
        check(429, &format!("[{DAY}]"), "DaySpent");
        check(429, &minute, "Rate { retry_after: 34s }");
        check(429, &minute.replace("34s", "38.2s"), "Rate { retry_after: 38.2s }");
        check(429, &minute.replace("34s", "-1s"), "Rate { retry_after: 30s }");
        check(429, &minute.replace("34s", "1e9s"), "Rate { retry_after: 3600s }");
        check(429, "", "Rate { retry_after: 30s }");
        check(400, KEY, "Refused(\"the key is not accepted");
        check(400, &format!("[{KEY}]"), "Refused(\"the key is not accepted");
        check(
            400,
            r#"{"error":{"status":"FAILED_PRECONDITION"}}"#,
            "Refused(\"the API is not free",
        );
        check(400, r#"{"error":{"status":"INVALID_ARGUMENT"}}"#, "BadRequest");
        check(400, "<html>", "BadRequest");
        check(401, "", "Refused(\"the key is not accepted");
        check(403, r#"{"error":{"status":"PERMISSION_DENIED"}}"#, "NoRight(\"the key has no right");
        check(404, r#"{"error":{"status":"NOT_FOUND"}}"#, "Retired");
        for status in [302, 408, 499, 500, 502, 503, 504] {
            check(status, "<html>", "Passing");
        }
    }

    #[test]
    fn no_upstream_text_is_kept() {
        for (status, body) in [(400, KEY), (429, DAY), (500, "secret words")] {
            let kept = format!("{:?}", from_body(status, body));
            assert!(
                !kept.contains("secret") && !kept.contains("exceeded") && !kept.contains("pass")
            );
        }
    }
}
