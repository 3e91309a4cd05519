//! Every video of the simulator, submitted over HTTP.

use recap_simulator::scenario;
use serde_json::Value;

use crate::service::Service;

/// A video, and what becomes of it.
type Row = (&'static str, &'static str);

/// What becomes of each video: the track that was read, or why there is none.
const TABLE: &[Row] = &[
    ("ok_demo25m1", "succeeded captions_manual en"),
    ("ok_manual01", "succeeded captions_manual en"),
    ("ok_asronly1", "succeeded captions_automatic en"),
    ("ok_short3m1", "succeeded captions_automatic en"),
    ("ok_hour0001", "succeeded captions_manual en"),
    ("ok_long3h01", "succeeded captions_manual en"),
    ("ok_bigreal1", "succeeded captions_manual en"),
    ("ok_nsig0001", "succeeded captions_manual en"),
    ("ok_enGB0001", "succeeded captions_manual en-GB"),
    ("ok_named001", "succeeded captions_manual en"),
    ("ok_nocaps01", "failed no_captions"),
    ("ok_german01", "succeeded captions_manual de"),
    ("ok_spanish1", "succeeded captions_manual es"),
    ("ok_french01", "succeeded captions_manual fr"),
    ("ok_japanes1", "succeeded captions_manual ja"),
    ("ok_chinese1", "succeeded captions_manual zh-Hans"),
    ("ok_arabic01", "succeeded captions_manual ar"),
    ("ok_hindi001", "succeeded captions_manual hi"),
    ("ok_korean01", "succeeded captions_manual ko"),
    ("er_private1", "failed video_private"),
    ("er_botchk01", "failed blocked_bot_check retryable"),
    ("er_agegate1", "failed video_age_restricted"),
    ("er_unavail1", "failed video_unavailable"),
    ("er_removed1", "failed video_unavailable"),
    ("er_termin01", "failed video_unavailable"),
    ("er_geoblck1", "failed video_geo_blocked"),
    ("er_members1", "failed video_members_only"),
    ("er_ratelim1", "failed blocked_rate_limited retryable"),
    ("er_captcha1", "failed blocked_bot_check retryable"),
    ("er_upcomin1", "waiting not_started video_not_started retryable"),
    ("er_premier1", "waiting not_started video_not_started retryable"),
    ("er_livenow1", "waiting live video_live retryable"),
    // The captions of these are there, whatever is wrong with the rest.
    ("er_drm00001", "succeeded captions_manual en"),
    ("er_nofmts_1", "succeeded captions_manual en"),
    ("er_sabronl1", "succeeded captions_manual en"),
    ("er_wrongid1", "failed blocked_ip retryable"),
    ("er_cappot01", "failed captions_locked"),
    ("er_travers1", "succeeded captions_automatic en"),
    // What one way of asking meets, the other one goes around.
    ("er_wat42901", "succeeded captions_manual en"),
    ("er_wat50001", "succeeded captions_manual en"),
    ("er_hangwat1", "succeeded captions_manual en"),
    ("er_dripwat1", "succeeded captions_manual en"),
    ("er_hangnxt1", "succeeded captions_manual en"),
    ("er_dripnxt1", "succeeded captions_manual en"),
    ("er_ply42901", "succeeded captions_manual en"),
    ("er_ply40301", "succeeded captions_manual en"),
    ("er_ply40001", "succeeded captions_manual en"),
    ("er_ply50001", "succeeded captions_manual en"),
    ("er_badjson1", "succeeded captions_manual en"),
    ("er_reset001", "succeeded captions_manual en"),
    ("er_hangplr1", "succeeded captions_manual en"),
    ("er_dripplr1", "failed network retryable"),
    ("er_cap42901", "failed blocked_rate_limited retryable"),
    ("er_asr42901", "succeeded captions_manual en"),
    ("er_cap40401", "failed captions_unreadable retryable"),
    ("er_capempty", "failed captions_locked"),
    ("er_hangcap1", "failed network retryable"),
    ("er_dripcap1", "failed network retryable"),
    ("er_med40301", "succeeded captions_manual en"),
    ("er_hangmed1", "succeeded captions_manual en"),
];

fn outcome(job: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let retryable = |failure: &Value| if failure["retryable"] == true { " retryable" } else { "" };
    match job["status"].as_str().unwrap() {
        "succeeded" => {
            let transcript = &job["transcript"];
            assert!(!text(&job["result"]["tldr"]).is_empty(), "{job:#}");
            assert_eq!(job["result"]["language"], transcript["language"]);
            format!("succeeded {} {}", text(&transcript["source"]), text(&transcript["language"]))
        }
        "failed" => format!("failed {}{}", text(&job["error"]["code"]), retryable(&job["error"])),
        _ => {
            let (reason, failure) = (text(&job["waiting_reason"]), &job["last_error"]);
            format!("waiting {reason} {}{}", text(&failure["code"]), retryable(failure))
        }
    }
}

async fn service() -> Service {
    Service::start(|config| {
        config.worker.concurrency = 4;
        config.limits.fetches = 4;
        config.media.socket_timeout_seconds = 4;
        config.media.deadline_seconds = 25;
        // One attempt: what may be repeated is said by the code.
        config.jobs.max_attempts = 1;
    })
    .await
}

/// What becomes of these videos in one service.
async fn outcomes(videos: &[&str]) -> Vec<String> {
    let service = service().await;
    let mut jobs = Vec::new();
    for video in videos {
        jobs.push((video, service.submit(video).await));
    }
    let mut outcomes = Vec::new();
    for (video, job) in jobs {
        outcomes.push(format!("{video} {}", outcome(&service.settled(&job).await)));
    }
    service.stop().await;
    outcomes
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_video_ends_as_it_should() {
    assert!(scenario::all().iter().map(|it| it.id).eq(TABLE.iter().map(|it| it.0)), "each is here");
    let ends = |(video, ends): &Row| format!("{video} {ends}");
    // After a block YouTube is left alone, so each of these has a service of its own.
    let (blocks, others): (Vec<Row>, Vec<Row>) =
        TABLE.iter().copied().partition(|(_, ends)| ends.starts_with("failed blocked_"));
    let videos: Vec<&str> = others.iter().map(|it| it.0).collect();
    assert_eq!(outcomes(&videos).await, others.iter().map(ends).collect::<Vec<_>>());
    for block in blocks {
        assert_eq!(outcomes(&[block.0]).await, [ends(&block)]);
    }
}
