//! The line `SUBS {…}`, and the caption file it names.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::Path;

use recap_core::transcript::{Cue, TranscriptSource, json3};
use serde::Deserialize;

use super::metadata::is_language;
use super::{Choice, Track};

/// The tracks that were asked for, by the name yt-dlp gives them.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Tracks {
    requested_subtitles: Option<BTreeMap<String, PrintedTrack>>,
}

#[derive(Debug, Deserialize)]
struct PrintedTrack {
    url: Option<String>,
    filepath: Option<String>,
}

impl Tracks {
    /// A track that people wrote, else one that YouTube heard, else the name of
    /// the original of a translation.
    pub(super) fn choice(&self) -> Choice {
        let tracks = || self.requested_subtitles.iter().flatten();
        let mut known: Vec<Track> =
            tracks().filter_map(|(key, track)| original(key, track)).collect();
        let automatic = TranscriptSource::CaptionsAutomatic;
        known.sort_by_key(|it| (it.file.is_empty(), it.source == automatic));
        if let Some(track) = known.into_iter().next() {
            return Choice::Track(track);
        }
        match tracks().find_map(|(_, track)| translated_from(track)) {
            Some(original) => Choice::Translated { original },
            None => Choice::Nothing,
        }
    }
}

/// The track, unless it is a machine translation. Its address is the authority:
/// the key may carry a track's name (`en-abc123`) or a mark (`de-orig`).
fn original(key: &str, track: &PrintedTrack) -> Option<Track> {
    let url = track.url.as_deref()?;
    if parameter(url, "tlang").is_some() {
        return None;
    }
    let automatic = parameter(url, "kind") == Some("asr");
    let language = parameter(url, "lang").unwrap_or(key.strip_suffix("-orig").unwrap_or(key));
    Some(Track {
        source: if automatic {
            TranscriptSource::CaptionsAutomatic
        } else {
            TranscriptSource::CaptionsManual
        },
        language: if is_language(language) { language.to_owned() } else { "und".to_owned() },
        // In a batch a file that did not come has no name.
        file: track.filepath.clone().unwrap_or_default(),
    })
}

/// The name under which yt-dlp lists the track that this one translates. It
/// becomes a pattern on the command line, so it has to be a plain tag.
fn translated_from(track: &PrintedTrack) -> Option<String> {
    let url = track.url.as_deref()?;
    let language = parameter(url, "lang").filter(|it| is_language(it))?;
    let heard = parameter(url, "kind") == Some("asr");
    Some(if heard { format!("{language}-orig") } else { language.to_owned() })
}

fn parameter<'a>(url: &'a str, name: &str) -> Option<&'a str> {
    let (_, query) = url.split_once('?')?;
    query.split('&').find_map(|it| it.strip_prefix(name)?.strip_prefix('='))
}

/// What is wrong with a caption file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// It was not written.
    Missing,
    /// It is larger than the limit, or what it says is.
    TooLarge,
    /// It is not json3, or says nothing. yt-dlp writes whatever came with
    /// status 200, an HTML page too.
    Invalid,
}

/// The cues in `file`, which must lie in `directory`. Blocks.
pub(crate) fn read_captions(
    directory: &Path,
    file: &str,
    limit: u64,
) -> Result<Vec<Cue>, Unreadable> {
    // The name was printed, so it is not trusted: no link and no `..` leads out.
    let path = fs::canonicalize(directory.join(file)).map_err(|_| Unreadable::Missing)?;
    if !path.starts_with(directory) || !path.is_file() {
        return Err(Unreadable::Missing);
    }
    let mut bytes = Vec::new();
    let opened = fs::File::open(&path).map_err(|_| Unreadable::Missing)?;
    let read = opened.take(limit + 1).read_to_end(&mut bytes);
    read.map_err(|_| Unreadable::Missing)?;
    if bytes.len() as u64 > limit {
        return Err(Unreadable::TooLarge);
    }
    match json3::parse(&bytes) {
        Ok(cues) if !cues.is_empty() => Ok(cues),
        Err(error) if error.problem == json3::TOO_LONG => Err(Unreadable::TooLarge),
        _ => Err(Unreadable::Invalid),
    }
}
