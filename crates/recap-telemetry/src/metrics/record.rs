//! What other crates call when something happens.
//!
//! Every label is a word from a closed set (a route, a status, an error's
//! code), never an id, an address or the text of an error.

use std::time::Duration;

use super::list;

/// A request was answered. `route` is the pattern that its path matched.
pub fn http_request(route: &str, method: &str, status: u16, took: Duration) {
    list::HTTP_REQUESTS.add([route, method, &status.to_string()], 1);
    list::HTTP_SECONDS.observe([route], took);
}

/// One event stream more, or with a negative number fewer, is open.
pub fn event_stream(more: i64) {
    list::EVENT_STREAMS.add([], more);
}

/// An event was sent to somebody who streams a job.
pub fn stream_event(event: &str) {
    list::STREAM_EVENTS.add([event], 1);
}

/// A request was turned away because of who sent it.
pub fn caller_refused(reason: &str) {
    list::CALLERS_REFUSED.add([reason], 1);
}

/// A request was turned away because there were too many.
pub fn rate_limited(policy: &str) {
    list::RATE_LIMITED.add([policy], 1);
}

/// The keys that tokens are checked with were read, or could not be.
pub fn key_set_read(ok: bool) {
    list::KEY_SET_READS.add([if ok { "ok" } else { "failed" }], 1);
}

pub fn job_submitted(kind: &str) {
    list::JOBS_SUBMITTED.add([kind], 1);
}

/// A worker took a job for the first time, so long after it was asked for.
pub fn job_started(priority: &str, waited: Duration) {
    list::JOB_START_SECONDS.observe([priority], waited);
}

/// The first notes on a job are there, so long after it was asked for. `source` says
/// what they were made of.
pub fn first_notes(source: &str, after: Duration) {
    list::FIRST_NOTES_SECONDS.observe([source], after);
}

/// A job has its terminal status, so long after it was asked for. `code` is
/// empty for a success.
pub fn job_ended(kind: &str, status: &str, code: &str, took: Duration) {
    list::JOBS_ENDED.add([kind, status, code], 1);
    list::JOB_SECONDS.observe([kind, status], took);
}

pub fn stage_took(stage: &str, took: Duration) {
    list::STAGE_SECONDS.observe([stage], took);
}

pub fn job_retried(code: &str) {
    list::JOBS_RETRIED.add([code], 1);
}

pub fn jobs_requeued(jobs: usize) {
    list::JOBS_REQUEUED.add([], jobs as u64);
}

/// One job more, or with a negative number fewer, is being worked on.
pub fn job_in_hand(more: i64) {
    list::JOBS_IN_HAND.add([], more);
}

/// Jobs that wait or run, as counted just now.
pub fn open_jobs(jobs: u64) {
    list::OPEN_JOBS.set([], jobs);
}

/// Whether this worker takes no more jobs.
pub fn worker_paused(paused: bool) {
    list::WORKER_PAUSED.set([], paused.into());
}

/// Whether this process looks for lost jobs.
pub fn reconciler_leads(leads: bool) {
    list::RECONCILER_LEADS.set([], leads.into());
}

/// A gateway asks the store. `kind` is `read` or `write`.
pub fn store_asked(kind: &str) {
    list::STORE_QUESTIONS.add([kind], 1);
}

/// A question was not answered, or not in time; counted by who asked.
pub fn store_failed() {
    list::STORE_ERRORS.add([], 1);
}

/// As the server counts them.
pub fn store_index_accesses(collection: &str, index: &str, accesses: u64) {
    list::STORE_INDEX_ACCESSES.set([collection, index], accesses);
}

/// `part` is `queue` or `shared`.
pub fn redis_away(part: &str, away: bool) {
    list::REDIS_AWAY.set([part], away.into());
}

/// Hits of this process so far. `level` is `memory` or `shared`.
pub fn cache_hits(level: &str, total: u64) {
    list::CACHE_HITS.raise_to([level], total);
}

/// Misses of this process so far.
pub fn cache_misses(total: u64) {
    list::CACHE_MISSES.raise_to([], total);
}

pub fn cache_bytes(bytes: u64) {
    list::CACHE_BYTES.set([], bytes);
}

/// News lost by this process so far.
pub fn events_dropped(total: u64) {
    list::EVENTS_DROPPED.raise_to([], total);
}

/// `slot` is `fetch` or `summarize`.
pub fn slots(slot: &str, used: u64, waiting: u64) {
    list::SLOTS_IN_USE.set([slot], used);
    list::SLOTS_WAITING.set([slot], waiting);
}

/// Connections of the store.
pub fn store_connections(open: u64, in_use: u64) {
    list::STORE_CONNECTIONS.set(["open"], open);
    list::STORE_CONNECTIONS.set(["in_use"], in_use);
}

/// Questions that wait for a connection of the store.
pub fn store_waiting(waiting: u64) {
    list::STORE_CONNECTIONS.set(["waiting"], waiting);
}

/// Questions that got no connection of the store so far.
pub fn store_connections_failed(total: u64) {
    list::STORE_CONNECTIONS_FAILED.raise_to([], total);
}

/// How often the Redis of `part` went away so far.
pub fn redis_losses(part: &str, total: u64) {
    list::REDIS_LOSSES.raise_to([part], total);
}

/// Whom requests go to.
const OTHERS: [&str; 3] = ["gemini", "openai", "webhook"];

/// Counts a request to one of these as under way until it is dropped.
pub struct InFlight(&'static str);

impl InFlight {
    /// `gemini` or `openai`.
    pub fn to_provider(name: &'static str) -> Self {
        Self::new(name)
    }

    pub fn to_webhook() -> Self {
        Self::new("webhook")
    }

    fn new(to: &'static str) -> Self {
        list::REQUESTS_IN_FLIGHT.add([to], 1);
        Self(to)
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        list::REQUESTS_IN_FLIGHT.add([self.0], -1);
    }
}

/// Requests under way, by whom they go to.
pub fn requests_in_flight() -> [(&'static str, u64); 3] {
    OTHERS.map(|to| (to, list::REQUESTS_IN_FLIGHT.get([to])))
}

pub fn breaker_open(breaker: &str, open: bool) {
    list::BREAKER_OPEN.set([breaker], open.into());
}

pub fn summarizer_called(provider: &str, outcome: &str) {
    list::SUMMARIZER_CALLS.add([provider, outcome], 1);
}

/// A video was fetched, or not.
pub fn fetched(route: &str, outcome: &str) {
    list::FETCHES.add([route, outcome], 1);
}

/// yt-dlp was run: `warm`, on the `command_line`, or for a `batch`.
pub fn ytdlp_run(by: &str) {
    list::YTDLP_RUNS.add([by], 1);
}

pub fn warm_ended(reason: &str) {
    list::WARM_ENDS.add([reason], 1);
}

pub fn warm_fallback(reason: &str) {
    list::WARM_FALLBACKS.add([reason], 1);
}

/// It was tried to deliver a message. `outcome` is `delivered`, or why it was not.
pub fn webhook_attempted(outcome: &str, took: Duration) {
    list::WEBHOOK_ATTEMPTS.add([outcome], 1);
    list::WEBHOOK_ATTEMPT_SECONDS.observe([], took);
}

/// What `of` uses right now: `process`, `children` or `group`.
pub fn used(of: &str, memory: u64, cpu: Duration) {
    list::MEMORY_BYTES.set([of], memory);
    list::CPU_MILLISECONDS.raise_to([of], u64::try_from(cpu.as_millis()).unwrap_or(u64::MAX));
}

/// In bytes.
pub fn memory_limit(bytes: u64) {
    list::MEMORY_LIMIT_BYTES.set([], bytes);
}

/// Periods so far.
pub fn cpu_throttled(total: u64) {
    list::CPU_THROTTLED.raise_to([], total);
}

/// 0 to 2.
pub fn load_level(level: u64) {
    list::LOAD_LEVEL.set([], level);
}

pub fn left_off(luxury: &str, is_off: bool) {
    list::LEFT_OFF.set([luxury], is_off.into());
}
