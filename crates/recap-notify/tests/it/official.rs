//! The official client of Standard Webhooks takes what is sent.

use std::process::Stdio;

use recap_core::ports::Notification;
use recap_core::webhook::WebhookSecret;
use recap_simulator::webhooks::{ReceivedRequest, Receiver};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use crate::support::{PAYLOAD, secret, sender, settings, unknowing};

/// As the receiver got it.
fn message(request: &ReceivedRequest) -> Value {
    let headers: serde_json::Map<String, Value> =
        request.headers.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    json!({ "headers": headers, "body": std::str::from_utf8(&request.body).unwrap() })
}

#[expect(clippy::disallowed_methods, reason = "the real client is the point of this test")]
async fn verify(case: &Value) -> String {
    let mut child = Command::new(recap_testkit::tools::standardwebhooks_python())
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/verify.py"))
        .env_clear()
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(case.to_string().as_bytes()).await.unwrap();
    drop(stdin);
    let output = child.wait_with_output().await.unwrap();
    let text = |it: &[u8]| String::from_utf8_lossy(it).into_owned();
    text(&output.stdout) + &text(&output.stderr)
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the client compares with the real time")]
async fn the_official_client_takes_what_is_sent_and_nothing_else() {
    let receiver = Receiver::start(0).await.unwrap();
    let sender = sender(settings(), &unknowing());
    let url = receiver.url("/hook");
    let mut messages = Vec::new();
    let (old, new) = (secret(1), secret(2));
    let both = [new.clone(), old.clone()];
    let rotation: [&[WebhookSecret]; 3] = [&both[1..], &both, &both[..1]];
    for secrets in rotation {
        let id = "msg_01KAGC0000000000000000000A".parse().unwrap();
        let unix_seconds = jiff::Timestamp::now().as_second();
        let sent = Notification { id, url: &url, payload: PAYLOAD, secrets, unix_seconds };
        assert_eq!(sender.send(&sent).await.error, None);
        messages.push(message(receiver.requests().last().unwrap()));
    }
    receiver.stop().await;
    let [before, during, after] = &messages[..] else { panic!("there are three") };
    let case = json!({
        "old": old.expose(), "new": new.expose(),
        "before": before, "during": during, "after": after,
    });
    assert_eq!(verify(&case).await, "all is well\n");
}
