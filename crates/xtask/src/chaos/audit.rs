//! What became of the jobs.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::client::Client;
use super::fleet::{Fleet, Kill};
use super::logs;

/// How long the last jobs may take once all is well again.
const LAST: Duration = Duration::from_mins(6);

/// Calls that may have been on their way to a worker when it was killed: their
/// answers were given, but nobody saw them.
const IN_FLIGHT: usize = 12;

pub(crate) const HEAD: &str = "\
| scenario | accepted | ended | succeeded | ended twice | never told | asked twice | at a kill | s | \
| held |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |";

/// Where the logs of the last scenario are left.
const LOGS: &str = "target/chaos";

/// The outcome of one scenario.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    accepted: usize,
    ended: usize,
    succeeded: usize,
    /// Jobs whose end was told more than once.
    twice: usize,
    /// Ended jobs whose end was not told by any process.
    untold: usize,
    /// Segments whose notes Gemini was asked for, and answered, twice.
    asked_twice: usize,
    /// Those of them whose first answer came in the moment of a kill.
    at_a_kill: usize,
    /// What did not hold.
    pub(crate) problems: Vec<String>,
    /// What else is to be told.
    pub(crate) notes: Vec<String>,
}

impl Verdict {
    pub(crate) fn broken(problem: String) -> Self {
        Self { problems: vec![problem], ..Self::default() }
    }

    pub(crate) fn passed(&self) -> bool {
        self.problems.is_empty()
    }

    pub(crate) fn note(&mut self, note: impl Into<String>) {
        self.notes.push(note.into());
    }

    /// Adds a problem unless `holds`.
    pub(crate) fn expect(&mut self, holds: bool, problem: impl Into<String>) {
        if !holds {
            self.problems.push(problem.into());
        }
    }

    pub(crate) fn row(&self, name: &str, took: Duration) -> String {
        let words = [self.problems.as_slice(), self.notes.as_slice()].concat().join("; ");
        let held = if self.passed() { "yes" } else { "NO" };
        format!(
            "| {name} | {} | {} | {} | {} | {} | {} | {} | {:.0} | {held}: {words} |",
            self.accepted,
            self.ended,
            self.succeeded,
            self.twice,
            self.untold,
            self.asked_twice,
            self.at_a_kill,
            took.as_secs_f64(),
        )
    }
}

/// Waits for the last jobs and counts. `others` may end otherwise than well.
pub(crate) async fn audit(
    fleet: &Fleet,
    clients: &[&Client],
    others: &[String],
) -> anyhow::Result<Verdict> {
    let mut jobs = BTreeMap::new();
    for client in clients {
        jobs.extend(client.ended(LAST).await);
    }
    let mut verdict = Verdict { accepted: jobs.len(), ..Verdict::default() };
    let told = told(&fleet.logs()?);
    for (id, job) in &jobs {
        let ended = !job["completed_at"].is_null();
        verdict.ended += usize::from(ended);
        verdict.succeeded += usize::from(job["status"] == "succeeded");
        match told.get(id).copied().unwrap_or(0) {
            0 => verdict.untold += usize::from(ended),
            1 => {}
            _ => verdict.twice += 1,
        }
        let well = job["status"] == "succeeded" || others.contains(id);
        if !well && verdict.problems.len() < 3 {
            let why = [&job["status"], &job["error"]["code"], &job["last_error"]["code"]];
            verdict.problems.push(format!("{id}: {why:?}"));
        }
    }
    (verdict.asked_twice, verdict.at_a_kill) = asked_twice(fleet);
    let (accepted, ended, twice) = (verdict.accepted, verdict.ended, verdict.twice);
    verdict.expect(ended == accepted, format!("{} jobs did not end", accepted - ended));
    verdict.expect(twice == 0, format!("{twice} jobs ended twice"));
    // A process may be killed between its write and its words.
    let (untold, kills) = (verdict.untold, fleet.kills.len());
    verdict.expect(untold <= kills, format!("the end of {untold} jobs was not told"));
    let real = verdict.asked_twice - verdict.at_a_kill;
    verdict.expect(real == 0, format!("{real} segments were asked twice"));
    std::fs::create_dir_all(LOGS)?;
    std::fs::write(format!("{LOGS}/last.jsonl"), fleet.logs()?)?;
    Ok(verdict)
}

/// How often each job's end was told, by all processes.
fn told(text: &str) -> BTreeMap<String, usize> {
    let mut told = BTreeMap::new();
    for line in logs::saying(text, "job ended") {
        *told.entry(line.job).or_default() += 1;
    }
    told
}

/// Segments whose notes were answered to their end more than once, and how many
/// of those first answers came when a worker was being killed.
fn asked_twice(fleet: &Fleet) -> (usize, usize) {
    let mut first: BTreeMap<(String, u64), usize> = BTreeMap::new();
    let (mut twice, mut at_a_kill) = (0, 0);
    for (index, call) in fleet.gemini.calls().iter().enumerate() {
        if call.finish_reason.as_deref() != Some("STOP") {
            continue;
        }
        let Some(video) = &call.video else { continue };
        // A segment is read in several chunks of one call.
        let asked: BTreeSet<u64> = call.segments.iter().filter_map(|it| it.segment).collect();
        for number in asked {
            let Some(before) = first.insert((video.clone(), number), index) else { continue };
            twice += 1;
            let near = |it: &Kill| before < it.calls && it.calls <= before + IN_FLIGHT;
            at_a_kill += usize::from(fleet.kills.iter().any(near));
        }
    }
    (twice, at_a_kill)
}
