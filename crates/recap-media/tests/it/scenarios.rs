//! Every video of the simulator, through the real yt-dlp.

use std::sync::Arc;

use futures::StreamExt;
use recap_config::{MediaConfig, WarmMode};
use recap_core::load::Load;
use recap_core::ports::{Captions, MediaError, MediaSource};
use recap_media::connect;
use recap_simulator::scenario;

use crate::support::{Place, ask, pinned, told};

/// What comes of each video: source, language and length, or the error. The
/// second profile is asked where the first one is refused, so a player API that
/// fails does not show.
pub(crate) const TABLE: &[(&str, &str)] = &[
    ("ok_demo25m1", "captions_manual en 1500s"),
    ("ok_manual01", "captions_manual en 840s"),
    ("ok_asronly1", "captions_automatic en 840s"),
    ("ok_short3m1", "captions_automatic en 180s"),
    ("ok_hour0001", "captions_manual en 3600s"),
    ("ok_long3h01", "captions_manual en 10800s"),
    ("ok_bigreal1", "captions_manual en 1620s"),
    ("ok_nsig0001", "captions_manual en 840s"),
    ("ok_enGB0001", "captions_manual en-GB 780s"),
    ("ok_named001", "captions_manual en 840s"),
    ("ok_nocaps01", "silent no_captions"),
    ("ok_german01", "captions_manual de 720s"),
    ("ok_spanish1", "captions_manual es 360s"),
    ("ok_french01", "captions_manual fr 360s"),
    ("ok_japanes1", "captions_manual ja 360s"),
    ("ok_chinese1", "captions_manual zh-Hans 300s"),
    ("ok_arabic01", "captions_manual ar 240s"),
    ("ok_hindi001", "captions_manual hi 240s"),
    ("ok_korean01", "captions_manual ko 240s"),
    ("er_private1", "permanent video_private"),
    ("er_botchk01", "blocked blocked_bot_check retryable 3600s"),
    ("er_agegate1", "permanent video_age_restricted"),
    ("er_unavail1", "permanent video_unavailable"),
    ("er_removed1", "permanent video_unavailable"),
    ("er_termin01", "permanent video_unavailable"),
    ("er_geoblck1", "permanent video_geo_blocked"),
    ("er_members1", "permanent video_members_only"),
    ("er_ratelim1", "blocked blocked_rate_limited retryable 3600s"),
    ("er_captcha1", "blocked blocked_bot_check retryable 3600s"),
    ("er_upcomin1", "not yet video_not_started retryable with its start"),
    ("er_premier1", "not yet video_not_started retryable with its start"),
    ("er_livenow1", "not yet video_live retryable"),
    ("er_drm00001", "captions_manual en 840s"),
    ("er_nofmts_1", "captions_manual en 840s"),
    ("er_sabronl1", "captions_manual en 840s"),
    ("er_wrongid1", "blocked blocked_ip retryable 3600s"),
    ("er_cappot01", "permanent captions_locked"),
    ("er_travers1", "captions_automatic en 840s"),
    ("er_wat42901", "captions_manual en 840s"),
    ("er_wat50001", "captions_manual en 840s"),
    ("er_hangwat1", "captions_manual en 840s"),
    ("er_dripwat1", "captions_manual en 840s"),
    ("er_hangnxt1", "captions_manual en 840s"),
    ("er_dripnxt1", "captions_manual en 840s"),
    ("er_ply42901", "captions_manual en 840s"),
    ("er_ply40301", "captions_manual en 840s"),
    ("er_ply40001", "captions_manual en 840s"),
    ("er_ply50001", "captions_manual en 840s"),
    ("er_badjson1", "captions_manual en 840s"),
    ("er_reset001", "captions_manual en 840s"),
    ("er_hangplr1", "captions_manual en 840s"),
    ("er_dripplr1", "transient network retryable"),
    ("er_cap42901", "blocked blocked_rate_limited retryable 900s"),
    ("er_asr42901", "captions_manual en 840s"),
    ("er_cap40401", "transient captions_unreadable retryable"),
    ("er_capempty", "permanent captions_locked"),
    ("er_hangcap1", "transient network retryable"),
    ("er_dripcap1", "transient network retryable"),
    ("er_med40301", "captions_manual en 840s"),
    ("er_hangmed1", "captions_manual en 840s"),
];

/// Nothing answers there: a short time-out keeps the table short.
pub(crate) const HANGING: &[&str] = &["er_hangnxt1", "er_hangplr1", "er_hangcap1"];
/// A byte comes every second, so no time-out ends it, only the deadline. It
/// leaves enough time for a busy machine to ask in the second way.
pub(crate) const DRIPPING: &[&str] = &["er_dripnxt1", "er_dripplr1", "er_dripcap1"];

fn summary(captions: &Captions) -> String {
    let transcript = &captions.transcript;
    assert!(!transcript.cues.is_empty() && captions.child.cpu_ms > 0);
    let seconds = captions.video.duration.map_or(0, |it| it.as_secs());
    format!("{} {} {seconds}s", transcript.source, transcript.language)
}

pub(crate) fn outcome(answer: Result<Captions, MediaError>) -> String {
    answer.map_or_else(|error| told(&error), |captions| summary(&captions))
}

pub(crate) fn source(place: &Place, change: impl FnOnce(&mut MediaConfig)) -> Arc<dyn MediaSource> {
    let mut config = place.config.clone();
    change(&mut config.media);
    connect(&config, pinned(), None, &Load::default())
}

/// One way after the other: side by side they would be too slow for the deadline
/// of those that drip.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_video_has_its_outcome_in_both_ways() {
    every_video_has_its_outcome(WarmMode::On).await;
    every_video_has_its_outcome(WarmMode::Off).await;
}

async fn every_video_has_its_outcome(warm: WarmMode) {
    let (mut place, _youtube) = Place::with_youtube().await;
    place.config.media.warm = warm;
    let usual = source(&place, |_| {});
    let hanging = source(&place, |it| it.socket_timeout_seconds = 1);
    let dripping = source(&place, |it| {
        it.socket_timeout_seconds = 5;
        it.deadline_seconds = 15;
    });

    // The slow ones first, so that they wait beside the others.
    let mut videos: Vec<&'static str> = scenario::all().iter().map(|it| it.id).collect();
    videos.sort_by_key(|it| !DRIPPING.contains(it));
    let outcomes = futures::stream::iter(videos).map(async |video| {
        let source = match video {
            it if DRIPPING.contains(&it) => &dripping,
            it if HANGING.contains(&it) => &hanging,
            _ => &usual,
        };
        (video, outcome(ask(&**source, video).await))
    });
    let mut outcomes: Vec<_> = outcomes.buffer_unordered(3).collect().await;

    outcomes.sort_by_key(|it| scenario::all().iter().position(|known| known.id == it.0));
    let lines: Vec<String> = outcomes.iter().map(|(video, it)| format!("{video} {it}")).collect();
    let expected: Vec<String> = TABLE.iter().map(|(video, it)| format!("{video} {it}")).collect();
    assert_eq!(lines, expected, "{warm:?}");
    drop((usual, hanging, dripping));
    place.until_nothing_is_left().await;
}

#[tokio::test]
async fn the_usual_video_costs_three_requests() {
    let (place, youtube) = Place::with_youtube().await;
    let mut found = Vec::new();
    for warm in [WarmMode::Off, WarmMode::On] {
        let captions = ask(&*source(&place, |it| it.warm = warm), "ok_demo25m1").await.unwrap();
        assert!((1 << 20..200 << 20).contains(&captions.child.peak_memory_bytes));
        found.push((captions.video, captions.transcript));
    }
    let three =
        [scenario::Endpoint::Next, scenario::Endpoint::Player, scenario::Endpoint::Captions];
    let asked: Vec<_> = youtube.requests().into_iter().map(|it| it.endpoint).collect();
    assert_eq!(asked, [three, three].concat());
    assert_eq!(found[0], found[1]);
    insta::assert_json_snapshot!(found[0].0);
}

#[tokio::test]
async fn a_translation_leads_to_its_original() {
    let (place, _youtube) = Place::with_youtube().await;
    let with_page = source(&place, |it| {
        it.extractor_args = std::mem::take(&mut it.fallback_extractor_args);
    });
    let answer = ask(&*with_page, "ok_german01").await;
    assert_eq!(outcome(answer), "captions_automatic de 720s");
}

#[tokio::test]
async fn without_a_second_way_the_first_answer_counts() {
    let (place, youtube) = Place::with_youtube().await;
    let alone = source(&place, |it| it.fallback_extractor_args.clear());
    for (video, expected) in [
        ("er_ply42901", "blocked blocked_rate_limited retryable 900s"),
        ("er_ply40301", "blocked blocked_ip retryable 900s"),
        ("er_ply50001", "transient upstream_error retryable"),
        ("er_upcomin1", "not yet video_not_started retryable"),
    ] {
        assert_eq!(outcome(ask(&*alone, video).await), expected, "{video}");
    }
    youtube.stop().await;
    assert_eq!(outcome(ask(&*alone, "ok_demo25m1").await), "transient network retryable");
}

#[tokio::test]
async fn a_certificate_that_is_not_trusted_is_a_setting_to_mend() {
    let (place, _youtube) = Place::with_youtube().await;
    let strict = source(&place, |it| it.ca_file.clear());
    assert_eq!(outcome(ask(&*strict, "ok_demo25m1").await), "permanent network retryable");
}

#[tokio::test]
async fn too_little_memory_is_told() {
    let (place, _youtube) = Place::with_youtube().await;
    for warm in [WarmMode::Off, WarmMode::On] {
        let tight = source(&place, |it| {
            it.max_memory_mb = 40;
            it.warm = warm;
        });
        let answer = ask(&*tight, "ok_bigreal1").await;
        assert_eq!(outcome(answer), "transient out_of_memory retryable");
    }
}
