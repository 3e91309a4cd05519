//! Which call to a model meets which fault.

use std::collections::{BTreeMap, VecDeque};

/// The faults to come.
pub(crate) struct Faults<F> {
    queue: VecDeque<(F, u32)>,
    models: BTreeMap<String, F>,
}

impl<F> Default for Faults<F> {
    fn default() -> Self {
        Self { queue: VecDeque::new(), models: BTreeMap::new() }
    }
}

impl<F: Copy> Faults<F> {
    pub(crate) fn queue(&mut self, fault: F, times: u32) {
        self.queue.push_back((fault, times));
    }

    pub(crate) fn for_model(&mut self, model: &str, fault: F) {
        self.models.insert(model.to_owned(), fault);
    }

    /// The fault of the next call to `model`: its own one does not use up the queue.
    pub(crate) fn next(&mut self, model: &str) -> Option<F> {
        if let Some(fault) = self.models.get(model) {
            return Some(*fault);
        }
        while let Some((fault, left)) = self.queue.front_mut() {
            if *left > 0 {
                *left -= 1;
                return Some(*fault);
            }
            self.queue.pop_front();
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::Faults;

    #[test]
    fn faults_come_in_order_and_as_often_as_asked() {
        let mut faults = Faults::default();
        faults.queue("internal", 2);
        faults.queue("stall", 0);
        faults.queue("safety", 1);
        let met: Vec<_> = (0..4).map(|_| faults.next("m")).collect();
        assert_eq!(met, [Some("internal"), Some("internal"), Some("safety"), None]);
    }

    #[test]
    fn a_model_keeps_its_fault_and_leaves_the_queue_alone() {
        let mut faults = Faults::default();
        faults.for_model("a", "day");
        faults.queue("internal", 1);
        assert_eq!([faults.next("a"), faults.next("a")], [Some("day"); 2]);
        assert_eq!(faults.next("b"), Some("internal"));
    }
}
