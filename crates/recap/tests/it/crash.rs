//! kill -9 in the middle of a three-hour video.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use recap_simulator::gemini::{Fault, Gemini};
use recap_simulator::youtube::YouTube;
use serde_json::Value;

use crate::served::Served;

/// A short lease, so that the job comes back soon.
const SETTINGS: [(&str, &str); 3] = [
    ("RECAP_WORKER__LEASE_SECONDS", "4"),
    ("RECAP_WORKER__RECONCILE_SECONDS", "1"),
    ("GEMINI_API_KEY", "simulated"),
];

/// How often each segment was answered to its end, and how often asked.
fn asked(gemini: &Gemini) -> BTreeMap<u64, (u32, u32)> {
    let mut asked = BTreeMap::new();
    for call in gemini.calls() {
        let segments: BTreeSet<u64> = call.segments.iter().filter_map(|it| it.segment).collect();
        for segment in segments {
            let (answered, times): &mut (u32, u32) = asked.entry(segment).or_default();
            *times += 1;
            *answered += u32::from(call.finish_reason.as_deref() == Some("STOP"));
        }
    }
    asked
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_service_goes_on_where_it_was_and_asks_no_segment_twice() {
    let dir = tempfile::tempdir().unwrap();
    let youtube = YouTube::start(0, dir.path()).await.unwrap();
    let gemini = Gemini::start(0).await.unwrap();

    let service = Served::start(&dir, &youtube, &gemini, &SETTINGS);
    let id = service.submit("ok_long3h01").await;
    // Killed between two segments: while it waits for a minute's quota.
    let mut job = Value::Null;
    while job["progress"]["segments_done"].as_u64() < Some(4) {
        job = service.get(&format!("/v1/jobs/{id}")).await;
    }
    gemini.set_fault(Fault::RateMinute, 1);
    while !gemini.calls().iter().any(|it| it.fault == Some(Fault::RateMinute)) {
        tokio::task::yield_now().await;
    }
    drop(service);
    let before = asked(&gemini);
    assert!(before.len() >= 5 && before.len() < 18, "killed in the middle: {before:?}");

    let restarted = Instant::now();
    let service = Served::start(&dir, &youtube, &gemini, &SETTINGS);
    let job = service.ended(&id).await;
    assert!(restarted.elapsed() < Duration::from_mins(1), "{job:#}");
    drop(service);
    assert_eq!(job["status"], "succeeded", "{job:#}");
    assert_eq!(job["attempts"], 0);
    let asked = asked(&gemini);
    assert_eq!(asked.len() as u64, job["progress"]["segments_total"].as_u64().unwrap());
    for (segment, (answered, times)) in &asked {
        // The one that met the quota was refused once, not answered twice.
        let refused = before.get(segment).is_some_and(|(answered, _)| *answered == 0);
        assert_eq!((*answered, *times), (1, if refused { 2 } else { 1 }), "segment {segment}");
    }
    youtube.stop().await;
    gemini.stop().await;
}
