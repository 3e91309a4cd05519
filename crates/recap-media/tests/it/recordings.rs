//! What is heard in a stretch of a video, with the real yt-dlp and ffmpeg.

use std::sync::Arc;
use std::time::Duration;

use recap_config::WarmMode;
use recap_core::load::Load;
use recap_core::ports::{MediaError, MediaSource, Recording, RecordingRequest};
use recap_media::connect;
use recap_simulator::youtube::YouTube;
use recap_testkit::tools;
use tokio::time::timeout;

use crate::support::{Place, pinned, told};

/// A source in a place whose YouTube has sound.
async fn listening(warm: WarmMode, most_mb: u64) -> (Place, YouTube, Arc<dyn MediaSource>) {
    let (mut place, youtube) = Place::with_youtube().await;
    youtube.set_sound(tools::sound().into());
    place.config.media.warm = warm;
    place.config.media.max_recording_mb = most_mb;
    let source = connect(&place.config, pinned(), Some(tools::ffmpeg()), &Load::default());
    (place, youtube, source)
}

async fn record(
    source: &dyn MediaSource,
    video: &str,
    minutes: [u64; 2],
) -> Result<Recording, MediaError> {
    let [start, end] = minutes.map(Duration::from_mins);
    let video = video.parse().unwrap();
    source.recording(&RecordingRequest { video, route: 0, start, end }).await
}

/// Seconds, as ffprobe measures them.
fn length(recording: &Recording) -> f64 {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("heard");
    std::fs::write(&file, &recording.bytes).unwrap();
    #[expect(clippy::disallowed_methods, reason = "a look at a file, in a test")]
    let probed = std::process::Command::new(tools::ffmpeg().with_file_name("ffprobe"))
        .args(["-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0"])
        .arg(&file)
        .output()
        .unwrap();
    String::from_utf8(probed.stdout).unwrap().trim().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stretch_is_cut_out_and_nothing_is_left() {
    for warm in [WarmMode::Off, WarmMode::On] {
        let (place, _youtube, source) = listening(warm, 16).await;
        assert!(source.records());
        let recording = record(&*source, "ok_nocaps01", [3, 6]).await.unwrap();
        assert_eq!(recording.media_type, "audio/ogg");
        assert!(recording.bytes.starts_with(b"OggS") && recording.child.cpu_ms > 0);
        let length = length(&recording);
        assert!((178.0..184.0).contains(&length), "{length}");
        drop(source);
        place.until_nothing_is_left().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_too_large_is_not_taken() {
    let (place, youtube, source) = listening(WarmMode::Off, 1).await;
    // A megabyte is enough for a few minutes of this sound, not for many of another.
    youtube.set_sound(loud().into());
    let error = record(&*source, "ok_nocaps01", [0, 5]).await.unwrap_err();
    assert!(!matches!(error, MediaError::Permanent(_)), "{}", told(&error));
    drop(source);
    place.until_nothing_is_left().await;
}

/// Six minutes of noise at a rate that nobody needs.
fn loud() -> Vec<u8> {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("loud.webm");
    #[expect(clippy::disallowed_methods, reason = "it makes a file, in a test")]
    let made = std::process::Command::new(tools::ffmpeg())
        .args(["-hide_banner", "-loglevel", "error", "-f", "lavfi"])
        .args(["-i", "anoisesrc=duration=360:sample_rate=48000", "-c:a", "libopus", "-b:a", "64k"])
        .arg(&file)
        .status()
        .unwrap();
    assert!(made.success());
    std::fs::read(&file).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_is_told_apart() {
    let (_place, _youtube, source) = listening(WarmMode::Off, 16).await;
    let table = [
        ("er_botchk01", "blocked blocked_bot_check retryable 3600s"),
        ("er_private1", "permanent video_private"),
    ];
    for (video, expected) in table {
        let error = record(&*source, video, [0, 1]).await.unwrap_err();
        assert_eq!(told(&error), expected, "{video}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_stops_listening_leaves_nothing() {
    let (place, _youtube, source) = listening(WarmMode::Off, 16).await;
    let long = record(&*source, "ok_nocaps01", [0, 9]);
    assert!(timeout(Duration::from_millis(900), long).await.is_err());
    place.until_nothing_is_left().await;
}

#[tokio::test]
async fn without_ffmpeg_nothing_is_recorded() {
    let (place, _youtube) = Place::with_youtube().await;
    let source = connect(&place.config, pinned(), None, &Load::default());
    assert!(!source.records());
    let error = record(&*source, "ok_nocaps01", [0, 1]).await.unwrap_err();
    assert_eq!(told(&error), "permanent extractor_missing retryable");
}
