//! Gemini over plain HTTP: what the SDK hides.

use recap_simulator::gemini::{Fault, Gemini};
use serde_json::{Value, json};

use crate::tools::client;

pub(crate) const MODEL: &str = "gemini-3.5-flash-lite";

/// A request for one segment with a schema, answered in some hundred characters.
pub(crate) fn request() -> Value {
    json!({
        "contents": [{"role": "user", "parts": [{"text": "<transcript segment=\"4\" start=\"2400\" end=\"3000\">\
            The pipes under the street are older than anyone who works on them. \
            Every night a crew listens to the ground for the sound of a leak.</transcript>"}]}],
        "generationConfig": {"responseJsonSchema": {"type": "object", "properties": {
            "index": {"type": "integer"}, "summary": {"type": "string"},
        }}},
    })
}

pub(crate) async fn ask(gemini: &Gemini, method: &str, fault: Option<&str>) -> reqwest::Response {
    let url = format!("{}/models/{MODEL}:{method}", gemini.base_url());
    let mut request = client().post(url).header("x-goog-api-key", "a-key").json(&request());
    if let Some(fault) = fault {
        request = request.header("x-simulator-fault", fault);
    }
    request.send().await.unwrap()
}

/// Asks this, and reads the answer.
pub(crate) async fn ask_for(gemini: &Gemini, prompt: &str) -> Value {
    let url = format!("{}/models/{MODEL}:generateContent", gemini.base_url());
    let body = json!({"contents": [{"role": "user", "parts": [{"text": prompt}]}]});
    let request = client().post(url).header("x-goog-api-key", "a-key").json(&body);
    request.send().await.unwrap().json().await.unwrap()
}

/// The responses in a stream of events.
pub(crate) fn events(body: &str) -> Vec<Value> {
    assert!(body.ends_with("\r\n\r\n"), "an event is not complete: {body:?}");
    let events = body.split("\r\n\r\n").filter(|it| !it.is_empty());
    events.map(|it| serde_json::from_str(it.strip_prefix("data: ").unwrap()).unwrap()).collect()
}

pub(crate) fn text(responses: &[Value]) -> String {
    let parts = responses.iter().map(|it| &it["candidates"][0]["content"]["parts"][0]["text"]);
    parts.filter_map(Value::as_str).collect()
}

#[tokio::test]
async fn a_stream_is_events_or_a_list() {
    let gemini = Gemini::start(0).await.unwrap();
    let response = ask(&gemini, "streamGenerateContent?alt=sse", None).await;
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let events = events(&response.text().await.unwrap());
    let list: Vec<Value> = ask(&gemini, "streamGenerateContent", None).await.json().await.unwrap();
    assert_eq!(events, list);
    let answer: Value = serde_json::from_str(&text(&events)).unwrap();
    assert_eq!(answer["index"], 4);
    assert!(answer["summary"].as_str().unwrap().contains("older than anyone"));
    gemini.stop().await;
}

#[tokio::test]
async fn a_key_is_needed_in_the_header() {
    let gemini = Gemini::start(0).await.unwrap();
    let url = format!("{}/models?key=a-key", gemini.base_url());
    let refused = client().get(&url).send().await.unwrap();
    assert_eq!(refused.status(), 403);
    let body: Value = refused.json().await.unwrap();
    assert_eq!(body["error"]["status"], "PERMISSION_DENIED");

    let refused = client().get(&url).header("x-goog-api-key", "bad-key").send().await.unwrap();
    let body: Value = refused.json().await.unwrap();
    assert_eq!(body["error"]["details"][0]["reason"], "API_KEY_INVALID");
    gemini.stop().await;
}

#[tokio::test]
async fn calls_are_recorded_and_faults_come_in_turn() {
    let gemini = Gemini::start(0).await.unwrap();
    gemini.set_fault(Fault::RateMinute, 1);
    gemini.set_fault(Fault::Internal, 1);
    for expected in [429, 500, 200] {
        assert_eq!(ask(&gemini, "generateContent", None).await.status(), expected);
    }
    let calls = gemini.calls();
    let faults: Vec<_> = calls.iter().map(|it| it.fault).collect();
    assert_eq!(faults, [Some(Fault::RateMinute), Some(Fault::Internal), None]);
    assert!(calls.iter().all(|it| it.model == MODEL && it.segments[0].segment == Some(4)));
    assert_eq!(calls[2].finish_reason.as_deref(), Some("STOP"));
    assert!(calls[2].output_tokens > 0 && calls[0].output_tokens == 0);

    gemini.set_model_fault(MODEL, Fault::NotFound);
    for _ in 0..2 {
        assert_eq!(ask(&gemini, "generateContent", None).await.status(), 404);
    }
    gemini.reset();
    assert!(gemini.calls().is_empty());
    assert_eq!(ask(&gemini, "generateContent", None).await.status(), 200);
    gemini.stop().await;
}

#[tokio::test]
async fn requests_that_gemini_refuses_are_refused() {
    let gemini = Gemini::start(0).await.unwrap();
    let refused = async |path: &str, body: Value| {
        let url = format!("{}/models/{path}", gemini.base_url());
        let response =
            client().post(url).header("x-goog-api-key", "a-key").json(&body).send().await.unwrap();
        (
            response.status().as_u16(),
            response.json::<Value>().await.unwrap()["error"]["status"].clone(),
        )
    };
    let with = |config: Value| json!({"contents": request()["contents"], "generationConfig": {"thinkingConfig": config}});
    let invalid = (400, json!("INVALID_ARGUMENT"));
    let missing = (404, json!("NOT_FOUND"));
    assert_eq!(refused("gemini-2.0-flash:generateContent", request()).await, missing);
    assert_eq!(refused("gemini-3.6-flash:imagine", request()).await, missing);
    assert_eq!(refused("gemini-3.6-flash:generateContent", json!({})).await, invalid);
    let own_turn = json!({"contents": [{"role": "model", "parts": [{"text": "x"}]}]});
    assert_eq!(refused("gemini-3.6-flash:generateContent", own_turn).await, invalid);
    let minimal = with(json!({"thinkingLevel": "MINIMAL"}));
    assert_eq!(refused("gemini-3.8-flash:generateContent", minimal).await, invalid);
    let both = with(json!({"thinkingLevel": "LOW", "thinkingBudget": 1}));
    assert_eq!(refused("gemini-3.6-flash:generateContent", both).await, invalid);
    gemini.stop().await;
}
