//! What processes said, line by line.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::fleet::Kill;

/// A line about a job.
pub(crate) struct Line {
    pub(crate) at: Timestamp,
    pub(crate) job: String,
}

/// The lines with this message that are about a job.
pub(crate) fn saying<'a>(text: &'a str, message: &'a str) -> impl Iterator<Item = Line> + 'a {
    text.lines().filter(move |it| it.contains(message)).filter_map(move |it| line(it, message))
}

fn line(text: &str, message: &str) -> Option<Line> {
    let line: Value = serde_json::from_str(text).ok()?;
    let said = line["fields"]["message"].as_str().or(line["message"].as_str());
    if said != Some(message) {
        return None;
    }
    let places = [&line["fields"]["job.id"], &line["span"]["job.id"], &line["job.id"]];
    let job = places.into_iter().find_map(Value::as_str)?.to_owned();
    Some(Line { at: line["timestamp"].as_str()?.parse().ok()?, job })
}

/// How long the jobs in the hands of killed workers waited to run again: one
/// time for each.
pub(crate) fn waits(kills: &[Kill], all: &str) -> Vec<Duration> {
    let starts: Vec<Line> = saying(all, "job started").collect();
    let ends: Vec<Line> = saying(all, "job ended").collect();
    let mut waits = Vec::new();
    for kill in kills {
        let ended = |job: &str| ends.iter().any(|it| it.job == job && it.at <= kill.at);
        let mut held: Vec<String> = saying(&kill.log, "job started").map(|it| it.job).collect();
        held.retain(|it| !ended(it));
        held.dedup();
        for job in held {
            let again = starts.iter().filter(|it| it.job == job && it.at > kill.at);
            let first = again.map(|it| it.at).min();
            let wait = first.map(|at| Duration::try_from(at.duration_since(kill.at)));
            waits.extend(wait.and_then(Result::ok));
        }
    }
    waits
}
