//! Every fault, as the client meets it.

use std::time::Duration;

use recap_simulator::gemini::Gemini;
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::gemini::{ask, events, text};
use crate::tools::client;

const STREAM: &str = "streamGenerateContent?alt=sse";

#[tokio::test]
async fn refusals_have_the_status_and_the_shape_of_google() {
    let gemini = Gemini::start(0).await.unwrap();
    for (fault, code, status) in [
        ("rate_minute", 429, "RESOURCE_EXHAUSTED"),
        ("rate_day", 429, "RESOURCE_EXHAUSTED"),
        ("unavailable", 503, "UNAVAILABLE"),
        ("internal", 500, "INTERNAL"),
        ("not_found", 404, "NOT_FOUND"),
        ("key_invalid", 400, "INVALID_ARGUMENT"),
        ("forbidden", 403, "PERMISSION_DENIED"),
        ("region", 400, "FAILED_PRECONDITION"),
    ] {
        for method in ["generateContent", STREAM] {
            let response = ask(&gemini, method, Some(fault)).await;
            assert_eq!(response.status(), code, "{fault}");
            let body: Value = response.json().await.unwrap();
            assert_eq!(
                (&body["error"]["status"], &body["error"]["code"]),
                (&json!(status), &json!(code))
            );
        }
    }
    let body: Value = ask(&gemini, STREAM, Some("array_wrapped_error")).await.json().await.unwrap();
    assert_eq!(body[0]["error"]["code"], 503);
    gemini.stop().await;
}

#[tokio::test]
async fn quotas_name_their_period_and_a_wait() {
    let gemini = Gemini::start(0).await.unwrap();
    for (fault, period, wait) in [("rate_minute", "PerMinute", "1s"), ("rate_day", "PerDay", "34s")]
    {
        let body: Value = ask(&gemini, STREAM, Some(fault)).await.json().await.unwrap();
        let details = &body["error"]["details"];
        assert!(details[0]["violations"][0]["quotaId"].as_str().unwrap().contains(period));
        assert_eq!(details[2]["retryDelay"], wait);
    }
    gemini.stop().await;
}

#[tokio::test]
async fn spoiled_answers_end_as_their_fault_says() {
    let gemini = Gemini::start(0).await.unwrap();
    let read =
        async |fault: &str| events(&ask(&gemini, STREAM, Some(fault)).await.text().await.unwrap());
    let reason = |it: &[Value]| it.last().unwrap()["candidates"][0]["finishReason"].clone();

    for (fault, expected) in [("max_tokens", "MAX_TOKENS"), ("malformed", "STOP")] {
        let responses = read(fault).await;
        assert_eq!(reason(&responses), expected);
        assert!(serde_json::from_str::<Value>(&text(&responses)).is_err(), "{fault}");
    }
    for (fault, expected) in
        [("max_tokens_empty", "MAX_TOKENS"), ("safety", "SAFETY"), ("recitation", "RECITATION")]
    {
        let responses = read(fault).await;
        assert_eq!(reason(&responses), expected);
        assert!(responses[0]["candidates"][0]["content"].get("parts").is_none(), "{fault}");
    }
    let blocked = read("blocked_prompt").await;
    assert_eq!(blocked[0]["promptFeedback"]["blockReason"], "SAFETY");
    assert!(blocked[0].get("candidates").is_none());
    let broken = read("mid_stream_error").await;
    assert!(broken[0]["candidates"][0].get("finishReason").is_none());
    assert_eq!(broken[1]["error"]["code"], 500);
    gemini.stop().await;
}

#[tokio::test]
async fn a_cut_stream_breaks_off_after_some_data() {
    let gemini = Gemini::start(0).await.unwrap();
    for method in ["generateContent", STREAM] {
        let mut response = ask(&gemini, method, Some("cut_stream")).await;
        assert_eq!(response.status(), 200);
        assert!(!response.chunk().await.unwrap().unwrap().is_empty());
        assert!(response.chunk().await.is_err(), "{method}");
    }
    gemini.stop().await;
}

#[tokio::test]
async fn a_stalled_stream_stays_open_until_the_simulator_stops() {
    let gemini = Gemini::start(0).await.unwrap();
    let mut response = ask(&gemini, STREAM, Some("stall")).await;
    assert!(!response.chunk().await.unwrap().unwrap().is_empty());
    let more = timeout(Duration::from_millis(300), response.chunk()).await;
    assert!(more.is_err(), "nothing more was to come: {more:?}");
    gemini.stop().await;
    assert!(response.chunk().await.is_err());
}

#[tokio::test]
async fn faults_are_set_over_http_too() {
    let gemini = Gemini::start(0).await.unwrap();
    let root = gemini.base_url().replace("/v1beta", "");
    let post = async |path: &str, body: Value| {
        client().post(format!("{root}{path}")).json(&body).send().await.unwrap().status().as_u16()
    };
    assert_eq!(post("/__fault", json!({"fault": "unavailable"})).await, 200);
    assert_eq!(post("/__fault", json!({"fault": "nonsense"})).await, 400);
    assert_eq!(ask(&gemini, STREAM, None).await.status(), 503);
    assert_eq!(ask(&gemini, STREAM, None).await.status(), 200);
    let calls: Value =
        client().get(format!("{root}/__calls")).send().await.unwrap().json().await.unwrap();
    assert_eq!(
        (&calls[0]["fault"], &calls[0]["segments"][0]["segment"]),
        (&json!("unavailable"), &json!(4))
    );
    assert_eq!(post("/__reset", json!(null)).await, 200);
    assert!(gemini.calls().is_empty());
    gemini.stop().await;
}
