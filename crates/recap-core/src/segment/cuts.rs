//! Where to divide a stretch that is too long for one segment.

use std::ops::Range;

use crate::transcript::{Cue, ends_sentence};

/// How far from the even place a cut may be moved for a better one: this part
/// of the length of a piece.
const TOLERANCE: u64 = 5;

/// The times, in milliseconds, that divide `stretch` into the fewest pieces of
/// at most `limit`, about evenly.
///
/// Takes time linear in the cues and the pieces.
pub(super) fn divide(cues: &[Cue], stretch: Range<u64>, limit: u64) -> Vec<u64> {
    let length = stretch.end - stretch.start;
    let pieces = length.div_ceil(limit);
    let (piece, rest) = (length / pieces, length % pieces);
    // As far back as forth, and never from the place of the cut before: else
    // each cut would take room from those after it, until they had no choice.
    let near = (piece / TOLERANCE).min(limit - piece);
    let mut places = Vec::new();
    let mut from = stretch.start;
    for cut in 1..pieces {
        // What the pieces after it can hold, and what this one can.
        let low = stretch.end.saturating_sub((pieces - cut) * limit).max(from + 1);
        let high = from + limit;
        let even = (stretch.start + piece * cut + rest * cut / pieces).clamp(low, high);
        let search = Search { cues, stretch: &stretch, even };
        from = search
            .best((even - near).max(low), (even + near).min(high))
            .or_else(|| search.nearest(low, high))
            .unwrap_or(even);
        places.push(from);
    }
    places
}

/// The search for a place between cues at which a stretch can be cut.
struct Search<'a> {
    cues: &'a [Cue],
    stretch: &'a Range<u64>,
    /// Where the cut would be if there were no cues.
    even: u64,
}

impl Search<'_> {
    /// The best place from `low` to `high`, both included: where a sentence
    /// ends, then the longest pause, then the one nearest to the even place.
    fn best(&self, low: u64, high: u64) -> Option<u64> {
        let (_, at) = self
            .places(low, high)
            .map(|(index, pause, at)| {
                let sentence = index == 0 || ends_sentence(&self.cues[index - 1].text);
                let length = pause.end.saturating_sub(pause.start);
                ((sentence, length, u64::MAX - at.abs_diff(self.even)), at)
            })
            .max()?;
        Some(at)
    }

    /// The place from `low` to `high` that is nearest to the even one.
    fn nearest(&self, low: u64, high: u64) -> Option<u64> {
        self.places(low, high).map(|(_, _, at)| at).min_by_key(|at| at.abs_diff(self.even))
    }

    /// Every place from `low` to `high`: the cue behind it, the pause it lies in,
    /// and the time.
    fn places(&self, low: u64, high: u64) -> impl Iterator<Item = (usize, Range<u64>, u64)> {
        let first = self.cues.partition_point(|it| start(it) < low);
        (first..=self.cues.len())
            .map(|index| (index, self.pause_before(index)))
            .take_while(move |(_, pause)| pause.start <= high)
            .filter_map(move |(index, pause)| {
                let at = self.place(&pause, low, high)?;
                Some((index, pause, at))
            })
    }

    /// The silence before the cue, or after the last one.
    fn pause_before(&self, index: usize) -> Range<u64> {
        let before = index.checked_sub(1).map_or(self.stretch.start, |it| end(&self.cues[it]));
        before..self.cues.get(index).map_or(self.stretch.end, start)
    }

    /// Where to cut in a pause: when the next cue starts, else when the last
    /// one ended, else anywhere in it.
    fn place(&self, pause: &Range<u64>, low: u64, high: u64) -> Option<u64> {
        let allowed = low..=high;
        if allowed.contains(&pause.end) {
            Some(pause.end)
        } else if allowed.contains(&pause.start) {
            Some(pause.start)
        } else {
            (pause.start < low && high < pause.end).then(|| self.even.clamp(low, high))
        }
    }
}

fn start(cue: &Cue) -> u64 {
    u64::try_from(cue.start.as_millis()).unwrap_or(u64::MAX)
}

fn end(cue: &Cue) -> u64 {
    u64::try_from(cue.end.as_millis()).unwrap_or(u64::MAX)
}
