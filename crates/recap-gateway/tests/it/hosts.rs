//! A server without keys: this machine, by its own names.

use serde_json::json;

use crate::app::TestGateway;

async fn status(app: &TestGateway, headers: &[(&str, &str)]) -> (u16, String) {
    let reply = app.send("GET", "/v1/jobs", headers, b"").await;
    let code = if reply.status == 200 { json!("") } else { reply.json()["code"].clone() };
    (reply.status, code.as_str().unwrap().to_owned())
}

#[tokio::test]
async fn another_name_that_points_here_is_refused() {
    let app = TestGateway::with(|it| it.server.allowed_hosts = vec!["recap.lan".into()]);
    for host in ["localhost", "127.0.0.1:8080", "[::1]:8080", "recap.lan", "RECAP.lan:80"] {
        assert_eq!(status(&app, &[("host", host)]).await.0, 200, "{host}");
    }
    for host in ["rebound.example", "192.0.2.1", "localhost.example", ""] {
        let refused = (421, "host_refused".to_owned());
        assert_eq!(status(&app, &[("host", host)]).await, refused, "{host}");
    }
    for path in ["/metrics", "/health/ready", "/openapi.json"] {
        let reply = app.send("GET", path, &[("host", "rebound.example")], b"").await;
        assert_eq!(reply.status, 421, "{path}");
    }
}

#[tokio::test]
async fn another_page_is_refused() {
    let app = TestGateway::with(|it| it.server.cors_origins = vec!["https://app.example".into()]);
    for (origin, expected) in [
        ("http://localhost", 200),
        ("https://app.example", 200),
        ("https://evil.example", 403),
        ("null", 403),
    ] {
        let reply = status(&app, &[("host", "localhost"), ("origin", origin)]).await;
        assert_eq!(reply.0, expected, "{origin}");
    }
}

#[tokio::test]
async fn a_client_elsewhere_is_not_served_through_a_proxy_here() {
    let app = TestGateway::with(|it| it.server.trusted_proxies = 1);
    assert_eq!(status(&app, &[]).await.0, 200);
    let remote = status(&app, &[("x-forwarded-for", "192.0.2.1")]).await;
    assert_eq!(remote, (401, "unauthorized".to_owned()));
    assert_eq!(status(&app, &[("x-forwarded-for", "127.0.0.1")]).await.0, 200);
}

#[tokio::test]
async fn what_an_unknown_proxy_passes_on_is_refused() {
    let app = TestGateway::spawn();
    for header in ["x-forwarded-for", "forwarded", "x-real-ip"] {
        let refused = status(&app, &[(header, "127.0.0.1")]).await;
        assert_eq!(refused, (401, "unauthorized".to_owned()), "{header}");
    }
}

#[tokio::test]
async fn with_keys_any_name_will_do() {
    let app = TestGateway::spawn();
    let key = app.key(&[recap_core::key::Scope::Read], |_| {}).await.text;
    let (name, value) = crate::app::bearer(&key);
    let headers = [("host", "any.example"), ("origin", "https://x.example"), (name, &value)];
    assert_eq!(status(&app, &headers).await.0, 200);
}

#[tokio::test]
async fn nobody_is_served_while_it_is_not_known_whether_there_are_keys() {
    let app = TestGateway::spawn();
    app.store.hang(true);
    let elsewhere = TestGateway::beside(&app);
    elsewhere.store.fail(true);
    let reply = elsewhere.get("/v1/jobs").await;
    assert_eq!((reply.status, &reply.json()["code"]), (503, &"unavailable".into()));
    assert_eq!(elsewhere.get("/health/live").await.status, 200);
    elsewhere.store.fail(false);
    assert_eq!(elsewhere.get("/v1/jobs").await.status, 200);
}
