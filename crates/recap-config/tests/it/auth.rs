//! Who may call, and from where.

use recap_config::{Config, Problem, load};

const SECRET: (&str, &str) = ("RECAP_AUTH__JWT_SECRET", "0123456789abcdef0123456789abcdef");
const ISSUER: (&str, &str) = ("RECAP_AUTH__ISSUER", "https://id.example.org");
const AUDIENCE: (&str, &str) = ("RECAP_AUTH__AUDIENCE", "recap");

fn loaded(pairs: &[(&str, &str)]) -> Result<Config, Vec<Problem>> {
    let variables = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    match load(Some("/dev/null".as_ref()), &variables.collect()) {
        Ok(loaded) => Ok(loaded.config),
        Err(error) => Err(error.problems),
    }
}

/// `expected`: the keys that are wrong, each with what its mend has in it.
#[track_caller]
fn check(pairs: &[(&str, &str)], expected: &[(&str, &str)]) {
    let problems = loaded(pairs).err().unwrap_or_default();
    assert_eq!(problems.len(), expected.len(), "{problems:?}");
    for (problem, (key, mend)) in problems.iter().zip(expected) {
        assert_eq!(problem.key, *key);
        assert!(problem.mend.contains(mend), "{problem}");
    }
}

#[test]
fn tokens_are_taken_when_they_can_be_checked_whole() {
    assert!(!Config::default().auth.takes_tokens());
    assert!(loaded(&[SECRET, ISSUER, AUDIENCE]).unwrap().auth.takes_tokens());
    check(&[SECRET, ISSUER], &[("auth.audience", "`aud`")]);
    check(&[SECRET], &[("auth.issuer", "`iss`"), ("auth.audience", "`aud`")]);
    let short = ("RECAP_AUTH__JWT_SECRET", "0123456789abcdef0123456789abcde");
    check(&[short, ISSUER, AUDIENCE], &[("auth.jwt_secret", "at least 32 bytes")]);
}

#[test]
fn a_key_set_comes_from_one_place_that_can_be_trusted() {
    let url = |url: &'static str| [("RECAP_AUTH__JWKS_URL", url), ISSUER, AUDIENCE];
    for good in [
        "https://id.example.org/keys",
        "http://127.0.0.1:8000/keys",
        "http://localhost/keys",
        "http://[::1]:80/keys",
    ] {
        check(&url(good), &[]);
    }
    for bad in [
        "http://id.example.org/keys",
        "http://127.0.0.1.example.org/keys",
        "http://localhost@example.org/",
        "id.example.org",
        "https://",
        "https://a b",
    ] {
        check(&url(bad), &[("auth.jwks_url", "begins with https://")]);
    }
    let file = ("RECAP_AUTH__JWKS_FILE", "/no/such/file");
    check(&[file, ISSUER, AUDIENCE], &[("auth.jwks_file", "there is no file")]);
    let both = [&url("https://id.example.org/keys")[..], &[("RECAP_AUTH__JWKS_FILE", "/dev/null")]];
    let problems = loaded(&both.concat()).unwrap_err();
    assert!(problems.iter().any(|it| it.key == "auth.jwks_url"), "{problems:?}");
}

#[test]
fn origins_and_hosts_are_written_as_browsers_do() {
    let origins = |it: &'static str| [("RECAP_SERVER__CORS_ORIGINS", it)];
    check(&origins("*"), &[]);
    check(&origins("https://app.example.org, http://localhost:5173"), &[]);
    let config = loaded(&origins("https://a.example,https://b.example")).unwrap();
    assert_eq!(config.server.cors_origins.len(), 2);
    for bad in ["*, https://a.example", "https://a.example/", "a.example", "https://A.example"] {
        check(&origins(bad), &[("server.cors_origins", "\"*\" alone")]);
    }
    let hosts = |it: &'static str| [("RECAP_SERVER__ALLOWED_HOSTS", it)];
    check(&hosts("recap, recap.example.org:8080, [fd00::1]"), &[]);
    check(&hosts("http://recap"), &[("server.allowed_hosts", "in lower case")]);
}

#[test]
fn any_address_may_be_listened_on() {
    check(&[("RECAP_SERVER__HOST", "0.0.0.0")], &[]);
}
