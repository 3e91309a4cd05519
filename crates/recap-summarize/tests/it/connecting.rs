//! Which summariser is chosen, and what is said about settings that cannot work.

use std::sync::Arc;

use recap_config::{Config, Provider, Secret};
use recap_summarize::connect;
use recap_testkit::fakes::FakeLimits;

use crate::support::now;

#[track_caller]
fn check(provider: Provider, key: &str, fallback: bool, expected: Result<(&str, bool), &str>) {
    let mut config = Config::default();
    config.summarize.provider = provider;
    config.summarize.extractive_fallback = fallback;
    config.gemini.api_key = Secret::new(key);
    let actual = match connect(&config, Arc::new(now), Arc::new(FakeLimits::default())) {
        Ok(it) => Ok((it.summarizer.name(), it.fallback.is_some())),
        Err(error) => Err(error.to_string()),
    };
    match expected {
        Ok(expected) => assert_eq!(actual.unwrap(), expected),
        Err(part) => {
            let error = actual.unwrap_err();
            assert!(error.contains(part) && !error.contains("secret"), "{error}");
        }
    }
}

#[test]
fn the_provider_follows_settings_and_key() {
    check(Provider::Auto, "", true, Ok(("extractive", false)));
    check(Provider::Auto, "secret", true, Ok(("gemini", true)));
    check(Provider::Auto, "secret", false, Ok(("gemini", false)));
    check(Provider::Gemini, "secret", true, Ok(("gemini", true)));
    check(Provider::Extractive, "secret", true, Ok(("extractive", false)));
    check(Provider::Gemini, " ", true, Err("gemini.api_key"));
    check(Provider::Gemini, "", true, Err("GEMINI_API_KEY"));
    check(Provider::Gemini, "secret\u{1}", true, Err("characters"));
}
