//! What recap and the warm process say to each other: one line of JSON each.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// To the warm process.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Request {
    Run(Run),
    /// Kills the process group of a run. One that has ended is nobody's.
    Kill {
        id: u64,
    },
}

/// One run of yt-dlp.
#[derive(Debug, Serialize)]
pub(super) struct Run {
    pub(super) id: u64,
    /// As on the command line; the last one is the address.
    pub(super) arguments: Vec<String>,
    pub(super) directory: String,
    /// All of it.
    pub(super) environment: BTreeMap<&'static str, String>,
    /// Kept of each output stream.
    pub(super) output_bytes: usize,
    /// Address space.
    pub(super) memory_bytes: Option<u64>,
    /// Size of each file.
    pub(super) file_bytes: Option<u64>,
    /// It ends itself then, if nobody else has.
    pub(super) seconds: u64,
}

/// From the warm process.
#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Answer {
    /// yt-dlp is imported.
    Ready {
        version: String,
    },
    /// The run leads a process group of this number.
    Started {
        id: u64,
        pid: i32,
    },
    Ended(Ended),
    /// It has to give up, and kills what runs.
    Fault {
        problem: String,
    },
}

/// A run whose process is gone, and whose group was killed.
#[derive(Debug, Deserialize)]
pub(super) struct Ended {
    pub(super) id: u64,
    /// As `wait` tells it.
    pub(super) status: i32,
    pub(super) stdout: String,
    pub(super) stderr: String,
    /// User and system time.
    pub(super) cpu_us: u64,
    pub(super) peak_kb: u64,
    /// Of the warm process itself.
    pub(super) resident_kb: u64,
}
