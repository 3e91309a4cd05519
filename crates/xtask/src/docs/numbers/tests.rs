//! No number is lost, and none changes without a word.

use std::collections::BTreeSet;
use std::fs;

use super::*;
use crate::shell::root;

const DIFFERENT: &str = "docs/decisions/0011-where-numbers-differ-from-the-plan.md";

/// What there are numbers about.
const AREAS: [&str; 20] = [
    "machine",
    "baselines",
    "memory watch",
    "request",
    "HTTP server",
    "worker lifecycle",
    "MongoDB",
    "Redis",
    "cache",
    "yt-dlp",
    "chunks",
    "request batching",
    "segments",
    "Gemini",
    "connections",
    "concurrency",
    "circuit breaker",
    "rate limits",
    "feature flags",
    "speed",
];

fn read(file: &str) -> String {
    fs::read_to_string(root().join(file)).expect("it is there")
}

#[test]
fn every_area_has_its_numbers() {
    let mut areas: Vec<&str> = ROWS.iter().map(|it| it.area).collect();
    areas.dedup();
    assert_eq!(areas, AREAS);
}

#[test]
fn a_default_is_the_number_that_was_asked_for_or_the_decisions_say_why_not() {
    let (defaults, different) = (serde_json::to_value(Config::default()).unwrap(), read(DIFFERENT));
    for row in ROWS {
        match row.held {
            Held::Setting(key, asked) => {
                let default = default(&defaults, key).to_string();
                assert_ne!(default, "null", "{}: there is no setting {key}", row.number);
                let named = different.contains(&format!("`{key}`"));
                assert!(
                    default == asked || named,
                    "{key} is {default}, not {asked}: say why in {DIFFERENT}"
                );
            }
            Held::Text(file, text) => {
                assert!(read(file).contains(text), "{}: {file} has no {text}", row.number);
            }
            Held::Elsewhere(why) => assert!(!why.is_empty(), "{}", row.number),
        }
    }
}

#[test]
fn no_setting_is_without_a_use() {
    let (sources, defaults) = (Sources::read().unwrap(), serde_json::to_value(Config::default()));
    let mut unused = BTreeSet::new();
    for (section, fields) in defaults.unwrap().as_object().expect("it has sections") {
        for field in fields.as_object().expect("it has fields").keys() {
            let key = format!("{section}.{field}");
            if sources.uses(&key).is_empty() {
                unused.insert(key);
            }
        }
    }
    assert_eq!(unused, BTreeSet::new());
}
