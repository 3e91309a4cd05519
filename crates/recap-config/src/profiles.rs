//! Sets of settings that go by one name: for a size of machine, and for a kind of
//! place.

use crate::sections::RuntimeConfig;
use crate::setting::Setting;
use crate::variables;

/// The settings that name the profiles in force.
pub(crate) const KEYS: [&str; 2] = ["runtime.environment", "runtime.optimization"];

/// One setting that profiles set. An empty value leaves the default.
pub(crate) struct Row {
    pub(crate) key: &'static str,
    /// In the order of the profiles' names.
    pub(crate) values: [&'static str; 2],
    pub(crate) reason: &'static str,
}

/// Profiles that go together, of which one is in force.
pub(crate) struct Profiles {
    /// Those that set something; the others leave all defaults.
    pub(crate) names: [&'static str; 2],
    pub(crate) rows: &'static [Row],
}

/// The sizes of machine, by `runtime.optimization`.
pub(crate) const SIZES: Profiles = Profiles {
    names: ["basic", "aggressive"],
    rows: &[
        row("runtime.threads", ["", "4"], "more than there are cores gain nothing"),
        row("server.workers", ["", "4"], "the same"),
        row("server.backlog", ["10", "1024"], "who cannot be served soon is better told at once"),
        row("server.connections_per_worker", ["20", "4096"], "each costs some kilobytes"),
        row(
            "server.max_waiters",
            ["12", "4096"],
            "with the streams less than the connections, so that one is left for health checks",
        ),
        row("server.max_streams", ["12", "2048"], "the same"),
        row(
            "sqlite.pool",
            ["2", "8"],
            "each has a cache of its own, some megabytes once it is warm",
        ),
        row("mongodb.pool", ["3", "20"], "free clusters count connections"),
        row("cache.memory_mb", ["4", "64"], "hits from it cost no question to Redis or the store"),
        row("cache.max_value_kb", ["1024", ""], "a quarter of the cache at most"),
        row(
            "queue.poll_ms",
            ["1000", "100"],
            "idle CPU against the wait of a job for an idle worker",
        ),
        row("worker.concurrency", ["", "8"], "jobs mostly wait for others"),
        row(
            "limits.fetches",
            ["", "4"],
            "of the whole fleet; each holds a yt-dlp of 45 MB and a core",
        ),
        row(
            "limits.summarizations",
            ["", "3"],
            "of the whole fleet, and what Gemini allows at once",
        ),
        row(
            "gemini.requests_per_minute",
            ["", "0"],
            "free keys allow some 15; 0 leaves it to the API",
        ),
        row("media.warm", ["", "on"], "there is memory for its 45 MB"),
        row("webhooks.per_host", ["1", "8"], "a receiver on a large machine bears more"),
    ],
};

/// The kinds of place, by `runtime.environment`.
pub(crate) const PLACES: Profiles = Profiles {
    names: ["testing", "production"],
    rows: &[
        row("log.format", ["", "json"], "machines read it there"),
        row("webhooks.allow_http", ["true", ""], "a receiver that is being written has no TLS"),
        row(
            "webhooks.allow_cidrs",
            ["127.0.0.0/8,::1/128", ""],
            "it runs on the same machine; loopback is refused in production",
        ),
        row("webhooks.schedule_seconds", ["1,5,30", ""], "nobody waits for hours to see a retry"),
        row("jobs.retention_hours", ["1", ""], "tests leave much behind"),
    ],
};

const fn row(key: &'static str, values: [&'static str; 2], reason: &'static str) -> Row {
    Row { key, values, reason }
}

/// What the profiles in force set.
pub(crate) fn settings(runtime: &RuntimeConfig) -> Vec<Setting> {
    let (place, size) = (runtime.environment, runtime.optimization);
    let mut settings = PLACES.settings(&place.to_string());
    settings.extend(SIZES.settings(&size.to_string()));
    settings
}

impl Profiles {
    fn settings(&self, name: &str) -> Vec<Setting> {
        let Some(column) = self.names.iter().position(|it| *it == name) else { return Vec::new() };
        let set = self.rows.iter().filter(|it| !it.values[column].is_empty());
        set.map(|it| {
            let source = format!("profile {name}");
            variables::setting(it.key.to_owned(), source, it.values[column])
        })
        .collect()
    }
}
