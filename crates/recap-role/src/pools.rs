//! How much is in use of what this process has a limited number of.

use recap_core::ports::Pools;
use recap_telemetry::metrics;

use crate::ports::Ports;

impl Ports {
    /// Asks nobody; what is shared with others is as this process sees it.
    pub fn pools(&self) -> Pools {
        let (name, connections) = self.opened.connections();
        let shared = self.shared.link().map(|it| ("shared", it));
        let queue = self.queue.link().map(|it| ("queue", it));
        Pools {
            connections: [(name, connections)].into(),
            redis: shared.into_iter().chain(queue).collect(),
            requests: metrics::requests_in_flight().into_iter().collect(),
            slots: self.shared.slots_in_use(),
            breakers: self.shared.breakers_now(),
        }
    }
}
