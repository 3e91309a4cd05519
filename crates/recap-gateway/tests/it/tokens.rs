//! JSON web tokens: which get in, and which do not.

mod issuer;
mod signer;

use recap_config::{Config, Secret};
use recap_core::key::{Scope, digest};
use recap_core::{Job, JobKind};
use recap_testkit::samples;
use serde_json::{Value, json};

use self::issuer::Issuer;
use self::signer::Signer;
use crate::app::{JOB, TestGateway};

const SECRET: &str = "0123456789abcdef0123456789abcdef";

/// 2026-01-01T00:00:00Z, when the clock of tests stands still.
const NOW: i64 = 1_767_225_600;

fn expect_tokens(config: &mut Config) {
    config.auth.issuer = "https://id.example".to_owned();
    config.auth.audience = "recap".to_owned();
}

fn with_secret(config: &mut Config) {
    expect_tokens(config);
    config.auth.jwt_secret = Secret::new(SECRET);
}

/// Claims that are good for a minute, with these changes; `null` leaves one out.
fn claims(changes: &Value) -> Value {
    let mut claims = json!({
        "iss": "https://id.example",
        "aud": "recap",
        "sub": "alice",
        "exp": NOW + 60,
        "scope": "read submit",
    });
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims.as_object_mut().unwrap().retain(|_, it| !it.is_null());
    claims
}

async fn status(app: &TestGateway, token: &str) -> u16 {
    app.send_as(token, "GET", "/v1/jobs").await.status
}

#[tokio::test]
async fn what_a_token_claims_has_to_hold() {
    let app = TestGateway::with(|config| {
        with_secret(config);
        config.limits.failed_logins_per_minute = 0;
    });
    let signer = Signer::secret(SECRET.as_bytes());
    for (changes, expected) in [
        (json!({}), 200),
        (json!({"exp": NOW - 29}), 200),
        (json!({"exp": NOW - 30}), 401),
        (json!({"exp": 1_767_225_570.5}), 200),
        (json!({"exp": null}), 401),
        (json!({"exp": (NOW + 60).to_string()}), 401),
        (json!({"exp": {}}), 401),
        (json!({"nbf": NOW + 30}), 200),
        (json!({"nbf": NOW + 31}), 401),
        (json!({"nbf": "soon"}), 401),
        (json!({"iss": "https://id.example.org"}), 401),
        (json!({"iss": null}), 401),
        (json!({"iss": ["https://id.example"]}), 401),
        (json!({"aud": "other"}), 401),
        (json!({"aud": ["other", "recap"]}), 200),
        (json!({"aud": ["other"]}), 401),
        (json!({"aud": []}), 401),
        (json!({"aud": null}), 401),
        (json!({"sub": ""}), 401),
        (json!({"sub": null}), 401),
        (json!({"scope": ["submit", "read"]}), 200),
        (json!({"scope": "openid read"}), 200),
        (json!({"scope": "submit"}), 403),
        (json!({"scope": "READ reading"}), 403),
        (json!({"scope": null}), 403),
    ] {
        let token = signer.token(&json!({}), &claims(&changes));
        assert_eq!(status(&app, &token).await, expected, "{changes}");
    }
}

#[tokio::test]
async fn what_a_token_says_of_itself_is_not_believed() {
    let app = TestGateway::with(|config| {
        with_secret(config);
        config.limits.failed_logins_per_minute = 0;
    });
    let good = Signer::secret(SECRET.as_bytes());
    let other = Signer::secret(b"another secret of the same length");
    let all = claims(&json!({}));
    for (header, expected) in [
        (json!({"typ": "JWT"}), 200),
        (json!({"kid": "whatever"}), 200),
        (json!({"alg": "none"}), 401),
        (json!({"alg": "NONE"}), 401),
        (json!({"alg": "hs256"}), 401),
        (json!({"alg": "HS512"}), 401),
        (json!({"alg": "RS256"}), 401),
        (json!({"alg": null}), 401),
        (json!({"crit": ["exp"]}), 401),
        (json!({"kid": "x".repeat(257)}), 401),
        (json!({"kid": 7}), 401),
    ] {
        let token = good.token(&header, &all);
        assert_eq!(status(&app, &token).await, expected, "{header}");
    }
    let token = good.token(&json!({}), &all);
    let (signed, _) = token.rsplit_once('.').unwrap();
    let (_, signature) = good
        .token(&json!({}), &claims(&json!({"sub": "bob"})))
        .rsplit_once('.')
        .map(|(a, b)| (a.to_owned(), b.to_owned()))
        .unwrap();
    for token in [
        other.token(&json!({}), &all),
        format!("{signed}."),
        signed.to_owned(),
        format!("{signed}.{signature}"),
        format!("{token}="),
        format!("{token}.{signature}"),
        good.token(&json!({}), &claims(&json!({"padding": "x".repeat(4096)}))),
    ] {
        assert_eq!(status(&app, &token).await, 401, "{token}");
    }
}

#[tokio::test]
async fn a_token_sees_the_jobs_of_its_subject() {
    let signer = Signer::secret(SECRET.as_bytes());
    let long = "https://id.example/users/0123456789abcdef0123456789abcdef0123456789";
    let hashed = format!("jwt#{}", &digest(long)[..40]);
    for (sub, owner) in [("alice", "jwt:alice"), (long, &hashed), ("a\nb", "")] {
        let app = TestGateway::with(with_secret);
        let token = signer.token(&json!({}), &claims(&json!({"sub": sub})));
        let owner = recap_core::job::Owner::new(owner);
        app.keep(Job { owner, ..samples::queued(JobKind::Summary) });
        let reply = app.send_as(&token, "GET", &format!("/v1/jobs/{JOB}")).await;
        assert_eq!(reply.status, if sub == "a\nb" { 404 } else { 200 }, "{sub}");
    }
    let app = TestGateway::with(with_secret);
    // Keys work beside tokens, and tokens are never without scopes of their own.
    let key = app.key(&[Scope::Read], |_| {}).await;
    assert_eq!(status(&app, &key.text).await, 200);
    let token = signer.token(&json!({}), &claims(&json!({"scope": "read admin"})));
    let keys = app.send_as(&token, "GET", "/v1/admin/keys").await;
    assert_eq!(keys.status, 200);
}

#[tokio::test]
async fn a_good_token_is_not_shut_out_by_others_at_its_address() {
    let app = TestGateway::with(|config| {
        with_secret(config);
        config.limits.failed_logins_per_minute = 1;
    });
    let token = Signer::secret(SECRET.as_bytes()).token(&json!({}), &claims(&json!({})));
    for expected in [401, 429, 429] {
        assert_eq!(status(&app, "a.b.c").await, expected);
        assert_eq!(status(&app, &token).await, 200);
    }
}

fn with_issuer(issuer: &Issuer) -> TestGateway {
    let url = issuer.url();
    TestGateway::with(|config| {
        expect_tokens(config);
        config.auth.jwks_url = url;
        config.limits.failed_logins_per_minute = 0;
    })
}

#[tokio::test]
async fn a_key_set_is_read_from_a_server() {
    let (rsa, ec) = (Signer::rsa("r1"), Signer::p256("e1"));
    let unused = json!({"kty": "OKP", "crv": "Ed25519", "kid": "x", "x": "AA"});
    let encrypts = json!({"kty": "oct", "kid": "o", "k": "AAAA"});
    let issuer = Issuer::start(&[unused, encrypts, rsa.public_key(), ec.public_key()]).await;
    let app = with_issuer(&issuer);
    let all = claims(&json!({}));
    for signer in [&rsa, &ec] {
        assert_eq!(status(&app, &signer.token(&json!({}), &all)).await, 200);
        // The only one of its kind need not be named.
        assert_eq!(status(&app, &signer.token(&json!({"kid": null}), &all)).await, 200);
    }
    assert_eq!(status(&app, &rsa.token(&json!({"alg": "ES256"}), &all)).await, 401);
    assert_eq!(status(&app, &rsa.token(&json!({"kid": "e1"}), &all)).await, 401);
    // A public key is known to everyone, and no secret.
    let public = rsa.public_key().to_string();
    for secret in [public.as_bytes(), rsa.modulus()] {
        let forged = Signer::secret(secret).token(&json!({"kid": "r1"}), &all);
        assert_eq!(status(&app, &forged).await, 401);
    }
}

#[tokio::test]
async fn an_unknown_key_has_the_set_read_once_more() {
    let (first, second, third) = (Signer::p256("a"), Signer::p256("b"), Signer::p256("c"));
    let issuer = Issuer::start(&[first.public_key()]).await;
    let app = with_issuer(&issuer);
    let all = claims(&json!({}));
    assert_eq!(status(&app, &first.token(&json!({}), &all)).await, 200);
    let before = issuer.served();
    issuer.rotate(&[second.public_key()]);
    assert_eq!(status(&app, &second.token(&json!({}), &all)).await, 200);
    assert_eq!(status(&app, &first.token(&json!({}), &all)).await, 401);
    assert_eq!(issuer.served(), before + 1);
    issuer.rotate(&[third.public_key()]);
    for _ in 0..3 {
        assert_eq!(status(&app, &third.token(&json!({}), &all)).await, 401);
    }
    assert_eq!(issuer.served(), before + 1);
}

#[tokio::test]
async fn without_a_key_set_nobody_is_turned_away_for_good() {
    let signer = Signer::p256("a");
    let issuer = Issuer::start(&[]).await;
    let app = with_issuer(&issuer);
    let reply =
        app.send_as(&signer.token(&json!({}), &claims(&json!({}))), "GET", "/v1/jobs").await;
    assert_eq!((reply.status, &reply.json()["code"]), (503, &"unavailable".into()));
    assert!(reply.header("retry-after").is_some());
    assert_eq!(status(&app, "nonsense").await, 401);
    assert_eq!(app.get("/v1/jobs").await.status, 401);
}

#[tokio::test]
async fn a_set_that_is_too_long_is_not_read() {
    let signer = Signer::p256("a");
    let filler = json!({"kty": "oct", "k": "A".repeat(70_000)});
    let issuer = Issuer::start(&[signer.public_key(), filler]).await;
    let app = with_issuer(&issuer);
    assert_eq!(status(&app, &signer.token(&json!({}), &claims(&json!({})))).await, 503);
}

#[tokio::test]
async fn a_key_set_is_read_from_a_file() {
    let signer = Signer::rsa("r1");
    let dir = std::env::temp_dir().join(recap_testkit::servers::fresh_name());
    std::fs::write(&dir, json!({"keys": [signer.public_key()]}).to_string()).unwrap();
    let app = TestGateway::with(|config| {
        expect_tokens(config);
        config.auth.jwks_file = dir.clone();
    });
    assert_eq!(status(&app, &signer.token(&json!({}), &claims(&json!({})))).await, 200);
    std::fs::write(&dir, "{}").unwrap();
    let mut refused = TestGateway::with(|config| {
        expect_tokens(config);
        config.auth.jwks_file = dir.clone();
    });
    let error = refused.server.join_next().await.unwrap().unwrap().unwrap_err().to_string();
    assert!(error.contains("auth.jwks_file") && error.contains("no JSON web key set"), "{error}");
    std::fs::remove_file(&dir).unwrap();
}
