//! A sender, a message, and a resolver that answers from a list.

use std::io;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use recap_config::{Config, WebhooksConfig};
use recap_core::ports::{Notification, Notifier, Response};
use recap_core::webhook::{AddressRules, DeliveryId, Destination, UrlRefused, WebhookSecret};
use recap_notify::{Lookup, connect};

pub(crate) const PAYLOAD: &str = r#"{"type":"job.completed","data":{"title":"Füße 🎈"}}"#;
pub(crate) const NOW: i64 = 1_795_168_800;

/// Settings under which a receiver on `127.0.0.1` may be sent to, and nothing else
/// on loopback.
pub(crate) fn settings() -> WebhooksConfig {
    WebhooksConfig {
        allow_http: true,
        allow_cidrs: vec!["127.0.0.1/32".to_owned()],
        ..WebhooksConfig::default()
    }
}

/// A sender that never asks a real resolver.
pub(crate) fn sender(settings: WebhooksConfig, lookup: &Lookup) -> Arc<dyn Notifier> {
    connect(&Config { webhooks: settings, ..Config::default() }, lookup).unwrap()
}

/// Answers `answers` in turn; no address, once they are over.
pub(crate) fn answering(answers: &[&[&str]]) -> Lookup {
    let parse = |it: &&[&str]| it.iter().map(|it| it.parse().unwrap()).collect();
    let mut answers: Vec<Vec<IpAddr>> = answers.iter().map(parse).collect();
    answers.reverse();
    let answers = Arc::new(Mutex::new(answers));
    Arc::new(move |_| {
        let answer = answers.lock().unwrap().pop().unwrap_or_default();
        Box::pin(async move { Ok(answer) })
    })
}

/// A resolver that does not know any name.
pub(crate) fn unknowing() -> Lookup {
    Arc::new(|_| Box::pin(async { Err(io::Error::other("failed to lookup address information")) }))
}

pub(crate) fn secret(byte: u8) -> WebhookSecret {
    WebhookSecret::new([byte; 32])
}

pub(crate) async fn send(sender: &Arc<dyn Notifier>, url: &str) -> Response {
    let notification = Notification {
        id: "msg_01KAGC0000000000000000000A".parse::<DeliveryId>().unwrap(),
        url,
        payload: PAYLOAD,
        secrets: &[secret(1)],
        unix_seconds: NOW,
    };
    sender.send(&notification).await
}

/// Nothing here takes longer than a loaded machine may need.
pub(crate) const LONG: Duration = Duration::from_mins(1);

/// What the settings say of a URL, whose name is not looked up.
pub(crate) struct Rule(AddressRules);

impl Rule {
    pub(crate) fn of(settings: &WebhooksConfig) -> Self {
        Self(AddressRules::new(settings.allowed_networks(), settings.allow_http))
    }

    pub(crate) fn check(&self, url: &str) -> Result<(), UrlRefused> {
        Destination::of(url, &self.0).map(drop)
    }
}
