//! What this process, its children and its control group use of the machine.
//!
//! From `/proc` and the control group's files (Linux `proc(5)`, the kernel's
//! `cgroup-v1/` and `cgroup-v2` documents). Elsewhere, and where a file cannot be
//! read, nothing is known, which is not an error.

mod group;
mod tree;

use std::time::Duration;

pub use self::group::Group;

/// What somebody uses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// Resident memory, in bytes; what several children share is counted once.
    pub memory: u64,
    /// User and system time since the beginning. Of children also that of those
    /// which have ended.
    pub cpu: Duration,
}

/// All that is used at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    pub process: Share,
    pub children: Share,
    /// `None` outside of a control group that counts memory.
    pub group: Option<Share>,
    /// How often the group ran out of its share of CPU.
    pub throttled: u64,
}

/// Reads what is used, and knows how much there is.
#[derive(Clone, Debug)]
pub struct Meter {
    group: Option<Group>,
    /// In bytes; the smallest of what the setting, the group and the machine allow.
    limit: u64,
    /// The setting, or the machine: then what the group holds is not what counts.
    by_tree: bool,
}

impl Meter {
    /// `limit` is that of the setting, in bytes, if there is one.
    pub fn new(limit: Option<u64>) -> Self {
        let group = Group::find();
        let of_group = group.as_ref().and_then(Group::memory_limit);
        let found = of_group.unwrap_or_else(|| tree::machine_memory().unwrap_or(u64::MAX));
        let limit = limit.unwrap_or(u64::MAX).min(found);
        Self { by_tree: of_group != Some(limit), group, limit }
    }

    /// How much memory there is, in bytes.
    pub fn limit(&self) -> u64 {
        self.limit
    }

    pub fn read(&self) -> Usage {
        let (process, children) = of(std::process::id()).unwrap_or_default();
        let group = self.group.as_ref().and_then(Group::read);
        let throttled = self.group.as_ref().map_or(0, Group::throttled);
        Usage { process, children, group, throttled }
    }

    /// How full the memory is, in percent: of the group if it is the group's that is
    /// short, else of the process and its children.
    pub fn percent(&self, usage: &Usage) -> u8 {
        let tree = usage.process.memory + usage.children.memory;
        let used = match usage.group {
            Some(group) if !self.by_tree => group.memory,
            _ => tree,
        };
        let percent = used.saturating_mul(100) / self.limit.max(1);
        u8::try_from(percent).unwrap_or(u8::MAX)
    }
}

/// What a process uses, and what all below it do; `None` for one that is gone.
pub fn of(pid: u32) -> Option<(Share, Share)> {
    tree::read(pid)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usage(tree: u64, group: Option<u64>) -> Usage {
        let share = |memory| Share { memory, cpu: Duration::ZERO };
        Usage { process: share(tree), group: group.map(share), ..Usage::default() }
    }

    #[test]
    fn memory_is_measured_where_it_is_short() {
        let by_group = Meter { group: None, limit: 200, by_tree: false };
        assert_eq!(by_group.percent(&usage(10, Some(100))), 50);
        assert_eq!(by_group.percent(&usage(10, None)), 5);
        let by_tree = Meter { by_tree: true, ..by_group };
        assert_eq!(by_tree.percent(&usage(10, Some(100))), 5);
        assert_eq!(by_tree.percent(&usage(10_000, None)), 255);
    }

    #[test]
    fn this_process_uses_something() {
        let meter = Meter::new(Some(64 << 20));
        assert!(meter.limit() <= 64 << 20);
        let usage = meter.read();
        assert!(usage.process.memory > 1 << 20, "{usage:?}");
        assert!(meter.percent(&usage) > 0);
    }
}
