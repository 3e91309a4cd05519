//! Which lane has its turn: pure counting.

use recap_core::job::{Lane, Priority, Region};

/// In the order of the lanes' indices, for each region and for none.
const PRIORITIES: [Priority; 2] = [Priority::Interactive, Priority::Bulk];

/// The lanes that a worker takes entries of: those for any worker, and those
/// for its own regions. [`Turns`] counts on their order.
pub(crate) fn lanes(regions: &[Region]) -> Vec<Lane> {
    let mut places = vec![None];
    for region in regions.iter().cloned().map(Some) {
        if !places.contains(&region) {
            places.push(region);
        }
    }
    let of = |priority| places.iter().map(move |it| Lane { priority, region: it.clone() });
    PRIORITIES.into_iter().flat_map(of).collect()
}

/// Weighted turns of priorities, and even turns of regions within a priority.
/// A lane that is empty gives its turn to the next one, so that nothing is left
/// waiting while a worker is free.
#[derive(Debug)]
pub(crate) struct Turns {
    /// Interactive entries for each bulk one.
    weight: u32,
    /// Lanes of one priority.
    width: usize,
    /// Entries taken since the last turn of bulk ones.
    taken: u32,
    /// Which lane of each priority comes first.
    first: [usize; PRIORITIES.len()],
}

impl Turns {
    /// `lanes` are as many as [`lanes()`] made.
    pub(crate) fn new(weight: u32, lanes: usize) -> Self {
        Self { weight, width: lanes / PRIORITIES.len(), taken: 0, first: Default::default() }
    }

    /// The lanes in the order in which the next entry is looked for.
    pub(crate) fn order(&self) -> Vec<usize> {
        let priorities = if self.taken < self.weight { [0, 1] } else { [1, 0] };
        let of = |it: usize| {
            (0..self.width).map(move |step| (self.first[it] + step) % self.width + it * self.width)
        };
        priorities.into_iter().flat_map(of).collect()
    }

    /// An entry of `lane` was taken.
    pub(crate) fn took(&mut self, lane: usize) {
        self.taken = if self.taken < self.weight { self.taken + 1 } else { 0 };
        self.first[lane / self.width] = (lane % self.width + 1) % self.width;
    }
}

#[cfg(test)]
mod tests {
    use super::{Turns, lanes};

    /// Takes `count` entries of lanes of which only `full` ever have any.
    #[track_caller]
    fn check(weight: u32, regions: usize, full: &[usize], expected: &[usize]) {
        let mut turns = Turns::new(weight, (regions + 1) * 2);
        let mut taken = Vec::new();
        for _ in expected {
            let lane = turns.order().into_iter().find(|it| full.contains(it));
            let lane = lane.expect("all lanes are looked at");
            turns.took(lane);
            taken.push(lane);
        }
        assert_eq!(taken, expected);
    }

    #[test]
    fn each_has_its_share_and_none_waits_for_an_empty_one() {
        check(2, 0, &[0, 1], &[0, 0, 1, 0, 0, 1]);
        check(1, 0, &[0, 1], &[0, 1, 0, 1]);
        check(2, 0, &[0], &[0, 0, 0, 0]);
        check(2, 0, &[1], &[1, 1, 1, 1]);
        check(3, 1, &[0, 1, 2, 3], &[0, 1, 0, 2, 1, 0, 1, 3]);
        check(9, 2, &[0, 2], &[0, 2, 0, 2]);
    }

    #[test]
    fn a_region_has_one_lane_of_each_priority() {
        let region = |it: &str| it.to_owned().try_into().expect("a region");
        let lanes = lanes(&[region("eu"), region("us"), region("eu")]);
        let names: Vec<String> = lanes
            .iter()
            .map(|it| {
                format!("{} {}", it.priority, it.region.as_ref().map_or("-", |it| it.as_str()))
            })
            .collect();
        let expected =
            ["interactive -", "interactive eu", "interactive us", "bulk -", "bulk eu", "bulk us"];
        assert_eq!(names, expected);
    }
}
