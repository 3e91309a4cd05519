//! What a failed call means, and what can be done about it.

use std::time::Duration;

use serde_json::Value;

use super::habits::Objection;
use super::said::Said;
use crate::calls::Failure;

/// The wait after a 429 that names none.
const DEFAULT_WAIT: Duration = Duration::from_secs(30);
/// The wait for a model that is being loaded.
const LOADING_WAIT: Duration = Duration::from_secs(10);

const BAD_KEY: &str =
    "the key is missing or not accepted; put a valid one into `openai.api_key` (OPENAI_API_KEY)";
const NO_RIGHT: &str = "the key has no right to this model, or the region is not served; take \
     another key (`openai.api_key`), model (`openai.models`) or server (`openai.base_url`)";
const NO_MONEY: &str =
    "the account is out of credit; pay, or name a model in `openai.models` that costs nothing";
const NO_API: &str = "there is no such API; `openai.base_url` ends with the version, as in http://127.0.0.1:11434/v1";

/// Why a call brought no answer, and what can be done about it.
#[derive(Debug)]
pub(super) enum Trouble {
    Failure(Failure),
    /// Ask again without this.
    Objection(Objection),
    /// The prompt does not fit.
    TooLong,
    /// A filter refused the content.
    Blocked,
    /// The answer has no text.
    Blank,
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl Trouble {
    pub(super) fn passing(problem: &'static str) -> Self {
        Self::Failure(Failure::passing(problem))
    }

    fn refused(problem: &'static str) -> Self {
        Self::Failure(Failure::Refused(problem))
    }
}

/// From the status, what was said, and the wait that was named.
pub(super) fn classify(status: u16, said: &Said, wait: Option<Duration>) -> Trouble {
    let rate = |wait: Duration| Trouble::Failure(Failure::Rate { retry_after: wait });
    let objection = said.objection().filter(|_| matches!(status, 400 | 404 | 422 | 501));
    match (status, wait) {
        (413, _) => Trouble::TooLong,
        (400 | 404 | 422 | 429 | 500 | 501, _) if said.is_too_long() => Trouble::TooLong,
        (400 | 403 | 422, _) if said.is_about_content() => Trouble::Blocked,
        (400 | 404, _) if said.misses_model() => Failure::Retired.into(),
        _ if let Some(objection) = objection => Trouble::Objection(objection),
        (401, _) => Trouble::refused(BAD_KEY),
        (403, _) => Trouble::refused(NO_RIGHT),
        (404, _) if said.has(&["model", "no endpoints"]) => Failure::Retired.into(),
        (404, _) => Trouble::refused(NO_API),
        // A wait that is named beside these is too short.
        (429, _) if said.has(&["insufficient_quota", "credit_balance"]) => {
            Trouble::refused(NO_MONEY)
        }
        (429, _) if said.has(&["per-day", "per day", "_daily"]) => Failure::DaySpent.into(),
        (402 | 429 | 503, Some(wait)) => rate(wait),
        (402, None) => Trouble::refused(NO_MONEY),
        (429, None) => rate(DEFAULT_WAIT),
        (503, _) if said.has(&["loading model"]) => rate(LOADING_WAIT),
        // A redirect is not followed, and comes from something in between.
        (200..400 | 408 | 409 | 425 | 499 | 500 | 502.., _) => {
            Failure::passing(format!("status {status}")).into()
        }
        _ => Failure::BadRequest.into(),
    }
}

/// From an error in the stream, whose status was 200: its code may be a number, or
/// words.
pub(super) fn in_stream(error: &Value) -> Trouble {
    let said = Said::of_error(error);
    let number = error.get("code").and_then(|it| {
        it.as_u64().or_else(|| it.as_str()?.parse().ok()).and_then(|it| u16::try_from(it).ok())
    });
    let guess = if said.has(&["rate_limit"]) {
        429
    } else if said.is_too_long() || said.is_about_content() {
        400
    } else {
        500
    };
    classify(number.filter(|it| *it >= 400).unwrap_or(guess), &said, None)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::said::Said;
    use super::{classify, in_stream};

    #[track_caller]
    fn check(status: u16, body: &str, expected: &str) {
        let actual = format!("{:?}", classify(status, &Said::of_body(body), None));
        assert!(actual.contains(expected), "{status} {body}: {actual}");
    }

    #[test]
    fn a_prompt_that_is_too_long_is_known_whoever_says_so() {
        check(
            400,
            r#"{"error":{"message":"This model's maximum context length is 4097 tokens.","code":"context_length_exceeded"}}"#,
            "TooLong",
        );
        check(
            400,
            r#"{"error":{"code":400,"message":"request (9 tokens) exceeds the available context size (4 tokens)","type":"exceed_context_size_error"}}"#,
            "TooLong",
        );
        check(
            400,
            r#"{"object":"error","message":"You passed 9 input tokens and requested 9 output tokens. However, the model's context length is only 4 tokens.","code":400}"#,
            "TooLong",
        );
        check(
            429,
            r#"{"error":{"message":"Request too large for gpt-4o on tokens per min (TPM): Limit 30000","code":"rate_limit_exceeded"}}"#,
            "TooLong",
        );
        check(413, "<html>", "TooLong");
    }

    #[test]
    fn keys_content_and_money_are_told_apart() {
        check(401, r#"{"error":"Unauthorized"}"#, "the key is missing");
        check(
            403,
            r#"{"error":{"message":"Country not supported","code":"unsupported_country_region_territory"}}"#,
            "no right",
        );
        check(
            403,
            r#"{"error":{"code":403,"message":"Your input was flagged","metadata":{}}}"#,
            "Blocked",
        );
        check(402, r#"{"error":{"code":402,"message":"Insufficient credits"}}"#, "out of credit");
    }

    #[test]
    fn a_model_that_is_missing_is_no_wrong_path() {
        check(
            404,
            r#"{"error":{"message":"model \"x\" not found, try pulling it first","type":"not_found_error"}}"#,
            "Retired",
        );
        check(
            404,
            r#"{"error":{"message":"The model `x` does not exist.","type":"NotFoundError","param":"model","code":404}}"#,
            "Retired",
        );
        check(400, r#"{"error":{"message":"model 'x' not found"}}"#, "Retired");
        check(400, r#"{"error":{"message":"x/y is not a valid model ID","code":400}}"#, "Retired");
        check(404, r#"{"error":{"message":"No endpoints found for x/y.","code":404}}"#, "Retired");
        check(404, "404 page not found", "no such API");
        check(404, r#"{"detail":"Not Found"}"#, "no such API");
        check(
            404,
            r#"{"error":{"message":"No endpoints found that can handle the requested parameters.","code":404}}"#,
            "Objection(Json)",
        );
    }

    #[test]
    fn waiting_helps_or_does_not() {
        check(
            429,
            r#"{"error":{"message":"You exceeded your current quota","code":"insufficient_quota"}}"#,
            "out of credit",
        );
        check(
            429,
            r#"{"error":{"message":"Rate limit exceeded: free-models-per-day","code":429}}"#,
            "DaySpent",
        );
        check(429, "", "retry_after: 30s");
        check(
            503,
            r#"{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}"#,
            "retry_after: 10s",
        );
        for status in [302, 408, 499, 500, 502, 503, 504, 529] {
            check(status, "<html>", "Passing");
        }
        check(400, r#"{"error":{"message":"'messages' is required"}}"#, "BadRequest");
    }

    #[test]
    fn what_a_server_does_not_take_is_known_by_its_words() {
        check(
            400,
            r#"{"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.","code":"unsupported_parameter","param":"max_tokens"}}"#,
            "Objection(Limit)",
        );
        check(
            400,
            r#"{"error":{"message":"max_tokens is too large: 32000.","param":"max_tokens"}}"#,
            "BadRequest",
        );
        check(
            400,
            r#"{"error":{"message":"\"x\" does not support thinking"}}"#,
            "Objection(Effort)",
        );
        check(
            400,
            r#"{"error":{"message":"Unsupported value: 'none'","param":"reasoning_effort"}}"#,
            "Objection(Effort)",
        );
        check(
            400,
            r#"{"error":{"message":"Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model."}}"#,
            "Objection(Json)",
        );
        check(422, r#"{"detail":"stream_options is unknown"}"#, "Objection(Usage)");
    }

    #[test]
    fn a_wait_that_is_named_is_obeyed_but_not_where_waiting_does_not_help() {
        let wait = Some(Duration::from_secs(7));
        let of = |status, body: &str| format!("{:?}", classify(status, &Said::of_body(body), wait));
        for status in [402, 429, 503] {
            assert!(of(status, "").contains("retry_after: 7s"));
        }
        assert!(of(429, r#"{"error":{"code":"insufficient_quota"}}"#).contains("Refused"));
    }

    #[test]
    fn an_error_in_the_stream_has_a_code_in_numbers_or_words() {
        let of = |json: &str| format!("{:?}", in_stream(&serde_json::from_str(json).unwrap()));
        assert!(of(r#"{"code":502,"message":"x"}"#).contains("Passing"));
        assert!(of(r#"{"code":"server_error"}"#).contains("Passing"));
        assert!(of(r#"{"code":"rate_limit_exceeded"}"#).contains("Rate"));
        assert!(of(r#"{"code":"401"}"#).contains("Refused"));
        assert!(of(r#""runner crashed""#).contains("Passing"));
    }

    #[test]
    fn no_upstream_text_is_kept() {
        let said = Said::of_body(r#"{"error":{"message":"secret words"}}"#);
        for status in [400, 401, 404, 429, 500] {
            assert!(!format!("{:?}", classify(status, &said, None)).contains("secret"));
        }
    }
}
