//! Transcripts that clients send.

use recap_core::transcript::TextFormat::{Srt, Text, Vtt};
use recap_core::transcript::{TextFormat, digest_of};

use super::{cue, listed};

const SRT: &str =
    "1\n00:00:01,000 --> 00:00:02,500\nOne.\n\n2\n00:00:03,000 --> 00:00:04,000\nTwo.\n";
const VTT: &str = "WEBVTT\n\n00:01.000 --> 00:02.500\nOne.\n\n00:03.000 --> 00:04.000\nTwo.\n";

#[track_caller]
fn check(text: &str, format: TextFormat) {
    assert_eq!(TextFormat::guess(text), format, "{text:?}");
}

#[test]
fn the_format_is_guessed() {
    check(SRT, Srt);
    check(VTT, Vtt);
    check(&format!("\u{feff}{VTT}"), Vtt);
    check("One.\nTwo.\n", Text);
    check("An arrow --> is no time.", Text);
    check("", Text);
}

#[test]
fn the_same_cues_are_read_whatever_the_format() {
    let expected = "1000-2500 One.\n3000-4000 Two.\n";
    for (format, text) in [(Srt, SRT), (Vtt, VTT)] {
        assert_eq!(format.parse(text).map(|it| listed(&it)), Ok(expected.to_owned()));
    }
}

#[test]
fn plain_text_takes_as_long_as_saying_it() {
    // 150 words of six characters, the space among them: a minute.
    let cues = Text.parse(&"bridge. ".repeat(112)).unwrap();
    let end = cues.last().unwrap().end.as_secs();
    assert!((58..62).contains(&end), "{end} s");
}

#[test]
fn what_cannot_be_read_is_refused() {
    for (format, text, problem) in [
        (Srt, "One.", "it has no line with times"),
        (Vtt, SRT, "it does not begin with WEBVTT"),
        (Vtt, "WEBVTT\n", "nothing is said in it"),
        (Vtt, "WEBVTT\n\n00:01.000 --> 00:02.000\n<b></b>\n", "nothing is said in it"),
        (Text, " \n", "it is empty"),
    ] {
        assert_eq!(format.parse(text).map_err(|it| it.problem), Err(problem), "{text:?}");
    }
}

#[test]
fn a_digest_names_what_is_said_and_in_which_language() {
    let cues = [cue(0, 1000, "One."), cue(1000, 2000, "Two.")];
    let digest = digest_of("en", &cues);
    assert_eq!(digest.len(), 64);
    assert_eq!(digest, digest_of("EN", &cues));
    assert_ne!(digest, digest_of("de", &cues));
    assert_ne!(digest, digest_of("en", &cues[..1]));
    assert_ne!(digest, digest_of("en", &[cue(0, 1000, "One."), cue(1000, 2001, "Two.")]));
}
