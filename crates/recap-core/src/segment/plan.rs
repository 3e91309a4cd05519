//! Cutting a video into segments.

use std::time::Duration;

use super::Segment;
use super::cuts::divide;
use crate::transcript::Cue;
use crate::video::Chapter;

/// Chapters that are shorter than this part of the limit are not told apart:
/// it bounds the work that a list of very many chapters makes.
const SHORTEST_CHAPTER: u64 = 64;

/// A place where a segment may begin, in milliseconds.
#[derive(Clone, Copy)]
struct Edge {
    at: u64,
    /// Inside a chapter that is too long for one segment.
    inside: bool,
}

/// Cuts `[0, duration)` into segments of at most `limit`, without holes.
///
/// Chapters come first: one that is longer than `limit` is divided evenly, and
/// shorter ones are put together, into the fewest segments that respect them,
/// and the most even of those. A chapter (or a video without any) is divided at
/// the edges of cues: best where a sentence ends, then at the longest pause.
/// Only where a cue goes on throughout the stretch in which the cut must lie is
/// the cut inside it; the cue belongs to the segment it starts in, so the cues
/// of every segment are whole, even a cue that is longer than `limit`.
///
/// Every cue is in exactly one segment. A segment in which no one speaks has no
/// cues; it exists only if it does not fit into one with its neighbour. If the
/// cues go on after `duration`, so do the segments. Times are whole
/// milliseconds. Cues are as [`crate::transcript::normalize`] returns them.
///
/// # Panics
///
/// If `limit` is less than a millisecond; the configuration rejects it.
pub fn plan(
    cues: &[Cue],
    duration: Duration,
    chapters: &[Chapter],
    limit: Duration,
) -> Vec<Segment> {
    let limit = milliseconds(limit);
    assert!(limit > 0, "a segment lasts at least a millisecond");
    let last_cue = cues.iter().map(|it| it.end).max().unwrap_or_default();
    let end = milliseconds(duration.max(last_cue).saturating_add(Duration::from_nanos(999_999)));

    let edges = edges(cues, &chapter_edges(chapters, end, limit), limit);
    let mut segments: Vec<Segment> = Vec::new();
    let mut next_cue = 0;
    for pair in fewest(&edges, limit).windows(2) {
        let (start, end) = (Duration::from_millis(pair[0]), Duration::from_millis(pair[1]));
        let first_cue = next_cue;
        next_cue = cues.partition_point(|it| it.start < end).max(first_cue);
        segments.push(Segment {
            index: u32::try_from(segments.len()).unwrap_or(u32::MAX),
            start,
            end,
            chapter: title_at(chapters, start),
            cues: first_cue..next_cue,
        });
    }
    segments
}

/// Where chapters begin and end, from 0 to `end`, leaving out those that are
/// too close to the one before.
fn chapter_edges(chapters: &[Chapter], end: u64, limit: u64) -> Vec<u64> {
    let mut times: Vec<u64> =
        chapters.iter().flat_map(|it| [milliseconds(it.start), milliseconds(it.end)]).collect();
    times.sort_unstable();
    let apart = (limit / SHORTEST_CHAPTER).max(1);
    let mut edges = vec![0];
    for time in times {
        if time >= edges[edges.len() - 1] + apart && time.saturating_add(apart) <= end {
            edges.push(time);
        }
    }
    if end > 0 {
        edges.push(end);
    }
    edges
}

/// The edges of chapters, and those that divide the chapters over the limit.
fn edges(cues: &[Cue], chapters: &[u64], limit: u64) -> Vec<Edge> {
    let mut edges = vec![Edge { at: 0, inside: false }];
    for pair in chapters.windows(2) {
        let inside = divide(cues, pair[0]..pair[1], limit);
        edges.extend(inside.into_iter().map(|at| Edge { at, inside: true }));
        edges.push(Edge { at: pair[1], inside: false });
    }
    edges
}

/// What a way to reach an edge costs: first segments, then cuts inside of
/// chapters, then unevenness, as the sum of squared lengths.
type Cost = (usize, usize, u128);

/// The edges of the cheapest plan. The stretch between two edges is never over
/// the limit, so there is one.
fn fewest(edges: &[Edge], limit: u64) -> Vec<u64> {
    let mut best: Vec<(Cost, usize)> = vec![((0, 0, 0), 0)];
    for (here, edge) in edges.iter().enumerate().skip(1) {
        let reach = (0..here).rev().take_while(|&from| edge.at - edges[from].at <= limit);
        let cost = |from: usize| {
            let ((segments, inside, squares), _) = best[from];
            let length = u128::from(edge.at - edges[from].at);
            (segments + 1, inside + usize::from(edge.inside), squares + length * length)
        };
        let cheapest = reach.map(|from| (cost(from), from)).min();
        best.push(cheapest.expect("the edge before is in reach"));
    }
    let mut at = edges.len() - 1;
    let mut path = vec![edges[at].at];
    while at > 0 {
        at = best[at].1;
        path.push(edges[at].at);
    }
    path.reverse();
    path
}

/// Title of the chapter that goes on at `time`.
fn title_at(chapters: &[Chapter], time: Duration) -> Option<String> {
    let chapter = chapters.iter().rev().find(|it| it.start <= time && time < it.end)?;
    Some(chapter.title.clone())
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
