//! The official client of the OpenAI API, and what it hides.

use recap_simulator::openai::{Fault, OpenAi, Shape};
use serde_json::{Value, json};
use tokio::process::Command;

use crate::tools::{client, directory};

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the real client is the point of this test")]
async fn the_sdk_of_openai_takes_the_simulator_for_each_of_them() {
    for shape in Shape::ALL {
        let server = OpenAi::start(0, shape).await.unwrap();
        let output = Command::new(recap_testkit::tools::openai_python())
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/openai_sdk.py"))
            .arg(server.base_url())
            .arg(json!(shape).as_str().unwrap())
            .env_clear()
            .env("LC_ALL", "C.UTF-8")
            .env("HOME", directory("openai-sdk"))
            .kill_on_drop(true)
            .output()
            .await
            .unwrap();
        let (out, err) =
            (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success() && out.contains("all is well"), "{shape:?}: {out}{err}");
        let calls = server.calls();
        let streamed = calls.iter().find(|it| it.stream).unwrap();
        assert_eq!(streamed.video.as_deref(), Some("ok_demo25m1"));
        assert_eq!(streamed.format.as_deref(), Some("json_schema"));
        server.stop().await;
    }
}

fn request() -> Value {
    json!({
        "model": "small-1",
        "messages": [{"role": "user", "content": "A sentence that is to be repeated in the answer."}],
        "stream": true,
    })
}

async fn post(server: &OpenAi, path: &str, body: &Value) -> reqwest::Response {
    let url = format!("{}{path}", server.base_url());
    client().post(url).bearer_auth("a-key").json(body).send().await.unwrap()
}

#[tokio::test]
async fn a_stream_is_life_text_and_an_end() {
    for (shape, beginning) in [
        (Shape::Openrouter, ": OPENROUTER PROCESSING\n\ndata: {"),
        (Shape::LlamaCpp, ":\n\ndata: {"),
        (Shape::Vllm, "data: {"),
    ] {
        let server = OpenAi::start(0, shape).await.unwrap();
        let body = post(&server, "/chat/completions", &request()).await.text().await.unwrap();
        assert!(body.starts_with(beginning) && body.ends_with("data: [DONE]\n\n"), "{body}");
        server.set_fault(Fault::MidStreamError, 1);
        let broken = post(&server, "/chat/completions", &request()).await.text().await.unwrap();
        assert!(broken.contains("\"error\":{"), "{broken}");
        assert_eq!(broken.ends_with("data: [DONE]\n\n"), shape == Shape::Vllm, "{broken}");
        server.stop().await;
    }
}

#[tokio::test]
async fn what_does_not_fit_is_refused_or_cut_in_silence() {
    for shape in Shape::ALL {
        let server = OpenAi::start(0, shape).await.unwrap();
        let root = server.base_url().replace("/v1", "");
        let small = client().post(format!("{root}/__context")).json(&json!({"tokens": 10}));
        small.send().await.unwrap().error_for_status().unwrap();
        let status = post(&server, "/chat/completions", &request()).await.status();
        assert_eq!(status.as_u16(), if shape == Shape::Ollama { 200 } else { 400 }, "{shape:?}");
        if shape == Shape::Ollama {
            assert_eq!(server.calls()[0].prompt_tokens, 7);
        }
        server.stop().await;
    }
}

#[tokio::test]
async fn faults_come_in_turn_and_calls_are_recorded() {
    let server = OpenAi::start(0, Shape::Openai).await.unwrap();
    let root = server.base_url().replace("/v1", "");
    let fault = json!({"fault": "rate", "times": 1});
    client().post(format!("{root}/__fault")).json(&fault).send().await.unwrap();
    let refused = post(&server, "/chat/completions", &request()).await;
    assert_eq!(
        (refused.status().as_u16(), &refused.headers()["retry-after"]),
        (429, &"1".parse().unwrap())
    );
    assert_eq!(post(&server, "/chat/completions", &request()).await.status(), 200);
    assert_eq!(post(&server, "/nothing", &request()).await.status(), 404);
    let calls = server.calls();
    let told: Vec<_> = calls.iter().map(|it| (it.status, it.fault)).collect();
    assert_eq!(told, [(429, Some(Fault::Rate)), (200, None), (404, None)]);
    let unknown = json!({"fault": "nonsense"});
    let answer = client().post(format!("{root}/__fault")).json(&unknown).send().await.unwrap();
    assert_eq!(answer.status(), 400);
    server.stop().await;
}
