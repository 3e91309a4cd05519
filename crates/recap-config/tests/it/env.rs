//! The files of `deploy/env/`, as they are in the repository.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use recap_config::{
    Config, ENVIRONMENT_FILES, Environment, EnvironmentVariables, Optimization, load,
};

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/env").join(name)
}

/// As the simplest of those who read such files does: no quotes, nothing expanded.
fn read(name: &str) -> EnvironmentVariables {
    let text = fs::read_to_string(path(name)).unwrap();
    let lines = text.lines().filter(|it| !it.starts_with('#') && !it.is_empty());
    lines
        .map(|it| {
            let (name, value) = it.split_once('=').unwrap();
            (name.to_owned(), value.to_owned())
        })
        .collect()
}

#[test]
fn each_can_be_loaded_and_is_what_its_profiles_say() {
    for (name, environment, optimization) in [
        ("dev.env", Environment::Development, Optimization::Standard),
        ("test.env", Environment::Testing, Optimization::Basic),
        ("prod.env", Environment::Production, Optimization::Standard),
    ] {
        let config = load(Some("/dev/null".as_ref()), &read(name)).unwrap().config;
        assert_eq!(config.runtime.environment, environment);
        assert_eq!(config.runtime.optimization, optimization);
        let names = [
            ("ENVIRONMENT".to_owned(), environment.to_string()),
            ("OPTIMIZATION_LEVEL".to_owned(), optimization.to_string()),
        ];
        let mut expected =
            load(Some("/dev/null".as_ref()), &names.into_iter().collect()).unwrap().config;
        // What a place has of its own.
        expected.data.dir.clone_from(&config.data.dir);
        expected.server.host = config.server.host;
        assert_eq!(config, expected, "{name}");
    }
}

#[test]
fn each_has_every_setting_and_no_secret() {
    let defaults = serde_json::to_value(Config::default()).unwrap();
    let sections = defaults.as_object().unwrap().values();
    let count: usize = sections.map(|it| it.as_object().unwrap().len()).sum();
    for file in ENVIRONMENT_FILES {
        let text = fs::read_to_string(path(file.name)).unwrap();
        let named: BTreeSet<&str> = text
            .lines()
            .filter_map(|it| it.trim_start_matches("# ").split_once('=').map(|it| it.0))
            .filter(|it| it.chars().all(|it| it.is_ascii_uppercase() || it == '_'))
            .collect();
        assert_eq!(named.len(), count, "{}", file.name);
        for secret in [
            "GEMINI_API_KEY",
            "OPENAI_API_KEY",
            "REDIS_URL",
            "MONGODB_URI",
            "RECAP_AUTH__JWT_SECRET",
        ] {
            assert!(text.contains(&format!("\n# {secret}=\n")), "{secret} in {}", file.name);
        }
    }
}
