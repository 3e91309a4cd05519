use recap_config::{Loaded, Secret, effective, load, reference};

use crate::variables;

#[test]
fn secrets_are_never_shown() {
    let proxy = "http://me:very-secret@127.0.0.1:3128";
    let pairs = [("GEMINI_API_KEY", "very-secret"), ("RECAP_MEDIA__PROXY", proxy)];
    let loaded = load(Some("/dev/null".as_ref()), &variables(pairs)).unwrap();
    let shown = format!("{}{:?}", effective(&loaded), loaded.config.gemini);
    assert!(!shown.contains("very-secret"));
    assert!(shown.contains("api_key = \"***\"  # environment variable GEMINI_API_KEY"), "{shown}");
    assert!(shown.contains("proxy = \"http://***@127.0.0.1:3128\"  # env"), "{shown}");
    assert_eq!(loaded.config.media.proxy, proxy);
    assert_eq!(Secret::new("x").to_string(), "***");
}

#[test]
fn what_is_shown_can_be_loaded_again() {
    let shown = effective(&Loaded::default());
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), &shown).unwrap();
    let again = load(Some(file.path()), &variables([])).unwrap();
    assert_eq!(again.config, Loaded::default().config);
}

#[test]
fn every_setting_is_described() {
    for line in reference().lines().filter(|it| it.starts_with("| `")) {
        let meaning = line.trim_end_matches('|').rsplit('|').next().unwrap_or_default();
        assert!(!meaning.trim().is_empty(), "{line}");
    }
}

#[test]
fn the_defaults_are_a_promise() {
    insta::assert_snapshot!(effective(&Loaded::default()));
}
