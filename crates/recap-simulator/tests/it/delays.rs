//! Answers that are held back.

use std::time::{Duration, Instant};

use recap_simulator::gemini::Gemini;
use recap_simulator::scenario::{Endpoint, copy};
use recap_simulator::youtube::YouTube;
use serde_json::{Value, json};

use crate::gemini::ask;
use crate::tools::{client, directory};

const HELD: Duration = Duration::from_millis(250);
const FOREVER: Duration = Duration::from_hours(1);

async fn set(root: &str, body: Value) -> u16 {
    let url = format!("{root}/__delay");
    client().post(url).json(&body).send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn every_answer_of_gemini_waits_as_long_as_it_is_told() {
    let gemini = Gemini::start(0).await.unwrap();
    let root = gemini.base_url().replace("/v1beta", "");
    assert_eq!(set(&root, json!({"milliseconds": 250})).await, 200);
    assert_eq!(set(&root, json!({"seconds": 1})).await, 400);
    for fault in [None, Some("unavailable")] {
        let began = Instant::now();
        ask(&gemini, "generateContent", fault).await;
        assert!(began.elapsed() >= HELD, "{fault:?}");
    }
    let statuses: Vec<_> = gemini.calls().iter().map(|it| it.status).collect();
    assert_eq!(statuses, [200, 503]);

    gemini.set_delay(FOREVER);
    gemini.reset();
    assert_eq!(ask(&gemini, "generateContent", None).await.status(), 200);
    gemini.stop().await;
}

#[tokio::test]
async fn a_call_whose_client_left_is_recorded_without_an_answer() {
    let gemini = Gemini::start(0).await.unwrap();
    gemini.set_delay(FOREVER);
    tokio::select! {
        biased;
        _ = ask(&gemini, "generateContent", None) => panic!("the answer was to be held back"),
        () = arrived(&gemini) => {}
    }
    gemini.set_delay(Duration::ZERO);
    ask(&gemini, "generateContent", None).await;
    let calls = gemini.calls();
    let [left, answered] = &calls[..] else { panic!("{calls:?}") };
    assert_eq!((left.status, left.finish_reason.as_deref(), left.output_tokens), (0, None, 0));
    assert_eq!((answered.status, answered.finish_reason.as_deref()), (200, Some("STOP")));
    assert_eq!(left.segments, answered.segments);
    gemini.stop().await;
}

async fn arrived(gemini: &Gemini) {
    while gemini.calls().is_empty() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn only_the_player_api_of_youtube_waits() {
    let at = directory("delays");
    let youtube = YouTube::start(0, &at).await.unwrap();
    let root = youtube.proxy_url();
    let player = async || {
        let began = Instant::now();
        let url = format!("{root}/youtubei/v1/player");
        let body = json!({"videoId": copy(3)});
        let answer: Value =
            client().post(url).json(&body).send().await.unwrap().json().await.unwrap();
        assert_eq!(answer["videoDetails"]["videoId"], copy(3));
        began.elapsed()
    };
    assert_eq!(set(&root, json!({"milliseconds": 250})).await, 200);
    assert!(player().await >= HELD);

    youtube.set_player_delay(FOREVER);
    let page = client().get(format!("{root}/watch?v={}", copy(3))).send().await.unwrap();
    assert_eq!(page.status(), 200);
    let asked: Vec<_> = youtube.requests().iter().map(|it| it.endpoint).collect();
    assert_eq!(asked, [Endpoint::Player, Endpoint::Watch]);
    youtube.reset();
    player().await;
    youtube.stop().await;
}
