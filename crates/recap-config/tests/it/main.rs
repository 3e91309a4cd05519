//! The settings from the outside: what is loaded, what is refused, and how
//! the refusal reads.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod auth;
mod env;
mod load;
mod profiles;
mod show;

use recap_config::EnvironmentVariables;

/// An environment of just these variables.
fn variables<const N: usize>(pairs: [(&str, &str); N]) -> EnvironmentVariables {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}
