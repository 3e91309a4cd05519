//! One run of yt-dlp, from its private directory to what it means.

use std::io;

use recap_core::error::ErrorCode;
use recap_core::job::ChildUsage;
use recap_core::ports::CaptionRequest;
use recap_core::transcript::{Cue, Transcript};
use tokio::time::Instant;

use super::{Outcome, Refusal, YtDlpSource};
use crate::yt_dlp::args::{self, Profile};
use crate::yt_dlp::classify::{Symptoms, Then, Verdict, classify};
use crate::yt_dlp::output::{Choice, Printed, Track, Unreadable, read_captions};
use crate::yt_dlp::process::{self, Bounds, Command, Ending, Environment, Finished};
use crate::yt_dlp::redact;
use crate::yt_dlp::work_dir::WorkDir;

pub(super) struct Attempt<'a> {
    pub(super) source: &'a YtDlpSource,
    pub(super) request: &'a CaptionRequest,
    pub(super) deadline: Instant,
}

impl Attempt<'_> {
    /// Runs yt-dlp once and adds what it used to `child`.
    pub(super) async fn run(&self, profile: &Profile, child: &mut ChildUsage) -> Outcome {
        let finished = match self.start(profile).await {
            Ok(finished) => finished,
            Err(error) => return cannot_start(error),
        };
        add(child, finished.usage);
        tracing::debug!(usage = ?finished.usage, ending = ?finished.ending, "yt-dlp has ended");
        match finished.ending {
            Ending::Deadline => {
                let verdict = Verdict::new(ErrorCode::Network, Then::Again);
                Outcome::Refused(verdict.or_other_profile().into())
            }
            Ending::Exited(_) => self.understand(finished).await,
        }
    }

    async fn start(&self, profile: &Profile) -> io::Result<Finished<WorkDir>> {
        let YtDlpSource { binary, media, work } = self.source;
        let directory = WorkDir::create(work)?;
        let own = args::arguments(media, profile, self.request.video);
        let command = Command {
            program: binary.program.clone(),
            arguments: binary
                .arguments
                .iter()
                .cloned()
                .chain(own.into_iter().map(Into::into))
                .collect(),
            environment: Environment::Only(args::environment(media, directory.path())),
            directory: directory.path().to_owned(),
        };
        let bounds = Bounds {
            deadline: self.deadline,
            output_bytes: media.max_output_bytes,
            memory_bytes: Some(media.max_memory_mb << 20),
            file_bytes: Some(media.max_caption_bytes),
        };
        process::run(command, bounds, directory).await
    }

    async fn understand(&self, finished: Finished<WorkDir>) -> Outcome {
        let printed = Printed::read(&finished.stdout, self.request.video);
        // A broadcast that is still going on is not taken for its first half.
        let going_on = matches!(printed.live_status(), Some("is_live" | "is_upcoming"));
        let (has_track, cues) = match printed.choice() {
            Choice::Translated { original } => return Outcome::Translated { original },
            Choice::Track(track) if !going_on => {
                let cues = self.read(&finished, track.file.clone()).await;
                (true, cues.map(|cues| (track, cues)))
            }
            Choice::Track(_) | Choice::Nothing => (false, Err(Unreadable::Missing)),
        };
        match cues {
            Ok((Track { source, language, .. }, cues)) => {
                let video = printed.into_metadata(self.request.video);
                Outcome::Captions(Box::new((video, Transcript { source, language, cues })))
            }
            Err(Unreadable::Missing) => Outcome::Refused(refused(&finished, &printed, has_track)),
            Err(Unreadable::TooLarge) => unreadable(Then::Never),
            Err(Unreadable::Invalid) => unreadable(Then::Again),
        }
    }

    async fn read(
        &self,
        finished: &Finished<WorkDir>,
        file: String,
    ) -> Result<Vec<Cue>, Unreadable> {
        let directory = finished.kept.path().to_owned();
        let limit = self.source.media.max_caption_bytes;
        // A caption file of megabytes takes a while to parse.
        let reading = tokio::task::spawn_blocking(move || read_captions(&directory, &file, limit));
        reading.await.unwrap_or(Err(Unreadable::Invalid))
    }
}

fn unreadable(then: Then) -> Outcome {
    let verdict = Verdict::new(ErrorCode::CaptionsUnreadable, then);
    Outcome::Refused(verdict.or_other_profile().into())
}

fn refused(finished: &Finished<WorkDir>, printed: &Printed, has_track: bool) -> Refusal {
    let Ending::Exited(status) = finished.ending else {
        unreachable!("only a run that ended by itself is looked into")
    };
    let stderr = String::from_utf8_lossy(&finished.stderr);
    let (verdict, unknown) = classify(&Symptoms {
        stderr: &stderr,
        status,
        live_status: printed.live_status(),
        has_metadata: printed.has_metadata(),
        has_track,
    });
    if let Some(line) = unknown {
        let said = redact::line(line);
        tracing::warn!(said, code = status.code(), "yt-dlp gave a reason that recap does not know");
    }
    if verdict.code == ErrorCode::ExtractorBroken {
        tracing::error!("yt-dlp no longer understands YouTube: update it");
    }
    Refusal { verdict, until: printed.starts_at(), source: None }
}

/// No such program, no directory, no process: ours to mend.
fn cannot_start(error: io::Error) -> Outcome {
    let code = match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied => ErrorCode::ExtractorMissing,
        _ => ErrorCode::Internal,
    };
    let verdict = Verdict::new(code, Then::Again);
    Outcome::Refused(Refusal { verdict, until: None, source: Some(error.into()) })
}

/// Times add up; memory is that of the larger run.
fn add(sum: &mut ChildUsage, usage: ChildUsage) {
    sum.cpu_ms += usage.cpu_ms;
    sum.wall_ms += usage.wall_ms;
    sum.peak_memory_bytes = sum.peak_memory_bytes.max(usage.peak_memory_bytes);
}
