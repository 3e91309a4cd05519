//! A part of a video only.

use std::time::Duration;

use super::Segment;

/// The segments that lie in `[start, end)`, cut to it and counted anew; `None` is
/// the end of the video.
pub fn within(segments: Vec<Segment>, start: Duration, end: Option<Duration>) -> Vec<Segment> {
    let end = end.unwrap_or(Duration::MAX);
    let inside = segments.into_iter().filter(|it| it.start < end && it.end > start);
    let cut = |(index, segment): (usize, Segment)| Segment {
        index: u32::try_from(index).unwrap_or(u32::MAX),
        start: segment.start.max(start),
        end: segment.end.min(end),
        ..segment
    };
    inside.enumerate().map(cut).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(range: (u64, Option<u64>), expected: &[(u32, u64, u64)]) {
        let segment = |index: u32| Segment {
            index,
            start: Duration::from_secs(u64::from(index) * 10),
            end: Duration::from_secs(u64::from(index) * 10 + 10),
            chapter: None,
            cues: 0..0,
        };
        let end = range.1.map(Duration::from_secs);
        let segments = within((0..3).map(segment).collect(), Duration::from_secs(range.0), end);
        let actual: Vec<(u32, u64, u64)> =
            segments.iter().map(|it| (it.index, it.start.as_secs(), it.end.as_secs())).collect();
        assert_eq!(actual, expected);
    }

    #[test]
    fn a_range_cuts_and_counts_anew() {
        check((0, None), &[(0, 0, 10), (1, 10, 20), (2, 20, 30)]);
        check((15, Some(25)), &[(0, 15, 20), (1, 20, 25)]);
        check((10, Some(20)), &[(0, 10, 20)]);
        check((30, None), &[]);
    }
}
