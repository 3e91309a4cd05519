//! Packing segments into as few questions as may be.

use std::ops::Range;

use super::Segment;
use crate::tokens;
use crate::transcript::Cue;

/// The groups of `spoken` segments, as [`pack`] makes them.
pub fn questions(
    spoken: &[&Segment],
    cues: &[Cue],
    segments: usize,
    tokens: usize,
) -> Vec<Range<usize>> {
    let costs: Vec<usize> = spoken.iter().map(|it| cost(it, cues)).collect();
    pack(&costs, segments, tokens)
}

/// What is said in the segment, in tokens, of which `cues` are all of the video.
pub fn cost(segment: &Segment, cues: &[Cue]) -> usize {
    cues[segment.cues.clone()].iter().map(|it| tokens::estimate(&it.text) + 1).sum()
}

/// Cuts `costs` of consecutive segments, in tokens, into the fewest groups of at most
/// `segments` segments and `tokens` tokens, and those as even in number as can be. A
/// segment that is larger than `tokens` has a group of its own. No group is empty.
///
/// # Panics
///
/// If `segments` is 0.
pub fn pack(costs: &[usize], segments: usize, tokens: usize) -> Vec<Range<usize>> {
    assert!(segments > 0, "a group has at least one segment");
    let fewest = greedy(costs, segments, tokens);
    // The same number of groups, with less in the fullest.
    let even = costs.len().div_ceil(fewest.len().max(1)).max(1);
    let evened = (even..=segments).map(|it| greedy(costs, it, tokens));
    evened.into_iter().find(|it| it.len() == fewest.len()).unwrap_or(fewest)
}

fn greedy(costs: &[usize], segments: usize, tokens: usize) -> Vec<Range<usize>> {
    let mut groups: Vec<Range<usize>> = Vec::new();
    let mut spent = 0_usize;
    for (at, cost) in costs.iter().enumerate() {
        match groups.last_mut() {
            Some(group) if group.len() < segments && spent.saturating_add(*cost) <= tokens => {
                group.end = at + 1;
                spent += cost;
            }
            _ => {
                groups.push(at..at + 1);
                spent = *cost;
            }
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(costs: &[usize], segments: usize, tokens: usize, lengths: &[usize]) {
        let groups = pack(costs, segments, tokens);
        let found: Vec<usize> = groups.iter().map(ExactSizeIterator::len).collect();
        assert_eq!(found, lengths, "{costs:?}");
    }

    #[test]
    fn groups_are_few_and_even() {
        check(&[], 3, 10, &[]);
        check(&[1; 6], 3, 100, &[3, 3]);
        check(&[1; 7], 3, 100, &[3, 3, 1]);
        check(&[1; 4], 3, 100, &[2, 2]);
        check(&[1; 5], 12, 100, &[5]);
        check(&[4, 4, 4, 4], 3, 8, &[2, 2]);
        check(&[50, 1, 1], 3, 10, &[1, 2]);
        check(&[1; 3], 1, 100, &[1, 1, 1]);
    }

    proptest! {
        #[test]
        fn every_segment_is_in_one_group_that_fits(
            costs in prop::collection::vec(0_usize..50, 0..40),
            segments in 1_usize..6,
            tokens in 1_usize..120,
        ) {
            let groups = pack(&costs, segments, tokens);
            prop_assert_eq!(groups.iter().cloned().flatten().collect::<Vec<_>>(), (0..costs.len()).collect::<Vec<_>>());
            for group in &groups {
                prop_assert!(!group.is_empty() && group.len() <= segments);
                prop_assert!(group.len() == 1 || costs[group.clone()].iter().sum::<usize>() <= tokens);
            }
            prop_assert_eq!(groups.len(), greedy(&costs, segments, tokens).len());
        }
    }
}
