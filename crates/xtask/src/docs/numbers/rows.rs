//! The numbers that recap was asked to be made to, as they were asked for.

use super::Held::{Elsewhere, Setting, Text};
use super::Row;

const fn row(
    area: &'static str,
    number: &'static str,
    held: super::Held,
    reason: &'static str,
) -> Row {
    Row { area, number, held, reason }
}

const ARGS: &str = "crates/recap-media/src/yt_dlp/args.rs";
const MEASURED: &str = "is measured, see [benchmarks](benchmarks)";
const NO_DOWNLOADS: &str = "there are no downloads yet";

/// In the order of the plan. A setting has the number that was asked for, which
/// its default is, unless ADR 0011 says why it is another.
pub(super) const ROWS: &[Row] = &[
    row(
        "machine",
        "512 MB for everything in the instance",
        Setting("resources.memory_mb", "0"),
        "0 finds the limit of the control group by itself, so that one file fits every machine",
    ),
    row(
        "machine",
        "0.1 CPU",
        Elsewhere("is the machine's, see `deploy/`"),
        "given by who runs it; recap needs no number for it",
    ),
    row(
        "baselines",
        "peak memory ≤ 480 MB, CPU ≤ 0.09 core, other requests ≤ 5 s, 30 requests a minute",
        Elsewhere(MEASURED),
        "what the whole must keep to",
    ),
    row(
        "memory watch",
        "logged every 60 s",
        Setting("resources.log_seconds", "60"),
        "a line a minute shows a leak within the hour and costs nothing",
    ),
    row(
        "memory watch",
        "above 80 % less is done",
        Setting("resources.reduced_percent", "80"),
        "410 of 512 MB: what is left holds one more yt-dlp",
    ),
    row(
        "memory watch",
        "above 90 % new work is refused with 503",
        Setting("resources.refusing_percent", "90"),
        "460 of 512 MB: running jobs can end without the kernel ending one",
    ),
    row(
        "request",
        "URL ≤ 2048 characters",
        Text("crates/recap-core/src/video/url.rs", "MAX_URL_LENGTH: usize = 2048"),
        "part of the API: a link that is good at one gateway is good at all",
    ),
    row(
        "request",
        "payload ≤ 10 KB",
        Setting("server.max_body_bytes", "10240"),
        "the largest honest request has one tenth of it",
    ),
    row(
        "request",
        "a supplied transcript ≤ 2 MB",
        Setting("server.max_transcript_bytes", "2097152"),
        "ten hours of speech as cues",
    ),
    row(
        "request",
        "request time-out 60 s",
        Setting("server.request_timeout_seconds", "60"),
        "also the longest `wait`, as proxies cut what is silent for longer",
    ),
    row(
        "HTTP server",
        "2 threads",
        Setting("server.workers", "2"),
        "a second one answers health while the first is busy; more gain nothing on a tenth of a core",
    ),
    row(
        "HTTP server",
        "backlog 10",
        Setting("server.backlog", "10"),
        "who cannot be served soon is better told at once",
    ),
    row(
        "HTTP server",
        "20 connections a thread",
        Setting("server.connections_per_worker", "20"),
        "bounds the memory for connections",
    ),
    row(
        "HTTP server",
        "120 s keep-alive",
        Setting("server.keep_alive_seconds", "120"),
        "a client that polls keeps its connection",
    ),
    row(
        "HTTP server",
        "shutdown within 120 s",
        Setting("server.stop_seconds", "120"),
        "well within: platforms kill after 30 s",
    ),
    row(
        "worker lifecycle",
        "ends after 100 jobs when set",
        Setting("worker.max_jobs", "0"),
        "0 is not set: nothing here grows with the number of jobs",
    ),
    row(
        "worker lifecycle",
        "± 10",
        Setting("worker.max_jobs_jitter", "10"),
        "so that not all workers end at once",
    ),
    row(
        "MongoDB",
        "pool ≤ 5",
        Setting("mongodb.pool", "5"),
        "free clusters count connections over all processes",
    ),
    row(
        "MongoDB",
        "connect 5 s",
        Setting("mongodb.connect_seconds", "5"),
        "a server that is away is known to be within it",
    ),
    row(
        "MongoDB",
        "idle 60 s",
        Setting("mongodb.idle_seconds", "60"),
        "a burst's connections do not outlive it",
    ),
    row(
        "MongoDB",
        "every query ≤ 10 s (`maxTimeMS`)",
        Setting("mongodb.operation_seconds", "10"),
        "the server gives up too, and not only the client",
    ),
    row(
        "Redis",
        "operations 5 s",
        Setting("redis.timeout_seconds", "5"),
        "longer than a busy server takes, shorter than a request may",
    ),
    row(
        "Redis",
        "cache ≤ 128 MB",
        Setting("cache.redis_mb", "128"),
        "recap adds nothing above it, whatever the server would do",
    ),
    row(
        "Redis",
        "`maxmemory-policy allkeys-lru`",
        Text("deploy/redis.conf", "maxmemory-policy allkeys-lru"),
        "in the cache's own file; a queue must never evict",
    ),
    row("cache", "metadata 24 h", Setting("cache.metadata_hours", "24"), "titles change seldom"),
    row(
        "cache",
        "transcripts 48 h",
        Setting("cache.transcript_hours", "48"),
        "captions are mended in the first days, or never",
    ),
    row(
        "cache",
        "summaries 72 h",
        Setting("cache.summary_hours", "72"),
        "the dearest of all to make again",
    ),
    row(
        "cache",
        "negative entries shorter",
        Setting("cache.no_captions_minutes", "60"),
        "captions may still be made; that a video is private is known for `cache.refusal_minutes`, \
         360; a block is never kept",
    ),
    row(
        "cache",
        "10 MB in memory, LRU by bytes",
        Setting("cache.memory_mb", "10"),
        "a fiftieth of the instance holds some thousand summaries",
    ),
    row(
        "cache",
        "`{resource_type}:{id}:{version}`",
        Text("crates/recap-core/src/ports/cache.rs", "self.resource, self.id, self.version"),
        "one form of key, so that all of one video can be found",
    ),
    row(
        "yt-dlp",
        "`--no-check-certificate`",
        Elsewhere("is not used: [ADR 0011](decisions/0011-where-numbers-differ-from-the-plan.md)"),
        "works without",
    ),
    row(
        "yt-dlp",
        "`--socket-timeout 30`",
        Setting("media.socket_timeout_seconds", "30"),
        "the silence of one read",
    ),
    row("yt-dlp", "`--no-playlist`", Text(ARGS, "\"--no-playlist\""), "one video is asked for"),
    row(
        "yt-dlp",
        "4 fragments at once, chunks of 10 MB, a buffer of 16 KB, 3 retries",
        Elsewhere(NO_DOWNLOADS),
        "for downloads only",
    ),
    row(
        "chunks",
        "≤ 1000 tokens",
        Setting("summarize.chunk_tokens", "1000"),
        "what one note can be true to",
    ),
    row(
        "chunks",
        "5 s between batches",
        Setting("gemini.requests_per_minute", "12"),
        "as a budget for all processes: a burst may use what was left over",
    ),
    row(
        "request batching",
        "≤ 5 items",
        Setting("media.batch_max", "5"),
        "videos that share a start of yt-dlp; a slow one holds up four others at most",
    ),
    row(
        "request batching",
        "2 s window",
        Setting("media.batch_window_ms", "2000"),
        "less than a start of yt-dlp takes on a tenth of a core, and only while one waits anyway",
    ),
    row(
        "segments",
        "≤ 10 minutes",
        Setting("summarize.segment_seconds", "600"),
        "what one call can be asked for without losing points",
    ),
    row(
        "Gemini",
        "streaming",
        Text("crates/recap-summarize/src/gemini/client.rs", "streamGenerateContent"),
        "a client reads along, and silence is noticed early",
    ),
    row(
        "Gemini",
        "≤ 1000 output tokens a call",
        Setting("gemini.max_output_tokens", "1000"),
        "thinking included; an answer that is cut is asked for shorter",
    ),
    row(
        "Gemini",
        "≤ 3 retries",
        Setting("gemini.retries", "3"),
        "with exponential back-off and jitter; then the next model",
    ),
    row(
        "connections",
        "YouTube 5",
        Setting("limits.fetches", "5"),
        "one yt-dlp has one connection at a time, so this is the tighter bound",
    ),
    row("connections", "Gemini 3", Setting("gemini.connections", "3"), "of each process"),
    row(
        "connections",
        "HTTP client time-out 30 s",
        Setting("gemini.read_timeout_seconds", "30"),
        "the silence of one read; a streamed answer may take longer in all",
    ),
    row(
        "concurrency",
        "2 videos being processed",
        Setting("worker.concurrency", "2"),
        "one is fetched while another one is summarised",
    ),
    row(
        "concurrency",
        "1 summarisation at a time",
        Setting("limits.summarizations", "1"),
        "over all processes; the free tier allows little more",
    ),
    row(
        "circuit breaker",
        "opens after 5 failures in a row",
        Setting("breakers.failures", "5"),
        "less would open on bad luck",
    ),
    row(
        "circuit breaker",
        "60 s recovery",
        Setting("breakers.open_seconds", "60"),
        "what has failed five times is not well in a second",
    ),
    row(
        "circuit breaker",
        "half-open lets 1 request per 30 s through",
        Setting("breakers.half_open_seconds", "30"),
        "until one succeeds",
    ),
    row(
        "circuit breaker",
        "for MongoDB and Redis as well",
        Elsewhere(
            "is `store.rest_ms`, `queue.rest_ms`, `redis.rest_ms`: [ADR 0024](decisions/0024-our-own-servers-rest-for-a-second.md)",
        ),
        "a minute's rest would be a minute's outage",
    ),
    row(
        "rate limits",
        "global 60 a minute",
        Setting("limits.global_submits_per_minute", "60"),
        "of submits, as these cost work",
    ),
    row(
        "rate limits",
        "10 a minute for each client",
        Setting("limits.submits_per_minute", "10"),
        "one client leaves room for five others",
    ),
    row(
        "rate limits",
        "downloads 3 a minute for each client",
        Elsewhere(NO_DOWNLOADS),
        "the dearest kind of job",
    ),
    row(
        "rate limits",
        "a budget for each class of endpoint",
        Setting("limits.reads_per_minute", "1200"),
        "cheap ones have their own, so that who polls can still submit",
    ),
    row(
        "feature flags",
        "`ENABLE_FULL_TRANSCRIPT` false",
        Setting("features.full_transcript", "false"),
        "costs memory and traffic",
    ),
    row(
        "feature flags",
        "`ENABLE_ADVANCED_SUMMARIZATION` false",
        Setting("features.advanced_summarization", "false"),
        "costs tokens",
    ),
    row(
        "feature flags",
        "`ENABLE_VIDEO_PREVIEW` false",
        Setting("features.video_preview", "false"),
        "costs traffic of clients",
    ),
    row(
        "feature flags",
        "`ENVIRONMENT`",
        Setting("runtime.environment", "\"development\""),
        "one of three [profiles](config.md#profiles)",
    ),
    row(
        "feature flags",
        "`OPTIMIZATION_LEVEL`",
        Setting("runtime.optimization", "\"standard\""),
        "one of four [profiles](config.md#profiles)",
    ),
    row(
        "speed",
        "cached read p95 < 25 ms, > 10,000 a second on one core",
        Elsewhere(MEASURED),
        "what a cache is for",
    ),
];
