//! A job by the length of its video: own CPU, with a transcript that it brings.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{Plan, Point};
use crate::bench::recap::Recap;
use crate::lab::cgroup::FREE;
use crate::lab::note;
use crate::lab::world::{World, outside, unlimited};

/// Lengths of videos, in minutes.
const MINUTES: [u32; 8] = [3, 10, 25, 60, 120, 180, 300, 600];

/// Each length is measured so often.
const TIMES: u32 = 5;

/// Minutes of video in one measurement, or one job: short ones are many.
const AT_ONCE: u32 = 300;

const PATIENCE: Duration = Duration::from_mins(5);

pub(super) async fn points(plan: &Plan) -> anyhow::Result<Vec<Point>> {
    let world = World::start(Duration::ZERO).await?;
    let settings = [outside(&world.youtube, &world.gemini), unlimited()].concat();
    let recap = Recap::start(&plan.recap, FREE, &settings, plan.dir.path()).await?;
    let id = recap.submit(&json!({"url": "cp_00000001"})).await?;
    recap.ended(&id, Instant::now() + PATIENCE).await?;
    let cues = recap.get(&format!("/v1/jobs/{id}/transcript")).await?["cues"].take();
    let talk: Vec<Value> = cues.as_array().cloned().unwrap_or_default();

    let mut points: Vec<Point> = MINUTES.map(|x| Point { x, cpu: Vec::new() }).to_vec();
    for time in 0..TIMES {
        for point in &mut points {
            point.cpu.push(cost(&recap, &talk, point.x, time).await?);
        }
        note(&format!("{} of {TIMES}", time + 1));
    }
    Ok(points)
}

/// CPU of one job, in microseconds.
async fn cost(recap: &Recap, talk: &[Value], minutes: u32, time: u32) -> anyhow::Result<f64> {
    let count = (AT_ONCE / minutes).max(1);
    let bodies: Vec<Value> = (0..count).map(|it| body(talk, minutes, time * count + it)).collect();
    let before = recap.group.used()?.cpu;
    for body in bodies {
        let id = recap.submit(&body).await?;
        recap.ended(&id, Instant::now() + PATIENCE).await?;
    }
    let used = recap.group.used()?.cpu.saturating_sub(before);
    Ok(used.as_secs_f64() * 1e6 / f64::from(count))
}

/// The talk again and again for so long; no two of the same number.
fn body(talk: &[Value], minutes: u32, number: u32) -> Value {
    let (seconds, end) = (f64::from(minutes) * 60.0, talk.last().map_or(1.0, |it| end(it, 0.0)));
    let mut cues = Vec::new();
    for round in 0.. {
        let shift = f64::from(round) * end;
        let more = talk.iter().map(|it| (it["start"].as_f64().unwrap_or_default() + shift, it));
        let more: Vec<Value> = more
            .take_while(|(start, _)| *start < seconds)
            .map(|(start, it)| json!({"start": start, "end": self::end(it, shift), "text": it["text"]}))
            .collect();
        if more.is_empty() {
            break;
        }
        cues.extend(more);
    }
    if let Some(first) = cues.first_mut() {
        first["text"] = json!(format!("This is number {number} of {minutes}."));
    }
    json!({"transcript": {"cues": cues, "language": "en"}, "cache": "bypass"})
}

fn end(cue: &Value, shift: f64) -> f64 {
    cue["end"].as_f64().unwrap_or_default() + shift
}
