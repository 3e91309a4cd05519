//! A transcript with what a good summary of it says.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use recap_core::transcript::{Cue, json3, normalize, srt, text, vtt};
use recap_core::video::{Chapter, VideoMetadata};

use super::forms::{self, Form, Word};
use super::reference::{self, Reference};
use super::talk;

/// Times are seconds, where they are numbers.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) name: String,
    pub(super) split: String,
    pub(super) origin: String,
    pub(super) language: String,
    pub(super) length: Duration,
    pub(super) video: VideoMetadata,
    pub(super) summaries: Vec<String>,
    pub(super) points: Vec<Point>,
    /// Where the chapters of a talk begin. The summariser is not told.
    pub(super) headings: Vec<f64>,
    written: Vec<Cue>,
    heard: Vec<Cue>,
}

/// Something that a summary should say.
#[derive(Debug)]
pub(super) struct Point {
    pub(super) text: String,
    pub(super) terms: Vec<String>,
    pub(super) spans: Vec<[f64; 2]>,
}

/// What a file of any kind says.
struct Transcript {
    title: Option<String>,
    language: String,
    seconds: f64,
    words: Vec<Word>,
    headings: Vec<f64>,
    evidence: Vec<(usize, [f64; 2])>,
    written: Vec<Cue>,
}

impl Document {
    pub(super) fn cues(&self, form: Form) -> &[Cue] {
        match form {
            Form::Written => &self.written,
            Form::Heard => &self.heard,
        }
    }
}

/// Every document of a directory, in order of their names.
pub(super) fn read_all(dir: &Path) -> anyhow::Result<Vec<Document>> {
    let entries = fs::read_dir(dir).with_context(|| format!("{} cannot be read", dir.display()))?;
    let mut names = Vec::new();
    for entry in entries {
        let name = entry?.file_name().to_string_lossy().into_owned();
        names.extend(name.strip_suffix(".reference.toml").map(str::to_owned));
    }
    names.sort();
    names.iter().map(|it| read(dir, it).with_context(|| it.clone())).collect()
}

fn read(dir: &Path, name: &str) -> anyhow::Result<Document> {
    let source = fs::read_to_string(dir.join(format!("{name}.reference.toml")))?;
    let reference: Reference = toml::from_str(&source)?;
    let said = transcript(dir, name, &reference)?;
    let language = reference.language.clone().unwrap_or(said.language);
    let mut points = Vec::new();
    for (number, point) in (1..).zip(reference.points) {
        points.push(located(point, number, &said.words, &said.evidence)?);
    }
    let strays = said.evidence.iter().find(|it| !(1..=points.len()).contains(&it.0));
    ensure!(strays.is_none(), "evidence of a point that is not there: {strays:?}");
    let length = Duration::try_from_secs_f64(said.seconds)?;
    let title = reference.title.or(said.title).context("`title` is missing")?;
    Ok(Document {
        name: name.to_owned(),
        split: reference.split,
        origin: reference.origin,
        length,
        video: video(title, &language, length, &reference.chapters)?,
        summaries: reference.summary.into_vec(),
        points,
        headings: said.headings,
        heard: normalize(forms::heard(&said.words, &language)),
        written: normalize(said.written),
        language,
    })
}

/// The file beside the reference, of whichever format there is.
fn transcript(dir: &Path, name: &str, reference: &Reference) -> anyhow::Result<Transcript> {
    if let Some(path) = &reference.transcript {
        return of_talk(&fs::read_to_string(dir.join(path))?);
    }
    for extension in ["talk", "vtt", "srt", "json3", "txt"] {
        let path = dir.join(format!("{name}.{extension}"));
        if !path.exists() {
            continue;
        }
        let source = fs::read_to_string(&path)?;
        let cues = match extension {
            "talk" => return of_talk(&source),
            "vtt" => vtt::parse(&source)?,
            "srt" => srt::parse(&source)?,
            "json3" => json3::parse(source.as_bytes())?,
            _ => text::parse(&source, None)?,
        };
        let language = reference.language.clone().context("`language` is missing")?;
        return Ok(of_cues(cues, language));
    }
    bail!("there is no transcript beside it")
}

fn of_talk(source: &str) -> anyhow::Result<Transcript> {
    let talk = talk::parse(source)?;
    Ok(Transcript {
        title: Some(talk.title),
        written: forms::written(&talk.words, &talk.language),
        language: talk.language,
        seconds: talk.seconds,
        words: talk.words,
        headings: talk.headings,
        evidence: talk.evidence,
    })
}

fn of_cues(cues: Vec<Cue>, language: String) -> Transcript {
    Transcript {
        title: None,
        seconds: cues.last().map_or(0.0, |it| it.end.as_secs_f64()),
        words: forms::words(&cues, &language),
        language,
        headings: Vec::new(),
        evidence: Vec::new(),
        written: cues,
    }
}

/// With the places where it is said: those of the reference, of the talk's marks, and
/// where the words are found.
fn located(
    point: reference::Point,
    number: usize,
    words: &[Word],
    evidence: &[(usize, [f64; 2])],
) -> anyhow::Result<Point> {
    let mut spans = point.spans;
    spans.extend(evidence.iter().filter(|it| it.0 == number).map(|it| it.1));
    for said in &point.said {
        spans.push(found(said, words).with_context(|| format!("nobody says “{said}”"))?);
    }
    ensure!(!spans.is_empty(), "nothing says where point {number} is made: {}", point.text);
    Ok(Point { text: point.text, terms: point.terms, spans })
}

/// When these words are said, with whatever marks between them.
fn found(said: &str, words: &[Word]) -> Option<[f64; 2]> {
    let wanted: Vec<String> = said.split_whitespace().map(forms::plain).collect();
    let here = |it: &&[Word]| it.iter().zip(&wanted).all(|(a, b)| forms::plain(&a.text) == *b);
    let place = words.windows(wanted.len().max(1)).find(here)?;
    Some([place.first()?.start, place.last()?.end])
}

fn video(
    title: String,
    language: &str,
    length: Duration,
    chapters: &[reference::Chapter],
) -> anyhow::Result<VideoMetadata> {
    let mut told: Vec<Chapter> = Vec::new();
    for (at, chapter) in chapters.iter().enumerate() {
        let end = chapters.get(at + 1).map(|it| Duration::try_from_secs_f64(it.start));
        told.push(Chapter {
            title: chapter.title.clone(),
            start: Duration::try_from_secs_f64(chapter.start)?,
            end: end.transpose()?.unwrap_or(length),
        });
    }
    Ok(VideoMetadata {
        id: None,
        title,
        channel: None,
        duration: Some(length),
        language: Some(language.to_owned()),
        published: None,
        chapters: told,
        thumbnail: None,
    })
}
