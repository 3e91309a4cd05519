//! kill -9 in the middle of a three-hour video.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use recap_simulator::gemini::Fault;
use recap_simulator::gemini::Gemini;
use recap_simulator::youtube::YouTube;
use serde_json::{Value, json};
use tempfile::TempDir;

/// `recap serve` as a process of its own, so that it can be killed.
struct Served {
    child: Child,
    base: String,
}

impl Served {
    #[expect(clippy::disallowed_methods, reason = "the test's own child, killed below")]
    fn start(dir: &TempDir, youtube: &YouTube, gemini: &Gemini) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_recap"))
            .arg("serve")
            .env("RECAP_DATA__DIR", dir.path())
            .env("RECAP_SERVER__PORT", "0")
            .env("RECAP_MEDIA__YTDLP_PATH", recap_testkit::tools::yt_dlp())
            .env("RECAP_MEDIA__PROXY", youtube.proxy_url())
            .env("RECAP_MEDIA__CA_FILE", youtube.ca_file())
            .env("RECAP_GEMINI__BASE_URL", gemini.base_url())
            .env("RECAP_WORKER__LEASE_SECONDS", "4")
            .env("RECAP_WORKER__RECONCILE_SECONDS", "1")
            .env("GEMINI_API_KEY", "simulated")
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let base = listening(lines);
        Self { child, base }
    }

    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// The address it says; the rest of what it says is read so that it never
/// blocks on a full pipe.
fn listening(mut lines: impl Iterator<Item = std::io::Result<String>> + Send + 'static) -> String {
    let said = lines.find_map(|line| {
        let line = line.unwrap();
        let rest = line.strip_prefix("recap serves ")?.to_owned();
        Some(rest.split(' ').next().unwrap().to_owned())
    });
    std::thread::spawn(move || lines.for_each(drop));
    said.expect("it says where it listens")
}

async fn get(base: &str, path: &str) -> Value {
    let client = recap_telemetry::http::client(Duration::from_secs(5), Duration::from_secs(90));
    client.unwrap().get(format!("{base}{path}")).send().await.unwrap().json().await.unwrap()
}

async fn submit(base: &str, video: &str) -> String {
    let client = recap_telemetry::http::client(Duration::from_secs(5), Duration::from_secs(90));
    let request = client.unwrap().post(format!("{base}/v1/summaries")).json(&json!({"url": video}));
    let job: Value = request.send().await.unwrap().json().await.unwrap();
    job["id"].as_str().unwrap().to_owned()
}

/// How often each segment was answered to its end, and how often asked.
fn asked(gemini: &Gemini) -> BTreeMap<u64, (u32, u32)> {
    let mut asked = BTreeMap::new();
    for call in gemini.calls() {
        let segments: std::collections::BTreeSet<u64> =
            call.segments.iter().filter_map(|it| it.segment).collect();
        for segment in segments {
            let (answered, times): &mut (u32, u32) = asked.entry(segment).or_default();
            *times += 1;
            *answered += u32::from(call.finish_reason.as_deref() == Some("STOP"));
        }
    }
    asked
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_service_goes_on_where_it_was_and_asks_no_segment_twice() {
    recap_telemetry::http::install_crypto();
    let dir = tempfile::tempdir().unwrap();
    let youtube = YouTube::start(0, dir.path()).await.unwrap();
    let gemini = Gemini::start(0).await.unwrap();

    let service = Served::start(&dir, &youtube, &gemini);
    let id = submit(&service.base, "ok_long3h01").await;
    // Killed between two segments: while it waits for a minute's quota.
    let mut job = Value::Null;
    while job["progress"]["segments_done"].as_u64() < Some(4) {
        job = get(&service.base, &format!("/v1/jobs/{id}")).await;
    }
    gemini.set_fault(Fault::RateMinute, 1);
    while !gemini.calls().iter().any(|it| it.fault == Some(Fault::RateMinute)) {
        tokio::task::yield_now().await;
    }
    service.kill();
    let before = asked(&gemini);
    assert!(before.len() >= 5 && before.len() < 18, "killed in the middle: {before:?}");

    let restarted = Instant::now();
    let service = Served::start(&dir, &youtube, &gemini);
    let mut job = Value::Null;
    while job["completed_at"].is_null() {
        assert!(restarted.elapsed() < Duration::from_mins(1), "{job:#}");
        job = get(&service.base, &format!("/v1/jobs/{id}?wait=5s")).await;
    }
    service.kill();
    assert_eq!(job["status"], "succeeded", "{job:#}");
    assert_eq!(job["attempts"], 0);
    let asked = asked(&gemini);
    assert_eq!(asked.len() as u64, job["progress"]["segments_total"].as_u64().unwrap());
    for (segment, (answered, times)) in &asked {
        // The one that met the quota was refused once, not answered twice.
        let refused = before.get(segment).is_some_and(|(answered, _)| *answered == 0);
        assert_eq!((*answered, *times), (1, if refused { 2 } else { 1 }), "segment {segment}");
    }
    youtube.stop().await;
    gemini.stop().await;
}
