//! Workers that end, hang, and are asked to stop.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::ensure;
use serde_json::Value;

use crate::chaos::Plan;
use crate::chaos::audit::{Verdict, audit};
use crate::chaos::fleet::{Fleet, Wish};
use crate::chaos::logs;
use crate::lab::client::Client;
use crate::shell;

const KILLS: usize = 10;
const BETWEEN: Duration = Duration::from_secs(5);

/// The video whose yt-dlp kills whoever started it.
const POISON: &str = "cp_66666666";

/// Longest time within which a job of a dead worker runs again.
const AGAIN: Duration = Duration::from_mins(1);

pub(super) async fn killed(plan: Plan) -> anyhow::Result<Verdict> {
    let mut fleet = Fleet::start(&plan, Wish::default()).await?;
    let client = fleet.client(1)?;
    let killing = async {
        for turn in 0..KILLS {
            tokio::time::sleep(BETWEEN).await;
            // As random as process ids are.
            let index = turn + usize::try_from(fleet.workers[turn % 3].pid())?;
            fleet.replace_worker(index % 3)?;
        }
        anyhow::Ok(())
    };
    let time = BETWEEN * u32::try_from(KILLS)?;
    tokio::try_join!(client.submit_over(plan.jobs, time), killing)?;
    let mut verdict = audit(&fleet, &[&client], &[]).await?;
    let waits = logs::waits(&fleet.kills, &fleet.logs()?);
    let slowest = waits.iter().max().copied().unwrap_or_default();
    verdict.expect(slowest < AGAIN, "a job waited for too long");
    verdict.note(format!("{} jobs ran again within {slowest:.1?}", waits.len()));
    Ok(verdict)
}

pub(super) async fn frozen(plan: Plan) -> anyhow::Result<Verdict> {
    let mut fleet = Fleet::start(&plan, Wish::default()).await?;
    let client = fleet.client(1)?;
    // So slow that its hands are full.
    fleet.world.gemini.set_delay(Duration::from_millis(700));
    let freezing = async {
        tokio::time::sleep(Duration::from_secs(12)).await;
        fleet.workers[0].signal("STOP")?;
        fleet.note_end(0)?;
        // Past its lease of 20 s, and until another one has its jobs.
        tokio::time::sleep(Duration::from_secs(40)).await;
        fleet.workers[0].signal("CONT")
    };
    let time = Duration::from_secs(50);
    tokio::try_join!(client.submit_over(plan.jobs, time), freezing)?;
    fleet.world.gemini.set_delay(Duration::from_millis(100));
    let mut verdict = audit(&fleet, &[&client], &[]).await?;
    let logs = fleet.logs()?;
    let refused = logs.matches("the job is in other hands now").count()
        + logs.matches("the job ended in other hands").count();
    verdict.expect(refused > 0, "the frozen worker had nothing that could be refused");
    verdict.note(format!("{refused} late writes refused"));
    Ok(verdict)
}

pub(super) async fn poisoned(plan: Plan) -> anyhow::Result<Verdict> {
    let scratch = tempfile::tempdir()?;
    let yt_dlp = Some(deadly(scratch.path())?);
    let mut fleet = Fleet::start(&plan, Wish { yt_dlp, ..Wish::default() }).await?;
    let client = fleet.client(1)?;
    let poison = client.submit_video(POISON).await?;
    let mut restarts = 0;
    let supervising = async {
        loop {
            restarts += fleet.supervise()?;
            if client.job(&poison).await.is_ok_and(|it| !it["completed_at"].is_null()) {
                return anyhow::Ok(());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    let submitting = client.submit_over(plan.jobs, Duration::from_mins(1));
    tokio::try_join!(submitting, supervising)?;
    let mut verdict = audit(&fleet, &[&client], std::slice::from_ref(&poison)).await?;
    let job = client.job(&poison).await?;
    let code = &job["error"]["code"];
    verdict.expect(code == "poison", format!("the poison ended as {} {code}", job["status"]));
    verdict.expect(restarts == 3, format!("{restarts} workers were killed by it"));
    verdict.note(format!("{} / {code} after {restarts} workers", job["status"]));
    Ok(verdict)
}

/// A yt-dlp that kills its parent for one video.
fn deadly(dir: &Path) -> anyhow::Result<PathBuf> {
    let real = shell::root().join("target/tools/yt-dlp/bin/yt-dlp");
    let script = format!(
        "#!/bin/sh\ncase \"$*\" in *{POISON}*) kill -9 \"$PPID\"; exit 1;; esac\nexec {} \"$@\"\n",
        real.display()
    );
    let path = dir.join("yt-dlp");
    std::fs::write(&path, script)?;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755))?;
    Ok(path)
}

pub(super) async fn stopped(plan: Plan) -> anyhow::Result<Verdict> {
    let mut fleet = Fleet::start(&plan, Wish::default()).await?;
    let client = fleet.client(1)?;
    // Slow enough to be caught in the middle.
    fleet.world.gemini.set_delay(Duration::from_millis(1500));
    let stopping = async {
        tokio::time::sleep(Duration::from_secs(15)).await;
        fleet.workers[0].signal("TERM")?;
        let took = fleet.workers[0].end(Duration::from_secs(40)).await?;
        fleet.note_end(0)?;
        anyhow::Ok(took)
    };
    let submitting = client.submit_over(plan.jobs.min(60), Duration::from_secs(30));
    let ((), took) = tokio::try_join!(submitting, stopping)?;
    fleet.world.gemini.set_delay(Duration::from_millis(100));
    let mut verdict = audit(&fleet, &[&client], &[]).await?;
    verdict.expect(took < Duration::from_secs(25), "it took too long to stop");
    let waits = logs::waits(&fleet.kills, &fleet.logs()?);
    verdict.expect(waits.len() == 2, format!("{} jobs were in its hands", waits.len()));
    let slowest = waits.iter().max().copied().unwrap_or_default();
    verdict.note(format!("gone in {took:.1?}, its jobs went on elsewhere after {slowest:.1?}"));
    Ok(verdict)
}

pub(super) async fn canceled(plan: Plan) -> anyhow::Result<Verdict> {
    let fleet = Fleet::start(&plan, Wish::default()).await?;
    let client = fleet.client(1)?;
    let mut slowest = Duration::ZERO;
    let mut canceled = Vec::new();
    // The player's answer hangs, so yt-dlp runs when it is to be stopped.
    fleet.world.youtube.set_player_delay(Duration::from_secs(10));
    for _ in 0..5 {
        let id = client.submit().await?;
        running(&client, &id).await?;
        let began = Instant::now();
        client.post(&format!("/v1/jobs/{id}/cancel")).await?;
        ensure!(ended(&client, &id).await?["status"] == "canceled", "it ended otherwise");
        slowest = slowest.max(began.elapsed());
        canceled.push(id);
    }
    fleet.world.youtube.set_player_delay(Duration::ZERO);
    client.submit_all(plan.jobs.min(20), 4).await?;
    let mut verdict = audit(&fleet, &[&client], &canceled).await?;
    verdict.expect(slowest < Duration::from_secs(2), "a cancel took too long");
    verdict.note(format!("{} cancels, the slowest {slowest:.2?}", canceled.len()));
    Ok(verdict)
}

async fn running(client: &Client, id: &str) -> anyhow::Result<Value> {
    until(client, id, |it| it["progress"]["stage"] == "fetching").await
}

async fn ended(client: &Client, id: &str) -> anyhow::Result<Value> {
    until(client, id, |it| !it["completed_at"].is_null()).await
}

async fn until(
    client: &Client,
    id: &str,
    wanted: impl Fn(&Value) -> bool,
) -> anyhow::Result<Value> {
    let end = Instant::now() + Duration::from_mins(1);
    loop {
        let job = client.job(id).await?;
        if wanted(&job) {
            return Ok(job);
        }
        ensure!(Instant::now() < end, "it does not come: {job:#}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
