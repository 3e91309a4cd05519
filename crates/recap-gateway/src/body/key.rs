//! API keys, as those who run recap see them.

use jiff::Timestamp;
use recap_core::key::{ApiKey, NewKey, Scope};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::bounded::{Choice, Text};

/// A key to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "my app", "scopes": ["read", "submit"]}))]
pub(crate) struct CreateKey {
    /// What people call it.
    #[schema(value_type = String, min_length = 1, max_length = 100)]
    pub(crate) name: Text<100>,
    /// Whose jobs it sees: of visible ASCII. Keys with the same owner see the same
    /// jobs; `local` is the owner of those that were made before there were keys. If
    /// left out, an owner of its own.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 64, pattern = "^[!-~]+$")]
    pub(crate) owner: Option<Text<64>>,
    /// What it may do.
    #[serde(default = "read_and_submit")]
    #[schema(value_type = Vec<Scope>, min_items = 1, max_items = 3, default = json!(["read", "submit"]))]
    pub(crate) scopes: Vec<Choice<Scope>>,
    /// Submits a minute, instead of `limits.submits_per_minute`.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 1_000_000)]
    pub(crate) submits_per_minute: Option<u32>,
    /// Submits a day; `null` is no limit.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 1_000_000)]
    pub(crate) submits_per_day: Option<u32>,
    /// From then on it does not work; `null` is never.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) expires_at: Option<Timestamp>,
}

fn read_and_submit() -> Vec<Choice<Scope>> {
    vec![Choice(Scope::Read), Choice(Scope::Submit)]
}

/// A key, without what proves it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ApiKey)]
pub(crate) struct KeyBody {
    #[schema(example = "key_01JGFJJZ00000000000000000A")]
    id: String,
    /// Always `api_key`.
    #[schema(value_type = String, example = "api_key")]
    object: &'static str,
    name: String,
    owner: String,
    /// What the key begins with.
    #[schema(example = "rk_0123456789ab")]
    prefix: String,
    scopes: Vec<Scope>,
    #[schema(required)]
    submits_per_minute: Option<u32>,
    #[schema(required)]
    submits_per_day: Option<u32>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(required, value_type = Option<String>, format = DateTime)]
    expires_at: Option<Timestamp>,
    /// To within five minutes.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    last_used_at: Option<Timestamp>,
    #[schema(required, value_type = Option<String>, format = DateTime)]
    revoked_at: Option<Timestamp>,
}

/// A key, with what proves it and what signs the webhooks that its jobs name: both
/// are shown this once.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NewApiKey)]
pub(crate) struct NewKeyBody {
    #[serde(flatten)]
    body: KeyBody,
    /// To be sent as `authorization: Bearer` and this.
    #[schema(example = "rk_0123456789ab_0123456789abcdef0123456789abcdef01234567")]
    key: String,
    #[schema(example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    webhook_secret: String,
}

/// Keys, newest first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ApiKeyList)]
pub(crate) struct KeyList {
    pub(crate) data: Vec<KeyBody>,
    /// There are older ones: ask with a larger `limit`.
    pub(crate) has_more: bool,
}

impl From<ApiKey> for KeyBody {
    fn from(key: ApiKey) -> Self {
        Self {
            id: key.id.to_string(),
            object: "api_key",
            name: key.name,
            owner: key.owner.as_str().to_owned(),
            prefix: format!("rk_{}", key.prefix),
            scopes: key.scopes,
            submits_per_minute: key.submits_per_minute,
            submits_per_day: key.submits_per_day,
            created_at: key.created_at,
            expires_at: key.expires_at,
            last_used_at: key.last_used_at,
            revoked_at: key.revoked_at,
        }
    }
}

impl From<NewKey> for NewKeyBody {
    fn from(NewKey { text, key }: NewKey) -> Self {
        let webhook_secret = key.webhook_secret.expose().to_owned();
        Self { key: text, webhook_secret, body: key.into() }
    }
}
