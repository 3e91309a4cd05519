//! Roles as processes of their own, over a real Redis and a server of the
//! MongoDB protocol.

use std::net::TcpListener;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use recap_simulator::gemini::Gemini;
use recap_simulator::youtube::YouTube;
use recap_testkit::servers::{self, MongoDb, Redis};
use serde_json::{Value, json};
use tempfile::TempDir;

pub(crate) const LIMIT: Duration = Duration::from_mins(1);

/// What all processes share.
pub(crate) struct Fleet {
    dir: TempDir,
    youtube: YouTube,
    gemini: Gemini,
    mongodb: String,
    redis: String,
    name: String,
    pub(crate) http: reqwest::Client,
}

/// Killed when dropped.
pub(crate) struct Role {
    child: Child,
    pub(crate) base: String,
}

impl Drop for Role {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Fleet {
    pub(crate) async fn new(mongodb: &str, redis: &str) -> Self {
        recap_telemetry::http::install_crypto();
        let dir = tempfile::tempdir().unwrap();
        Self {
            youtube: YouTube::start(0, dir.path()).await.unwrap(),
            gemini: Gemini::start(0).await.unwrap(),
            mongodb: mongodb.to_owned(),
            redis: redis.to_owned(),
            name: servers::fresh_name(),
            http: recap_telemetry::http::client(LIMIT, LIMIT).unwrap(),
            dir,
        }
    }

    #[expect(clippy::disallowed_methods, reason = "the test's own children")]
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_recap"));
        command
            .args(arguments)
            .current_dir(self.dir.path())
            .env("RECAP_DATA__DIR", self.dir.path())
            .env("MONGODB_URI", &self.mongodb)
            .env("REDIS_URL", &self.redis)
            .env("RECAP_MONGODB__DATABASE", &self.name)
            .env("RECAP_REDIS__PREFIX", &self.name)
            .env("RECAP_MEDIA__YTDLP_PATH", recap_testkit::tools::yt_dlp())
            .env("RECAP_MEDIA__PROXY", self.youtube.proxy_url())
            .env("RECAP_MEDIA__CA_FILE", self.youtube.ca_file())
            .env("RECAP_GEMINI__BASE_URL", self.gemini.base_url())
            .env("RECAP_GEMINI__REQUESTS_PER_MINUTE", "0")
            .env("GEMINI_API_KEY", "simulated")
            .stdin(Stdio::null());
        command
    }

    pub(crate) fn start(&self, role: &str, settings: &[(&str, &str)]) -> Role {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut command = self.command(&["serve", "--role", role, "--port", &port.to_string()]);
        command.envs(settings.iter().copied()).stdout(Stdio::null()).stderr(Stdio::null());
        Role { child: command.spawn().unwrap(), base: format!("http://127.0.0.1:{port}") }
    }

    fn admin(&self, word: &str) -> String {
        self.recap(&["admin", word])
    }

    /// What a command prints.
    pub(crate) fn recap(&self, arguments: &[&str]) -> String {
        let Output { status, stdout, stderr } = self.command(arguments).output().unwrap();
        assert!(status.success(), "{}", String::from_utf8_lossy(&stderr));
        String::from_utf8(stdout).unwrap()
    }

    async fn get(&self, url: &str) -> Option<(u16, Value)> {
        let answer = self.http.get(url).send().await.ok()?;
        Some((answer.status().as_u16(), answer.json().await.ok()?))
    }

    /// Asks until the answer is as wanted.
    async fn until(&self, url: &str, wanted: impl Fn(u16, &Value) -> bool) -> Value {
        let end = Instant::now() + LIMIT;
        loop {
            if let Some((status, body)) = self.get(url).await {
                if wanted(status, &body) {
                    return body;
                }
                assert!(Instant::now() < end, "it stays {status} {body:#}");
            }
            assert!(Instant::now() < end, "{url} does not answer");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    pub(crate) async fn ready(&self, role: &Role) {
        self.until(&format!("{}/health/ready", role.base), |status, _| status == 200).await;
    }

    async fn paused(&self, worker: &Role) {
        let end = Instant::now() + LIMIT;
        let url = format!("{}/metrics", worker.base);
        loop {
            let text = self.http.get(&url).send().await.unwrap().text().await.unwrap();
            if text.lines().any(|it| it == "recap_worker_paused 1") {
                return;
            }
            assert!(Instant::now() < end, "it does not pause: {text}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn submit(&self, gateway: &Role, video: &str) -> String {
        let url = format!("{}/v1/summaries", gateway.base);
        let answer = self.http.post(url).json(&json!({"url": video})).send().await.unwrap();
        let job: Value = answer.json().await.unwrap();
        format!("{}/v1/jobs/{}", gateway.base, job["id"].as_str().unwrap())
    }

    async fn ended(&self, job: &str) -> Value {
        self.until(job, |_, it| it["completed_at"].is_string()).await
    }

    pub(crate) async fn stop(self) {
        self.youtube.stop().await;
        self.gemini.stop().await;
    }
}

impl Role {
    async fn ends(mut self) -> Option<i32> {
        let end = Instant::now() + LIMIT;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            assert!(Instant::now() < end, "it does not end");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn start_order_does_not_matter() {
    let (mut mongodb, mut redis) = (MongoDb::start(), Redis::start());
    mongodb.stop();
    redis.stop();
    let fleet = Fleet::new(mongodb.url(), redis.url()).await;
    let worker = fleet.start("worker", &[]);
    let gateway = fleet.start("gateway", &[]);
    for role in [&worker, &gateway] {
        fleet.until(&format!("{}/health/live", role.base), |status, _| status == 200).await;
        let url = format!("{}/health/ready", role.base);
        let waits = fleet.until(&url, |status, _| status == 503).await;
        assert_eq!(waits["parts"]["store"]["status"], "down", "{waits:#}");
        assert_eq!(waits["parts"]["shared"]["status"], "fallback", "{waits:#}");
    }
    mongodb.start_again();
    redis.start_again();
    fleet.ready(&worker).await;
    fleet.ready(&gateway).await;
    let job = fleet.submit(&gateway, "ok_short3m1").await;
    assert_eq!(fleet.ended(&job).await["status"], "succeeded");
    fleet.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_operator_pauses_resumes_and_drains() {
    let fleet = Fleet::new(servers::mongodb(), servers::redis()).await;
    let (worker, gateway) = (fleet.start("worker", &[]), fleet.start("gateway", &[]));
    fleet.ready(&worker).await;
    fleet.ready(&gateway).await;
    assert!(fleet.admin("pause").contains("take no more jobs"));
    // A worker that starts while it is paused takes nothing either.
    let late = fleet.start("worker", &[]);
    fleet.ready(&late).await;
    fleet.paused(&worker).await;
    fleet.paused(&late).await;
    let job = fleet.submit(&gateway, "ok_short3m1").await;
    // Nobody takes it, however often they look: a second is two looks.
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(fleet.get(&job).await.unwrap().1["started_at"].is_null());

    assert!(fleet.admin("resume").contains("workers take jobs"));
    assert_eq!(fleet.ended(&job).await["status"], "succeeded");
    fleet.admin("drain");
    assert_eq!(worker.ends().await, Some(0));
    assert_eq!(late.ends().await, Some(0));
    assert!(fleet.admin("status").contains("0 jobs are open"));
    fleet.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_ends_after_its_jobs() {
    let fleet = Fleet::new(servers::mongodb(), servers::redis()).await;
    let settings = [("RECAP_WORKER__MAX_JOBS", "2"), ("RECAP_WORKER__MAX_JOBS_JITTER", "0")];
    let (worker, gateway) = (fleet.start("worker", &settings), fleet.start("gateway", &[]));
    fleet.ready(&gateway).await;
    for video in ["ok_short3m1", "ok_manual01"] {
        let job = fleet.submit(&gateway, video).await;
        assert_eq!(fleet.ended(&job).await["status"], "succeeded");
    }
    assert_eq!(worker.ends().await, Some(0));
    fleet.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_small_deployment_moves_up() {
    let fleet = Fleet::new(servers::mongodb(), servers::redis()).await;
    let embedded = [("MONGODB_URI", ""), ("REDIS_URL", "")];
    let small = fleet.start("all", &embedded);
    fleet.ready(&small).await;
    let job = fleet.submit(&small, "ok_short3m1").await;
    let before = fleet.ended(&job).await;
    drop(small);

    let moving = ["migrate", "--from", "sqlite", "--to", "mongodb"];
    let moved = fleet.command(&moving).output().unwrap();
    let said = String::from_utf8_lossy(&moved.stdout);
    assert!(said.starts_with("1 jobs, 1 transcripts and 1 notes moved"), "{said}");
    let gateway = fleet.start("gateway", &[]);
    fleet.ready(&gateway).await;
    let path = job.split_once("/v1/").unwrap().1;
    let after = fleet.until(&format!("{}/v1/{path}", gateway.base), |it, _| it == 200).await;
    assert_eq!(after, before);
    fleet.stop().await;
}
