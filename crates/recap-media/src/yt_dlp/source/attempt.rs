//! One run of yt-dlp in its private directory, and why it brought nothing.

use std::io;
use std::process::ExitStatus;
use std::sync::Arc;

use recap_core::error::ErrorCode;
use recap_core::job::ChildUsage;

use super::{Refusal, Way, YtDlpSource};
use crate::yt_dlp::classify::{Symptoms, Then, Verdict, classify};
use crate::yt_dlp::process::{Ending, Finished};
use crate::yt_dlp::redact;
use crate::yt_dlp::runner::Errand;
use crate::yt_dlp::work_dir::WorkDir;

/// A run that ended by itself.
pub(super) struct Ended {
    pub(super) status: ExitStatus,
    /// Of all videos, if there were several.
    pub(super) stdout: Arc<[u8]>,
    pub(super) stderr: Vec<u8>,
    /// Its directory, removed with the last who has it.
    pub(super) directory: Arc<WorkDir>,
}

/// Runs yt-dlp once and adds what it used to `child`.
pub(super) async fn run(
    source: &YtDlpSource,
    errand: Errand,
    way: Way<'_>,
    child: &mut ChildUsage,
) -> Result<Ended, Refusal> {
    let run = source.runner.run(way.route, errand, way.deadline);
    let finished = run.await.map_err(cannot_start)?;
    add(child, finished.usage);
    tracing::debug!(usage = ?finished.usage, ending = ?finished.ending, "yt-dlp has ended");
    let Finished { ending, stdout, stderr, kept: directory, .. } = finished;
    match ending {
        Ending::Exited(status) => {
            Ok(Ended { status, stdout: stdout.into(), stderr, directory: Arc::new(directory) })
        }
        Ending::Deadline => {
            Err(Verdict::new(ErrorCode::Network, Then::Again).or_other_profile().into())
        }
    }
}

impl Ended {
    /// What its standard error, and what it printed, say of the reason.
    pub(super) fn refused(&self, told: Told<'_>) -> Verdict {
        let stderr = String::from_utf8_lossy(&self.stderr);
        let Told { live_status, has_metadata, has_track } = told;
        let status = self.status;
        let (verdict, unknown) =
            classify(&Symptoms { stderr: &stderr, status, live_status, has_metadata, has_track });
        if let Some(line) = unknown {
            let (said, code) = (redact::line(line), status.code());
            tracing::warn!(said, code, "yt-dlp gave a reason that recap does not know");
        }
        if verdict.code == ErrorCode::ExtractorBroken {
            tracing::error!("yt-dlp no longer understands YouTube: update it");
        }
        verdict
    }
}

/// What was printed before it failed; by default nothing.
#[derive(Clone, Copy, Default)]
pub(super) struct Told<'a> {
    pub(super) live_status: Option<&'a str>,
    pub(super) has_metadata: bool,
    /// A caption file was announced, but not written.
    pub(super) has_track: bool,
}

/// No such program, no directory, no process: ours to mend.
fn cannot_start(error: io::Error) -> Refusal {
    let code = match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied => ErrorCode::ExtractorMissing,
        _ => ErrorCode::Internal,
    };
    let verdict = Verdict::new(code, Then::Again);
    Refusal { source: Some(error.into()), ..verdict.into() }
}

/// Times add up; memory is that of the larger run.
fn add(sum: &mut ChildUsage, usage: ChildUsage) {
    sum.cpu_ms += usage.cpu_ms;
    sum.wall_ms += usage.wall_ms;
    sum.peak_memory_bytes = sum.peak_memory_bytes.max(usage.peak_memory_bytes);
}
