//! WebVTT, above all the captions of YouTube that roll.

use insta::assert_snapshot;
use recap_core::transcript::vtt::{parse, render};

use super::{cue, listed};

#[track_caller]
fn check(file: &str, expected: &str) {
    let cues = parse(file).map(|it| listed(&it)).map_err(|it| it.to_string());
    assert_eq!(cues, Ok(expected.to_owned()));
}

#[track_caller]
fn check_refused(file: &str, problem: &str) {
    let error = parse(file).expect_err("it is malformed");
    assert_eq!((error.format, error.problem), ("WebVTT", problem));
}

const BAD_TIME: &str = "a line with --> does not have two times like 00:01:02.345";

#[test]
fn rolling_captions_are_said_once() {
    // As yt-dlp writes YouTube's automatic captions.
    check(
        "WEBVTT\nKind: captions\nLanguage: en\n\n\
         00:00:00.160 --> 00:00:02.389 align:start position:0%\n \n\
         welcome<00:00:00.400><c> to</c><00:00:00.560><c> the</c><00:00:00.720><c> show</c>\n\n\
         00:00:02.389 --> 00:00:02.399 align:start position:0%\nwelcome to the show\n \n\n\
         00:00:02.399 --> 00:00:04.150 align:start position:0%\nwelcome to the show\n\
         today<00:00:02.639><c> tea</c>\n\n\
         00:00:04.150 --> 00:00:04.160 align:start position:0%\ntoday tea\n \n\n\
         00:00:04.160 --> 00:00:06.000 align:start position:0%\ntoday tea\n[Music]\n",
        "160-2389 welcome to the show\n2399-4150 today tea\n4160-6000 [Music]\n",
    );
}

#[test]
fn rolling_captions_without_their_tags_are_said_once_too() {
    check(
        "WEBVTT\n\n00:01.000 --> 00:02.990\none\n\n00:02.990 --> 00:03.000\none\n\n\
         00:03.000 --> 00:05.000\none\ntwo\n\n00:05.000 --> 00:07.000\ntwo\nthree\n",
        "1000-2990 one\n3000-5000 two\n5000-7000 three\n",
    );
}

#[test]
fn what_is_said_twice_is_not_rolling() {
    check(
        "WEBVTT\n\n00:01.000 --> 00:02.000\nNo.\n\n00:02.000 --> 00:03.000\nNo.\n\n\
         00:09.000 --> 00:10.000\nNo.\nNever.\n",
        "1000-2000 No.\n2000-3000 No.\n9000-10000 No. Never.\n",
    );
}

#[test]
fn everything_but_the_text_is_left_out() {
    check(
        "\u{feff}WEBVTT - a title\r\nX-Header: 1\r\n\r\nNOTE\r\n00:00 --> not a cue\r\n\r\n\
         STYLE\r\n::cue { color: red } /* --> */\r\n\r\nREGION\r\nid:a\r\n\r\n\
         intro\r\n01:02.500 --> 100:00:05.000 line:0 align:end\r\n<v Someone>Tea &amp; <i>milk</i>,\r\n\
         <ruby>please<rt>x</rt></ruby> a < b > c\r\n\r\nNOTE one line\r\n",
        "62500-360000000 Tea & milk, pleasex a < b > c\n",
    );
}

#[test]
fn lines_may_end_in_any_way() {
    for end in ["\n", "\r\n", "\r"] {
        let file = "WEBVTT\n\n1\n00:01.000 --> 00:02.000\na\nb\n\n2\n00:03.000 --> 00:04.000\nc";
        check(&file.replace('\n', end), "1000-2000 a b\n3000-4000 c\n");
    }
}

#[test]
fn a_file_without_cues_has_none() {
    check("WEBVTT", "");
    check("WEBVTT\n\nNOTE nothing here\n\nloose text\n", "");
    check("WEBVTT\n\n00:01.000 --> 00:02.000\n\n00:03.000 --> 00:04.000\n<c></c>\n", "");
}

#[test]
fn a_blank_line_may_be_missing() {
    check(
        "WEBVTT\n00:01.000 --> 00:02.000\na\n00:03.000 --> 00:04.000\nb",
        "1000-2000 a\n3000-4000 b\n",
    );
}

#[test]
fn malformed_files_are_refused() {
    check_refused("", "it does not begin with WEBVTT");
    check_refused("WEBVTTX\n", "it does not begin with WEBVTT");
    check_refused("1\n00:00:01,000 --> 00:00:02,000\na", "it does not begin with WEBVTT");
    for times in [
        "00:00:01.000 -->",
        "--> 00:01.000",
        "00:01.000 --> soon",
        "00:61.000 --> 00:62.000",
        "00:60:00.000 --> 01:00:00.000",
        "1:2:3:4.000 --> 00:05.000",
        "-00:01.000 --> 00:02.000",
        "+0:01.000 --> 00:02.000",
        "00:01.0000 --> 00:02.000",
        "00:01. --> 00:02.000",
        "5 --> 6",
        "99999999999999999999:00:00.000 --> 00:02.000",
        "9999999999999999999:00:00.000 --> 00:02.000",
        "٠٠:٠١.٠٠٠ --> 00:02.000",
    ] {
        check_refused(&format!("WEBVTT\n\n{times}\ntext\n"), BAD_TIME);
    }
}

#[test]
fn text_cannot_pass_for_a_cue() {
    let cues =
        [cue(0, 1_500, "a --> b\n\n00:00 --> 00:01 <b>&amp;"), cue(3_600_000, 3_600_001, "c")];
    assert_snapshot!(render(&cues), @r"
    WEBVTT

    00:00:00.000 --> 00:00:01.500
    a --&gt; b  00:00 --&gt; 00:01 &lt;b&gt;&amp;amp;

    01:00:00.000 --> 01:00:00.001
    c
    ");
}
