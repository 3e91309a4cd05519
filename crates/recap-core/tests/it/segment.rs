//! How a video is cut into segments, and a segment into chunks.

use std::ops::Range;
use std::time::Duration;

use proptest::prelude::*;
use recap_core::segment::{Segment, chunk, plan};
use recap_core::tokens;
use recap_core::transcript::{Cue, normalize};
use recap_core::video::Chapter;

const LIMIT: Duration = Duration::from_mins(10);

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn cue(start: u64, end: u64, text: &str) -> Cue {
    Cue { start: seconds(start), end: seconds(end), text: text.to_owned() }
}

/// Cues of three seconds, without a pause or a full stop.
fn talk(range: Range<u64>) -> Vec<Cue> {
    range.step_by(3).map(|it| cue(it, it + 3, "and so on")).collect()
}

fn chapters(starts: &[u64], end: u64) -> Vec<Chapter> {
    let ends = starts.iter().skip(1).chain([&end]);
    let chapter = |(&start, &end): (&u64, &u64)| Chapter {
        title: format!("from {start}"),
        start: seconds(start),
        end: seconds(end),
    };
    starts.iter().zip(ends).map(chapter).collect()
}

fn cuts(segments: &[Segment]) -> Vec<u64> {
    segments.iter().skip(1).map(|it| it.start.as_secs()).collect()
}

/// Checks where the segments of a video are cut, in seconds.
#[track_caller]
fn check(cues: &[Cue], length: u64, chapters: &[Chapter], expected: &[u64]) {
    let segments = plan(cues, seconds(length), chapters, LIMIT);
    assert_eq!(cuts(&segments), expected);
    invariants(cues, seconds(length), &segments, LIMIT).unwrap();
}

/// What holds for every plan.
fn invariants(
    cues: &[Cue],
    duration: Duration,
    segments: &[Segment],
    limit: Duration,
) -> Result<(), TestCaseError> {
    let (mut time, mut next_cue) = (Duration::ZERO, 0);
    for (index, it) in segments.iter().enumerate() {
        prop_assert_eq!(it.index as usize, index);
        prop_assert_eq!((it.start, it.cues.start), (time, next_cue), "a hole or an overlap");
        prop_assert!(it.start < it.end && it.end.saturating_sub(it.start) <= limit, "{:?}", it);
        prop_assert!(cues[it.cues.clone()].iter().all(|c| it.start <= c.start && c.start < it.end));
        (time, next_cue) = (it.end, it.cues.end);
    }
    let last_cue = cues.last().map_or(Duration::ZERO, |it| it.end);
    prop_assert_eq!((time, next_cue), (duration.max(last_cue), cues.len()));
    let fits = segments.windows(2).any(|it| it[1].end.saturating_sub(it[0].start) <= limit);
    prop_assert!(!fits, "two neighbours fit into one segment");
    Ok(())
}

#[test]
fn a_video_without_length_has_no_segments() {
    check(&[], 0, &[], &[]);
    assert_eq!(plan(&[], Duration::ZERO, &chapters(&[0, 10], 20), LIMIT), []);
}

#[test]
fn a_video_up_to_the_limit_is_one_segment() {
    assert_eq!(plan(&[], seconds(1), &[], LIMIT).len(), 1);
    check(&talk(0..600), 600, &[], &[]);
    check(&talk(0..600), 600, &chapters(&[0, 100, 200, 500], 600), &[]);
}

#[test]
fn a_longer_video_is_divided_evenly_between_cues() {
    check(&talk(0..603), 603, &[], &[303]);
    check(&talk(0..1_500), 1_500, &[], &[501, 999]);
    check(&talk(0..36_000), 36_000, &[], &(1..60).map(|it| it * 600).collect::<Vec<_>>());
    check(&[], 1_500, &[], &[500, 1_000]);
}

#[test]
fn a_long_video_does_not_run_out_of_good_places() {
    // Ten hours less five minutes leave room of five seconds a segment.
    let mut cues = talk(0..35_700);
    cues.iter_mut().step_by(2).for_each(|it| it.text.push('.'));
    let segments = plan(&cues, seconds(35_700), &[], LIMIT);
    let sentence = |it: &&Segment| cues[it.cues.end - 1].text.ends_with('.');
    assert_eq!(segments.len(), 60);
    assert!(segments[..59].iter().all(|it| sentence(&it)), "{:?}", cuts(&segments));
}

#[test]
fn cues_after_the_end_make_the_video_longer() {
    check(&talk(0..900), 100, &[], &[450]);
}

#[test]
fn a_cut_prefers_the_end_of_a_sentence_then_a_pause_then_the_middle() {
    let mut cues = talk(0..900);
    check(&cues, 900, &[], &[450]);
    cues[130].end -= Duration::from_millis(900);
    check(&cues, 900, &[], &[393]);
    cues[160].text.push('.');
    check(&cues, 900, &[], &[483]);
    "。」".clone_into(&mut cues[155].text);
    check(&cues, 900, &[], &[468]);
    // Not so far from the middle, though.
    cues[10].end -= Duration::from_millis(2_900);
    check(&cues, 900, &[], &[468]);
}

#[test]
fn chapters_are_put_together_into_the_fewest_and_most_even_segments() {
    let cues = talk(0..1_500);
    check(&cues, 1_500, &chapters(&[0, 250, 500, 750, 1_000, 1_250], 1_500), &[500, 1_000]);
    check(&cues, 1_500, &chapters(&[0, 100, 480, 900, 1_040, 1_400], 1_500), &[480, 1_040]);
    check(&cues, 1_500, &chapters(&[0, 400, 700, 1_100], 1_500), &[400, 700, 1_100]);
}

#[test]
fn a_chapter_over_the_limit_is_divided_evenly() {
    let cues = talk(0..1_500);
    check(&cues, 1_500, &chapters(&[0, 99], 1_500), &[567, 1_032]);
    check(&cues, 1_500, &chapters(&[0, 900], 1_500), &[450, 900]);
    check(&cues, 1_500, &chapters(&[0, 600], 1_500), &[600, 1_050]);
}

#[test]
fn odd_chapters_do_no_harm() {
    let cues = talk(0..1_500);
    let mut odd = chapters(&[700, 0, 5_000, 700, 1_499], 9);
    check(&cues, 1_500, &odd, &[351, 700, 1_101]);
    odd = (0..100_000).map(|it| chapters(&[it / 80], it / 80 + 1).remove(0)).collect();
    check(&cues, 1_500, &odd, &[500, 1_000]);
}

#[test]
fn a_segment_is_named_after_the_chapter_it_begins_in() {
    let segments = plan(&talk(0..1_500), seconds(1_500), &chapters(&[9, 600, 700], 1_400), LIMIT);
    let names: Vec<_> = segments.iter().map(|it| it.chapter.as_deref()).collect();
    assert_eq!(names, [None, Some("from 600"), Some("from 700")]);
}

#[test]
fn silence_is_part_of_a_segment_where_it_fits() {
    let silent_start = talk(500..900);
    let segments = plan(&silent_start, seconds(900), &[], LIMIT);
    assert_eq!(cuts(&segments), [500]);
    let silent_middle = [talk(0..60), talk(1_740..1_800)].concat();
    let segments = plan(&silent_middle, seconds(1_800), &[], LIMIT);
    let cues: Vec<_> = segments.iter().map(|it| it.cues.len()).collect();
    assert_eq!(cues, [20, 0, 20]);
    check(&silent_middle, 1_800, &[], &[600, 1_200]);
    check(&[cue(0, 9, "only this")], 590, &[], &[]);
}

#[test]
fn a_cue_over_the_limit_is_whole_in_a_segment_that_is_not() {
    let cues = [cue(0, 10, "a"), cue(10, 900, "b"), cue(900, 1_000, "c")];
    check(&cues, 1_000, &[], &[500]);
    let segments = plan(&cues, seconds(1_000), &[], LIMIT);
    assert_eq!(segments[0].cues, 0..2);
}

fn any_cues() -> impl Strategy<Value = Vec<Cue>> {
    let text =
        prop::sample::select(vec!["so", "and then.", "what?", "好。", "well, a few words more"]);
    let one = (0_u64..9_000, 1_u64..30_000, text);
    prop::collection::vec(one, 0..400).prop_map(|parts| {
        let mut time = 0;
        let cue = |(pause, length, text): (u64, u64, &str)| {
            // Mostly no pause; sometimes a very long one.
            time += match pause {
                0..8_000 => 0,
                8_000..8_990 => pause / 4,
                _ => pause * 100,
            };
            let start = Duration::from_millis(time);
            time += length;
            Cue { start, end: Duration::from_millis(time), text: text.to_owned() }
        };
        normalize(parts.into_iter().map(cue).collect())
    })
}

fn any_chapters() -> impl Strategy<Value = Vec<Chapter>> {
    let one = (0_u64..4_000_000, 0_u64..2_000_000);
    let chapter = |(start, length)| Chapter {
        title: "part".to_owned(),
        start: Duration::from_millis(start),
        end: Duration::from_millis(start + length),
    };
    prop::collection::vec(one.prop_map(chapter), 0..30)
}

proptest! {
    #[test]
    fn every_plan_covers_the_video_and_each_cue_once(
        cues in any_cues(),
        chapters in any_chapters(),
        duration in 0_u64..5_000_000,
        limit in 10_000_u64..900_000,
    ) {
        let (duration, limit) = (Duration::from_millis(duration), Duration::from_millis(limit));
        invariants(&cues, duration, &plan(&cues, duration, &chapters, limit), limit)?;
        invariants(&cues, duration, &plan(&cues, duration, &[], limit), limit)?;
    }

    #[test]
    fn without_chapters_there_are_as_few_segments_as_can_be(cues in any_cues(), limit in 1_u64..900) {
        let end = cues.last().map_or(Duration::ZERO, |it| it.end);
        let segments = plan(&cues, end, &[], seconds(limit));
        prop_assert_eq!(segments.len() as u128, end.as_millis().div_ceil(seconds(limit).as_millis()));
    }

    #[test]
    fn every_chunk_fits_and_each_cue_is_in_one(cues in any_cues(), limit in 0_usize..300) {
        let mut next = 0;
        for range in chunk(&cues, limit) {
            prop_assert_eq!(range.start, next);
            prop_assert!(!range.is_empty());
            next = range.end;
            let texts: Vec<&str> = cues[range].iter().map(|it| it.text.as_str()).collect();
            let fits = tokens::estimate(&texts.join("\n")) <= limit;
            prop_assert!(fits || texts.len() == 1, "{} cues over {limit}", texts.len());
        }
        prop_assert_eq!(next, cues.len());
    }
}

#[track_caller]
fn check_chunks(texts: &[&str], max_tokens: usize, expected: &[usize]) {
    let cues: Vec<Cue> = (0..).zip(texts).map(|(it, text)| cue(it, it + 1, text)).collect();
    let sizes: Vec<usize> = chunk(&cues, max_tokens).into_iter().map(|it| it.len()).collect();
    assert_eq!(sizes, expected);
}

#[test]
fn chunks_are_cut_at_sentences() {
    check_chunks(&[], 10, &[]);
    check_chunks(&["a"], 0, &[1]);
    check_chunks(&["a"; 12], 10, &[5, 5, 2]);
    check_chunks(&["a", "a", "a.", "a", "a", "a", "a"], 10, &[3, 4]);
    // A sentence that ends in the first half makes the chunk too small.
    check_chunks(&["a.", "a", "a", "a", "a", "a"], 10, &[4, 2]);
    check_chunks(&["a", "one far too long for any chunk", "a"], 6, &[1, 1, 1]);
}

#[test]
fn chunks_are_cut_at_pauses_where_no_sentence_ends() {
    let mut cues: Vec<Cue> = (0..12).map(|it| cue(it, it + 1, "a")).collect();
    cues[3].end -= Duration::from_millis(500);
    let ends: Vec<usize> = chunk(&cues, 10).into_iter().map(|it| it.end).collect();
    assert_eq!(ends, [4, 9, 12]);
}
