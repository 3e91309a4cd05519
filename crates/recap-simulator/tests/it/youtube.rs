//! What yt-dlp learns about a video.

use std::fs;
use std::time::{SystemTime, UNIX_EPOCH};

use recap_simulator::scenario::{self, Endpoint};
use recap_simulator::youtube::YouTube;
use serde_json::{Value, json};

use crate::tools::directory;
use crate::yt_dlp::{Profile, USUAL, run};

#[tokio::test]
async fn the_demo_has_its_title_chapters_and_words() {
    let at = directory("demo");
    let youtube = YouTube::start(0, &at).await.unwrap();
    let run = run(&youtube, "ok_demo25m1", Profile::S, USUAL, &at).await;
    let timeline = scenario::find("ok_demo25m1").unwrap().timeline();

    let meta = run.meta.as_ref().unwrap();
    assert_eq!((&meta["duration"], &meta["language"]), (&json!(1_500), &json!("en")));
    assert_eq!(meta["title"], timeline.title);
    let chapters: Vec<(f64, &str)> =
        meta["chapters"].as_array().unwrap().iter().map(chapter).collect();
    assert_eq!(chapters.len(), timeline.chapters.len());
    for (mark, (start, title)) in timeline.chapters.iter().zip(chapters) {
        assert_eq!((mark.start_ms, mark.title), (milliseconds(start), title));
    }
    assert_eq!(spoken(&run.track().unwrap().2), timeline.text_between(0, u64::MAX));

    let asked: Vec<_> = youtube.requests().iter().map(|it| it.endpoint).collect();
    assert_eq!(asked, [Endpoint::Next, Endpoint::Player, Endpoint::Captions]);
    youtube.stop().await;
}

#[tokio::test]
async fn a_video_in_another_language_says_so() {
    let at = directory("languages");
    let youtube = YouTube::start(0, &at).await.unwrap();
    for (video, language) in
        [("ok_japanes1", "ja"), ("ok_chinese1", "zh-Hans"), ("ok_german01", "de")]
    {
        let run = run(&youtube, video, Profile::S, USUAL, &at).await;
        assert_eq!(run.meta.as_ref().unwrap()["language"], language);
        let timeline = scenario::find(video).unwrap().timeline();
        let found = spoken(&run.track().unwrap().2).replace(' ', "");
        assert_eq!(found, timeline.text_between(0, u64::MAX).replace(' ', ""));
    }
    youtube.stop().await;
}

#[tokio::test]
async fn automatic_captions_roll_like_the_real_ones() {
    let at = directory("rolling");
    let youtube = YouTube::start(0, &at).await.unwrap();
    let run = run(&youtube, "ok_short3m1", Profile::S, USUAL, &at).await;
    let file: Value = serde_json::from_slice(&fs::read(run.track().unwrap().2).unwrap()).unwrap();
    let events = file["events"].as_array().unwrap();
    let number = |it: &Value, name: &str| it[name].as_u64().unwrap();

    assert!(events[0].get("segs").is_none(), "the first event is the window");
    assert!(events.iter().all(|it| number(it, "tStartMs") + number(it, "dDurationMs") <= 180_000));
    let lines: Vec<&Value> = events[1..].iter().filter(|it| it.get("aAppend").is_none()).collect();
    assert_eq!(events.len(), 2 * lines.len(), "a line break stands between two lines");
    for pair in lines.windows(2) {
        let end = number(pair[0], "tStartMs") + number(pair[0], "dDurationMs");
        assert!(end > number(pair[1], "tStartMs"), "a line stays while the next one comes");
    }
    assert_eq!(lines[0]["segs"][0]["utf8"], "black");
    assert!(number(&lines[0]["segs"][1], "tOffsetMs") > 0);
    youtube.stop().await;
}

#[tokio::test]
#[expect(
    clippy::disallowed_methods,
    reason = "the start of a premiere is compared with the real now"
)]
async fn a_premiere_starts_two_hours_from_now() {
    let at = directory("premiere");
    let youtube = YouTube::start(0, &at).await.unwrap();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    for video in ["er_premier1", "er_upcomin1"] {
        let run = run(&youtube, video, Profile::W, USUAL, &at).await;
        let meta = run.meta.unwrap();
        assert_eq!(meta["live_status"], "is_upcoming");
        let start = meta["release_timestamp"].as_u64().unwrap();
        assert!(
            (now + 7_200..now + 7_500).contains(&start),
            "{start} is not two hours after {now}"
        );
    }
    youtube.stop().await;
}

#[tokio::test]
async fn nothing_is_written_outside_the_directory() {
    let at = directory("hostile");
    let inside = at.join("a/b");
    fs::create_dir_all(&inside).unwrap();
    let youtube = YouTube::start(0, &at).await.unwrap();
    run(&youtube, "er_travers1", Profile::S, USUAL, &inside).await;
    let mut found: Vec<_> = fs::read_dir(&at).unwrap().map(|it| it.unwrap().file_name()).collect();
    found.sort();
    assert_eq!(found, ["a", "ca.pem"]);
    youtube.stop().await;
}

fn chapter(it: &Value) -> (f64, &str) {
    (it["start_time"].as_f64().unwrap(), it["title"].as_str().unwrap())
}

/// yt-dlp turns milliseconds into seconds with a fraction.
fn milliseconds(seconds: f64) -> u64 {
    format!("{:.0}", seconds * 1_000.0).parse().unwrap()
}

/// The words of a caption file, with one space between cues.
fn spoken(file: &std::path::Path) -> String {
    let file: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    let cues = file["events"].as_array().unwrap().iter();
    let texts: Vec<&str> = cues.map(|it| it["segs"][0]["utf8"].as_str().unwrap()).collect();
    texts.join(" ")
}
