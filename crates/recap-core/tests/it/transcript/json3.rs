//! What YouTube sends as json3, and what it sends in its place.

use recap_core::transcript::json3::{TOO_LONG, parse};

#[track_caller]
fn check(body: &str, expected: &str) {
    let cues = parse(body.as_bytes()).map(|it| super::listed(&it)).map_err(|it| it.problem);
    assert_eq!(cues, Ok(expected.to_owned()));
}

#[track_caller]
fn check_refused(body: &[u8], problem: &str) {
    let error = parse(body).expect_err("it is no caption file");
    assert_eq!((error.format, error.problem), ("json3", problem));
}

#[test]
fn automatic_captions_are_trimmed_to_what_is_said() {
    check(
        r#"{"wireMagic": "pb3", "pens": [{}], "wsWinStyles": [{}, {"mhModeHint": 2}],
        "events": [
            {"tStartMs": 0, "dDurationMs": 9000, "id": 1, "wpWinPosId": 1, "wsWinStyleId": 1},
            {"tStartMs": 160, "dDurationMs": 4000, "wWinId": 1, "segs": [
                {"utf8": "welcome", "acAsrConf": 0}, {"utf8": " to", "tOffsetMs": 240},
                {"utf8": " the", "tOffsetMs": 400}, {"utf8": " show", "tOffsetMs": 560}]},
            {"tStartMs": 2390, "dDurationMs": 1770, "wWinId": 1, "aAppend": 1,
                "segs": [{"utf8": "\n"}]},
            {"tStartMs": 2400, "dDurationMs": 3600, "wWinId": 1, "segs": [
                {"utf8": "today"}, {"utf8": " tea", "tOffsetMs": 500}]},
            {"tStartMs": 4160, "wWinId": 1, "aAppend": 1, "segs": [{"utf8": "\n"}]},
            {"tStartMs": 7000, "dDurationMs": 2000, "wWinId": 1,
                "segs": [{"utf8": "\n"}, {"utf8": "[Music]", "tOffsetMs": 300}]}
        ]}"#,
        "160-2400 welcome to the show\n2400-6000 today tea\n7300-9000 [Music]\n",
    );
}

#[test]
fn manual_captions_of_two_lines_are_one() {
    check(
        r#"{"events": [
            {"tStartMs": 1000, "dDurationMs": 2500, "segs": [{"utf8": "Two lines,\none cue."}]},
            {"tStartMs": 4000, "dDurationMs": 1000, "segs": [{"utf8": "- Tea &amp; milk?\n- No."}]},
            {"tStartMs": 4000, "dDurationMs": 1500, "segs": [{"utf8": "(at the top)"}]}
        ]}"#,
        "1000-3500 Two lines, one cue.\n4000-5500 - Tea & milk? - No. (at the top)\n",
    );
}

#[test]
fn what_is_missing_is_nothing() {
    check("{}", "");
    check("\u{feff} {\"events\": null}\n", "");
    check(r#"{"events": []}"#, "");
    check(r#"{"events": [{}, {"segs": []}, {"segs": [{}]}, {"segs": [{"utf8": null}]}]}"#, "");
    check(r#"{"events": [{"segs": [{"utf8": "a"}]}]}"#, "0-5000 a\n");
}

#[test]
fn odd_times_are_tolerated() {
    check(
        r#"{"events": [
            {"tStartMs": -5, "dDurationMs": -1, "segs": [{"utf8": "a", "tOffsetMs": -3}]},
            {"tStartMs": 50, "dDurationMs": 9223372036854775807, "segs": [{"utf8": "b"}]},
            {"tStartMs": 9223372036854775807, "dDurationMs": 9223372036854775807,
                "segs": [{"utf8": "c", "tOffsetMs": 9223372036854775807}]}
        ]}"#,
        "0-50 a\n50-360000000 b\n",
    );
}

#[test]
fn other_bodies_are_refused() {
    check_refused(b"", "it is empty");
    check_refused(b" \r\n", "it is empty");
    check_refused(b"\xEF\xBB\xBF", "it is empty");
    check_refused(b"<!DOCTYPE html><html></html>", "it is a web page");
    check_refused(b"\n<?xml version=\"1.0\"?><transcript/>", "it is a web page");
    for other in [
        "WEBVTT",
        "[]",
        "null",
        "7",
        "\"\"",
        "{",
        "{\"events\":{}}",
        "{\"events\":[7]}",
        "{\"events\":[{\"tStartMs\":\"1\"}]}",
    ] {
        check_refused(other.as_bytes(), "it is not JSON with a list of events");
    }
    check_refused(
        b"{\"events\": [{\"segs\": [{\"utf8\": \"\xFF\"}]}]}",
        "it is not JSON with a list of events",
    );
    check_refused("[".repeat(100_000).as_bytes(), "it is not JSON with a list of events");
    let deep = format!("{{\"x\": {}", "[".repeat(100_000));
    check_refused(deep.as_bytes(), "it is not JSON with a list of events");
}

#[test]
fn what_is_held_of_a_file_is_bounded() {
    let events = |event: &str, count: usize| {
        format!("{{\"events\": [{}]}}", vec![event; count].join(",")).into_bytes()
    };
    let word = r#"{"segs": [{"utf8": "a"}]}"#;
    assert_eq!(parse(&events(word, 10_000)).unwrap().len(), 1);
    check_refused(&events(word, 300_000), TOO_LONG);
    let long = format!(r#"{{"segs": [{{"utf8": "{}"}}]}}"#, "a".repeat(1 << 20));
    check_refused(&events(&long, 17), TOO_LONG);
    // Nothing is kept of these, so there may be any number.
    check(std::str::from_utf8(&events("{}", 1_000_000)).unwrap(), "");
    check(std::str::from_utf8(&events(r#"{"segs": [{},{}]}"#, 500_000)).unwrap(), "");
}
