//! Every metric there is: its name, its labels, and in its doc comment what it
//! means, which is also what `/metrics` and the reference say.

use super::family::{Counter, Declared, Family, Gauge, Histogram};

/// Declares metrics, and lists them all in `ALL`.
macro_rules! metrics {
    ($(
        $(#[doc = $text:literal])+
        $name:ident: $kind:ident<$labels:literal> = $metric:literal $set:tt $(, $buckets:ident)?;
    )+) => {
        $(
            $(#[doc = $text])+
            pub(super) static $name: $kind<$labels> = {
                const LABELS: [&str; $labels] = $set;
                $kind::new(
                    Declared { name: $metric, labels: &LABELS, text: concat!($($text),+) }
                    $(, $buckets)?
                )
            };
        )+

        /// In the order of the page.
        pub(super) static ALL: &[&dyn Family] = &[$(&$name),+];
    };
}

/// A request: a job read from memory takes less than a millisecond, one that
/// waits for a job up to `server.request_timeout_seconds`.
const REQUEST: &[f64] =
    &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0];

/// A whole job: at once from the cache, seconds for a captioned video, minutes
/// for a long one, and a day when the quota is spent.
const JOB: &[f64] = &[
    0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0, 21600.0,
    86400.0,
];

/// A start: an idle worker looks every `queue.poll_ms`; a lost entry is found
/// after `worker.patience_seconds`; behind others it may be hours.
const START: &[f64] =
    &[0.05, 0.1, 0.25, 0.5, 0.75, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0, 3600.0, 21600.0];

/// A stage: yt-dlp takes seconds, a call of a model up to two minutes, and all
/// segments of a long video no longer than `jobs.timeout_seconds`.
const STAGE: &[f64] =
    &[0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 900.0, 3600.0];

/// An attempt at a message: a good receiver takes it at once, a bad one keeps it
/// until `webhooks.timeout_seconds` are over.
const ATTEMPT: &[f64] =
    &[0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 15.0, 30.0, 120.0];

metrics! {
    /// Requests that were answered. `route` is the pattern, as in
    /// `/v1/jobs/{id}`, or `unmatched`.
    HTTP_REQUESTS: Counter<3> = "recap_http_requests_total" ["route", "method", "status"];
    /// Time from a request's head to the head of its answer, the time that it
    /// asked to wait included.
    HTTP_SECONDS: Histogram<1> = "recap_http_seconds" ["route"], REQUEST;
    /// Event streams that are open in this process.
    EVENT_STREAMS: Gauge<0> = "recap_event_streams" [];
    /// Events sent to those who stream a job. `event` is progress, segment, text,
    /// end or gone.
    STREAM_EVENTS: Counter<1> = "recap_stream_events_total" ["event"];

    /// Requests that were turned away because of who sent them. `reason` is
    /// missing, key, token, scope, remote, host or origin.
    CALLERS_REFUSED: Counter<1> = "recap_callers_refused_total" ["reason"];
    /// Requests that were turned away because there were too many. `policy` is
    /// global, submit, daily, read, list, change or login.
    RATE_LIMITED: Counter<1> = "recap_rate_limited_total" ["policy"];
    /// How often the keys were read that tokens are checked with. `outcome` is ok
    /// or failed.
    KEY_SET_READS: Counter<1> = "recap_key_set_reads_total" ["outcome"];

    /// Jobs that were accepted.
    JOBS_SUBMITTED: Counter<1> = "recap_jobs_submitted_total" ["kind"];
    /// Jobs that this process brought to their end. `code` is the error's, or
    /// empty for a success.
    JOBS_ENDED: Counter<3> = "recap_jobs_ended_total" ["kind", "status", "code"];
    /// Time from submit to end.
    JOB_SECONDS: Histogram<2> = "recap_job_seconds" ["kind", "status"], JOB;
    /// Time from submit to the first start.
    JOB_START_SECONDS: Histogram<1> = "recap_job_start_seconds" ["priority"], START;
    /// Time from submit to the first segment's notes. `source` is that of the
    /// transcript.
    FIRST_NOTES_SECONDS: Histogram<1> = "recap_first_notes_seconds" ["source"], STAGE;
    /// Time that one stage of a job took.
    STAGE_SECONDS: Histogram<1> = "recap_stage_seconds" ["stage"], STAGE;
    /// Attempts after which a job waits for another one.
    JOBS_RETRIED: Counter<1> = "recap_jobs_retried_total" ["code"];
    /// Jobs that seemed lost and were queued again.
    JOBS_REQUEUED: Counter<0> = "recap_jobs_requeued_total" [];
    /// Jobs that this process works on.
    JOBS_IN_HAND: Gauge<0> = "recap_jobs_in_hand" [];
    /// Jobs that wait or run, in all processes, when they were last counted.
    OPEN_JOBS: Gauge<0> = "recap_open_jobs" [];
    /// 1 if this process is the one that looks for lost jobs.
    RECONCILER_LEADS: Gauge<0> = "recap_reconciler_leads" [];
    /// 1 while this worker takes no more jobs because the operator said so.
    WORKER_PAUSED: Gauge<0> = "recap_worker_paused" [];

    /// Questions of the gateway to the store. `kind` is read or write.
    STORE_QUESTIONS: Counter<1> = "recap_store_questions_total" ["kind"];
    /// Questions that the store did not answer, or not in time.
    STORE_ERRORS: Counter<0> = "recap_store_errors_total" [];
    /// How often the server of the store has used an index, since it started.
    STORE_INDEX_ACCESSES: Gauge<2> = "recap_store_index_accesses" ["collection", "index"];
    /// Connections to what keeps the jobs. `state` is `open`, or of those `in_use`; or
    /// `waiting`: questions that have none yet.
    STORE_CONNECTIONS: Gauge<1> = "recap_store_connections" ["state"];
    /// Questions that got no connection in time.
    STORE_CONNECTIONS_FAILED: Counter<0> = "recap_store_connections_failed_total" [];
    /// How often a Redis went away. `part` as in `recap_redis_away`.
    REDIS_LOSSES: Counter<1> = "recap_redis_losses_total" ["part"];
    /// 1 while a Redis that was configured does not answer. `part` is what it is
    /// for: `queue` or `shared`.
    REDIS_AWAY: Gauge<1> = "recap_redis_away" ["part"];

    /// Lookups that found something, `level` being where: `memory` or `shared`.
    CACHE_HITS: Counter<1> = "recap_cache_hits_total" ["level"];
    /// Lookups that found nothing.
    CACHE_MISSES: Counter<0> = "recap_cache_misses_total" [];
    /// What the cache in the memory of this process holds.
    CACHE_BYTES: Gauge<0> = "recap_cache_bytes" [];
    /// News about jobs that were not delivered to other processes.
    EVENTS_DROPPED: Counter<0> = "recap_events_dropped_total" [];
    /// Slots that this process holds. `slot` is `fetch` or `summarize`.
    SLOTS_IN_USE: Gauge<1> = "recap_slots_in_use" ["slot"];
    /// Work of this process that waits for a slot.
    SLOTS_WAITING: Gauge<1> = "recap_slots_waiting" ["slot"];
    /// 1 while something that failed several times in a row, or has asked for it, is left
    /// alone. All ways to YouTube are `you_tube` and all receivers of webhooks `webhook`:
    /// 1 if any of them is.
    BREAKER_OPEN: Gauge<1> = "recap_breaker_open" ["breaker"];

    /// Calls of a summariser.
    SUMMARIZER_CALLS: Counter<2> = "recap_summarizer_calls_total" ["provider", "outcome"];
    /// Videos that were fetched, or that it was tried to. `route` is the way to YouTube by
    /// its name in `media.egress`.
    FETCHES: Counter<2> = "recap_fetches_total" ["route", "outcome"];
    /// Runs of yt-dlp. `by` is `warm`, forked from a process that has it imported,
    /// `command_line`, or `batch`: several videos on one command line.
    YTDLP_RUNS: Counter<1> = "recap_ytdlp_runs_total" ["by"];
    /// Warm processes that ended. `reason` is jobs, growth, idle, memory or fault;
    /// the next run that wants one starts another.
    WARM_ENDS: Counter<1> = "recap_ytdlp_warm_ends_total" ["reason"];
    /// Runs on the command line because the warm process was not to be had.
    /// `reason` is memory, pause (after several faults), fault, directory, cookies or path.
    WARM_FALLBACKS: Counter<1> = "recap_ytdlp_warm_fallbacks_total" ["reason"];

    /// Requests to others that wait for an answer. `to` is `gemini`, `openai`
    /// or `webhook`.
    REQUESTS_IN_FLIGHT: Gauge<1> = "recap_requests_in_flight" ["to"];

    /// Attempts to deliver a message. `outcome` is `delivered`, or why it was
    /// not.
    WEBHOOK_ATTEMPTS: Counter<1> = "recap_webhook_attempts_total" ["outcome"];
    /// Time that an attempt to deliver a message took.
    WEBHOOK_ATTEMPT_SECONDS: Histogram<0> = "recap_webhook_attempt_seconds" [], ATTEMPT;

    /// Resident memory. `of` is `process`, `children` (yt-dlp; what they share counts
    /// once), or `group`: all of the control group, without pages of files that are
    /// easily given back.
    MEMORY_BYTES: Gauge<1> = "recap_memory_bytes" ["of"];
    /// How much memory there is: of the settings, the control group or the machine.
    MEMORY_LIMIT_BYTES: Gauge<0> = "recap_memory_limit_bytes" [];
    /// User and system time, in milliseconds. `of` as in `recap_memory_bytes`.
    CPU_MILLISECONDS: Counter<1> = "recap_cpu_milliseconds_total" ["of"];
    /// Periods in which the control group ran out of its share of CPU.
    CPU_THROTTLED: Counter<0> = "recap_cpu_throttled_total" [];
    /// 0: nothing is left off; 1: something is, as memory is short; 2: no new work is
    /// taken.
    LOAD_LEVEL: Gauge<0> = "recap_load_level" [];
    /// 1 while something is left off because memory is short.
    LEFT_OFF: Gauge<1> = "recap_left_off" ["luxury"];
}
