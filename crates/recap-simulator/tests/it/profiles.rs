//! Every scenario ends as its table says, in both profiles of yt-dlp.

use std::path::Path;
use std::time::Duration;

use futures::stream::{self, StreamExt};
use recap_simulator::scenario::{self, Endpoint, Expect, Scenario, Source};
use recap_simulator::youtube::YouTube;
use serde_json::Value;
use tokio::time::{sleep, timeout};

use crate::tools::directory;
use crate::yt_dlp::{Patience, Profile, Run, SHORT, USUAL, run, spawn};

/// Runs of yt-dlp at a time; each of them keeps a core busy.
const PARALLEL: usize = 3;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_scenario_ends_as_promised_without_the_watch_page() {
    check_all(Profile::S, |it| it.expect).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_scenario_ends_as_promised_with_the_watch_page() {
    check_all(Profile::W, |it| it.expect_with_page).await;
}

async fn check_all(profile: Profile, expected: fn(&Scenario) -> Expect) {
    let at = directory(&format!("profile-{profile:?}"));
    let youtube = YouTube::start(0, &at).await.unwrap();
    let (youtube_ref, at_ref) = (&youtube, at.as_path());
    let surprises: Vec<String> = stream::iter(scenario::all())
        .map(|it| async move {
            let surprise = check(youtube_ref, it, profile, expected(it), at_ref).await.err()?;
            Some(format!("{}: {surprise}", it.id))
        })
        .buffer_unordered(PARALLEL)
        .filter_map(std::future::ready)
        .collect()
        .await;
    assert!(surprises.is_empty(), "{}", surprises.join("\n\n"));
    youtube.stop().await;
}

async fn check(
    youtube: &YouTube,
    scenario: &Scenario,
    profile: Profile,
    expected: Expect,
    at: &Path,
) -> Result<(), String> {
    let at = at.join(scenario.id);
    std::fs::create_dir(&at).unwrap();
    match expected {
        Expect::Drips(endpoint) => drips(youtube, scenario, profile, endpoint, &at).await,
        Expect::Hangs(endpoint) => {
            let run = run(youtube, scenario.id, profile, SHORT, &at).await;
            let asked = asked(youtube, scenario.id, endpoint);
            ensure(run.stderr.contains("timed out") && asked, "a time-out", &run)
        }
        Expect::Says { text, exit } => {
            let run = run(youtube, scenario.id, profile, USUAL, &at).await;
            ensure(run.stderr.contains(text) && run.code == Some(exit), text, &run)
        }
        Expect::NoCaptions => {
            let run = run(youtube, scenario.id, profile, USUAL, &at).await;
            let nothing = run.code == Some(0) && run.meta.is_some() && run.track().is_none();
            ensure(nothing, "success without captions", &run)
        }
        Expect::Captions { language, source } => {
            let run = run(youtube, scenario.id, profile, USUAL, &at).await;
            captions(&run, language, source)
        }
    }
}

fn captions(run: &Run, language: &str, source: Source) -> Result<(), String> {
    let Some((found, url, file)) = run.track() else { return ensure(false, "captions", run) };
    let from = match (url.contains("tlang="), url.contains("kind=asr")) {
        (true, _) => Source::Translated,
        (false, true) => Source::Automatic,
        (false, false) => Source::Manual,
    };
    ensure(
        run.code == Some(0) && found == language && from == source,
        &format!("{language} {source:?}"),
        run,
    )?;
    let file: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    ensure(file["events"].as_array().unwrap().len() > 20, "a file with events", run)
}

/// Waits until the endpoint is asked, then for longer than the socket time-out:
/// yt-dlp must still be reading.
async fn drips(
    youtube: &YouTube,
    scenario: &Scenario,
    profile: Profile,
    endpoint: Endpoint,
    at: &Path,
) -> Result<(), String> {
    // A byte a second would race a time-out of one second.
    let patience = Patience { seconds: 2, retries: 0 };
    let mut child = spawn(youtube, scenario.id, profile, patience, at);
    let reached = timeout(Duration::from_mins(1), async {
        while !asked(youtube, scenario.id, endpoint) {
            sleep(Duration::from_millis(20)).await;
        }
    });
    reached.await.map_err(|_| "the endpoint was never asked".to_owned())?;
    let ended = timeout(Duration::from_millis(3_500), child.wait()).await;
    child.kill().await.unwrap();
    match ended {
        Ok(status) => Err(format!("ended by itself: {status:?}")),
        Err(_) => Ok(()),
    }
}

fn asked(youtube: &YouTube, video: &str, endpoint: Endpoint) -> bool {
    youtube
        .requests()
        .iter()
        .any(|it| it.endpoint == endpoint && it.video.as_deref() == Some(video))
}

fn ensure(condition: bool, wanted: &str, run: &Run) -> Result<(), String> {
    if condition { Ok(()) } else { Err(format!("wanted {wanted}, got {run:#?}")) }
}
