//! What a run without captions means.
//!
//! The exit code says little: with `--ignore-no-formats-error` a refusal is a
//! warning and the code 0. So what yt-dlp wrote to standard error is always
//! read, and only a player that answered without a reason has "no captions".

mod rows;

use std::process::ExitStatus;

use recap_core::error::{ErrorCode, Failure};

use self::rows::{NOISE, ROWS, Row};

/// Why nothing was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) code: ErrorCode,
    pub(crate) then: Then,
    /// Asking YouTube in the other way may give another answer.
    pub(crate) other_profile: bool,
}

/// When the same question is worth asking again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Then {
    Never,
    /// After the retry policy's delay.
    Again,
    /// When the block is over.
    Blocked(Pause),
    /// When the video has begun, or ended.
    NotYet,
}

/// How long a block is known to last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pause {
    /// All of the configured pause: YouTube names an hour.
    Long,
    /// A quarter of it: a refused request that says no time.
    Short,
}

impl Verdict {
    pub(crate) const fn new(code: ErrorCode, then: Then) -> Self {
        Self { code, then, other_profile: false }
    }

    pub(crate) const fn or_other_profile(mut self) -> Self {
        self.other_profile = true;
        self
    }

    /// The failure that a client sees: a code and our own words.
    pub(crate) fn failure(self) -> Failure {
        Failure::from(self.code)
    }
}

/// What is known of a run that brought no captions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Symptoms<'a> {
    pub(crate) stderr: &'a str,
    pub(crate) status: ExitStatus,
    /// Of the metadata, if it was printed.
    pub(crate) live_status: Option<&'a str>,
    pub(crate) has_metadata: bool,
    /// A caption file was announced, but not written.
    pub(crate) has_track: bool,
}

/// The verdict and, if the text is new to us, the line to report.
pub(crate) fn classify<'a>(symptoms: &Symptoms<'a>) -> (Verdict, Option<&'a str>) {
    if let Some(verdict) = by_signal(symptoms.status) {
        return (verdict, None);
    }
    let folded: Vec<String> = reasons(symptoms.stderr).map(fold).collect();
    if let Some(row) = first_row(&folded) {
        return (by_row(row, symptoms), None);
    }
    if let Some(verdict) = by_live_status(symptoms.live_status) {
        return (verdict, None);
    }
    match unknown(symptoms) {
        Some(line) => {
            let verdict = Verdict::new(ErrorCode::UpstreamError, Then::Again);
            (verdict.or_other_profile(), Some(line))
        }
        None => (no_captions(symptoms.stderr), None),
    }
}

/// A kill that was not ours is the kernel's, short of memory. 137 is how a
/// shell in between reports the same.
fn by_signal(status: ExitStatus) -> Option<Verdict> {
    use std::os::unix::process::ExitStatusExt;
    const KILL: i32 = 9;
    const FILE_TOO_LARGE: i32 = 25;

    if status.signal() == Some(KILL) || status.code() == Some(128 + KILL) {
        return Some(Verdict::new(ErrorCode::OutOfMemory, Then::Again));
    }
    if status.signal() == Some(FILE_TOO_LARGE) {
        return Some(Verdict::new(ErrorCode::CaptionsUnreadable, Then::Never));
    }
    None
}

fn reasons(stderr: &str) -> impl Iterator<Item = &str> {
    stderr.lines().filter(|line| !line.trim().is_empty() && !is_noise(line))
}

fn is_noise(line: &str) -> bool {
    let folded = fold(line);
    NOISE.iter().any(|it| folded.contains(it))
}

/// YouTube writes curly apostrophes, yt-dlp straight ones.
fn fold(line: &str) -> String {
    line.to_lowercase().replace(['\u{2018}', '\u{2019}'], "'")
}

/// The first row any line matches: the table is in order of how much a text
/// says, and the lines are not.
fn first_row(folded: &[String]) -> Option<&'static Row> {
    ROWS.iter().find(|row| folded.iter().any(|line| row.all.iter().all(|it| line.contains(it))))
}

/// A row that says nothing of the video itself gives way to its live status.
fn by_row(row: &Row, symptoms: &Symptoms<'_>) -> Verdict {
    let vague = row.verdict.code == ErrorCode::VideoDrm;
    by_live_status(symptoms.live_status).filter(|_| vague).unwrap_or(row.verdict)
}

fn by_live_status(live_status: Option<&str>) -> Option<Verdict> {
    match live_status {
        // `post_live`: it has ended, and its captions are being made.
        Some("is_live" | "post_live") => Some(Verdict::new(ErrorCode::VideoLive, Then::NotYet)),
        Some("is_upcoming") => {
            Some(Verdict::new(ErrorCode::VideoNotStarted, Then::NotYet).or_other_profile())
        }
        _ => None,
    }
}

const NO_FORMATS: &str = "no video formats found!";

/// A line that may be a reason we do not know. Every line, if the run failed.
/// If it did not, only a refusal is meant: yt-dlp writes it without the
/// video's id, and beside it that there are no formats.
fn unknown<'a>(symptoms: &Symptoms<'a>) -> Option<&'a str> {
    let mut reasons = reasons(symptoms.stderr);
    if !symptoms.status.success() || !symptoms.has_metadata || symptoms.has_track {
        return Some(reasons.last().unwrap_or("no reason was given"));
    }
    if !fold(symptoms.stderr).contains(NO_FORMATS) {
        return None;
    }
    reasons.find(|line| {
        let rest = line.strip_prefix("WARNING: [youtube] ").unwrap_or_default();
        let technical = rest.get(11..13) == Some(": ") || rest.contains("Retrying (");
        !rest.is_empty() && !technical
    })
}

/// A player that also gave no formats is asked in the other way once.
fn no_captions(stderr: &str) -> Verdict {
    let verdict = Verdict::new(ErrorCode::NoCaptions, Then::Never);
    if fold(stderr).contains(NO_FORMATS) { verdict.or_other_profile() } else { verdict }
}

/// What is reported when both profiles were refused.
///
/// The second answer counts, with three exceptions: a block stays a block when
/// the second way found nothing or broke; captions that are there but locked
/// are not absent; and a start that is known is not forgotten.
pub(crate) fn settle(first: Verdict, second: Verdict) -> Verdict {
    let nothing = second.code == ErrorCode::NoCaptions;
    let broke = second.then == Then::Again;
    let keep = match first.then {
        Then::Blocked(_) => nothing || broke,
        Then::NotYet => nothing || broke || matches!(second.then, Then::Blocked(_)),
        Then::Never | Then::Again => nothing && first.code == ErrorCode::CaptionsLocked,
    };
    if keep { first } else { second }
}

#[cfg(test)]
mod tests;
