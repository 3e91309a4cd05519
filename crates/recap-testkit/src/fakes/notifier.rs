//! What receivers of messages answer, by script.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use recap_core::ports::{Notification, Notifier, Response};
use recap_core::webhook::{DeliveryId, WebhookSecret};

/// A message as it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    pub id: DeliveryId,
    pub url: String,
    pub payload: String,
    pub secrets: Vec<WebhookSecret>,
    pub unix_seconds: i64,
}

/// Gives the scripted answers in order, then 200.
#[derive(Debug, Default)]
pub struct ScriptedNotifier {
    script: Mutex<VecDeque<Response>>,
    sent: Mutex<Vec<Sent>>,
}

impl ScriptedNotifier {
    pub fn new() -> Self {
        Self::default()
    }

    /// What the next message without an answer yet is answered with.
    pub fn then(&self, response: Response) -> &Self {
        self.script.lock().expect("not poisoned").push_back(response);
        self
    }

    /// All messages so far, in order.
    pub fn sent(&self) -> Vec<Sent> {
        self.sent.lock().expect("not poisoned").clone()
    }
}

#[async_trait]
impl Notifier for ScriptedNotifier {
    async fn send(&self, notification: &Notification<'_>) -> Response {
        let Notification { id, url, payload, secrets, unix_seconds } = *notification;
        self.sent.lock().expect("not poisoned").push(Sent {
            id,
            url: url.to_owned(),
            payload: payload.to_owned(),
            secrets: secrets.to_vec(),
            unix_seconds,
        });
        self.script.lock().expect("not poisoned").pop_front().unwrap_or_else(taken)
    }
}

fn taken() -> Response {
    Response {
        status: Some(200),
        error: None,
        latency: Duration::from_millis(20),
        body: String::new(),
        retry_after: None,
        abort: false,
    }
}
