//! Receivers of messages, each behind a breaker of its own. No slot: the runner
//! bounds how many messages are sent at once.

use std::time::Duration;

use async_trait::async_trait;
use recap_core::ports::{Breaker, Notification, Notifier, Response};
use recap_core::webhook::AttemptError;
use url::Url;

use super::Guarded;

#[async_trait]
impl Notifier for Guarded<dyn Notifier> {
    async fn send(&self, notification: &Notification<'_>) -> Response {
        // What is no URL goes nowhere, and the port says so.
        let Some(host) = host(notification.url) else { return self.port.send(notification).await };
        let breaker = Breaker::Webhook(host);
        if let Err(wait) = self.guards.breakers.allow(&breaker).await {
            return resting(wait);
        }
        let response = self.port.send(notification).await;
        if was_sent(&response) {
            self.guards.breakers.report(&breaker, !is_out(&response)).await;
        }
        response
    }
}

/// As in `example.org:443`, which several addresses may share.
fn host(url: &str) -> Option<String> {
    let url = Url::parse(url).ok()?;
    Some(format!("{}:{}", url.host_str()?, url.port_or_known_default()?))
}

fn resting(wait: Duration) -> Response {
    Response {
        status: None,
        error: Some(AttemptError::Resting),
        latency: Duration::ZERO,
        body: String::new(),
        retry_after: Some(wait),
        abort: false,
    }
}

/// Whether the host was asked at all, so that there is something to learn of it.
fn was_sent(response: &Response) -> bool {
    !matches!(
        response.error,
        Some(AttemptError::Resting | AttemptError::AddressRefused | AttemptError::NoSecret)
    )
}

/// Whether any other message to this host would meet the same. An error of one
/// path is not the host's: many share one.
fn is_out(response: &Response) -> bool {
    match response.error {
        None => false,
        Some(AttemptError::Status) => matches!(response.status, Some(429 | 502..=504)),
        Some(error) => matches!(
            error,
            AttemptError::Timeout
                | AttemptError::Connection
                | AttemptError::Tls
                | AttemptError::Dns
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(error: Option<AttemptError>, status: Option<u16>, expected: bool) {
        let response = Response { error, status, ..resting(Duration::ZERO) };
        assert_eq!(is_out(&response), expected, "{response:?}");
    }

    #[test]
    fn a_host_is_out_when_it_is_not_there_or_has_too_much_to_do() {
        check(None, Some(200), false);
        for status in [400, 404, 410, 500] {
            check(Some(AttemptError::Status), Some(status), false);
        }
        for status in [429, 502, 503, 504] {
            check(Some(AttemptError::Status), Some(status), true);
        }
        check(Some(AttemptError::Redirect), Some(301), false);
        check(Some(AttemptError::AddressRefused), None, false);
        check(Some(AttemptError::Timeout), None, true);
        check(Some(AttemptError::Connection), None, true);
    }

    #[test]
    fn a_host_is_named_with_its_port() {
        assert_eq!(host("https://Example.org/a?b").as_deref(), Some("example.org:443"));
        assert_eq!(host("http://[::1]:8080/").as_deref(), Some("[::1]:8080"));
        assert_eq!(host("nonsense"), None);
    }
}
