//! One attempt: sign, connect, post, look at what is answered.

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use recap_config::WebhooksConfig;
use recap_core::ports::{Notification, Notifier, Response};
use recap_core::webhook::{AddressRules, AttemptError, Destination};
use recap_telemetry::{http, metrics};
use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, ClientBuilder};
use tokio::time::{Instant, timeout_at};

use crate::answer;
use crate::failure::attempt_error;
use crate::resolve::{Lookup, Resolver};
use crate::sign::signatures;
use crate::turns::Turns;

const USER_AGENT: &str = concat!("recap/", env!("CARGO_PKG_VERSION"), " (+webhooks)");

/// How long a turn with a busy host is waited for. Not longer: whoever waits keeps
/// a hand of the worker from everybody else's messages.
const PATIENCE: Duration = Duration::from_secs(1);

/// Sends messages.
pub(crate) struct Sender {
    rules: Arc<AddressRules>,
    /// Reaches public and listed addresses.
    usual: Client,
    /// Reaches listed addresses only.
    listed: Client,
    turns: Turns,
    timeout: Duration,
    max_response_bytes: usize,
}

impl Sender {
    /// `amend` has the last word about how a client is built.
    pub(crate) fn new(
        config: &WebhooksConfig,
        lookup: &Lookup,
        amend: impl Fn(ClientBuilder) -> ClientBuilder,
    ) -> Result<Self, reqwest::Error> {
        let rules = Arc::new(AddressRules::new(config.allowed_networks(), config.allow_http));
        let client = |listed_only| {
            let resolver = Resolver { rules: rules.clone(), listed_only, lookup: lookup.clone() };
            amend(builder(config.timeout()).dns_resolver(resolver)).build()
        };
        let usual = client(false)?;
        // Where nothing is listed nothing is sent by it, and it would hold a copy of
        // all root certificates.
        let listed = if rules.lists_any() { client(true)? } else { usual.clone() };
        Ok(Self {
            usual,
            listed,
            turns: Turns::new(config.per_host),
            timeout: config.timeout(),
            max_response_bytes: config.max_response_bytes,
            rules,
        })
    }

    /// Asks for a page, without a message; says the status.
    pub(crate) async fn get(&self, url: &str) -> Result<u16, AttemptError> {
        let target = Destination::of(url, &self.rules).map_err(|_| AttemptError::AddressRefused)?;
        let request = self.client(&target).get(target.url);
        let answer = request.send().await.map_err(|it| attempt_error(&it))?;
        Ok(answer.status().as_u16())
    }

    fn client(&self, target: &Destination) -> &Client {
        if target.usual_port { &self.usual } else { &self.listed }
    }

    async fn attempt(&self, target: Destination, notification: &Notification<'_>) -> Response {
        let _in_flight = metrics::InFlight::to_webhook();
        let began = Instant::now();
        let deadline = began + self.timeout;
        let request = request(self.client(&target), target, notification);
        let mut outcome = match timeout_at(deadline, request.send()).await {
            Ok(Ok(response)) => self.look_at(response, notification.unix_seconds, deadline).await,
            Ok(Err(error)) => without_answer(attempt_error(&error)),
            Err(_) => without_answer(AttemptError::Timeout),
        };
        outcome.latency = began.elapsed();
        outcome
    }

    async fn look_at(
        &self,
        response: reqwest::Response,
        unix_seconds: i64,
        deadline: Instant,
    ) -> Response {
        let (status, headers) = (response.status(), response.headers());
        Response {
            status: Some(status.as_u16()),
            error: match status {
                it if it.is_success() => None,
                it if it.is_redirection() => Some(AttemptError::Redirect),
                _ => Some(AttemptError::Status),
            },
            latency: Duration::ZERO,
            retry_after: answer::retry_after(headers, unix_seconds),
            abort: answer::aborts(headers),
            body: answer::text(response, self.max_response_bytes, deadline).await,
        }
    }
}

#[async_trait]
impl Notifier for Sender {
    async fn send(&self, notification: &Notification<'_>) -> Response {
        if notification.secrets.is_empty() {
            return without_answer(AttemptError::NoSecret);
        }
        // Checked again at each attempt: the settings may have changed since the URL
        // was taken, and a host that is an address is checked nowhere else.
        let outcome = match Destination::of(notification.url, &self.rules) {
            Ok(target) => match self.turns.take(&target.host, PATIENCE).await {
                Some(_turn) => self.attempt(target, notification).await,
                None => return busy(self.timeout),
            },
            Err(_) => without_answer(AttemptError::AddressRefused),
        };
        let label = outcome.error.map_or_else(|| "delivered".to_owned(), |it| it.to_string());
        metrics::webhook_attempted(&label, outcome.latency);
        outcome
    }
}

/// Nothing stands between the rules and the network: no proxy, no connection that
/// was made when a name meant something else, no request that reqwest repeats by
/// itself. Attempts at one host are seldom, so a kept connection would only hold
/// memory.
fn builder(timeout: Duration) -> ClientBuilder {
    http::builder(timeout, timeout)
        .user_agent(USER_AGENT)
        .no_proxy()
        .pool_max_idle_per_host(0)
        .retry(reqwest::retry::never())
}

fn request(
    client: &Client,
    target: Destination,
    notification: &Notification<'_>,
) -> reqwest::RequestBuilder {
    let Notification { id, payload, secrets, unix_seconds, .. } = notification;
    let id = id.to_string();
    client
        .post(target.url)
        .header(CONTENT_TYPE, "application/json")
        .header("webhook-signature", signatures(secrets, &id, *unix_seconds, payload))
        .header("webhook-id", id)
        .header("webhook-timestamp", *unix_seconds)
        .body((*payload).to_owned())
}

fn without_answer(error: AttemptError) -> Response {
    Response {
        status: None,
        error: Some(error),
        latency: Duration::ZERO,
        body: String::new(),
        retry_after: None,
        abort: false,
    }
}

/// Nothing was sent: others have the host's turns, and have them no longer than
/// `wait`.
fn busy(wait: Duration) -> Response {
    Response { retry_after: Some(wait), ..without_answer(AttemptError::Resting) }
}
