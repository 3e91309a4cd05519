use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use recap_config::{Config, load};

use crate::variables;

fn file(text: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

#[track_caller]
fn check_refused<const N: usize>(text: &str, pairs: [(&str, &str); N], expected: &[&str]) {
    let file = file(text);
    let error = load(Some(file.path()), &variables(pairs)).unwrap_err().to_string();
    let error = error.replace(&file.path().display().to_string(), "recap.toml");
    for part in expected {
        assert!(error.contains(part), "{part:?} is not in:\n{error}");
    }
    assert!(error.contains(&format!("{} problem", expected.len())), "{error}");
}

#[test]
fn nothing_set_is_the_defaults() {
    let loaded = load(Some(file("").path()), &variables([])).unwrap();
    assert_eq!(loaded.config, Config::default());
    assert!(loaded.sources.is_empty());
}

#[test]
fn the_environment_wins_over_the_file_and_the_prefix_over_an_alias() {
    let file = file("[server]\nport = 1\nworkers = 3\n");
    let pairs = [("PORT", "2"), ("RECAP_SERVER__PORT", "4"), ("RECAP_PORT", "tcp://10.0.0.1:80")];
    let loaded = load(Some(file.path()), &variables(pairs)).unwrap();
    assert_eq!((loaded.config.server.port, loaded.config.server.workers), (4, 3));
    assert_eq!(loaded.sources["server.port"], "environment variable RECAP_SERVER__PORT");
}

#[test]
fn text_that_looks_like_a_number_or_a_list_is_taken_as_what_the_setting_wants() {
    let pairs = [
        ("GEMINI_API_KEY", "12345"),
        ("RECAP_GEMINI__MODELS", "a, b"),
        ("RECAP_MEDIA__YTDLP_VERSION", "2026.1"),
        ("ENABLE_VIDEO_PREVIEW", "true"),
        ("XDG_DATA_HOME", "/var/data"),
    ];
    let config = load(Some(file("").path()), &variables(pairs)).unwrap().config;
    assert_eq!(config.gemini.api_key.expose(), "12345");
    assert_eq!(config.gemini.models, ["a", "b"]);
    assert_eq!(config.media.ytdlp_version, "2026.1");
    assert!(config.features.video_preview);
    assert_eq!(config.data.dir, Path::new("/var/data/recap"));
}

#[test]
fn a_time_beyond_the_end_of_the_clock_is_refused() {
    let most = u64::MAX.to_string();
    let pairs = [
        ("RECAP_JOBS__RETENTION_HOURS", most.as_str()),
        ("RECAP_JOBS__MAX_AGE_HOURS", "100000000"),
        ("RECAP_JOBS__RETRY_BASE_SECONDS", "0"),
        ("RECAP_WORKER__RECONCILE_SECONDS", "100000"),
    ];
    let key = |it: &str| format!("jobs.{it} (from environment variable RECAP_JOBS__");
    let (retention, age) = (key("retention_hours"), key("max_age_hours"));
    let (base, reconcile) = (key("retry_base_seconds"), "100000 is out of range, use 1 to 300");
    check_refused("", pairs, &[&retention, &age, &base, reconcile]);
}

/// A time added to a clock, a number of permits: each has a size at which
/// something panics, long after the start.
#[test]
fn no_number_is_without_a_bound() {
    let defaults = serde_json::to_value(Config::default()).unwrap();
    for (section, fields) in defaults.as_object().unwrap() {
        let numbers = fields.as_object().unwrap().iter().filter(|(_, it)| it.is_number());
        for (field, _) in numbers {
            let name = format!("RECAP_{section}__{field}").to_uppercase();
            let most = u64::MAX.to_string();
            let pairs = variables([(name.as_str(), most.as_str())]);
            let error = load(Some(file("").path()), &pairs).unwrap_err().to_string();
            assert!(error.contains(&format!("{section}.{field} (from env")), "{error}");
        }
    }
}

#[test]
fn a_line_that_is_wrong_is_named_but_not_repeated() {
    let file = file("[gemini]\napi_key = \"hidden\" oops\n");
    let error = load(Some(file.path()), &variables([])).unwrap_err().to_string();
    assert!(error.contains("line 2, column") && !error.contains("hidden"), "{error}");
}

#[test]
fn every_problem_is_named_with_its_source_and_its_mend() {
    check_refused(
        "[server]\nprot = 80\n[media]\nca_file = \"/no/such/ca.pem\"\n",
        [("RECAP_SERVER__WORKERS", "many")],
        &[
            "server.prot (from file recap.toml): there is no such setting; did you mean server.port?",
            "server.workers (from environment variable RECAP_SERVER__WORKERS): invalid type: found string \"many\", expected usize",
            "media.ca_file (from file recap.toml): there is no file /no/such/ca.pem; correct the path or unset it",
        ],
    );
}

#[test]
fn bounds_sections_and_syntax_are_checked() {
    check_refused("port = 80", [], &["port (from file recap.toml): there is no such setting"]);
    check_refused("[server\n", [], &["(from file recap.toml): is not valid TOML"]);
    check_refused(
        "[worker]\nconcurrency = 0",
        [],
        &["worker.concurrency (from file recap.toml): 0 is out of range, use 1 to 64"],
    );
    check_refused(
        "[queue]\nbackend = \"kafka\"",
        [],
        &["queue.backend (from file recap.toml): unknown variant"],
    );
    check_refused("", [("RECAP_GEMINI__MODELS", "")], &["gemini.models"]);
    check_refused("", [("RECAP_OPENAI__BASE_URL", "http://me:x@host/v1")], &["openai.base_url"]);
    check_refused("", [("RECAP_OPENAI__MAX_OUTPUT_TOKENS", "3000")], &["leave 2048"]);
}

#[test]
fn what_messages_need_is_checked() {
    let short = format!("whsec_{}", "A".repeat(28));
    let pairs = [
        ("RECAP_WEBHOOKS__SECRET", short.as_str()),
        ("RECAP_WEBHOOKS__ALLOW_CIDRS", "10.0.0.0/8, 10.0.0.0/33"),
        ("RECAP_WEBHOOKS__SCHEDULE_SECONDS", "0"),
        ("RECAP_SERVER__PUBLIC_URL", "https://recap.example.org/"),
    ];
    check_refused(
        "",
        pairs,
        &[
            "webhooks.secret (from environment variable RECAP_WEBHOOKS__SECRET): use whsec_ and 24 \
             to 64 bytes in base64: recap keys secret prints a new one",
            "\"10.0.0.0/33\" is no network; write it as in",
            "name 1 to 20 waits, each of 1 to 604800 seconds",
            "server.public_url (from environment variable RECAP_SERVER__PUBLIC_URL): use a URL without",
        ],
    );
    let many = vec!["60"; 21].join(",");
    let wrong = [
        ("RECAP_WEBHOOKS__SCHEDULE_SECONDS", many.as_str()),
        ("RECAP_SERVER__PUBLIC_URL", "recap.example.org"),
    ];
    check_refused("", wrong, &["webhooks.schedule_seconds", "begins with http:// or https://"]);
    for odd in ["https://a.example?b", "https://a.example#b", "https://me@a.example", "https://a b"]
    {
        check_refused("", [("RECAP_SERVER__PUBLIC_URL", odd)], &["without user, query"]);
    }
}

#[test]
fn what_messages_need_is_read() {
    let secret = format!("whsec_{}", "A".repeat(32));
    let pairs = [
        ("RECAP_WEBHOOKS__SECRET", secret.as_str()),
        ("RECAP_WEBHOOKS__ALLOW_CIDRS", "10.0.0.0/8, fd00::/8,192.0.2.1/32"),
        ("RECAP_WEBHOOKS__SCHEDULE_SECONDS", "1, 60"),
        ("RECAP_SERVER__PUBLIC_URL", "https://recap.example.org/api"),
    ];
    let config = load(Some(file("").path()), &variables(pairs)).unwrap().config;
    assert_eq!(config.webhooks.allowed_networks().len(), 3);
    assert_eq!(config.webhooks.schedule(), [1, 60].map(Duration::from_secs));
    assert_eq!(config.webhooks.retention(), Duration::from_hours(720));
    assert_eq!(config.server.public_url, "https://recap.example.org/api");
    assert!(!format!("{:?}", config.webhooks).contains(&secret));
}

#[test]
fn a_named_file_that_is_missing_is_a_problem() {
    let error = load(Some(Path::new("/no/such.toml")), &variables([])).unwrap_err().to_string();
    assert!(error.contains("(from file /no/such.toml): cannot be read"), "{error}");
}
