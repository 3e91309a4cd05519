//! What messages are signed with.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

/// `whsec_` and 24 to 64 bytes in base64. Printed as `***`; serialized whole,
/// for the store alone.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct WebhookSecret(String);

/// The text is not a secret of Standard Webhooks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a secret is `whsec_` and 24 to 64 bytes in base64")]
pub struct InvalidSecret;

impl WebhookSecret {
    pub const PREFIX: &str = "whsec_";

    /// Of 32 random bytes.
    pub fn new(entropy: [u8; 32]) -> Self {
        Self(format!("{}{}", Self::PREFIX, STANDARD.encode(entropy)))
    }

    /// As a client is shown it, once.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What goes into the HMAC.
    pub fn key(&self) -> Vec<u8> {
        decode(&self.0).expect("checked when it was read")
    }
}

fn decode(text: &str) -> Option<Vec<u8>> {
    let bytes = STANDARD.decode(text.strip_prefix(WebhookSecret::PREFIX)?).ok()?;
    (24..=64).contains(&bytes.len()).then_some(bytes)
}

impl FromStr for WebhookSecret {
    type Err = InvalidSecret;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        decode(text).map(|_| Self(text.to_owned())).ok_or(InvalidSecret)
    }
}

impl TryFrom<String> for WebhookSecret {
    type Error = InvalidSecret;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<WebhookSecret> for String {
    fn from(secret: WebhookSecret) -> Self {
        secret.0
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}
