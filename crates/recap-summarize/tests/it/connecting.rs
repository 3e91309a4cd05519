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

#[track_caller]
fn check_openai(base_url: &str, models: &[&str], key: &str, expected: Result<&str, &str>) {
    let mut config = Config::default();
    config.summarize.provider = Provider::Openai;
    config.openai.base_url = base_url.to_owned();
    config.openai.models = models.iter().map(|it| (*it).to_owned()).collect();
    config.openai.api_key = Secret::new(key);
    match (connect(&config, Arc::new(now), Arc::new(FakeLimits::default())), expected) {
        (Ok(it), Ok(name)) => {
            assert_eq!((it.summarizer.name(), it.fallback.is_some()), (name, true));
        }
        (Err(error), Err(part)) => assert!(error.to_string().contains(part), "{error}"),
        (result, _) => panic!("{:?}", result.map(|it| it.summarizer.version())),
    }
}

#[test]
fn a_server_of_the_openai_api_needs_a_model_and_sometimes_a_key() {
    let local = "http://127.0.0.1:11434/v1";
    check_openai(local, &["a"], "", Ok("openai"));
    check_openai(local, &[], "", Err("RECAP_OPENAI__MODELS"));
    check_openai("https://api.openai.com/v1", &["a"], "", Err("OPENAI_API_KEY"));
    check_openai("https://openrouter.ai/api/v1", &["a"], " ", Err("OPENAI_API_KEY"));
    check_openai("https://openrouter.ai/api/v1", &["a"], "k", Ok("openai"));
    check_openai(local, &["a"], "k\u{1}", Err("`openai.api_key`"));
}
