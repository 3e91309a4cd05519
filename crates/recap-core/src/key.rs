//! API keys: who may ask, and for what.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::job::Owner;
use crate::webhook::WebhookSecret;

crate::id::id! {
    /// Names a key, written `key_` and a ULID. Not secret.
    KeyId, InvalidKeyId, "key_"
}

/// What a caller may do. Each includes nothing of the others.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
    strum::Display,
    strum::EnumString,
    strum::VariantArray,
    strum::VariantNames,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Scope {
    /// Look at one's own jobs and what they made.
    Read,
    /// Ask for work, cancel and delete it, and manage one's own webhooks.
    Submit,
    /// Run recap: keys, flags, workers, everyone's failed jobs.
    Admin,
}

/// A key as it is kept: not the key itself, only its digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKey {
    pub id: KeyId,
    /// Whose jobs it sees. Several keys may have one owner.
    pub owner: Owner,
    /// What people call it.
    pub name: String,
    /// The part of the key by which it is looked up. Not secret.
    pub prefix: String,
    /// SHA-256 of the whole key, in hexadecimal.
    pub digest: String,
    pub scopes: Vec<Scope>,
    /// Submits a minute, instead of `limits.submits_per_minute`.
    #[serde(default)]
    pub submits_per_minute: Option<u32>,
    /// Submits a day; `None` is no limit.
    #[serde(default)]
    pub submits_per_day: Option<u32>,
    /// Signs the webhooks that its jobs name.
    pub webhook_secret: WebhookSecret,
    pub created_at: Timestamp,
    #[serde(default)]
    pub expires_at: Option<Timestamp>,
    /// To within [`ApiKey::USE_NOTED_EVERY`].
    #[serde(default)]
    pub last_used_at: Option<Timestamp>,
    #[serde(default)]
    pub revoked_at: Option<Timestamp>,
}

/// A key that was just made: shown once, never kept.
pub struct NewKey {
    pub text: String,
    pub key: ApiKey,
}

/// What is wanted of a new key.
#[derive(Clone, Debug)]
pub struct KeyRequest {
    /// `None`: an owner of its own.
    pub owner: Option<Owner>,
    pub name: String,
    pub scopes: Vec<Scope>,
    pub submits_per_minute: Option<u32>,
    pub submits_per_day: Option<u32>,
    pub expires_at: Option<Timestamp>,
}

/// Letters before the digits that find a key.
const MARK: &str = "rk_";

/// Characters of the part that finds a key, and of the part that proves it.
const FINDS: usize = 12;
const PROVES: usize = 40;

impl ApiKey {
    /// How often a use is written down at most.
    pub const USE_NOTED_EVERY: Duration = Duration::from_mins(5);

    /// Makes a key of random bytes: `rk_`, 12 characters that find it, `_`, and
    /// 40 that prove it (160 bits), all in hexadecimal.
    pub fn generate(
        request: KeyRequest,
        key_entropy: [u8; 32],
        secret_entropy: [u8; 32],
        now: Timestamp,
    ) -> NewKey {
        let random = hex(&key_entropy);
        let (finds, proves) = (&random[..FINDS], &random[FINDS..FINDS + PROVES]);
        let text = format!("{MARK}{finds}_{proves}");
        let id = KeyId::generate();
        let key = Self {
            id,
            owner: request.owner.unwrap_or_else(|| Owner::new(id.to_string())),
            name: request.name,
            prefix: finds.to_owned(),
            digest: digest(&text),
            scopes: request.scopes,
            submits_per_minute: request.submits_per_minute,
            submits_per_day: request.submits_per_day,
            webhook_secret: WebhookSecret::new(secret_entropy),
            created_at: now,
            expires_at: request.expires_at,
            last_used_at: None,
            revoked_at: None,
        };
        NewKey { text, key }
    }

    /// The part of `text` that finds its key, if it has the form of one.
    pub fn prefix_of(text: &str) -> Option<&str> {
        let (finds, proves) = text.strip_prefix(MARK)?.split_once('_')?;
        let hexadecimal = |it: &str| it.bytes().all(|it| it.is_ascii_hexdigit());
        let formed = finds.len() == FINDS && proves.len() == PROVES;
        (formed && hexadecimal(finds) && hexadecimal(proves)).then_some(finds)
    }

    /// Whether `text` is this key; takes the same time wherever they differ.
    pub fn is(&self, text: &str) -> bool {
        let (known, given) = (self.digest.as_bytes(), digest(text));
        let differing = known.iter().zip(given.as_bytes()).fold(0, |all, (a, b)| all | (a ^ b));
        known.len() == given.len() && std::hint::black_box(differing) == 0
    }

    /// Whether it may be used at `now`.
    pub fn is_valid(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|it| now < it)
    }
}

/// SHA-256 in hexadecimal.
pub fn digest(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    // Each request with a key passes here, and a formatter takes ten times as long.
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let digits = |it: &u8| [DIGITS[usize::from(it >> 4)], DIGITS[usize::from(it & 15)]];
    let mut text = String::with_capacity(bytes.len() * 2);
    text.extend(bytes.iter().flat_map(digits));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_found_and_proven() {
        let request = KeyRequest {
            owner: None,
            name: "app".to_owned(),
            scopes: vec![Scope::Read],
            submits_per_minute: None,
            submits_per_day: None,
            expires_at: None,
        };
        let now = "2026-01-01T00:00:00Z".parse().expect("a time");
        let NewKey { text, key } = ApiKey::generate(request, [0xab; 32], [7; 32], now);
        assert_eq!(ApiKey::prefix_of(&text), Some(key.prefix.as_str()));
        assert!(key.is(&text));
        assert!(!key.is(&text.replace('a', "b")));
        assert!(!key.is(""));
        for wrong in ["", "rk_", "rk_abc_def", &text[1..], &format!("{text}0")] {
            assert_eq!(ApiKey::prefix_of(wrong), None, "{wrong}");
        }
        assert!(!format!("{key:?}").contains("whsec_"));
    }
}
