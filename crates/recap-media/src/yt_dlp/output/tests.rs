//! The printed lines, friendly and hostile.

use std::fs;
use std::time::Duration;

use super::*;

const VIDEO: &str = "ok_manual01";

fn read(text: &str) -> Printed {
    Printed::read(text.as_bytes(), VIDEO.parse().unwrap())
}

fn video(fields: &str) -> VideoMetadata {
    let printed = read(&format!(r#"META {{"id": "{VIDEO}", {fields}}}"#));
    assert!(printed.has_metadata(), "{fields}");
    printed.into_metadata(VIDEO.parse().unwrap())
}

#[track_caller]
fn check(tracks: &str, expected: &Choice) {
    let line = format!(r#"SUBS {{"id": "{VIDEO}", "requested_subtitles": {{{tracks}}}}}"#);
    assert_eq!(&read(&line).choice(), expected, "{tracks}");
}

fn track(key: &str, query: &str) -> String {
    format!(
        r#""{key}": {{"url": "https://www.youtube.com/api/timedtext?v=x&{query}&fmt=json3", "filepath": "sub.{key}.json3"}}"#
    )
}

fn chosen(source: TranscriptSource, language: &str, key: &str) -> Choice {
    let file = format!("sub.{key}.json3");
    Choice::Track(Track { source, language: language.to_owned(), file })
}

#[test]
fn the_address_says_what_a_track_is() {
    use TranscriptSource::{CaptionsAutomatic, CaptionsManual};
    check(&track("en", "lang=en"), &chosen(CaptionsManual, "en", "en"));
    check(&track("en", "kind=asr&lang=en"), &chosen(CaptionsAutomatic, "en", "en"));
    check(&track("en-GB", "lang=en-GB"), &chosen(CaptionsManual, "en-GB", "en-GB"));
    check(&track("en-abc123", "lang=en"), &chosen(CaptionsManual, "en", "en-abc123"));
    check(&track("de-orig", "kind=asr&lang=de"), &chosen(CaptionsAutomatic, "de", "de-orig"));
    check(&track("de-orig", "kind=asr"), &chosen(CaptionsAutomatic, "de", "de-orig"));
    check(&track("x", "lang=%2e%2e"), &chosen(CaptionsManual, "und", "x"));
}

#[test]
fn people_come_before_machines_and_translations_never() {
    let heard = track("de-orig", "kind=asr&lang=de");
    let written = track("de", "lang=de");
    let translated = track("en", "kind=asr&lang=de&tlang=en");
    let manual = chosen(TranscriptSource::CaptionsManual, "de", "de");
    check(&format!("{heard}, {translated}, {written}"), &manual);
    let original = |it: &str| Choice::Translated { original: it.to_owned() };
    check(&translated, &original("de-orig"));
    check(&track("en", "lang=de&tlang=en"), &original("de"));
    check(&track("en", "lang=.*&tlang=en"), &Choice::Nothing);
    check("", &Choice::Nothing);
    check(r#""en": {"url": null}"#, &Choice::Nothing);
}

#[test]
fn metadata_is_read() {
    let video = video(
        r#""title": "Tides", "duration": 1500, "channel": "C", "upload_date": "20240102",
        "language": "en", "live_status": "not_live", "view_count": 3, "chapters": [
            {"start_time": 300.0, "title": "B", "end_time": 1500},
            {"start_time": 0.0, "title": "A", "end_time": 400.0}]"#
            .replace('\n', " ")
            .as_str(),
    );
    insta::assert_json_snapshot!(video);
}

#[test]
fn what_cannot_be_is_left_out() {
    let video = video(
        r#""title": "../../etc $(x)\u0000\n --exec", "duration": 1e300, "channel": "\n",
        "upload_date": "20241350", "language": "<b>", "release_timestamp": 1e300,
        "chapters": [{"start_time": -1.0, "title": "A"}, {"start_time": 5.0, "title": "B"}]"#
            .replace('\n', " ")
            .as_str(),
    );
    assert_eq!(video.title, "../../etc $(x) --exec");
    assert_eq!(
        (video.duration, video.channel, video.published, video.language),
        (None, None, None, None)
    );
    assert_eq!(video.chapters, []);
    assert_eq!(self::video(r#""title": null, "duration": 0"#).title, VIDEO);
}

#[test]
fn lines_that_are_cut_or_of_another_video_count_as_missing() {
    assert!(!read("META {\"id\": \"ok_manu").has_metadata());
    assert!(!read("META {\"id\": \"zzzzzzzzzzz\", \"title\": \"t\"}").has_metadata());
    assert!(!read("META NA\nSUBS NA").has_metadata());
    assert!(read("noise\nMETA {\"id\": \"ok_manual01\"}").has_metadata());
}

#[test]
fn only_an_upcoming_video_has_a_start() {
    let starts = |status: &str| {
        let text = format!(
            r#"META {{"id": "{VIDEO}", "live_status": "{status}", "release_timestamp": 1900000000}}"#
        );
        read(&text).starts_at().map(jiff::Timestamp::as_second)
    };
    assert_eq!(starts("is_upcoming"), Some(1_900_000_000));
    assert_eq!(starts("was_live"), None);
}

const FILE: &str =
    r#"{"events": [{"tStartMs": 0, "dDurationMs": 2000, "segs": [{"utf8": "hello"}]}]}"#;

#[test]
fn a_caption_file_is_read_inside_its_directory_only() {
    let work = tempfile::tempdir().unwrap();
    let directory = fs::canonicalize(work.path()).unwrap();
    let outside = tempfile::NamedTempFile::new().unwrap();
    fs::write(outside.path(), FILE).unwrap();
    fs::write(directory.join("sub.en.json3"), FILE).unwrap();
    std::os::unix::fs::symlink(outside.path(), directory.join("link")).unwrap();

    let cues = read_captions(&directory, "sub.en.json3", 1000).unwrap();
    assert_eq!((cues[0].text.as_str(), cues[0].end), ("hello", Duration::from_secs(2)));

    let refused = |file: &str| read_captions(&directory, file, 1000).unwrap_err();
    assert_eq!(refused("link"), Unreadable::Missing);
    assert_eq!(refused(outside.path().to_str().unwrap()), Unreadable::Missing);
    assert_eq!(refused("../.."), Unreadable::Missing);
    assert_eq!(refused("none"), Unreadable::Missing);
}

#[test]
fn a_caption_file_is_bounded_and_has_to_be_one() {
    let work = tempfile::tempdir().unwrap();
    let directory = fs::canonicalize(work.path()).unwrap();
    let read = |text: &str, limit| {
        fs::write(directory.join("sub"), text).unwrap();
        read_captions(&directory, "sub", limit).map(|it| it.len())
    };
    assert_eq!(read(FILE, FILE.len() as u64), Ok(1));
    assert_eq!(read(FILE, FILE.len() as u64 - 1), Err(Unreadable::TooLarge));
    assert_eq!(read("<html>Sorry", 1000), Err(Unreadable::Invalid));
    assert_eq!(read(r#"{"events": []}"#, 1000), Err(Unreadable::Invalid));
    assert_eq!(read("", 1000), Err(Unreadable::Invalid));
}
