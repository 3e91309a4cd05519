//! What became of the jobs.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::Value;

use super::fleet::{Fleet, Kill};
use super::{heard, logs};
use crate::lab::client::Client;
use crate::lab::told::Told;

/// How long the last jobs may take once all is well again.
const LAST: Duration = Duration::from_mins(6);

/// Calls that may have been on their way to a worker when it was killed: their
/// answers were given, but nobody saw them.
const IN_FLIGHT: usize = 12;

pub(crate) const HEAD: &str = "\
| scenario | accepted | ended | succeeded | ended twice | unlogged | asked twice | at a kill | told | \
missing | unsigned | again | s | held |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |";

/// Where the logs of the last scenario are left.
const LOGS: &str = "target/chaos";

/// The outcome of one scenario.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    accepted: usize,
    ended: usize,
    succeeded: usize,
    /// Jobs whose end was logged more than once.
    twice: usize,
    /// Ended jobs whose end was not logged by any process.
    unlogged: usize,
    /// Segments whose notes Gemini was asked for, and answered, twice.
    asked_twice: usize,
    /// Those of them whose first answer came in the moment of a kill.
    at_a_kill: usize,
    /// What webhooks were told.
    pub(crate) told: Told,
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
            "| {name} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {:.0} | {held}: {words} |",
            self.accepted,
            self.ended,
            self.succeeded,
            self.twice,
            self.unlogged,
            self.asked_twice,
            self.at_a_kill,
            self.told.jobs,
            self.told.missing,
            self.told.unsigned,
            self.told.again,
            took.as_secs_f64(),
        )
    }
}

/// Waits for the last jobs and the last messages, and counts. `others` may end
/// otherwise than well.
pub(crate) async fn audit(
    fleet: &Fleet,
    clients: &[&Client],
    others: &[String],
) -> anyhow::Result<Verdict> {
    let mut jobs = BTreeMap::new();
    for client in clients {
        jobs.extend(client.ended(LAST).await);
    }
    let mut verdict = counted(&jobs, others, &logged(&fleet.logs()?));
    (verdict.asked_twice, verdict.at_a_kill) = asked_twice(fleet);
    verdict.told = heard::wait(fleet, clients, &jobs).await;
    judge(&mut verdict, fleet.kills.len());
    std::fs::create_dir_all(LOGS)?;
    std::fs::write(format!("{LOGS}/last.jsonl"), fleet.logs()?)?;
    Ok(verdict)
}

/// `logged` is how often the end of each job was.
fn counted(
    jobs: &BTreeMap<String, Value>,
    others: &[String],
    logged: &BTreeMap<String, usize>,
) -> Verdict {
    let mut verdict = Verdict { accepted: jobs.len(), ..Verdict::default() };
    for (id, job) in jobs {
        let ended = !job["completed_at"].is_null();
        verdict.ended += usize::from(ended);
        verdict.succeeded += usize::from(job["status"] == "succeeded");
        match logged.get(id).copied().unwrap_or(0) {
            0 => verdict.unlogged += usize::from(ended),
            1 => {}
            _ => verdict.twice += 1,
        }
        let well = job["status"] == "succeeded" || others.contains(id);
        if !well && verdict.problems.len() < 3 {
            let why = [&job["status"], &job["error"]["code"], &job["last_error"]["code"]];
            verdict.problems.push(format!("{id}: {why:?}"));
        }
    }
    verdict
}

/// What has to be zero, and is it.
fn judge(verdict: &mut Verdict, kills: usize) {
    let (accepted, ended, twice) = (verdict.accepted, verdict.ended, verdict.twice);
    verdict.expect(ended == accepted, format!("{} jobs did not end", accepted - ended));
    verdict.expect(twice == 0, format!("{twice} jobs ended twice"));
    // A process may be killed between its write and its words.
    let unlogged = verdict.unlogged;
    verdict.expect(unlogged <= kills, format!("the end of {unlogged} jobs was not logged"));
    let real = verdict.asked_twice - verdict.at_a_kill;
    verdict.expect(real == 0, format!("{real} segments were asked twice"));
    let Told { jobs, missing, unsigned, wrong, words, .. } = verdict.told.clone();
    verdict.expect(jobs == ended, format!("webhooks were told of {jobs} of {ended} ends"));
    verdict.expect(missing == 0, format!("{missing} messages are missing"));
    verdict.expect(unsigned == 0, format!("{unsigned} messages are not signed"));
    verdict.expect(wrong == 0, format!("{wrong} messages are wrong: {}", words.join(", ")));
}

/// How often each job's end was logged, by all processes.
fn logged(text: &str) -> BTreeMap<String, usize> {
    let mut logged = BTreeMap::new();
    for line in logs::saying(text, "job ended") {
        *logged.entry(line.job).or_default() += 1;
    }
    logged
}

/// Segments whose notes were answered to their end more than once, and how many
/// of those first answers came when a worker was being killed.
fn asked_twice(fleet: &Fleet) -> (usize, usize) {
    let mut first: BTreeMap<(String, u64), usize> = BTreeMap::new();
    let (mut twice, mut at_a_kill) = (0, 0);
    for (index, call) in fleet.world.gemini.calls().iter().enumerate() {
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(job: &Value, logged: usize, told: Told, kills: usize, problem: Option<&str>) {
        let jobs = [("a".to_owned(), job.clone())].into();
        let mut verdict = counted(&jobs, &[], &[("a".to_owned(), logged)].into());
        verdict.told = told;
        judge(&mut verdict, kills);
        let words = verdict.problems.join("; ");
        assert_eq!(verdict.passed(), problem.is_none(), "{words}");
        assert!(words.contains(problem.unwrap_or_default()), "{words}");
    }

    fn told() -> Told {
        Told { jobs: 1, ..Told::default() }
    }

    #[test]
    fn what_was_promised_is_held_or_named() {
        let done = json!({"status": "succeeded", "completed_at": "2026-01-01T00:00:00Z"});
        let open = json!({"status": "running", "completed_at": null});
        check(&done, 1, told(), 0, None);
        check(&done, 0, told(), 1, None);
        check(&done, 1, Told { again: 5, ..told() }, 0, None);
        check(&done, 0, told(), 0, Some("was not logged"));
        check(&done, 2, told(), 0, Some("1 jobs ended twice"));
        check(&open, 0, Told::default(), 0, Some("1 jobs did not end"));
        check(&done, 1, Told { missing: 1, ..Told::default() }, 0, Some("1 messages are missing"));
        check(&done, 1, Told { unsigned: 2, ..told() }, 0, Some("2 messages are not signed"));
        let wrong = Told { wrong: 1, words: vec!["m said two things".to_owned()], ..told() };
        check(&done, 1, wrong, 0, Some("m said two things"));
    }

    #[test]
    fn a_row_has_a_cell_for_each_column() {
        let row = Verdict::broken("no start".to_owned()).row("cancel", Duration::from_secs(3));
        let cells = |it: &str| it.matches('|').count();
        let head: Vec<&str> = HEAD.lines().collect();
        assert_eq!([cells(head[0]), cells(head[1])], [cells(&row); 2]);
        assert!(
            row.starts_with("| cancel | 0 |") && row.ends_with("| 3 | NO: no start |"),
            "{row}"
        );
    }
}
