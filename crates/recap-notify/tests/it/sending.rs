//! Receivers that are kind, broken or hostile.

use std::sync::Arc;
use std::time::Duration;

use recap_config::WebhooksConfig;
use recap_core::ports::{Notification, Notifier, Response};
use recap_core::webhook::AttemptError;
use recap_simulator::webhooks::{Answer, Receiver};

use crate::support::{LONG, NOW, PAYLOAD, secret, send, sender, settings, unknowing};

async fn start(answers: impl IntoIterator<Item = Answer>) -> (Receiver, Arc<dyn Notifier>) {
    let receiver = Receiver::start(0).await.unwrap();
    receiver.script("/hook", answers);
    let settings = WebhooksConfig { timeout_seconds: 60, ..settings() };
    (receiver, sender(settings, &unknowing()))
}

/// What comes of one attempt that meets `answer`.
async fn met(answer: Answer) -> Response {
    let (receiver, sender) = start([answer]).await;
    let response = send(&sender, &receiver.url("/hook")).await;
    receiver.stop().await;
    response
}

#[tokio::test]
async fn a_message_is_sent_byte_for_byte_as_promised() {
    let (receiver, sender) = start([]).await;
    let response = send(&sender, &receiver.url("/hook?a=b")).await;
    assert_eq!((response.status, response.error, response.abort), (Some(200), None, false));
    assert_eq!((response.body.as_str(), response.retry_after), ("OK", None));
    assert!(response.latency > Duration::ZERO && response.latency < LONG);

    let request = receiver.requests().remove(0);
    assert_eq!((request.method.as_str(), request.path.as_str()), ("POST", "/hook?a=b"));
    assert_eq!(request.body, PAYLOAD.as_bytes());
    let headers: Vec<String> =
        request.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    // The signature was made with OpenSSL: printf '%s' "$ID.$TIME.$BODY" |
    // openssl dgst -sha256 -mac HMAC -macopt hexkey:0101…01 -binary | base64
    assert_eq!(
        headers,
        [
            "content-type: application/json",
            "webhook-signature: v1,7VPNdSz5AhKmZAUf9GXwSEpO2JVQqL9ajJs9+0bLBOA=",
            "webhook-id: msg_01KAGC0000000000000000000A",
            "webhook-timestamp: 1795168800",
            "accept: */*",
            "user-agent: recap/0.1.0 (+webhooks)",
            &format!("host: 127.0.0.1:{}", receiver.port()),
            "content-length: 55",
        ]
    );
    receiver.stop().await;
}

#[tokio::test]
async fn a_rotation_makes_two_signatures() {
    let (receiver, sender) = start([]).await;
    let id = "msg_01KAGC0000000000000000000A".parse().unwrap();
    let url = receiver.url("/hook");
    let secrets = [secret(2), secret(1)];
    let mut message =
        Notification { id, url: &url, payload: PAYLOAD, secrets: &secrets, unix_seconds: NOW };
    sender.send(&message).await;
    message.secrets = &secrets[1..];
    sender.send(&message).await;
    message.secrets = &[];
    assert_eq!(sender.send(&message).await.error, Some(AttemptError::NoSecret));

    let seen = receiver.requests();
    let [both, one] = [0, 1].map(|it: usize| seen[it].header("webhook-signature").unwrap());
    let (new, old) = both.split_once(' ').unwrap();
    assert!(new != old && old == one, "{both} and {one}");
    assert_eq!(seen.len(), 2);
    receiver.stop().await;
}

#[tokio::test]
async fn only_2xx_is_success() {
    let statuses = [500, 500, 200, 201, 204, 299, 400, 401, 404, 410, 429, 502, 503, 504];
    let (receiver, sender) = start(statuses.map(Answer::Status)).await;
    for status in statuses {
        let response = send(&sender, &receiver.url("/hook")).await;
        let expected = (!(200..300).contains(&status)).then_some(AttemptError::Status);
        assert_eq!((response.status, response.error), (Some(status), expected));
    }
    receiver.stop().await;
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (receiver, sender) = start([]).await;
    let statuses = [301, 302, 303, 304, 307, 308].map(Answer::Status);
    receiver.script("/hook", statuses.into_iter().chain([Answer::Redirect(receiver.url("/else"))]));
    for _ in 0..7 {
        let response = send(&sender, &receiver.url("/hook")).await;
        assert_eq!(response.error, Some(AttemptError::Redirect));
        assert!((300..400).contains(&response.status.unwrap()));
    }
    assert!(receiver.requests().iter().all(|it| it.path == "/hook"));
    receiver.stop().await;
}

#[tokio::test]
async fn a_long_answer_is_not_read_to_its_end() {
    let (receiver, sender) = start([Answer::Big]).await;
    let response = send(&sender, &receiver.url("/hook")).await;
    assert_eq!((response.status, response.error), (Some(200), None));
    assert_eq!(response.body, "x".repeat(1024));
    // One more, for the first connection to notice that it was closed.
    assert_eq!(send(&sender, &receiver.url("/hook")).await.error, None);
    assert!(receiver.sent_bytes() < 1 << 20, "{} bytes", receiver.sent_bytes());
    receiver.stop().await;
}

#[tokio::test]
async fn who_does_not_answer_is_left_at_the_deadline() {
    let receiver = Receiver::start(0).await.unwrap();
    receiver.script("/hook", [Answer::Hang, Answer::Drip]);
    let settings = WebhooksConfig { timeout_seconds: 1, ..settings() };
    let sender = sender(settings, &unknowing());
    let hung = send(&sender, &receiver.url("/hook")).await;
    assert_eq!((hung.status, hung.error), (None, Some(AttemptError::Timeout)));
    assert!((Duration::from_secs(1)..LONG).contains(&hung.latency), "{:?}", hung.latency);

    // It has taken the message; what else it says is of no consequence.
    let dripping = send(&sender, &receiver.url("/hook")).await;
    assert_eq!((dripping.status, dripping.error), (Some(200), None));
    assert!(dripping.body.starts_with('.') && dripping.body.len() < 100, "{}", dripping.body);
    assert!((Duration::from_secs(1)..LONG).contains(&dripping.latency), "{:?}", dripping.latency);
    receiver.stop().await;
}

#[tokio::test]
async fn what_an_answer_asks_for_is_passed_on() {
    let slow = met(Answer::RetryAfter { status: 429, value: "120".to_owned() }).await;
    assert_eq!((slow.status, slow.retry_after), (Some(429), Some(Duration::from_mins(2))));
    let date = "Fri, 20 Nov 2026 11:00:00 GMT".to_owned();
    let slow = met(Answer::RetryAfter { status: 503, value: date }).await;
    assert_eq!(slow.retry_after, Some(Duration::from_hours(1)));

    let abort = met(Answer::Abort(500)).await;
    assert_eq!((abort.abort, abort.error), (true, Some(AttemptError::Status)));
    assert!(!met(Answer::Status(500)).await.abort);
    let text = met(Answer::Text("all\r\nis\u{0} \u{1b}[1mwell\u{85} ü".to_owned())).await;
    assert_eq!(text.body, "allis [1mwell ü");
}

#[tokio::test]
async fn who_cannot_be_reached_or_hangs_up_is_named_so() {
    assert_eq!(met(Answer::Close).await.error, Some(AttemptError::Connection));
    let (receiver, sender) = start([]).await;
    let url = receiver.url("/hook");
    receiver.stop().await;
    let response = send(&sender, &url).await;
    assert_eq!((response.status, response.error), (None, Some(AttemptError::Connection)));
}
