//! Callers with keys, at several gateways over one Redis.

use std::time::{Duration, Instant};

use recap_testkit::servers;
use serde_json::json;

use crate::fleet::{Fleet, LIMIT, Role};

/// What `recap keys create` prints, by name.
fn printed<'a>(text: &'a str, name: &str) -> &'a str {
    let line = text.lines().find_map(|it| it.strip_prefix(name)?.strip_prefix('='));
    line.unwrap_or_else(|| panic!("{name} is not in {text}"))
}

async fn status(fleet: &Fleet, gateway: &Role, key: &str) -> u16 {
    let url = format!("{}/v1/jobs", gateway.base);
    let request = fleet.http.get(url).header("authorization", format!("Bearer {key}"));
    request.send().await.unwrap().status().as_u16()
}

async fn until(fleet: &Fleet, gateway: &Role, key: &str, wanted: u16) {
    let end = Instant::now() + LIMIT;
    while status(fleet, gateway, key).await != wanted {
        assert!(Instant::now() < end, "it never is {wanted}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_has_one_budget_at_all_gateways() {
    let fleet = Fleet::new(servers::mongodb(), servers::redis()).await;
    let settings = [
        ("RECAP_LIMITS__GLOBAL_SUBMITS_PER_MINUTE", "0"),
        ("RECAP_LIMITS__LISTS_PER_MINUTE", "0"),
        ("RECAP_LIMITS__FAILED_LOGINS_PER_MINUTE", "0"),
        ("RECAP_LIMITS__OPEN_JOBS_PER_CLIENT", "1000"),
    ];
    let gateways = [fleet.start("gateway", &settings), fleet.start("gateway", &settings)];
    for gateway in &gateways {
        fleet.ready(gateway).await;
        // There are no keys yet.
        until(&fleet, gateway, "any", 200).await;
    }
    // A day's budget is filled so slowly that the count is exact.
    let wanted = ["keys", "create", "--name", "fleet", "--per-minute", "100000", "--per-day", "10"];
    let made = fleet.recap(&wanted);
    let key = printed(&made, "key");
    for gateway in &gateways {
        until(&fleet, gateway, "any", 401).await;
        until(&fleet, gateway, key, 200).await;
    }
    let submits = (0..200).map(|index| {
        let url = format!("{}/v1/summaries", gateways[index % 2].base);
        let body = json!({"url": "ok_short3m1", "cache": "bypass"});
        fleet.http.post(url).bearer_auth(key).json(&body).send()
    });
    let mut accepted = 0;
    for submit in submits {
        let answer = submit.await.unwrap();
        match answer.status().as_u16() {
            202 => accepted += 1,
            status => {
                assert_eq!(status, 429);
                let wait = answer.headers()["retry-after"].to_str().unwrap();
                assert!(wait.parse::<u64>().unwrap() > 8000, "{wait}");
            }
        }
    }
    assert_eq!(accepted, 10);

    assert!(fleet.recap(&["keys", "list"]).contains(" fleet\n"));
    fleet.recap(&["keys", "revoke", printed(&made, "id")]);
    for gateway in &gateways {
        until(&fleet, gateway, key, 401).await;
    }
    drop(gateways);
    fleet.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_keys_nobody_else_is_served() {
    let fleet = Fleet::new(servers::mongodb(), servers::redis()).await;
    for role in ["gateway", "all"] {
        let mut serve = fleet.command(&["serve", "--role", role, "--port", "0"]);
        let ended = serve.env("RECAP_SERVER__HOST", "0.0.0.0").output().unwrap();
        let said = String::from_utf8_lossy(&ended.stderr);
        assert_eq!(ended.status.code(), Some(4), "{said}");
        assert!(said.contains("recap keys create"), "{said}");
    }
    let made = fleet.recap(&["keys", "create", "--name", "first", "--scope", "admin"]);
    let everywhere = [("RECAP_SERVER__HOST", "0.0.0.0")];
    let gateway = fleet.start("gateway", &everywhere);
    fleet.ready(&gateway).await;
    assert_eq!(status(&fleet, &gateway, "any").await, 401);
    assert_eq!(status(&fleet, &gateway, printed(&made, "key")).await, 403);
    fleet.stop().await;
}
