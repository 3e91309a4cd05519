//! Text that people paste, and text that they read.

use std::time::Duration;

use insta::assert_snapshot;
use recap_core::transcript::text::{parse, render};

use super::{cue, listed};

#[track_caller]
fn check(text: &str, milliseconds: Option<u64>, expected: &str) {
    let cues = parse(text, milliseconds.map(Duration::from_millis)).map(|it| listed(&it));
    assert_eq!(cues.map_err(|it| it.to_string()), Ok(expected.to_owned()));
}

#[test]
fn times_are_spread_by_length() {
    check(
        "one\ntwo two\n\n\nend",
        Some(13_000),
        "0-3000 one\n3000-10000 two two\n10000-13000 end\n",
    );
    check("abc\r\nab c\r\n", Some(700), "0-300 abc\n300-700 ab c\n");
    check("a\nb", None, "0-67 a\n67-134 b\n");
    check("a\nb", Some(0), "0-1 a\n1-2 b\n");
    check("a\nb", Some(u64::MAX), "0-180000000 a\n180000000-360000000 b\n");
}

#[test]
fn a_long_line_is_cut_at_its_sentences() {
    let sentence = "This sentence has as many as fifty letters, or so. ";
    let cues = parse(&sentence.repeat(20), None).expect("it is text");
    let sizes: Vec<usize> = cues.iter().map(|it| it.text.len() / 50).collect();
    assert_eq!(sizes, [5, 5, 5, 5]);
    assert!(cues.iter().all(|it| it.text.ends_with("or so.")));
}

#[test]
fn a_text_without_sentences_is_cut_at_words() {
    let cues = parse(&"word ".repeat(1_000), None).expect("it is text");
    assert_eq!(cues.len(), 17);
    assert!(cues.iter().all(|it| it.text.len() <= 300 && it.text.ends_with("word")));
    assert_eq!(parse(&"x".repeat(1_000), None).expect("it is text").len(), 1);
    assert_eq!(parse(&"字".repeat(1_000), None).expect("it is text").len(), 4);
}

#[test]
fn an_empty_text_is_refused() {
    for text in ["", " \n\n\t", "\u{200b}\n\u{feff}"] {
        assert_eq!(parse(text, None).map_err(|it| it.problem), Err("it is empty"));
    }
}

#[test]
fn hostile_white_space_and_full_stops_are_read() {
    for odd in [" ", ".", ". ", ".)", "a.", "\u{300}", "\u{a0}", "!\n"] {
        let _ = parse(&odd.repeat(50_000), None);
    }
}

#[test]
fn paragraphs_end_at_pauses_and_with_long_sentences() {
    let mut cues = vec![
        cue(0, 900, "One and"),
        cue(1_000, 2_000, "the same."),
        cue(5_000, 6_000, "After a pause."),
        cue(6_000, 7_000, "日本語の字幕は"),
        cue(7_000, 8_000, "続きます。"),
    ];
    assert_snapshot!(render(&cues), @r"
    One and the same.

    After a pause. 日本語の字幕は続きます。
    ");
    cues = (0..40).map(|it| cue(it, it + 1, "A sentence of forty letters or very near.")).collect();
    assert_eq!(render(&cues).matches("\n\n").count(), 2);
    assert_eq!(render(&[]), "\n");
}
