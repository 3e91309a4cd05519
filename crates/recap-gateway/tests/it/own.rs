//! Transcripts that clients send.

use std::fmt::Write as _;
use std::time::Duration;

use recap_core::ports::Store as _;
use recap_core::transcript::TranscriptSource;
use serde_json::{Value, json};

use crate::app::{TestGateway, id_of};
use crate::client::Reply;

const SRT: &str =
    "1\n00:00:01,000 --> 00:00:02,500\nOne.\n\n2\n00:00:03,000 --> 00:00:04,000\nTwo.\n";
const VTT: &str = "WEBVTT\n\n00:01.000 --> 00:02.500\nOne.\n\n00:03.000 --> 00:04.000\nTwo.\n";

async fn send(app: &TestGateway, transcript: Value) -> Reply {
    app.post("/v1/summaries", &json!({"transcript": transcript})).await
}

#[track_caller]
fn check_refused(reply: &Reply, code: &str, pointer: &str) {
    assert_eq!((reply.status, &reply.json()["code"]), (422, &code.into()), "{reply:?}");
    assert_eq!(reply.json()["errors"][0]["pointer"], pointer, "{reply:?}");
}

#[tokio::test]
async fn cues_are_kept_with_their_job() {
    let app = TestGateway::spawn();
    let cue = |start: f64, end: f64, text: &str| json!({"start": start, "end": end, "text": text});
    let cues = [cue(3.0, 4.0, "Two."), cue(1.0, 2.5, " One.\n")];
    let reply = send(&app, json!({"cues": cues, "language": "en", "title": "Numbers"})).await;
    assert_eq!(reply.status, 202, "{reply:?}");
    let job = reply.json();
    let input = &job["input"];
    assert_eq!((&input["url"], &input["video_id"]), (&json!(null), &json!(null)));
    assert_eq!(input["title"], "Numbers");

    let id = id_of(&job);
    let own = app.store.job(id).unwrap().input.transcript.unwrap();
    assert_eq!((own.digest.len(), own.title.as_deref()), (64, Some("Numbers")));
    assert!(!own.estimated);
    let kept = app.store.find_transcript(id).await.unwrap().unwrap();
    assert_eq!((kept.source, kept.language.as_str()), (TranscriptSource::Client, "en"));
    let texts: Vec<&str> = kept.cues.iter().map(|it| it.text.as_str()).collect();
    assert_eq!((texts, kept.end()), (vec!["One.", "Two."], Duration::from_secs(4)));

    let read = app.get(&format!("/v1/jobs/{id}/transcript")).await.json();
    assert_eq!((&read["video_id"], &read["source"]), (&json!(null), &json!("client")));
}

#[tokio::test]
async fn every_format_says_the_same() {
    let app = TestGateway::spawn();
    let cues = json!([
        {"start": 1, "end": 2.5, "text": "One."},
        {"start": 3, "end": 4, "text": "Two."}
    ]);
    let mut digests = Vec::new();
    for transcript in [
        json!({"cues": cues, "language": "en"}),
        json!({"format": "cues", "cues": cues, "language": "en"}),
        json!({"text": SRT, "language": "en"}),
        json!({"format": "srt", "text": SRT, "language": "en"}),
        json!({"text": VTT, "language": "en"}),
        json!({"format": "vtt", "text": VTT, "language": "en"}),
    ] {
        let reply = send(&app, transcript).await;
        assert_eq!(reply.status, 202, "{reply:?}");
        let input = app.store.job(id_of(&reply.json())).unwrap().input;
        digests.push(input.transcript.unwrap().digest);
    }
    digests.dedup();
    assert_eq!(digests.len(), 1);
}

#[tokio::test]
async fn times_of_plain_text_are_estimated() {
    let app = TestGateway::spawn();
    for transcript in [
        json!({"text": "One.\nTwo.", "language": "en"}),
        json!({"format": "text", "text": "One.\nTwo.", "language": "en"}),
        json!({"format": "text", "text": SRT, "language": "en"}),
    ] {
        let reply = send(&app, transcript).await;
        let own = app.store.job(id_of(&reply.json())).unwrap().input.transcript.unwrap();
        assert!(own.estimated);
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_refused() {
    let app = TestGateway::spawn();
    for (format, text) in [("srt", "One."), ("vtt", SRT), ("text", " \n"), ("vtt", "WEBVTT")] {
        let reply = send(&app, json!({"format": format, "text": text, "language": "en"})).await;
        check_refused(&reply, "transcript_unreadable", "/transcript/text");
    }
    let reply = send(&app, json!({"cues": [], "language": "en"})).await;
    check_refused(&reply, "transcript_unreadable", "/transcript/cues");
    let detail =
        send(&app, json!({"format": "srt", "text": "One.", "language": "en"})).await.json();
    assert_eq!(detail["detail"], "This is not a SubRip transcript: it has no line with times.");
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    let app = TestGateway::spawn();
    let cue = |start: f64, end: f64| json!({"cues": [{"start": 0, "end": 1, "text": "a"}, {"start": start, "end": end, "text": "b"}], "language": "en"});
    let long = "x".repeat(201);
    for (transcript, pointer) in [
        (json!({"language": "en"}), "/transcript"),
        (json!({"cues": [], "text": "", "language": "en"}), "/transcript/cues"),
        (json!({"format": "srt", "cues": [], "language": "en"}), "/transcript/cues"),
        (json!({"format": "cues", "text": "a", "language": "en"}), "/transcript/cues"),
        (json!({"format": "docx", "text": "a", "language": "en"}), "/transcript/format"),
        (json!({"text": "a"}), "/transcript/language"),
        (json!({"text": "a", "language": "auto language"}), "/transcript/language"),
        (json!({"text": "a", "language": "en", "title": long}), "/transcript/title"),
        (json!({"text": "a", "language": "en", "speaker": "b"}), "/transcript/speaker"),
        (cue(-1.0, 2.0), "/transcript/cues/1/start"),
        (cue(3.0, 3.0), "/transcript/cues/1/end"),
        (cue(3.0, 1e300), "/transcript/cues/1/end"),
        (cue(3.0, 50_000.0), "/transcript"),
    ] {
        check_refused(&send(&app, transcript).await, "validation_failed", pointer);
    }
    let transcript = json!({"text": "a", "language": "en"});
    for (body, pointer) in [
        (json!({"url": "dQw4w9WgXcQ", "transcript": transcript}), "/transcript"),
        (json!({"transcript": transcript, "range": {"start": 5}}), "/range"),
        (json!({}), "/url"),
    ] {
        let reply = app.post("/v1/summaries", &body).await;
        check_refused(&reply, "validation_failed", pointer);
    }
    assert!(app.queue.pushes().is_empty());
}

#[tokio::test]
async fn only_a_transcript_may_be_large() {
    let app = TestGateway::with(|it| it.server.max_transcript_bytes = 64 * 1024);
    let text = |bytes: usize| "All of it is said. ".repeat(bytes / 19);
    let reply = send(&app, json!({"text": text(60_000), "language": "en"})).await;
    assert_eq!(reply.status, 202, "{}", reply.body);

    let too_large = |reply: &Reply, most: usize| {
        assert_eq!((reply.status, &reply.json()["code"]), (413, &"payload_too_large".into()));
        assert_eq!(reply.json()["detail"], format!("The body may have {most} bytes at most."));
    };
    too_large(&send(&app, json!({"text": text(70_000), "language": "en"})).await, 65_536);
    let body = json!({"url": "dQw4w9WgXcQ", "client_reference": text(12_000)});
    too_large(&app.post("/v1/summaries", &body).await, 10_240);
    // Naming it is not enough.
    let body = json!({"url": "dQw4w9WgXcQ", "transcript": null, "metadata": {"a": "b"}});
    let body = body.to_string().replace('{', &format!("{{{}", " ".repeat(12_000)));
    too_large(&app.post_text("/v1/summaries", &body).await, 10_240);
    let body = format!("{{\"url\": \"{}", text(12_000));
    too_large(&app.post_text("/v1/summaries", &body).await, 10_240);
    for path in ["/v1/transcripts", "/v1/batches"] {
        let body = json!({"url": "dQw4w9WgXcQ", "transcript": {"text": text(12_000)}});
        too_large(&app.post(path, &body).await, 10_240);
    }
}

#[tokio::test]
async fn the_number_of_cues_is_bounded() {
    let app = TestGateway::with(|it| it.server.max_transcript_bytes = 8 << 20);
    let mut vtt = "WEBVTT\n".to_owned();
    for second in 0..100_001 {
        let (minute, second) = (second / 60, second % 60);
        let (hour, minute) = (minute / 60, minute % 60);
        write!(vtt, "\n{hour}:{minute:02}:{second:02}.0 --> {hour}:{minute:02}:{second:02}.9\na\n")
            .unwrap();
    }
    let reply = send(&app, json!({"text": vtt, "language": "en"})).await;
    check_refused(&reply, "validation_failed", "/transcript");
    assert_eq!(reply.json()["detail"], "must have at most 100000 cues");
}
