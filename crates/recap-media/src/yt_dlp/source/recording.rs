//! What is heard in a stretch of one video, asked for in one way.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

use async_trait::async_trait;
use bytes::Bytes;
use recap_core::error::ErrorCode;
use recap_core::job::ChildUsage;
use recap_core::ports::{Recording, RecordingRequest};

use super::attempt::{self, Told};
use super::{Question, Refusal, Way, YtDlpSource};
use crate::yt_dlp::args::{self, Profile};
use crate::yt_dlp::classify::{Then, Verdict};
use crate::yt_dlp::runner::Errand;

/// How the file's name begins; its end says what it is.
const NAME: &str = "heard.";

pub(super) struct RecordingOf<'a> {
    pub(super) request: &'a RecordingRequest,
    pub(super) ffmpeg: &'a Path,
    /// What all runs used.
    pub(super) child: ChildUsage,
}

#[async_trait]
impl Question for RecordingOf<'_> {
    type Answer = Recording;

    async fn ask(&mut self, source: &YtDlpSource, way: Way<'_>) -> Result<Recording, Refusal> {
        let extractor_args = way.extractor_args.to_owned();
        let profile = Profile { route: way.route, extractor_args, track: None };
        let arguments = args::recording(&source.media, &profile, self.ffmpeg, self.request);
        let largest = source.media.max_recording_mb << 20;
        let errand = Errand { arguments, largest_file: largest, runs_programs: true };
        let ended = attempt::run(source, errand, way, &mut self.child).await?;
        if !ended.status.success() {
            return Err(ended.refused(Told::default()).into());
        }
        let directory = ended.directory.path().to_owned();
        let reading = tokio::task::spawn_blocking(move || read(&directory, largest));
        let found = reading.await.map_err(io::Error::other).and_then(|it| it);
        match found {
            Ok(Some((media_type, bytes))) => Ok(Recording { media_type, bytes, child: self.child }),
            Ok(None) => Err(nothing()),
            Err(source) => {
                let verdict = Verdict::new(ErrorCode::Internal, Then::Again);
                Err(Refusal { source: Some(source.into()), ..verdict.into() })
            }
        }
    }
}

/// It ended well and left no file: there is nothing to hear.
fn nothing() -> Refusal {
    Verdict::new(ErrorCode::NoCaptions, Then::Never).or_other_profile().into()
}

/// The one file that was left, if it is whole.
fn read(directory: &Path, largest: u64) -> io::Result<Option<(&'static str, Bytes)>> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let name = entry.file_name();
        let Some(ending) = name.to_str().and_then(|it| it.strip_prefix(NAME)) else { continue };
        let Some(media_type) = media_type(ending) else { continue };
        let mut bytes = Vec::new();
        File::open(entry.path())?.take(largest + 1).read_to_end(&mut bytes)?;
        let whole = !bytes.is_empty() && bytes.len() as u64 <= largest;
        return Ok(whole.then(|| (media_type, bytes.into())));
    }
    Ok(None)
}

fn media_type(ending: &str) -> Option<&'static str> {
    Some(match ending {
        "ogg" | "opus" => "audio/ogg",
        "m4a" | "mp4" => "audio/mp4",
        "mp3" => "audio/mpeg",
        "webm" => "audio/webm",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(files: &[(&str, usize)], expected: Option<(&str, usize)>) {
        let directory = tempfile::tempdir().unwrap();
        for (name, length) in files {
            fs::write(directory.path().join(name), vec![7; *length]).unwrap();
        }
        let found = read(directory.path(), 100).unwrap();
        assert_eq!(found.map(|(kind, bytes)| (kind, bytes.len())), expected, "{files:?}");
    }

    #[test]
    fn a_recording_is_known_by_its_ending_and_bounded() {
        check(&[("heard.ogg", 100)], Some(("audio/ogg", 100)));
        check(&[("heard.m4a", 9), ("cookies.txt", 3)], Some(("audio/mp4", 9)));
        check(&[("heard.ogg", 101)], None);
        check(&[("heard.ogg", 0)], None);
        check(&[("heard.webm.part", 9), ("other.ogg", 9)], None);
        check(&[], None);
    }
}
