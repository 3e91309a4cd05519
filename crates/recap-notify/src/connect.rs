//! Setting up.

use std::sync::Arc;

use recap_config::Config;
use recap_core::ports::Notifier;

use crate::resolve::Lookup;
use crate::send::Sender;

/// The HTTP client could not be set up. Mend it; repeating does not help.
#[derive(Debug, thiserror::Error)]
#[error(
    "the HTTP client for webhooks could not be set up; are root certificates installed \
     (on Debian: ca-certificates)?"
)]
pub struct ConnectError(#[source] pub(crate) Box<dyn std::error::Error + Send + Sync>);

/// The sender of messages, as `config.webhooks` says; reaches nothing yet.
///
/// `lookup` resolves names: [`system_lookup`](crate::system_lookup), or a test's.
///
/// # Errors
///
/// The system has no root certificates.
pub fn connect(config: &Config, lookup: &Lookup) -> Result<Arc<dyn Notifier>, ConnectError> {
    let sender = Sender::new(&config.webhooks, lookup, |it| it);
    Ok(Arc::new(sender.map_err(|it| ConnectError(it.into()))?))
}
