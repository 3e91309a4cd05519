//! What a token says, once it is known who says so.

use std::time::Duration;

use jiff::Timestamp;
use recap_config::AuthConfig;
use recap_core::job::Owner;
use recap_core::key::{Scope, digest};
use serde::Deserialize;

/// Longest `sub` that is an owner's name as it is, with `jwt:` in front.
const MAX_OWNER: usize = 60;

/// Of a longer one, so many digits of its digest.
const DIGITS: usize = 40;

/// What the claims have to be.
pub(super) struct Expected {
    issuer: String,
    audience: String,
    leeway: Duration,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: OneOrMore,
    sub: String,
    exp: f64,
    nbf: Option<f64>,
    scope: Option<OneOrMore>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

impl Expected {
    pub(super) fn new(config: &AuthConfig) -> Self {
        let (issuer, audience) = (config.issuer.clone(), config.audience.clone());
        Self { issuer, audience, leeway: config.leeway() }
    }

    /// Whose token it is and what it allows, if it is for us and now.
    pub(super) fn check(&self, claims: &[u8], now: Timestamp) -> Option<(Owner, Vec<Scope>)> {
        let claims: Claims = serde_json::from_slice(claims).ok()?;
        let leeway = self.leeway.as_secs_f64();
        let now = Duration::try_from(now.duration_since(Timestamp::UNIX_EPOCH)).ok()?.as_secs_f64();
        let in_time = now < claims.exp + leeway && claims.nbf.is_none_or(|it| it <= now + leeway);
        let for_us = match &claims.aud {
            OneOrMore::One(it) => *it == self.audience,
            OneOrMore::More(all) => all.contains(&self.audience),
        };
        let good = in_time && for_us && claims.iss == self.issuer && !claims.sub.is_empty();
        good.then(|| (owner(&claims.sub), scopes(claims.scope)))
    }
}

/// Never the name of a key's own owner, which begins with `key_`; and a digest is
/// never the name of a subject that is called like it.
fn owner(sub: &str) -> Owner {
    let name = format!("jwt:{sub}");
    let plain = name.len() <= MAX_OWNER && !name.contains(char::is_control);
    Owner::new(if plain { name } else { format!("jwt#{}", &digest(sub)[..DIGITS]) })
}

/// Words that are none of ours are for other services.
fn scopes(claim: Option<OneOrMore>) -> Vec<Scope> {
    let words = match claim {
        None => Vec::new(),
        Some(OneOrMore::One(text)) => text.split_whitespace().map(str::to_owned).collect(),
        Some(OneOrMore::More(words)) => words,
    };
    words.iter().filter_map(|it| it.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_called_like_the_digest_of_another() {
        for sub in ["x".repeat(57), "a\nb".to_owned()] {
            let digested = owner(&sub);
            let digits = digested.as_str().strip_prefix("jwt#").unwrap();
            assert_eq!(digits, &digest(&sub)[..DIGITS]);
            assert_eq!(owner(digits).as_str(), format!("jwt:{digits}"));
        }
        assert_eq!(owner(&"x".repeat(56)).as_str(), format!("jwt:{}", "x".repeat(56)));
    }
}
