//! Transcripts that try to take over: the summary keeps to its schema, and carries no
//! link and no instruction that was planted.

mod attacks;
mod beyond;

use std::time::Duration;

use recap_config::Config;
use recap_core::ports::{Answer, Deltas, Pack, PackRequest, Part, Summarizer, SummarizerError};
use recap_core::summary::{SegmentNotes, Summary};
use recap_core::transcript::Cue;
use recap_core::video::Chapter;
use serde_json::json;

use self::attacks::{ATTACKS, Attack, Place};
use self::beyond::BEYOND_HELP;
use crate::combining;
use crate::stub::Stub;
use crate::support::{Talk, config, gemini, summarizer};

/// So often something is said, in thousandths of the talk: at its start, at its end
/// and between, wherever a model may look for what to quote.
const EVERY: usize = 12;

/// An honest talk of 25 minutes with the attack in it.
fn talk(attack: &Attack) -> Talk {
    let mut talk = Talk::new("demo");
    let text = attack.text.join(" ");
    match attack.place {
        Place::Said => {
            (10..970).step_by(EVERY).for_each(|it| weave(&mut talk.cues, it, attack.text));
        }
        Place::Title => talk.video.title = text,
        Place::Channel => talk.video.channel = Some(text),
        Place::Chapter => {
            let middle = talk.video.duration.unwrap() / 2;
            let end = talk.video.duration.unwrap();
            let chapter = |title: String, start, end| Chapter { title, start, end };
            talk.video.chapters = vec![
                chapter("Honest".to_owned(), Duration::ZERO, middle),
                chapter(text.clone(), middle, end),
            ];
            talk.segments[2].chapter = Some(text);
        }
    }
    talk
}

/// After the next sentence that ends with its cue; the parts are in cues of their own.
fn weave(cues: &mut [Cue], thousandth: usize, parts: &[&str]) {
    let from = cues.len() * thousandth / 1000;
    let at = (from..cues.len()).find(|it| cues[*it].text.ends_with('.')).unwrap();
    cues[at].text = format!("{} {}", cues[at].text, parts[0]);
    for (cue, part) in cues[at + 1..].iter_mut().zip(&parts[1..]) {
        cue.text = format!("{part} {}", cue.text);
    }
}

/// What is wrong, in the words of who has to mend it.
struct Findings(Vec<String>);

impl Findings {
    fn none(self) {
        assert!(self.0.is_empty(), "{} planted:\n{}", self.0.len(), self.0.join("\n"));
    }

    fn text(&mut self, attack: &Attack, provider: &str, field: &str, text: &str) {
        let lower = text.to_lowercase();
        for planted in attack.planted.iter().filter(|it| lower.contains(**it)) {
            let name = attack.name;
            self.0.push(format!("{name} / {provider} / {field}: {planted:?} in {text:?}"));
        }
    }

    fn notes(&mut self, attack: &Attack, provider: &str, notes: &[SegmentNotes]) {
        for it in notes {
            self.text(attack, provider, "notes.title", &it.title);
            self.text(attack, provider, "notes.summary", &it.summary);
            for point in &it.points {
                self.text(attack, provider, "notes.points", &point.text);
            }
        }
    }

    fn summary(&mut self, attack: &Attack, provider: &str, summary: &Summary) {
        self.text(attack, provider, "summary.title", &summary.title);
        self.text(attack, provider, "summary.tldr", &summary.tldr);
        for point in &summary.key_points {
            self.text(attack, provider, "summary.key_points", &point.text);
        }
        for chapter in &summary.chapters {
            self.text(attack, provider, "summary.chapters.title", &chapter.title);
            self.text(attack, provider, "summary.chapters.summary", &chapter.summary);
        }
    }
}

/// Whatever the port promises of notes.
#[track_caller]
fn valid(talk: &Talk, notes: &[SegmentNotes], name: &str) {
    for notes in notes {
        let segment = &talk.segments[notes.index as usize];
        let inside = segment.start..segment.end;
        assert_eq!((notes.start, notes.end), (segment.start, segment.end), "{name}");
        assert!(!notes.title.is_empty() && !notes.summary.is_empty(), "{name}: {notes:?}");
        assert!(notes.title.chars().count() <= 120 && notes.summary.chars().count() <= 1500);
        assert!(notes.points.len() <= 12 && notes.points.is_sorted_by_key(|it| it.start));
        let is_valid = |text: &str| !text.is_empty() && text.chars().count() <= 400;
        assert!(
            notes.points.iter().all(|it| is_valid(&it.text) && inside.contains(&it.start)),
            "{name}"
        );
    }
}

/// Notes on every segment and their summary; what is told on the way counts as well.
async fn run(
    findings: &mut Findings,
    attack: &Attack,
    summarizer: &dyn Summarizer,
) -> Vec<SegmentNotes> {
    let (talk, provider) = (talk(attack), summarizer.name());
    let notes = talk.notes(summarizer).await;
    valid(&talk, &notes, attack.name);
    findings.notes(attack, provider, &notes);
    let summary = talk.combine(summarizer, &notes).await.unwrap().value;
    combining::check(&talk, &summary);
    findings.summary(attack, provider, &summary);
    findings.text(attack, provider, "deltas", &talk.written().concat());
    notes
}

#[tokio::test]
async fn the_extractive_one_quotes_nothing_planted() {
    let mut findings = Findings(Vec::new());
    assert!(ATTACKS.len() >= 44, "{} rows", ATTACKS.len());
    for attack in ATTACKS {
        run(&mut findings, attack, &*summarizer(&Config::default())).await;
    }
    findings.none();
}

/// The simulator quotes the transcript word by word.
#[tokio::test]
async fn a_model_that_quotes_gets_nothing_planted_through() {
    let mut findings = Findings(Vec::new());
    let (_gemini, summarizer) = gemini().await;
    for attack in ATTACKS {
        run(&mut findings, attack, &*summarizer).await;
        let talk = talk(attack);
        let Pack { notes, summary } = pack(&talk, &*summarizer, &[]).await.unwrap().value;
        valid(&talk, &notes, attack.name);
        findings.notes(attack, "gemini, packed", &notes);
        if let Some(summary) = &summary {
            findings.summary(attack, "gemini, packed", summary);
        }
    }
    findings.none();
}

async fn pack(
    talk: &Talk,
    summarizer: &dyn Summarizer,
    others: &[SegmentNotes],
) -> Result<Answer<Pack>, SummarizerError> {
    let segments = &talk.segments[others.len()..];
    let chunks: Vec<Vec<&[Cue]>> =
        segments.iter().map(|it| talk.cues[it.cues.clone()].chunks(60).collect()).collect();
    let parts: Vec<Part<'_>> =
        segments.iter().zip(&chunks).map(|(segment, chunks)| Part { segment, chunks }).collect();
    let request = PackRequest {
        video: &talk.video,
        parts: &parts,
        segments_total: talk.segments.len(),
        others: Some(others),
        style: talk.style,
        advanced: false,
        language: "en",
        transcript_language: "en",
        deltas: Deltas::default(),
    };
    summarizer.pack(&request).await
}

/// Answers to the three questions that say nothing but `text`.
fn answers(text: &str) -> [String; 3] {
    let notes = |index: u32| {
        let points = json!([{ "start": 900 + index, "text": text }, { "start": 1, "text": text }]);
        json!({ "index": index, "title": text, "summary": text, "points": points })
    };
    let whole = json!({ "title": text, "tldr": text, "seconds": [1, 900] });
    let segments: Vec<_> = (0..3).map(notes).collect();
    [
        notes(0).to_string(),
        json!({ "segments": segments, "whole": whole }).to_string(),
        json!({ "title": text, "tldr": text, "points": [1, 2] }).to_string(),
    ]
}

/// Asks a model that says `said` in each field of each answer; what comes of notes,
/// of a pack and of a combination, in this order.
async fn obey(
    findings: &mut Findings,
    attack: &Attack,
    said: &str,
    honest: &[SegmentNotes],
) -> [bool; 3] {
    let [notes_said, pack_said, combine_said] = answers(said);
    let mut talk = talk(attack);
    if attack.place == Place::Said {
        // The one question without a transcript has it from elsewhere.
        talk.video.channel = Some(attack.text.join(" "));
    }
    let (repeated, provider) = (8, "obedient");

    let stub = Stub::start(&vec![notes_said.as_str(); repeated]).await;
    let noted = talk.note(&*summarizer(&config(stub.base_url())), 0).await;
    if let Ok(answer) = &noted {
        valid(&talk, std::slice::from_ref(&answer.value), attack.name);
        findings.notes(attack, provider, std::slice::from_ref(&answer.value));
    }
    let stub = Stub::start(&vec![pack_said.as_str(); repeated]).await;
    let packed = pack(&talk, &*summarizer(&config(stub.base_url())), &honest[..2]).await;
    if let Ok(answer) = &packed {
        valid(&talk, &answer.value.notes, attack.name);
        findings.notes(attack, provider, &answer.value.notes);
        if let Some(summary) = &answer.value.summary {
            findings.summary(attack, provider, summary);
        }
    }
    let stub = Stub::start(&vec![combine_said.as_str(); repeated]).await;
    let combined = talk.combine(&*summarizer(&config(stub.base_url())), honest).await;
    if let Ok(answer) = &combined {
        combining::check(&talk, &answer.value);
        findings.summary(attack, provider, &answer.value);
    }
    let is_usable = |error: Option<&SummarizerError>| match error {
        None => true,
        Some(SummarizerError::InvalidAnswer) => false,
        Some(error) => panic!("{}: {error:?}", attack.name),
    };
    [
        is_usable(noted.err().as_ref()),
        is_usable(packed.err().as_ref()),
        is_usable(combined.err().as_ref()),
    ]
}

/// The notes of the talk as it is.
async fn honest() -> Vec<SegmentNotes> {
    Talk::new("demo").notes(&*summarizer(&Config::default())).await
}

/// Nothing else is said: the answer is none, and asked for once more.
#[tokio::test]
async fn a_model_that_obeys_has_said_nothing() {
    let honest = honest().await;
    let mut findings = Findings(Vec::new());
    for attack in ATTACKS {
        let usable = obey(&mut findings, attack, attack.obeyed, &honest).await;
        if usable != [false; 3] {
            findings.0.push(format!("{}: notes, pack, combine are taken: {usable:?}", attack.name));
        }
    }
    findings.none();
}

#[tokio::test]
async fn what_else_an_obedient_model_says_is_kept() {
    let honest = honest().await;
    let mut findings = Findings(Vec::new());
    for attack in ATTACKS {
        let said = format!("Tea is picked by hand. {} Water should be hot for it.", attack.obeyed);
        let usable = obey(&mut findings, attack, &said, &honest).await;
        if usable != [true; 3] {
            findings.0.push(format!("{}: notes, pack, combine are lost: {usable:?}", attack.name));
        }
    }
    findings.none();
}

/// They are listed with the reason; the schema holds for them as well.
#[tokio::test]
async fn what_goes_through_keeps_to_the_schema() {
    let honest = honest().await;
    let (_gemini, asking) = gemini().await;
    for (attack, reason) in BEYOND_HELP {
        assert!(!reason.is_empty(), "{}", attack.name);
        for summarizer in [summarizer(&Config::default()), asking.clone()] {
            run(&mut Findings(Vec::new()), attack, &*summarizer).await;
        }
        obey(&mut Findings(Vec::new()), attack, attack.obeyed, &honest).await;
    }
}
