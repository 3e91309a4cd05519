//! Who may call.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::check::{between, file, seconds, trusted_url};
use crate::error::Problem;
use crate::secret::Secret;

/// Shortest secret, in bytes: as long as the digest that is made with it.
const SHORTEST_SECRET: usize = 32;

/// Who may call, besides those with a key of `recap keys create`: `[auth]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AuthConfig {
    /// Takes JSON web tokens signed with this secret (HS256), of at least 32
    /// bytes.
    #[schema(value_type = String)]
    pub jwt_secret: Secret,
    /// Takes JSON web tokens signed by a key of this file (RS256, ES256), a JSON
    /// web key set.
    #[schema(value_type = String)]
    pub jwks_file: PathBuf,
    /// The same of a URL: `https`, or `http` on this machine.
    pub jwks_url: String,
    /// The `iss` that tokens must have. Needed when tokens are taken.
    pub issuer: String,
    /// The `aud` that tokens must have, alone or among others. Needed when tokens
    /// are taken: one that was made for another service must not open this one.
    pub audience: String,
    /// How far the clock of who made a token may be off, in seconds.
    pub leeway_seconds: u64,
    /// After that long the key set is read again, in seconds. A token that names
    /// a key that is not in it has it read again at once, but at most once a minute.
    pub jwks_refresh_seconds: u64,
    /// How long an API key is remembered after it was looked up, in seconds. One
    /// that was revoked works no longer than that where the news does not arrive;
    /// as a rule it does, at once. While the store is away a key that is remembered
    /// works for up to 10 minutes.
    pub key_cache_seconds: u64,
}

impl Default for AuthConfig {
    fn default() -> Self {
        Self {
            jwt_secret: Secret::default(),
            jwks_file: PathBuf::new(),
            jwks_url: String::new(),
            issuer: String::new(),
            audience: String::new(),
            leeway_seconds: 30,
            jwks_refresh_seconds: 3600,
            key_cache_seconds: 10,
        }
    }
}

impl AuthConfig {
    /// Whether JSON web tokens are taken.
    pub fn takes_tokens(&self) -> bool {
        !self.jwt_secret.is_empty() || self.jwks_file().is_some() || !self.jwks_url.is_empty()
    }

    /// The file of the key set, if there is one.
    pub fn jwks_file(&self) -> Option<&Path> {
        Some(self.jwks_file.as_path()).filter(|it| !it.as_os_str().is_empty())
    }

    pub fn leeway(&self) -> Duration {
        Duration::from_secs(self.leeway_seconds)
    }

    pub fn jwks_refresh(&self) -> Duration {
        Duration::from_secs(self.jwks_refresh_seconds)
    }

    pub fn key_cache(&self) -> Duration {
        Duration::from_secs(self.key_cache_seconds)
    }

    pub(crate) fn check(&self, found: &mut Vec<Problem>) {
        let secret = self.jwt_secret.expose().len();
        if secret > 0 && secret < SHORTEST_SECRET {
            let mend = format!("use at least {SHORTEST_SECRET} bytes: openssl rand -base64 48");
            found.push(Problem::invalid("auth.jwt_secret", mend));
        }
        if let Some(path) = self.jwks_file() {
            file("auth.jwks_file", path, found);
        }
        if !self.jwks_url.is_empty() {
            trusted_url("auth.jwks_url", &self.jwks_url, found);
        }
        if self.jwks_file().is_some() && !self.jwks_url.is_empty() {
            let mend = "the key set comes from a file already; unset this or auth.jwks_file";
            found.push(Problem::invalid("auth.jwks_url", mend));
        }
        for (key, value, claim) in
            [("auth.issuer", &self.issuer, "iss"), ("auth.audience", &self.audience, "aud")]
        {
            if self.takes_tokens() && value.is_empty() {
                let mend = format!("tokens are taken, so say which `{claim}` they must have");
                found.push(Problem::invalid(key, mend));
            }
        }
        between("auth.leeway_seconds", self.leeway_seconds, 0, 300, found);
        seconds("auth.jwks_refresh_seconds", self.jwks_refresh_seconds, 60, found);
        between("auth.key_cache_seconds", self.key_cache_seconds, 0, 300, found);
    }
}
