//! A transcript that the client sends: read and named.

use std::time::Duration;

use recap_core::ErrorCode;
use recap_core::job::OwnTranscript;
use recap_core::transcript::{
    Cue, TextFormat, Transcript, TranscriptError, TranscriptSource, digest_of, normalize,
};

use crate::body::{CreateCue, CreateOwn, OwnFormat};
use crate::error::{ApiError, ApiResult, FieldError};

/// Most cues, which is more than a hundred hours have.
const MAX_CUES: usize = 100_000;

/// Reads what was sent; it may not be longer than `longest`.
pub(super) fn read(sent: CreateOwn, longest: Duration) -> ApiResult<(OwnTranscript, Transcript)> {
    let format = sent.format.map(|it| it.0);
    let (cues, estimated) = match (format, sent.cues, sent.text) {
        (None | Some(OwnFormat::Cues), Some(cues), None) => (said(cues)?, false),
        (format, None, Some(text)) if format != Some(OwnFormat::Cues) => written(format, &text)?,
        (Some(OwnFormat::Cues), None, _) => {
            return Err(invalid("/transcript/cues", "is missing; or send another `format`"));
        }
        (_, None, None) => return Err(invalid("/transcript", "must have `cues` or `text`")),
        (_, Some(_), _) => {
            return Err(invalid("/transcript/cues", "may not be sent with `text`, or as text"));
        }
        (_, None, Some(_)) => unreachable!("all formats of a text are above"),
    };
    let (language, source) = (sent.language.0, TranscriptSource::Client);
    let digest = digest_of(&language, &cues);
    let transcript = Transcript { source, language, cues };
    check(&transcript, longest)?;
    let title = sent.title.map(|it| it.0).filter(|it| !it.trim().is_empty());
    Ok((OwnTranscript { digest, title, estimated }, transcript))
}

fn check(transcript: &Transcript, longest: Duration) -> ApiResult<()> {
    let detail = if transcript.cues.len() > MAX_CUES {
        format!("must have at most {MAX_CUES} cues")
    } else if transcript.end() > longest {
        format!("must end within {} hours", longest.as_secs() / 3600)
    } else {
        return Ok(());
    };
    Err(invalid("/transcript", detail))
}

/// Cues that were sent as such. The first that is wrong is named.
fn said(sent: Vec<CreateCue>) -> ApiResult<Vec<Cue>> {
    if sent.len() > MAX_CUES {
        return Err(invalid("/transcript/cues", format!("must be at most {MAX_CUES}")));
    }
    let cues: ApiResult<Vec<Cue>> = sent.into_iter().enumerate().map(cue).collect();
    let cues = normalize(cues?);
    if cues.is_empty() {
        return Err(unreadable("/transcript/cues", "Nothing is said in the cues.".to_owned()));
    }
    Ok(cues)
}

fn cue((index, sent): (usize, CreateCue)) -> ApiResult<Cue> {
    let CreateCue { start, end, text } = sent;
    let wrong = |field: &str, detail| invalid(format!("/transcript/cues/{index}/{field}"), detail);
    let time = |seconds| Duration::try_from_secs_f64(seconds).ok();
    let start = time(start).ok_or_else(|| wrong("start", "must be seconds, 0 or more"))?;
    let end = time(end).filter(|it| *it > start);
    let end = end.ok_or_else(|| wrong("end", "must be seconds, after `start`"))?;
    Ok(Cue { start, end, text: text.0 })
}

/// Cues that are written in a text, and whether their times are estimated.
fn written(format: Option<OwnFormat>, text: &str) -> ApiResult<(Vec<Cue>, bool)> {
    let format = match format {
        Some(OwnFormat::Srt) => TextFormat::Srt,
        Some(OwnFormat::Vtt) => TextFormat::Vtt,
        Some(OwnFormat::Text) => TextFormat::Text,
        None | Some(OwnFormat::Cues) => TextFormat::guess(text),
    };
    let because = |it: TranscriptError| unreadable("/transcript/text", format!("This is {it}."));
    Ok((format.parse(text).map_err(because)?, format == TextFormat::Text))
}

fn unreadable(pointer: &str, detail: String) -> ApiError {
    let errors = vec![FieldError::new(pointer, detail.clone())];
    ApiError { errors, ..ApiError::new(ErrorCode::TranscriptUnreadable, detail) }
}

fn invalid(pointer: impl Into<String>, detail: impl Into<String>) -> ApiError {
    ApiError::invalid(vec![FieldError::new(pointer, detail)])
}
