//! Chapters of a video that has none of its own: where its points turn to
//! something else.
//!
//! After M. Hearst, "`TextTiling`: Segmenting Text into Multi-paragraph Subtopic
//! Passages", 1997: the words before a gap are compared with those after it, and
//! the topic changes where they are less alike than around.

use std::time::Duration;

use super::weigh::as_f64;

/// Points on each side of a gap that are compared.
const WINDOW: usize = 4;
/// Chapters are not shorter than this.
const SHORTEST: Duration = Duration::from_secs(75);
/// There is one for every so many seconds at most.
const EVERY: u64 = 150;

/// Points that begin a new topic, in order; each point is the time at which it
/// is made and its terms.
pub(super) fn changes(points: &[(Duration, Vec<u32>)]) -> Vec<usize> {
    let alike: Vec<f64> = (0..=points.len()).map(|gap| likeness(points, gap)).collect();
    let mut gaps: Vec<(f64, usize)> =
        (2..points.len().saturating_sub(1)).map(|gap| (depth(&alike, gap), gap)).collect();
    let all: f64 = gaps.iter().map(|it| it.0).sum();
    let mean = all / as_f64(gaps.len().max(1));
    gaps.retain(|it| it.0 >= mean);
    gaps.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));

    let (Some(first), Some(last)) = (points.first(), points.last()) else { return Vec::new() };
    let most = last.0.saturating_sub(first.0).as_secs() / EVERY;
    let mut chosen: Vec<usize> = Vec::new();
    for (_, gap) in gaps {
        let at = points[gap].0;
        let mut others = chosen.iter().map(|it| points[*it].0).chain([first.0, last.0]);
        if chosen.len() as u64 + 1 < most && others.all(|it| it.abs_diff(at) >= SHORTEST) {
            chosen.push(gap);
        }
    }
    chosen.sort_unstable();
    chosen
}

/// Of what is said before a gap and after it: terms they share, 0 to 1.
fn likeness(points: &[(Duration, Vec<u32>)], gap: usize) -> f64 {
    let terms = |range: std::ops::Range<usize>| {
        let mut terms: Vec<u32> = points[range].iter().flat_map(|it| &it.1).copied().collect();
        terms.sort_unstable();
        terms.dedup();
        terms
    };
    let before = terms(gap.saturating_sub(WINDOW)..gap);
    let after = terms(gap..points.len().min(gap + WINDOW));
    let shared = before.iter().filter(|it| after.binary_search(it).is_ok()).count();
    let sizes = (as_f64(before.len()) * as_f64(after.len())).sqrt();
    if sizes > 0.0 { as_f64(shared) / sizes } else { 0.0 }
}

/// How much less alike the sides of a gap are than those of the gaps around it.
fn depth(alike: &[f64], gap: usize) -> f64 {
    let around = |range: std::ops::Range<usize>| alike[range].iter().copied().fold(0.0, f64::max);
    let before = around(gap.saturating_sub(WINDOW).max(1)..gap + 1);
    let after = around(gap..(gap + WINDOW).min(alike.len() - 1));
    before + after - 2.0 * alike[gap]
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::changes;

    /// Points a minute apart; each letter is a term.
    #[track_caller]
    fn check(points: &[&str], expected: &[usize]) {
        let at = |it: usize| Duration::from_secs(60 * it as u64);
        let terms = |it: &str| it.chars().map(u32::from).collect();
        let points: Vec<_> = (0..).zip(points).map(|(it, text)| (at(it), terms(text))).collect();
        assert_eq!(changes(&points), expected);
    }

    #[test]
    fn a_topic_changes_where_the_words_do() {
        check(&["ab", "bc", "ac", "ab", "xy", "yz", "xz", "xy", "mn", "no", "mo", "mn"], &[4, 8]);
        check(&["ab", "xy"], &[]);
        check(&[], &[]);
    }
}
