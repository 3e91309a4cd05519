//! What is done with the captions of one video: `cargo bench -p recap-core`.

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use recap_core::segment::{chunk, plan};
use recap_core::summary::render;
use recap_core::tokens;
use recap_core::transcript::{Cue, json3, srt, vtt};
use recap_testkit::samples;

/// The 25-minute video has as many cues, each of as many words.
const CUES: u64 = 421;
const WORDS: [&str; 9] = ["water", "that", "falls", "on", "the", "hills", "becomes", "a", "river."];

fn captions() -> Vec<Cue> {
    let cue = |number: u64| Cue {
        start: Duration::from_millis(number * 3560),
        end: Duration::from_millis(number * 3560 + 3500),
        text: format!("{number} {}", WORDS.join(" ")),
    };
    (0..CUES).map(cue).collect()
}

fn as_json3(cues: &[Cue]) -> String {
    let mut text = r#"{"wireMagic":"pb3","events":["#.to_owned();
    for (index, cue) in cues.iter().enumerate() {
        let (start, length) =
            (cue.start.as_millis(), cue.end.saturating_sub(cue.start).as_millis());
        let glue = if index > 0 { "," } else { "" };
        let said = &cue.text;
        let written = write!(
            text,
            r#"{glue}{{"tStartMs":{start},"dDurationMs":{length},"segs":[{{"utf8":"{said}"}}]}}"#
        );
        written.expect("a string takes everything");
    }
    text + "]}"
}

fn parsing(criterion: &mut Criterion) {
    let cues = captions();
    let (json3_text, srt_text, vtt_text) =
        (as_json3(&cues), srt::render(&cues), vtt::render(&cues));
    let mut group = criterion.benchmark_group("parsing");
    group.bench_function("json3", |it| it.iter(|| json3::parse(black_box(json3_text.as_bytes()))));
    group.bench_function("srt", |it| it.iter(|| srt::parse(black_box(&srt_text))));
    group.bench_function("vtt", |it| it.iter(|| vtt::parse(black_box(&vtt_text))));
    group.finish();
}

fn cutting(criterion: &mut Criterion) {
    let (cues, chapters) = (captions(), samples::video(samples::video_id()).chapters);
    let (length, limit) = (Duration::from_mins(25), Duration::from_mins(10));
    let text: String = cues.iter().map(|it| it.text.as_str()).collect();
    let mut group = criterion.benchmark_group("cutting");
    group.bench_function("segments", |it| {
        it.iter(|| plan(black_box(&cues), length, &chapters, limit));
    });
    group.bench_function("chunks", |it| it.iter(|| chunk(black_box(&cues), 1000)));
    group.bench_function("tokens", |it| it.iter(|| tokens::estimate(black_box(&text))));
    group.finish();
}

fn rendering(criterion: &mut Criterion) {
    let (summary, video, cues) =
        (samples::summary(), samples::video(samples::video_id()), captions());
    let mut group = criterion.benchmark_group("rendering");
    group
        .bench_function("markdown", |it| it.iter(|| render::markdown(black_box(&summary), &video)));
    group.bench_function("text", |it| it.iter(|| render::text(black_box(&summary), &video)));
    group.bench_function("srt", |it| it.iter(|| srt::render(black_box(&cues))));
    group.finish();
}

criterion_group!(benches, parsing, cutting, rendering);
criterion_main!(benches);
