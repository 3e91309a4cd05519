//! What every caption format promises, and each one's own ways.

mod json3;
mod own;
mod srt;
mod text;
mod vtt;

use std::fmt::Write;
use std::time::Duration;

use proptest::prelude::*;
use recap_core::transcript::{self, Cue, MAX_TIME, normalize};

fn cue(start: u64, end: u64, text: &str) -> Cue {
    let (start, end) = (Duration::from_millis(start), Duration::from_millis(end));
    Cue { start, end, text: text.to_owned() }
}

/// Cues as `start-end text`, in milliseconds, one a line.
fn listed(cues: &[Cue]) -> String {
    let mut list = String::new();
    for it in cues {
        let (start, end) = (it.start.as_millis(), it.end.as_millis());
        writeln!(list, "{start}-{end} {}", it.text).expect("a string takes everything");
    }
    list
}

/// What the rest of recap relies on.
fn promised(cues: &[Cue]) -> Result<(), TestCaseError> {
    for it in cues {
        prop_assert!(it.start < it.end && it.end <= MAX_TIME, "{:?}", it);
        prop_assert!(!it.text.is_empty(), "{:?}", it);
        prop_assert_eq!(it.text.split_whitespace().collect::<Vec<_>>().join(" "), it.text.clone());
        prop_assert!(!it.text.contains(char::is_control));
    }
    let rising = cues.windows(2).all(|it| it[0].start < it[1].start && it[0].end <= it[1].start);
    prop_assert!(rising, "not in order, or overlapping:\n{}", listed(cues));
    Ok(())
}

#[track_caller]
fn check(cues: &[Cue], expected: &str) {
    assert_eq!(listed(&normalize(cues.to_vec())), expected);
}

#[test]
fn cues_are_put_in_order_and_do_not_overlap() {
    check(&[], "");
    check(&[cue(5, 9, "b"), cue(0, 7, "a")], "0-5 a\n5-9 b\n");
    check(&[cue(0, 100, "a"), cue(10, 20, "b")], "0-10 a\n10-20 b\n");
    check(&[cue(0, 5, "a"), cue(9, 12, "b")], "0-5 a\n9-12 b\n");
}

#[test]
fn cues_that_start_together_are_one() {
    check(&[cue(0, 5, "a"), cue(0, 9, "b"), cue(0, 2, "b")], "0-9 a b\n");
    check(&[cue(0, 5, "banana"), cue(0, 9, "a")], "0-9 banana a\n");
}

#[test]
fn a_missing_end_is_the_next_start_or_soon() {
    check(&[cue(0, 0, "a"), cue(700, 3, "b")], "0-700 a\n700-5700 b\n");
    check(&[cue(0, 0, "a"), cue(60_000, 60_001, "b")], "0-5000 a\n60000-60001 b\n");
    let last = MAX_TIME.saturating_sub(Duration::from_millis(1));
    let late = Cue { start: last, end: last, text: "a".to_owned() };
    assert_eq!(normalize(vec![late])[0].end, MAX_TIME);
}

#[test]
fn times_are_whole_milliseconds_up_to_a_bound() {
    let nanos = |it| Duration::from_nanos(it);
    let odd = Cue { start: nanos(1_999_999), end: nanos(5_000_001), text: "a".to_owned() };
    let late = Cue { start: MAX_TIME, end: Duration::MAX, text: "b".to_owned() };
    check(&[odd, late], "1-5 a\n");
    let long = normalize(vec![cue(3, u64::MAX, "a")]);
    assert_eq!(long[0].end, MAX_TIME);
}

#[test]
fn texts_are_one_plain_line() {
    check(&[cue(0, 1, " a\r\n b\u{a0}\u{2028}\tc\u{0}d ")], "0-1 a b c d\n");
    check(&[cue(0, 1, "\u{feff}a\u{200b} \u{200b} b")], "0-1 a b\n");
    check(&[cue(0, 1, "a &amp; b &#39;c&#39; &lt;d&gt;&nbsp;e")], "0-1 a & b 'c' <d> e\n");
    check(&[cue(0, 1, "&amp;lt; &unknown; &#x110000; &")], "0-1 &lt; &unknown; &#x110000; &\n");
    check(&[cue(0, 1, " \n&nbsp;\u{200b}"), cue(1, 2, "")], "");
}

#[test]
fn joiners_that_letters_need_stay() {
    check(&[cue(0, 1, "می\u{200c}خواهم 👩\u{200d}🚀")], "0-1 می\u{200c}خواهم 👩\u{200d}🚀\n");
}

#[test]
fn very_many_cues_are_read() {
    let many: Vec<Cue> =
        (0..40_000).map(|it| cue(it * 900, it * 900 + 2_000, "so it is")).collect();
    let many = normalize(many);
    assert_eq!(many.len(), 40_000);
    for text in [transcript::vtt::render(&many), transcript::srt::render(&many)] {
        let again = if text.starts_with("WEBVTT") {
            transcript::vtt::parse(&text)
        } else {
            transcript::srt::parse(&text)
        };
        assert_eq!(again.as_deref(), Ok(&many[..]));
    }
}

#[test]
fn hostile_repetition_is_read() {
    for odd in
        ["&", "&a", "&#", "<", "<a", "< ", "<a>", ">", "-->", " --> ", "\n", "1\n", "\u{200b}"]
    {
        let text = odd.repeat(50_000);
        for head in [
            "WEBVTT\n\n",
            "WEBVTT\n\n00:00.000 --> 00:01.000\n",
            "1\n00:00:00,000 --> 00:00:01,000\n>",
        ] {
            let file = format!("{head}{text}");
            let _ = transcript::vtt::parse(&file).map(|it| promised(&it).unwrap());
            let _ = transcript::srt::parse(&file).map(|it| promised(&it).unwrap());
        }
    }
}

/// Cues as [`normalize`] returns them.
fn any_cues() -> impl Strategy<Value = Vec<Cue>> {
    let text = r"[a-zé文–.>-]{1,6}( [a-z0-9.,!?-]{1,6}){0,4}";
    let one = (0_u64..5_000, 1_u64..5_000, text);
    prop::collection::vec(one, 0..20).prop_map(|parts| {
        let mut time = 0;
        let next = |(pause, length, text): (u64, u64, String)| {
            let start = time + pause + 1;
            time = start + length;
            cue(start, time, &text)
        };
        normalize(parts.into_iter().map(next).collect())
    })
}

/// Bits of every format, put together at random.
fn any_file() -> impl Strategy<Value = String> {
    let bits = vec![
        "WEBVTT",
        "\n",
        "\n\n",
        "\r\n",
        " ",
        "1",
        "NOTE",
        "STYLE",
        "00:00:01.000",
        "00:00:02,5",
        " --> ",
        "-->",
        "99:59:59.999",
        "00:60:00.000",
        "<c>",
        "</c>",
        "<00:00:01.500>",
        "<",
        ">",
        "&amp;",
        "&#0;",
        "text",
        "\u{feff}",
        "\u{0}",
        "{\"events\":[",
        "{\"tStartMs\":",
        "-1",
        "]}",
        "18446744073709551615",
        ",",
        ":",
        "é",
    ];
    prop::collection::vec(prop::sample::select(bits), 0..60).prop_map(|it| it.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn nothing_panics_and_what_is_read_is_as_promised(
        file in prop_oneof![any_file(), any_file().prop_map(|it| format!("WEBVTT\n\n{it}")), any::<String>()],
    ) {
        let read = [
            transcript::json3::parse(file.as_bytes()),
            transcript::vtt::parse(&file),
            transcript::srt::parse(&file),
            transcript::text::parse(&file, None),
            transcript::text::parse(&file, Some(Duration::from_millis(7))),
        ];
        for cues in read.into_iter().flatten() {
            promised(&cues)?;
        }
    }

    #[test]
    fn any_cues_are_normalized(
        parts in prop::collection::vec((any::<u64>(), any::<u64>(), ".{0,9}"), 0..30),
    ) {
        let cues = parts.iter().map(|(start, end, text)| cue(start >> 38, end >> 38, text)).collect();
        promised(&normalize(cues))?;
    }

    #[test]
    fn normalized_cues_stay_as_they_are(cues in any_cues()) {
        prop_assert_eq!(normalize(cues.clone()), cues);
    }

    #[test]
    fn what_is_rendered_reads_back(cues in any_cues()) {
        prop_assert_eq!(transcript::vtt::parse(&transcript::vtt::render(&cues)), Ok(cues.clone()));
        if !cues.is_empty() && !cues.iter().any(|it| it.text.contains("-->")) {
            prop_assert_eq!(transcript::srt::parse(&transcript::srt::render(&cues)), Ok(cues));
        }
    }
}
