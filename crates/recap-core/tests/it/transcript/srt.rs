//! SubRip as it is met in the wild.

use insta::assert_snapshot;
use recap_core::transcript::srt::{parse, render};

use super::{cue, listed};

#[track_caller]
fn check(file: &str, expected: &str) {
    let cues = parse(file).map(|it| listed(&it)).map_err(|it| it.to_string());
    assert_eq!(cues, Ok(expected.to_owned()));
}

#[track_caller]
fn check_refused(file: &str, problem: &str) {
    let error = parse(file).expect_err("it is malformed");
    assert_eq!((error.format, error.problem), ("SubRip", problem));
}

#[test]
fn commas_and_dots_are_read() {
    check(
        "1\n00:00:01,000 --> 00:00:02,500\nOne\nline\n\n2\n0:00:03.5 --> 01:00:04\n<i>Two</i> &amp; <font color=\"#fff\">three</font>\n",
        "1000-2500 One line\n3500-3604000 Two & three\n",
    );
}

#[test]
fn numbers_and_blank_lines_may_be_missing() {
    check(
        "\u{feff}00:00:01,000 --> 00:00:02,000\r\na\r\n2\r\n00:00:03,000 --> 00:00:04,000 X1:0\r\n42\r\n",
        "1000-2000 a\n3000-4000 42\n",
    );
}

#[test]
fn a_blank_line_inside_a_text_does_not_end_it() {
    check(
        "1\n00:00:01,000 --> 00:00:02,000\na\n\nb\n\n2\n00:00:03,000 --> 00:00:04,000\nc\n\n3\n",
        "1000-2000 a b\n3000-4000 c\n",
    );
}

#[test]
fn rolling_captions_are_said_once() {
    check(
        "1\n00:00:01,000 --> 00:00:02,990\none\n\n2\n00:00:02,990 --> 00:00:03,000\none\n\n\
         3\n00:00:03,000 --> 00:00:05,000\none\ntwo\n",
        "1000-2990 one\n3000-5000 two\n",
    );
}

#[test]
fn an_arrow_in_a_text_is_text() {
    check("1\n00:00:01,000 --> 00:00:02,000\na --> b\n", "1000-2000 a --> b\n");
}

#[test]
fn malformed_files_are_refused() {
    check_refused("", "it is empty");
    check_refused("\r\n \n", "it is empty");
    check_refused("just text\n\n1\n", "it has no line with times");
    let bad = "a line with --> does not have two times like 00:01:02.345";
    check_refused("1\n00:00:01,000 --> then\na", bad);
    check_refused("1\n00:00:01,000 --> 00:99:00,000\na", bad);
    check_refused("<html>--></html>", bad);
}

#[test]
fn text_cannot_pass_for_a_cue() {
    let cues =
        [cue(0, 1_500, "a\n\n00:00:00,000 --> 00:00:01,000"), cue(7_322_004, 7_322_005, "b --->")];
    assert_snapshot!(render(&cues), @r"
    1
    00:00:00,000 --> 00:00:01,500
    a  00:00:00,000 → 00:00:01,000

    2
    02:02:02,004 --> 02:02:02,005
    b -→
    ");
}
