//! Cutting a segment into chunks that fit a prompt.

use std::ops::{Range, RangeInclusive};

use crate::tokens;
use crate::transcript::{Cue, ends_sentence};

/// Cuts `cues` into consecutive chunks of at most `max_tokens` each, by
/// [`tokens::estimate`] of the texts and one more token to part each from the next.
///
/// A chunk ends with the last sentence that ends in its second half; where none
/// does, as in automatic captions, at the longest pause there. A cue that is
/// larger than `max_tokens` has a chunk of its own. Every cue is in exactly one
/// chunk, and no chunk is empty.
pub fn chunk(cues: &[Cue], max_tokens: usize) -> Vec<Range<usize>> {
    let costs: Vec<usize> = cues.iter().map(|it| tokens::estimate(&it.text) + 1).collect();
    let mut chunks = Vec::new();
    let mut start = 0;
    while start < cues.len() {
        let (mut end, mut half, mut spent) = (start, start, 0);
        while end < cues.len() && (end == start || spent + costs[end] <= max_tokens) {
            spent += costs[end];
            end += 1;
            if spent <= max_tokens / 2 {
                half = end;
            }
        }
        if end < cues.len() {
            end = best_end(cues, half.max(start + 1)..=end);
        }
        chunks.push(start..end);
        start = end;
    }
    chunks
}

/// The best of the places to end a chunk before another cue.
fn best_end(cues: &[Cue], mut ends: RangeInclusive<usize>) -> usize {
    let pause = |end: usize| cues[end].start.saturating_sub(cues[end - 1].end);
    let longest_pause = ends.clone().max_by_key(|&end| (pause(end), end));
    let sentence = ends.rfind(|&end| ends_sentence(&cues[end - 1].text));
    sentence.or(longest_pause).expect("there is always the largest chunk")
}
