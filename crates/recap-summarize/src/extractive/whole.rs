//! The summary of a whole video, from the quotes of its segments.

use std::time::Duration;

use recap_core::ports::CombineRequest;
use recap_core::summary::{KeyPoint, SegmentNotes, Style, Summary};
use recap_core::video::{Chapter, VideoMetadata};

use super::choose::{Ranked, Wish};
use super::lexicon::{Lexicon, primary};
use super::sentences::Sentence;
use super::words::{Vocabulary, Word, words};
use super::{NAME, phrases, split, topics};
use crate::{chapters, tidy};

const NOT_TRANSLATED: &str =
    "The extractive summarizer cannot translate: the summary is in the language of the transcript.";
/// A key point for every so many seconds, and at least so many.
const POINT_EVERY: u64 = 75;
const FEWEST_POINTS: usize = 5;

/// Something that was quoted, and when it is said.
struct Quote<'a> {
    start: Duration,
    text: &'a str,
    words: Vec<Word<'a>>,
}

/// The summary, and what the client should know about it.
pub(super) fn combine(request: &CombineRequest<'_>) -> (Summary, Vec<String>) {
    let told: Vec<&SegmentNotes> = request.notes.iter().filter(|it| chapters::tells(it)).collect();
    let (language, warnings) = language(request, &told);
    let lexicon = &Lexicon::of(language);
    let key_points = key_points(request, &told, lexicon);
    let summary = Summary {
        title: title(request, &told),
        tldr: tldr(request, &key_points, &told, lexicon),
        key_points,
        chapters: chapters::chapters(&with_chapters(request, &told, lexicon), request.notes),
        language: language.to_owned(),
        style: request.style,
        model: NAME.to_owned(),
        coverage: request.coverage.clamp(0.0, 1.0),
    };
    (summary, warnings)
}

/// The video, with chapters where its topic changes if it has none of its own.
fn with_chapters(
    request: &CombineRequest<'_>,
    told: &[&SegmentNotes],
    lexicon: &Lexicon,
) -> VideoMetadata {
    let mut video = request.video.clone();
    // Of notes that a model wrote each is a chapter with a title of its own.
    if video.chapters.len() > 1 || told.iter().any(|it| it.model != NAME) {
        return video;
    }
    let all = told.iter().flat_map(|it| &it.points);
    let quotes: Vec<Quote<'_>> = all.map(|it| quote(it.start, &it.text)).collect();
    let mut vocabulary = Vocabulary::new(lexicon);
    let terms = quotes.iter().map(|it| (it.start, vocabulary.terms(&it.words)));
    let mut starts = topics::changes(&terms.collect::<Vec<_>>());
    starts.insert(0, 0);
    let end = request.notes.last().map_or(Duration::ZERO, |it| it.end);
    // Between the last point of the one topic and the first of the other.
    let begin = |at: usize| match (at.checked_sub(1), quotes.get(at)) {
        (Some(last), Some(next)) => quotes[last].start.saturating_add(next.start) / 2,
        (None, _) => Duration::ZERO,
        (_, None) => end,
    };
    let ends = starts.iter().skip(1).copied().chain([quotes.len()]);
    let chapters = starts.iter().zip(ends).map(|(from, to)| {
        let sentences: Vec<Sentence<'_>> = quotes[*from..to].iter().map(sentence).collect();
        let title = phrases::title(&sentences, &request.video.title, &mut vocabulary, lexicon);
        let first = quotes.get(*from).map_or("", |it| it.text);
        let title = tidy::title(&[&title.unwrap_or_default()], first);
        Chapter { title, start: begin(*from), end: begin(to) }
    });
    video.chapters = chapters.collect();
    video
}

/// The language of the summary, and what there is to say about it. Notes that
/// a model wrote are in the language that is wanted; ours are quotes.
fn language<'a>(request: &CombineRequest<'a>, told: &[&SegmentNotes]) -> (&'a str, Vec<String>) {
    let quoted = told.iter().any(|it| it.model == NAME);
    let (from, to) = (primary(request.transcript_language), primary(request.language));
    if quoted && from != to && !matches!(from.as_str(), "" | "und") {
        return (request.transcript_language, vec![NOT_TRANSLATED.to_owned()]);
    }
    (request.language, Vec::new())
}

fn title(request: &CombineRequest<'_>, told: &[&SegmentNotes]) -> String {
    let title = tidy::text(&request.video.title, tidy::LONGEST_TITLE);
    let first = told.first().map(|it| it.title.as_str()).unwrap_or_default();
    if title.is_empty() { first.to_owned() } else { title }
}

/// What the whole is about: its title, and what keeps coming back in its parts.
fn topic(request: &CombineRequest<'_>, told: &[&SegmentNotes]) -> String {
    let titles = told.iter().map(|it| it.title.as_str());
    [request.video.title.as_str()].into_iter().chain(titles).collect::<Vec<_>>().join(" ")
}

/// The points that say most of what all points say, and each something else.
fn key_points(
    request: &CombineRequest<'_>,
    told: &[&SegmentNotes],
    lexicon: &Lexicon,
) -> Vec<KeyPoint> {
    let all = told.iter().flat_map(|it| &it.points);
    let quotes: Vec<Quote<'_>> = all.map(|it| quote(it.start, &it.text)).collect();
    let wish = Wish { most: most_points(request), spread: 0.3, taken: &[] };
    let chosen = chosen(request, told, &quotes, wish, lexicon);
    let point = |it: &Quote<'_>| KeyPoint { start: it.start, text: it.text.to_owned() };
    tidy::ordered(chosen.into_iter().map(|it| point(&quotes[it])).collect())
}

fn most_points(request: &CombineRequest<'_>) -> usize {
    let start = request.notes.first().map_or(Duration::ZERO, |it| it.start);
    let end = request.notes.last().map_or(Duration::ZERO, |it| it.end);
    let length = end.saturating_sub(start).as_secs();
    let wanted = usize::try_from(length / POINT_EVERY).unwrap_or(usize::MAX);
    wanted.max(FEWEST_POINTS).min(tidy::most_points(request.style))
}

/// The most central sentences of all that was quoted; rather not those that
/// stand as points beside it.
fn tldr(
    request: &CombineRequest<'_>,
    points: &[KeyPoint],
    told: &[&SegmentNotes],
    lexicon: &Lexicon,
) -> String {
    let summaries = told.iter().flat_map(|it| of_summary(it, lexicon));
    let all = told.iter().flat_map(|it| &it.points).map(|it| quote(it.start, &it.text));
    let mut quotes: Vec<Quote<'_>> = summaries.chain(all).collect();
    quotes.sort_by_key(|it| it.start);
    let is_point = |it: &Quote<'_>| points.iter().any(|point| point.text == it.text);
    let taken: Vec<usize> = (0..quotes.len()).filter(|it| is_point(&quotes[*it])).collect();
    let most = if request.style == Style::Brief { 2 } else { 3 };
    let chosen = chosen(request, told, &quotes, Wish { most, spread: 0.2, taken: &taken }, lexicon);
    let texts = tidy::in_a_row(chosen.into_iter().map(|it| quotes[it].text));
    tidy::shortened(&texts, tidy::LONGEST_SUMMARY)
}

fn chosen(
    request: &CombineRequest<'_>,
    told: &[&SegmentNotes],
    quotes: &[Quote<'_>],
    wish: Wish<'_>,
    lexicon: &Lexicon,
) -> Vec<usize> {
    let sentences: Vec<Sentence<'_>> = quotes.iter().map(sentence).collect();
    let mut vocabulary = Vocabulary::new(lexicon);
    let topic = topic(request, told);
    Ranked::new(&sentences, &topic, &mut vocabulary, lexicon).choose(wish, &[])
}

fn sentence<'a>(quote: &'a Quote<'a>) -> Sentence<'a> {
    Sentence { start: quote.start, raw: quote.text, at: 0, words: &quote.words, edges: 2 }
}

/// The sentences of a summary, taken to be spread evenly over its segment.
fn of_summary<'a>(notes: &'a SegmentNotes, lexicon: &Lexicon) -> Vec<Quote<'a>> {
    let ranges = split::sentences(&notes.summary, lexicon);
    let each =
        notes.end.saturating_sub(notes.start) / u32::try_from(ranges.len().max(1)).unwrap_or(1);
    let sentence = |(at, range): (u32, std::ops::Range<usize>)| {
        quote(notes.start + each * at, &notes.summary[range])
    };
    (0..).zip(ranges).map(sentence).collect()
}

fn quote(start: Duration, text: &str) -> Quote<'_> {
    Quote { start, text, words: words(text) }
}
