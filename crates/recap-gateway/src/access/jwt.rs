//! JSON web tokens (RFC 7519), verified with *ring*, which TLS is made of as well.
//!
//! Of what a token says about itself only its key's name is believed: which
//! algorithm it is checked with follows from the key (RFC 8725, 3.1), so neither
//! `none` nor a public key used as a secret gets anybody in.

mod claims;
mod key_set;
mod parts;
mod source;

use std::io;

use jiff::Timestamp;
use recap_config::AuthConfig;
use recap_core::job::Owner;
use recap_core::key::Scope;
use ring::hmac;

use self::claims::Expected;
use self::parts::{Algorithm, Parts};
use self::source::KeySource;
use crate::error::ApiResult;

/// Verifies tokens.
pub(crate) struct Tokens {
    secret: Option<hmac::Key>,
    source: Option<KeySource>,
    expected: Expected,
}

impl Tokens {
    /// `None`: no tokens are taken.
    ///
    /// # Errors
    ///
    /// When the key set in a file cannot be read.
    pub(super) fn new(config: &AuthConfig) -> io::Result<Option<Self>> {
        if !config.takes_tokens() {
            return Ok(None);
        }
        let secret = Some(config.jwt_secret.expose()).filter(|it| !it.is_empty());
        let secret = secret.map(|it| hmac::Key::new(hmac::HMAC_SHA256, it.as_bytes()));
        let source = KeySource::new(config)?;
        Ok(Some(Self { secret, source, expected: Expected::new(config) }))
    }

    /// Whose token `text` is and what it allows, if it is good at `now`.
    ///
    /// # Errors
    ///
    /// When the key set it needs cannot be read.
    pub(super) async fn verify(
        &self,
        text: &str,
        now: Timestamp,
    ) -> ApiResult<Option<(Owner, Vec<Scope>)>> {
        let Some(parts) = Parts::of(text) else { return Ok(None) };
        if !self.is_signed(&parts).await? {
            return Ok(None);
        }
        Ok(self.expected.check(&parts.claims, now))
    }

    async fn is_signed(&self, parts: &Parts<'_>) -> ApiResult<bool> {
        let (signed, signature) = (parts.signed.as_bytes(), parts.signature.as_slice());
        match (parts.algorithm, &self.secret, &self.source) {
            (Algorithm::HS256, Some(secret), _) => {
                Ok(hmac::verify(secret, signed, signature).is_ok())
            }
            (Algorithm::RS256 | Algorithm::ES256, _, Some(source)) => {
                let key = source.find(parts.key_id.as_deref(), parts.algorithm).await?;
                Ok(key.is_some_and(|it| it.verify(signed, signature)))
            }
            _ => Ok(false),
        }
    }

    /// Reads the key set again if it is time to.
    pub(super) async fn refresh_if_due(&self) {
        if let Some(source) = &self.source {
            source.refresh_if_due().await;
        }
    }
}
