//! Every row of the table, and what else decides.

mod texts;

use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

use recap_core::error::ErrorCode::{self, *};

use super::*;
use texts::{LONG, SHORT, TEXTS};

fn symptoms(stderr: &str, code: i32) -> Symptoms<'_> {
    Symptoms {
        stderr,
        status: ExitStatus::from_raw(code << 8),
        live_status: None,
        has_metadata: true,
        has_track: false,
    }
}

#[track_caller]
fn check(symptoms: &Symptoms<'_>, code: ErrorCode, then: Then, other_profile: bool) {
    let (verdict, unknown) = classify(symptoms);
    assert_eq!(verdict, Verdict { code, then, other_profile }, "{}", symptoms.stderr);
    assert_eq!(unknown, None, "{}", symptoms.stderr);
}

#[test]
fn every_text_has_its_verdict_whatever_the_exit_code_and_the_noise() {
    let noise = "WARNING: The extractor specified to use impersonation for this download\n\
        WARNING: No supported JavaScript runtime could be found\n\
        WARNING: [youtube] x: Unable to download webpage: HTTP Error 429: Too Many Requests\n\
        WARNING: No video formats found!\nWARNING: Requested format is not available\n\
        WARNING: Extractor failed to obtain \"title\". Creating a generic title instead\n";
    for &(text, code, then, other) in TEXTS {
        check(&symptoms(text, 0), code, then, other);
        check(&symptoms(&format!("{noise}{text}\n"), 1), code, then, other);
    }
}

#[test]
fn every_row_is_tested() {
    for row in ROWS {
        let tested = TEXTS.iter().any(|it| std::ptr::eq(first_row(&[fold(it.0)]).unwrap(), row));
        assert!(tested, "{:?}", row.all);
    }
}

#[test]
fn the_row_that_says_most_wins_in_any_order() {
    let vague =
        "ERROR: [youtube] x: Failed to extract any player response; please report this issue on";
    let exact =
        "WARNING: [youtube] x: Unable to download API page: HTTP Error 429: Too Many Requests";
    for text in [format!("{exact}\n{vague}"), format!("{vague}\n{exact}")] {
        check(&symptoms(&text, 1), BlockedRateLimited, SHORT, true);
    }
}

#[test]
fn the_live_status_decides_when_nothing_else_does() {
    let live =
        |it| Symptoms { live_status: Some(it), ..symptoms("WARNING: No video formats found!", 0) };
    check(&live("is_live"), VideoLive, Then::NotYet, false);
    check(&live("post_live"), VideoLive, Then::NotYet, false);
    check(&live("is_upcoming"), VideoNotStarted, Then::NotYet, true);
    check(&live("was_live"), NoCaptions, Then::Never, true);
}

#[test]
fn only_a_player_that_answered_without_a_reason_has_no_captions() {
    check(&symptoms("", 0), NoCaptions, Then::Never, false);
    check(&symptoms("WARNING: [youtube] x: something went by", 0), NoCaptions, Then::Never, false);
    check(&symptoms("WARNING: No video formats found!", 0), NoCaptions, Then::Never, true);
}

#[test]
fn a_reason_that_is_new_to_us_is_no_verdict_on_the_video() {
    let unknown = Verdict::new(UpstreamError, Then::Again).or_other_profile();
    let refusal = "WARNING: [youtube] Come back with a hat\nWARNING: No video formats found!";
    assert_eq!(
        classify(&symptoms(refusal, 0)),
        (unknown, Some("WARNING: [youtube] Come back with a hat"))
    );
    let failed = "WARNING: a\nERROR: b";
    assert_eq!(classify(&symptoms(failed, 1)), (unknown, Some("ERROR: b")));
    let silent = Symptoms { has_metadata: false, ..symptoms("", 0) };
    assert_eq!(classify(&silent), (unknown, Some("no reason was given")));
    let vanished = Symptoms { has_track: true, ..symptoms("", 0) };
    assert_eq!(classify(&vanished), (unknown, Some("no reason was given")));
}

#[test]
fn a_foreign_kill_is_a_lack_of_memory() {
    let by = |raw| Symptoms { status: ExitStatus::from_raw(raw), ..symptoms("", 0) };
    check(&by(9), OutOfMemory, Then::Again, false);
    check(&by(137 << 8), OutOfMemory, Then::Again, false);
    check(&by(25), CaptionsUnreadable, Then::Never, false);
}

#[test]
fn a_block_stays_a_block() {
    let blocked = Verdict::new(BlockedBotCheck, LONG);
    let nothing = Verdict::new(NoCaptions, Then::Never);
    let broke = Verdict::new(Network, Then::Again);
    let locked = Verdict::new(CaptionsLocked, Then::Never);
    let soon = Verdict::new(VideoNotStarted, Then::NotYet);
    let private = Verdict::new(VideoPrivate, Then::Never);

    for (first, second, reported) in [
        (blocked, nothing, blocked),
        (blocked, broke, blocked),
        (blocked, private, private),
        (broke, blocked, blocked),
        (broke, nothing, nothing),
        (locked, nothing, locked),
        (locked, broke, broke),
        (locked, blocked, blocked),
        (soon, nothing, soon),
        (soon, broke, soon),
        (soon, blocked, soon),
        (soon, private, private),
    ] {
        assert_eq!(settle(first, second), reported, "{first:?} then {second:?}");
    }
}
