//! A process that plays a role tells of itself on its port.

use std::net::TcpListener;
use std::time::Duration;

use recap_config::Config;
use recap_role::{Question, connect, health, serve_status, system_clock};
use serde_json::json;
use tokio_util::sync::CancellationToken;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn health_pools_and_metrics_are_told() {
    let directory = tempfile::tempdir().unwrap();
    let mut config = Config::default();
    config.data.dir = directory.path().to_owned();
    let ports = connect(&config, system_clock()).await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    config.server.port = listener.local_addr().unwrap().port();
    let stop = CancellationToken::new();
    let serving = serve_status(listener, ports, stop.clone());

    let asking = async {
        let server = config.server.clone();
        let well = tokio::task::spawn_blocking(move || health(&server, Question::Ready));
        assert!(well.await.unwrap().unwrap().well);
        let second = Duration::from_secs(5);
        let http = recap_telemetry::http::client(second, second).unwrap();
        let get = async |path: &str| {
            let url = format!("http://127.0.0.1:{}{path}", config.server.port);
            http.get(url).send().await.unwrap().text().await.unwrap()
        };
        let pools: serde_json::Value = serde_json::from_str(&get("/health/pools").await).unwrap();
        assert_eq!(pools["connections"]["sqlite"]["limit"], config.sqlite.pool);
        assert_eq!(pools["slots"]["fetch"], json!({"in_use": 0, "waiting": 0, "limit": 1}));
        assert_eq!(pools["redis"], json!({}));
        assert_eq!(pools["breakers"], json!({}));
        assert!(get("/metrics").await.contains("recap_store_connections{state=\"open\"}"));
        stop.cancel();
    };
    let (served, ()) = tokio::join!(serving, asking);
    served.unwrap();
}
