//! Sets of settings that go by one name.

use std::io::Write as _;

use recap_config::{Config, ConfigError, Loaded, LogFormat, effective, load};

use crate::variables;

fn loaded<const N: usize>(text: &str, pairs: [(&str, &str); N]) -> Result<Loaded, ConfigError> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    load(Some(file.path()), &variables(pairs))
}

#[test]
fn a_profile_lies_between_the_defaults_and_what_is_set() {
    let pairs = [
        ("OPTIMIZATION_LEVEL", "aggressive"),
        ("RECAP_RUNTIME__THREADS", "3"),
        ("RECAP_SERVER__BACKLOG", "7"),
    ];
    let loaded = loaded("[server]\nworkers = 5\nbacklog = 6\n", pairs).unwrap();
    let config = &loaded.config;
    assert_eq!((config.server.workers, config.server.backlog), (5, 7));
    assert_eq!((config.runtime.threads, config.mongodb.pool), (3, 20));
    let shown = effective(&loaded);
    assert!(shown.contains("pool = 20  # profile aggressive"), "{shown}");
    assert!(shown.contains("backlog = 7  # environment variable RECAP_SERVER__BACKLOG"), "{shown}");
}

#[test]
fn the_file_may_name_the_profile() {
    let text = "[runtime]\noptimization = \"basic\"\nenvironment = \"production\"\n";
    let config = loaded(text, []).unwrap().config;
    assert_eq!((config.server.backlog, config.server.connections_per_worker), (10, 20));
    assert_eq!(config.log.format, LogFormat::Json);
    let config = loaded(text, [("OPTIMIZATION_LEVEL", "standard")]).unwrap().config;
    assert_eq!(config.server, Config::default().server);
}

#[test]
fn every_profile_can_be_loaded_and_differs_by_what_it_sets() {
    for (name, most) in [("ENVIRONMENT", "testing"), ("OPTIMIZATION_LEVEL", "basic")]
        .into_iter()
        .chain([("OPTIMIZATION_LEVEL", "aggressive"), ("ENVIRONMENT", "production")])
    {
        let loaded = loaded("", [(name, most)]).unwrap();
        let source = format!("profile {most}");
        let set: Vec<_> = loaded.sources.iter().filter(|(_, it)| **it == source).collect();
        assert!(!set.is_empty(), "{most} sets nothing");
        let defaults = effective(&Loaded::default());
        for (key, _) in set {
            let shown = effective(&loaded);
            let (section, field) = key.split_once('.').unwrap();
            let line = |text: &str| {
                let (_, rest) = text.split_once(&format!("[{section}]\n")).unwrap();
                let of = |it: &&str| it.starts_with(&format!("{field} = "));
                let line = rest.lines().find(of).unwrap();
                line.split("  #").next().unwrap().to_owned()
            };
            assert_ne!(line(&shown), line(&defaults), "{most} sets {key} to the default");
        }
    }
    for (name, value) in [("OPTIMIZATION_LEVEL", "custom"), ("ENVIRONMENT", "development")] {
        assert_eq!(loaded("", [(name, value)]).unwrap().sources.len(), 1);
    }
}

#[test]
fn a_profile_that_is_none_is_refused_with_those_there_are() {
    let error = loaded("", [("OPTIMIZATION_LEVEL", "turbo")]).unwrap_err().to_string();
    for part in [
        "runtime.optimization (from environment variable OPTIMIZATION_LEVEL)",
        "turbo",
        "aggressive",
    ] {
        assert!(error.contains(part), "{error}");
    }
    let error = loaded("", [("ENVIRONMENT", "staging")]).unwrap_err().to_string();
    assert!(error.contains("`production`"), "{error}");
}

#[test]
fn what_is_for_tests_is_refused_in_production() {
    let networks = ("RECAP_WEBHOOKS__ALLOW_CIDRS", "10.0.0.0/8,0.0.0.0/0");
    assert!(loaded("", [networks]).is_ok());
    let error = loaded("", [networks, ("ENVIRONMENT", "production")]).unwrap_err().to_string();
    assert!(
        error.contains("webhooks.allow_cidrs") && error.contains("leave loopback out"),
        "{error}"
    );
    let private = ("RECAP_WEBHOOKS__ALLOW_CIDRS", "10.0.0.0/8");
    assert!(loaded("", [private, ("ENVIRONMENT", "production")]).is_ok());
}
