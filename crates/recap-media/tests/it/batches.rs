//! Several videos in one run of the real yt-dlp.

use std::sync::{Arc, Mutex};

use recap_core::load::Load;
use recap_core::ports::{CaptionRequest, MediaSource};
use recap_media::connect;

use crate::scenarios::{DRIPPING, HANGING, TABLE, outcome, source};
use crate::support::{Noting, Place};

/// What became of each, in the order in which it was told.
async fn ask_together(source: &dyn MediaSource, videos: &[&str]) -> Vec<String> {
    let requests: Vec<CaptionRequest> =
        videos.iter().map(|it| CaptionRequest { video: it.parse().unwrap(), route: 0 }).collect();
    let told = Mutex::new(Vec::new());
    let tell = |index: usize, answer| {
        told.lock().unwrap().push(format!("{} {}", videos[index], outcome(answer)));
    };
    source.captions_of(&requests, &tell).await;
    told.into_inner().unwrap()
}

#[tokio::test]
async fn each_video_has_its_own_end_in_one_run() {
    let (mut place, youtube) = Place::with_youtube().await;
    place.config.media.fallback_extractor_args.clear();
    let noting = Noting::new(&place, "");
    let source: Arc<dyn MediaSource> =
        connect(&place.config, noting.binary(), None, &Load::default());
    assert!(source.batches());
    let videos = ["ok_demo25m1", "er_private1", "er_cap40401", "ok_german01", "ok_nocaps01"];
    let expected = [
        "ok_demo25m1 captions_manual en 1500s",
        "er_private1 permanent video_private",
        "er_cap40401 transient captions_unreadable retryable",
        "ok_german01 captions_manual de 720s",
        "ok_nocaps01 silent no_captions",
    ];
    assert_eq!(ask_together(&*source, &videos).await, expected);
    assert_eq!(noting.calls(), "cold");
    assert_eq!(youtube.requests().len(), 13);
    assert_eq!(place.work_left(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_a_batch_every_video_has_the_outcome_it_has_alone() {
    let (place, _youtube) = Place::with_youtube().await;
    let usual = source(&place, |it| it.socket_timeout_seconds = 5);
    let table: Vec<_> = TABLE.iter().filter(|it| !DRIPPING.contains(&it.0)).collect();
    let table: Vec<_> = table.into_iter().filter(|it| !HANGING.contains(&it.0)).collect();
    for batch in table.chunks(5) {
        let videos: Vec<&str> = batch.iter().map(|it| it.0).collect();
        let expected: Vec<String> =
            batch.iter().map(|(video, it)| format!("{video} {it}")).collect();
        assert_eq!(ask_together(&*usual, &videos).await, expected);
    }
    assert_eq!(place.work_left(), 0);
}

#[tokio::test]
async fn one_that_never_ends_costs_the_others_time_only() {
    let (place, _youtube) = Place::with_youtube().await;
    let source = source(&place, |it| {
        it.socket_timeout_seconds = 3;
        it.deadline_seconds = 6;
        it.fallback_extractor_args.clear();
    });
    let videos = ["ok_short3m1", "er_dripplr1", "ok_manual01"];
    let expected = [
        "ok_short3m1 captions_automatic en 180s",
        "er_dripplr1 transient network retryable",
        "ok_manual01 captions_manual en 840s",
    ];
    assert_eq!(ask_together(&*source, &videos).await, expected);
    assert_eq!(place.work_left(), 0);
}
