//! Shell scripts in the place of yt-dlp.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use recap_core::load::Load;
use recap_core::ports::MediaSource;
use recap_media::{Origin, YtDlp, connect};
use tokio::time::{Instant, timeout};

use crate::support::{Place, ask, told};

const META: &str = r#"printf 'META {"id": "ok_manual01", "title": "T", "duration": 60}\n'"#;
const SUBS: &str = r#"printf 'SUBS {"id": "ok_manual01", "requested_subtitles": {"en": {"url": "https://x/?lang=en", "filepath": "sub.en.json3"}}}\n'"#;
const CUES: &str = r#"printf '{"events": [{"tStartMs": 0, "dDurationMs": 9, "segs": [{"utf8": "hi"}]}]}' > sub.en.json3"#;

pub(crate) fn playing(place: &Place, script: &str) -> Arc<dyn MediaSource> {
    let program = place.data.path().join("yt-dlp.sh");
    fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&program, Permissions::from_mode(0o755)).unwrap();
    running(place, program)
}

fn running(place: &Place, program: PathBuf) -> Arc<dyn MediaSource> {
    let (arguments, version) = (Vec::new(), "2026.10.26".to_owned());
    let binary = YtDlp { program, arguments, version, origin: Origin::Setting };
    connect(&place.config, binary, None, &Load::default())
}

#[track_caller]
fn check(script: &str, expected: &str) {
    let mut place = Place::new();
    place.config.media.fallback_extractor_args.clear();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let source = playing(&place, script);
    let answer = runtime.block_on(ask(&*source, "ok_manual01"));
    let said = answer.map_or_else(|error| told(&error), |it| it.transcript.cues[0].text.clone());
    assert_eq!(said, expected, "{script}");
    assert_eq!(place.work_left(), 0);
}

#[test]
fn the_file_counts_and_not_the_exit_code() {
    check(&format!("{META}; {CUES}; {SUBS}; exit 1"), "hi");
    check(&format!("{META}; {SUBS}"), "transient upstream_error retryable");
    check(&format!("{CUES}; {SUBS}"), "hi");
    check("exit 0", "transient upstream_error retryable");
    check("exit 7", "transient upstream_error retryable");
}

#[test]
fn what_is_no_caption_file_is_not_taken_for_one() {
    let html = "printf '<html>Sorry' > sub.en.json3";
    check(&format!("{META}; {html}; {SUBS}"), "transient captions_unreadable retryable");
    let elsewhere = SUBS.replace("sub.en.json3", "/etc/hostname");
    check(&format!("{META}; {CUES}; {elsewhere}"), "transient upstream_error retryable");
}

#[test]
fn another_video_is_not_taken_for_this_one() {
    let other = SUBS.replace("ok_manual01", "zzzzzzzzzzz");
    check(&format!("{META}; {CUES}; {other}"), "silent no_captions");
}

#[test]
fn a_lack_of_memory_has_its_own_code() {
    check("kill -9 $$", "transient out_of_memory retryable");
    check("echo MemoryError >&2; exit 1", "transient out_of_memory retryable");
}

#[tokio::test]
async fn a_program_that_is_gone_has_its_own_code() {
    let place = Place::new();
    let source = running(&place, place.data.path().join("gone"));
    let error = ask(&*source, "ok_manual01").await.unwrap_err();
    assert_eq!(told(&error), "transient extractor_missing retryable");
    assert_eq!(place.work_left(), 0);
}

#[tokio::test]
async fn both_ways_share_one_deadline() {
    let mut place = Place::new();
    place.config.media.deadline_seconds = 4;
    let source = playing(&place, "(trap '' TERM; exec /bin/sleep 1000) & wait");
    let begun = Instant::now();
    let error = ask(&*source, "ok_manual01").await.unwrap_err();
    assert_eq!(told(&error), "transient network retryable");
    assert!((3900..6000).contains(&begun.elapsed().as_millis()), "{:?}", begun.elapsed());
    assert_eq!(place.work_left(), 0);
}

#[tokio::test]
async fn a_dropped_call_leaves_no_file() {
    let place = Place::new();
    let source = playing(&place, "echo > begun; exec /bin/sleep 1000");
    assert!(timeout(Duration::from_millis(300), ask(&*source, "ok_manual01")).await.is_err());
    let gone = async {
        while place.work_left() > 0 {
            tokio::task::yield_now().await;
        }
    };
    timeout(Duration::from_secs(10), gone).await.expect("the work directory is removed");
}
