//! All roles in this process, with simulators behind them.

use std::net::TcpListener;
use std::time::Duration;

use recap::app::App;
use recap_config::{Config, Secret};
use recap_simulator::gemini::Gemini;
use recap_simulator::youtube::YouTube;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// A running recap; [`Service::stop`] ends it in order.
pub(crate) struct Service {
    pub(crate) youtube: YouTube,
    pub(crate) gemini: Gemini,
    pub(crate) dir: TempDir,
    base: String,
    http: reqwest::Client,
    stop: CancellationToken,
    running: JoinHandle<anyhow::Result<()>>,
}

/// Settings for tests: simulators in place of the world, short waits.
pub(crate) fn config(dir: &TempDir, youtube: &YouTube, gemini: &Gemini) -> Config {
    let mut config = Config::default();
    config.data.dir = dir.path().to_owned();
    config.server.port = 0;
    config.media.ytdlp_path = recap_testkit::tools::yt_dlp().display().to_string();
    config.media.proxy = youtube.proxy_url();
    config.media.ca_file = youtube.ca_file().to_owned();
    config.gemini.base_url = gemini.base_url();
    config.gemini.retry_base_ms = 10;
    config.gemini.requests_per_minute = 0;
    config.queue.poll_ms = 50;
    // A test is not a client that asks too much.
    (config.limits.submits_per_minute, config.limits.global_submits_per_minute) = (0, 0);
    config
}

/// The same with Gemini as the summariser.
pub(crate) fn with_gemini(config: &mut Config) {
    config.gemini.api_key = Secret::new("simulated");
}

impl Service {
    pub(crate) async fn start(change: impl FnOnce(&mut Config)) -> Self {
        recap_telemetry::http::install_crypto();
        let dir = tempfile::tempdir().unwrap();
        let youtube = YouTube::start(0, dir.path()).await.unwrap();
        let gemini = Gemini::start(0).await.unwrap();
        let mut config = config(&dir, &youtube, &gemini);
        change(&mut config);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let app = App::start(&config, listener, None, |_| {}).await.unwrap();
        let base = format!("http://{}", app.address);
        let stop = CancellationToken::new();
        let stopped = stop.clone();
        #[expect(clippy::disallowed_methods, reason = "joined by `stop`")]
        let running = tokio::spawn(app.run_until(async move { stopped.cancelled().await }));
        let http = recap_telemetry::http::client(Duration::from_secs(5), Duration::from_secs(90));
        Self { youtube, gemini, dir, base, http: http.unwrap(), stop, running }
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        let answer = self.http.post(self.url(path)).json(body).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        let answer = self.http.get(self.url(path)).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    /// Body and content type.
    pub(crate) async fn text(&self, path: &str) -> (String, String) {
        let answer = self.http.get(self.url(path)).send().await.unwrap();
        let content_type = answer.headers()["content-type"].to_str().unwrap().to_owned();
        (answer.text().await.unwrap(), content_type)
    }

    /// Submits a summary of the simulated video and returns the job's id.
    pub(crate) async fn submit(&self, video: &str) -> String {
        let body = json!({"url": format!("https://www.youtube.com/watch?v={video}")});
        let (status, job) = self.post("/v1/summaries", &body).await;
        assert_eq!(status, 202, "{job}");
        job["id"].as_str().unwrap().to_owned()
    }

    /// The job once it has ended, or waits for another attempt.
    pub(crate) async fn settled(&self, id: &str) -> Value {
        for _ in 0..600 {
            let (status, job) = self.get(&format!("/v1/jobs/{id}?wait=1s")).await;
            assert_eq!(status, 200, "{job}");
            if job["completed_at"].is_string() || job["retry_at"].is_string() {
                return job;
            }
        }
        panic!("the job {id} neither ends nor waits");
    }

    pub(crate) async fn summarize(&self, video: &str) -> Value {
        let id = self.submit(video).await;
        self.settled(&id).await
    }

    pub(crate) async fn stop(self) {
        self.stop.cancel();
        self.running.await.unwrap().unwrap();
        self.youtube.stop().await;
        self.gemini.stop().await;
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }
}
