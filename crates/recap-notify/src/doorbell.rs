//! A request to an address of our own, by the rules that messages are sent by.

use std::time::Duration;

use recap_config::WebhooksConfig;
use recap_core::webhook::AttemptError;

use crate::connect::ConnectError;
use crate::resolve::Lookup;
use crate::send::Sender;

/// Asks for a page that does not matter, so that it was asked for.
pub struct Doorbell(Sender);

impl Doorbell {
    /// As `config.webhooks` says; reaches nothing yet.
    ///
    /// # Errors
    ///
    /// The system has no root certificates.
    pub fn new(config: &WebhooksConfig, lookup: &Lookup) -> Result<Self, ConnectError> {
        let sender = Sender::new(config, lookup, |it| it).map_err(|it| ConnectError(it.into()))?;
        Ok(Self(sender))
    }

    /// The status of the answer to `GET url`; redirects are not followed.
    ///
    /// # Errors
    ///
    /// The address may not be sent to, or nothing answers there.
    pub async fn ring(&self, url: &str, timeout: Duration) -> Result<u16, AttemptError> {
        tokio::time::timeout(timeout, self.0.get(url)).await.unwrap_or(Err(AttemptError::Timeout))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resolve::system_lookup;

    #[tokio::test]
    async fn nobody_is_asked_who_could_not_be_sent_a_message() {
        let config = WebhooksConfig { allow_http: true, ..WebhooksConfig::default() };
        let bell = Doorbell::new(&config, &system_lookup()).unwrap();
        let asked = bell.ring("http://127.0.0.1:80/", Duration::from_mins(1)).await;
        assert_eq!(asked, Err(AttemptError::AddressRefused));
    }
}
