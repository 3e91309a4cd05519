//! What is wanted of a new key, checked; and the chance it is made of.

use jiff::Timestamp;
use recap_core::job::Owner;
use recap_core::key::{KeyRequest, Scope};

use crate::body::CreateKey;
use crate::error::{ApiError, ApiResult, FieldError};

/// More than any key needs: no limit is `null`.
const MOST: u32 = 1_000_000;

pub(super) fn request(wanted: CreateKey, now: Timestamp) -> ApiResult<KeyRequest> {
    let errors = problems(&wanted, now);
    if !errors.is_empty() {
        return Err(ApiError::invalid(errors));
    }
    let CreateKey { name, owner, scopes, submits_per_minute, submits_per_day, expires_at } = wanted;
    let mut scopes: Vec<Scope> = scopes.into_iter().map(|it| it.0).collect();
    scopes.sort_unstable();
    Ok(KeyRequest {
        owner: owner.map(|it| Owner::new(it.0)),
        name: name.0,
        scopes,
        submits_per_minute,
        submits_per_day,
        expires_at,
    })
}

fn problems(wanted: &CreateKey, now: Timestamp) -> Vec<FieldError> {
    let mut found = Vec::new();
    let mut rule = |holds: bool, pointer: &str, detail: &str| {
        if !holds {
            found.push(FieldError::new(pointer, detail));
        }
    };
    let name = &wanted.name.0;
    let shown = !name.trim().is_empty() && !name.contains(char::is_control);
    rule(shown, "/name", "must have 1 to 100 characters, and none of control");
    let owner = |it: &str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_graphic());
    let owner = wanted.owner.as_ref().is_none_or(|it| owner(&it.0));
    rule(owner, "/owner", "must have 1 to 64 characters, all of visible ASCII");
    let mut scopes: Vec<Scope> = wanted.scopes.iter().map(|it| it.0).collect();
    scopes.sort_unstable();
    scopes.dedup();
    let once = !scopes.is_empty() && scopes.len() == wanted.scopes.len();
    rule(once, "/scopes", "must name at least one scope, and each once");
    let rate = |it: Option<u32>| it.is_none_or(|it| (1..=MOST).contains(&it));
    for (it, pointer) in [
        (wanted.submits_per_minute, "/submits_per_minute"),
        (wanted.submits_per_day, "/submits_per_day"),
    ] {
        rule(rate(it), pointer, "must be from 1 to 1000000, or `null`");
    }
    let future = wanted.expires_at.is_none_or(|it| it > now);
    rule(future, "/expires_at", "must be in the future");
    found
}

/// 32 bytes that nobody can guess.
pub(super) fn chance() -> ApiResult<[u8; 32]> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|it| ApiError::internal(it.to_string()))?;
    Ok(bytes)
}
