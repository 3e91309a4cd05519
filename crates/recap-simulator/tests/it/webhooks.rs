//! The receiver of messages.

use recap_simulator::webhooks::{Answer, Receiver};
use serde_json::{Value, json};

use crate::tools::client;

async fn post(url: String, body: impl Into<reqwest::Body>) -> reqwest::Response {
    client().post(url).body(body).send().await.unwrap()
}

#[tokio::test]
async fn answers_come_in_turn_and_requests_are_kept_as_they_came() {
    let receiver = Receiver::start(0).await.unwrap();
    receiver.script("/hook", [Answer::Status(500), Answer::Abort(503)]);
    receiver.always("/gone", Answer::Status(410));
    for (path, expected) in
        [("/hook?a=1", 500), ("/hook", 503), ("/hook", 200), ("/gone", 410), ("/gone", 410)]
    {
        let response = post(receiver.url(path), r#"{"ü": 1}"#).await;
        assert_eq!(response.status(), expected);
        assert_eq!(response.headers().contains_key("webhook-delivery"), expected == 503);
    }
    let seen = receiver.requests();
    assert_eq!((seen[0].method.as_str(), seen[0].path.as_str()), ("POST", "/hook?a=1"));
    assert_eq!((seen[0].body.as_ref(), seen[0].complete), (r#"{"ü": 1}"#.as_bytes(), true));
    assert_eq!(seen[0].header("content-length"), Some("9"));
    receiver.stop().await;
}

#[tokio::test]
async fn it_is_scripted_and_read_over_http_as_well() {
    let receiver = Receiver::start(0).await.unwrap();
    let answers = json!([
        {"redirect": "http://127.0.0.1/"},
        {"retry_after": {"status": 429, "value": "120"}},
        {"text": "thanks"},
    ]);
    let script = json!({"path": "/hook", "answers": answers, "then": "close"});
    post(receiver.url("/__script"), script.to_string()).await.error_for_status().unwrap();
    let moved = reqwest::redirect::Policy::none();
    let client = reqwest::Client::builder().no_proxy().redirect(moved).build().unwrap();
    let send = async || client.post(receiver.url("/hook")).send().await;
    let response = send().await.unwrap();
    assert_eq!(
        (response.status().as_u16(), &response.headers()["location"]),
        (302, &"http://127.0.0.1/".parse().unwrap())
    );
    assert_eq!(send().await.unwrap().headers()["retry-after"], "120");
    assert_eq!(send().await.unwrap().text().await.unwrap(), "thanks");
    assert!(send().await.is_err());

    let seen: Value =
        client.get(receiver.url("/__requests")).send().await.unwrap().json().await.unwrap();
    assert_eq!(seen.as_array().unwrap().len(), 4);
    let wrong = post(receiver.url("/__script"), r#"{"path": "/", "answer": 1}"#).await;
    assert_eq!(wrong.status(), 400);
    post(receiver.url("/__reset"), "").await.error_for_status().unwrap();
    assert!(receiver.requests().is_empty());
    assert_eq!(post(receiver.url("/hook"), "").await.status(), 200);
    receiver.stop().await;
}

#[tokio::test]
async fn a_body_that_is_too_long_is_not_kept() {
    let receiver = Receiver::start(0).await.unwrap();
    assert_eq!(post(receiver.url("/hook"), vec![b'x'; 64 << 10]).await.status(), 200);
    assert_eq!(post(receiver.url("/hook"), vec![b'x'; (64 << 10) + 1]).await.status(), 413);
    let kept: Vec<(usize, bool)> =
        receiver.requests().iter().map(|it| (it.body.len(), it.complete)).collect();
    assert_eq!(kept, [(64 << 10, true), (0, false)]);
    receiver.stop().await;
}

#[tokio::test]
async fn who_waits_for_requests_is_woken() {
    let receiver = Receiver::start(0).await.unwrap();
    receiver.script("/hook", [Answer::Hang]);
    let hanging = client();
    let (seen, ()) = tokio::join!(receiver.wait_for(2), async {
        let hung = hanging.post(receiver.url("/hook")).send();
        tokio::select! {
            _ = hung => panic!("it was to hang"),
            _ = receiver.wait_for(1) => {}
        }
        post(receiver.url("/other"), "").await;
    });
    assert_eq!(seen.iter().map(|it| it.path.as_str()).collect::<Vec<_>>(), ["/hook", "/other"]);
    receiver.stop().await;
}
