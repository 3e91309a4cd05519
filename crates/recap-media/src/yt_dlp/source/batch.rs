//! Several videos in one run on the command line.
//!
//! They are fetched one after the other. What goes wrong with one is said between
//! two separators and is its own; one whose part is not complete, because the run
//! was killed, is asked for again alone.

use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::sync::Arc;

use recap_core::job::ChildUsage;
use recap_core::ports::CaptionRequest;
use recap_core::video::VideoId;
use tokio::time::Instant;

use super::attempt::Ended;
use super::captions::CaptionsOf;
use super::{FIRST_SHARE, YtDlpSource};
use crate::yt_dlp::args;
use crate::yt_dlp::process::Finished;

/// What one run on the first route and in the first way brought for each video; a
/// single one is not run here.
pub(super) async fn run(source: &YtDlpSource, requests: &[CaptionRequest]) -> Vec<CaptionsOf> {
    let videos: Vec<VideoId> = requests.iter().map(|it| it.video).collect();
    let alone = |video| CaptionsOf { video, child: ChildUsage::default(), begun: None };
    let mut questions: Vec<CaptionsOf> = videos.iter().copied().map(alone).collect();
    let Ok(count) = u32::try_from(videos.len()) else { return questions };
    if count < 2 {
        return questions;
    }
    let route = &source.routes[0];
    let arguments = args::batch(&source.media, route, &source.media.extractor_args, &videos);
    let deadline = Instant::now() + source.media.deadline().mul_f64(FIRST_SHARE) * count;
    let finished = source.runner.run_batch(route, arguments, deadline, videos.len()).await;
    // One that does not start is told by the run of the first video alone.
    let Ok(Finished { stdout, stderr, usage, kept, .. }) = finished else { return questions };
    let (stdout, directory) = (stdout.into(), Arc::new(kept));
    let stderr = String::from_utf8_lossy(&stderr);
    for (question, said) in questions.iter_mut().zip(parts(&stderr)) {
        question.child = share(usage, count.into());
        question.begun = Some(Ended {
            status: status(said),
            stdout: Arc::clone(&stdout),
            stderr: said.as_bytes().to_vec(),
            directory: Arc::clone(&directory),
        });
    }
    questions
}

/// What was said of each video, as far as it is complete.
fn parts(stderr: &str) -> impl Iterator<Item = &str> {
    let mut rest = stderr;
    (0..).map_while(move |index| {
        let end = format!("{}\n", args::separator(index));
        let at = rest.find(&end)?;
        // The line that names it is not the video's.
        let (said, _) = rest[..at].rsplit_once('\n').unwrap_or_default();
        rest = &rest[at + end.len()..];
        Some(said)
    })
}

/// As yt-dlp would have ended with this video alone.
fn status(said: &str) -> ExitStatus {
    let failed = said.lines().any(|it| it.starts_with("ERROR:"));
    ExitStatus::from_raw(i32::from(failed) << 8)
}

/// Time is shared, memory is not.
fn share(usage: ChildUsage, count: u64) -> ChildUsage {
    ChildUsage { cpu_ms: usage.cpu_ms / count, wall_ms: usage.wall_ms / count, ..usage }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(stderr: &str, expected: &[(&str, bool)]) {
        let found: Vec<_> = parts(stderr).map(|it| (it, status(it).success())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn what_is_said_is_said_of_one_video() {
        let end = |index| {
            format!("ERROR: No suitable extractor found for URL {}\n", args::separator(index))
        };
        let warning = "WARNING: [youtube] Private video.\n";
        check(
            &format!("{warning}{}ERROR: gone\n{}", end(0), end(1)),
            &[(warning.trim_end(), true), ("ERROR: gone", false)],
        );
        check(&format!("{}{}{warning}", end(0), end(1)), &[("", true), ("", true)]);
        check(warning, &[]);
        check("", &[]);
    }
}
