//! The control group of this process: version 2, or version 1 as on older hosts.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::Share;

/// Where the files of control groups are.
const ROOT: &str = "/sys/fs/cgroup";

/// What a limit that is none is at least, in bytes: version 1 writes a number near
/// 2^63.
const NO_LIMIT: u64 = 1 << 60;

/// Its files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Group {
    V2 {
        /// The group that has the limit, or the process' own.
        memory: PathBuf,
        own: PathBuf,
    },
    V1 {
        memory: PathBuf,
        cpu: Option<PathBuf>,
        accounting: Option<PathBuf>,
    },
}

impl Group {
    /// That of this process; `None` if there is none that counts memory.
    pub fn find() -> Option<Self> {
        Self::find_in(Path::new(ROOT), &fs::read_to_string("/proc/self/cgroup").ok()?)
    }

    /// `listed` is `/proc/self/cgroup`. In a container its paths may be those of the
    /// host, which are not there: then it is the root that is ours.
    fn find_in(root: &Path, listed: &str) -> Option<Self> {
        let v1 = |controller: &str| {
            let path = listed.lines().find_map(|it| of_controller(it, controller))?;
            let top = root.join(controller);
            Some(existing(&top, path)).filter(|it| it.is_dir())
        };
        if let Some(memory) = v1("memory").filter(|it| it.join("memory.usage_in_bytes").exists()) {
            let memory = limited(&root.join("memory"), memory, "memory.limit_in_bytes");
            return Some(Self::V1 { memory, cpu: v1("cpu"), accounting: v1("cpuacct") });
        }
        let path = listed.lines().find_map(|it| it.strip_prefix("0::"))?;
        let own = existing(root, path);
        let memory = limited(root, own.clone(), "memory.max");
        memory.join("memory.current").exists().then_some(Self::V2 { memory, own })
    }

    /// The most memory that it may use, in bytes; `None` if nobody said.
    pub fn memory_limit(&self) -> Option<u64> {
        match self {
            Self::V2 { memory, .. } => limit(memory, "memory.max"),
            Self::V1 { memory, .. } => limit(memory, "memory.limit_in_bytes"),
        }
    }

    /// What it uses. Pages of files that nobody has looked at for a while do not
    /// count: the kernel takes them back before it refuses memory.
    pub fn read(&self) -> Option<Share> {
        let (used, idle, cpu) = match self {
            Self::V2 { memory, own } => {
                let cpu = field(own, "cpu.stat", "usage_usec").map(Duration::from_micros);
                (
                    number(memory, "memory.current")?,
                    field(memory, "memory.stat", "inactive_file"),
                    cpu,
                )
            }
            Self::V1 { memory, accounting, .. } => {
                let idle = field(memory, "memory.stat", "total_inactive_file");
                let cpu = accounting.as_deref().and_then(|it| number(it, "cpuacct.usage"));
                (number(memory, "memory.usage_in_bytes")?, idle, cpu.map(Duration::from_nanos))
            }
        };
        let memory = used.saturating_sub(idle.unwrap_or(0));
        Some(Share { memory, cpu: cpu.unwrap_or_default() })
    }

    /// How many periods of its CPU quota ended with somebody waiting.
    pub fn throttled(&self) -> u64 {
        let found = match self {
            Self::V2 { own, .. } => field(own, "cpu.stat", "nr_throttled"),
            Self::V1 { cpu, .. } => {
                cpu.as_deref().and_then(|it| field(it, "cpu.stat", "nr_throttled"))
            }
        };
        found.unwrap_or(0)
    }
}

/// The path in a line such as `4:cpu,cpuacct:/docker/7`, if it is about
/// `controller`.
fn of_controller<'a>(line: &'a str, controller: &str) -> Option<&'a str> {
    let (_, rest) = line.split_once(':')?;
    let (names, path) = rest.split_once(':')?;
    names.split(',').any(|it| it == controller).then_some(path)
}

/// The group of that path below `top`, or `top` itself.
fn existing(top: &Path, path: &str) -> PathBuf {
    let group = top.join(path.trim_start_matches('/'));
    if group.is_dir() { group } else { top.to_owned() }
}

/// The group on the way from `group` up to `top` with the smallest limit; `group`
/// if none has one.
fn limited(top: &Path, group: PathBuf, file: &str) -> PathBuf {
    let chain = group.ancestors().take_while(|it| it.starts_with(top));
    let with_limit = chain.filter_map(|it| Some((limit(it, file)?, it)));
    let smallest = with_limit.min_by_key(|it| it.0).map(|it| it.1.to_owned());
    smallest.unwrap_or(group)
}

fn limit(group: &Path, file: &str) -> Option<u64> {
    // Version 2 writes `max` if there is none.
    number(group, file).filter(|it| *it < NO_LIMIT)
}

fn number(group: &Path, file: &str) -> Option<u64> {
    fs::read_to_string(group.join(file)).ok()?.trim().parse().ok()
}

/// The number in a line such as `inactive_file 4096`.
fn field(group: &Path, file: &str, name: &str) -> Option<u64> {
    let text = fs::read_to_string(group.join(file)).ok()?;
    let mut lines = text.lines().filter_map(|it| it.split_once(' '));
    lines.find(|it| it.0 == name)?.1.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(all: &[(&str, &str)]) -> tempfile::TempDir {
        let directory = tempfile::tempdir().expect("there is room");
        for (path, text) in all {
            let path = directory.path().join(path);
            fs::create_dir_all(path.parent().expect("it has one")).expect("there is room");
            fs::write(path, text).expect("there is room");
        }
        directory
    }

    #[test]
    fn version_2_is_limited_by_whoever_allows_least() {
        let root = files(&[
            ("a/memory.max", "1000\n"),
            ("a/memory.current", "700\n"),
            ("a/memory.stat", "anon 500\ninactive_file 200\n"),
            ("a/b/memory.max", "max\n"),
            ("a/b/memory.current", "600\n"),
            ("a/b/cpu.stat", "usage_usec 5000\nnr_periods 9\nnr_throttled 3\n"),
        ]);
        let group = Group::find_in(root.path(), "0::/a/b\n").expect("it is one");
        assert_eq!(group.memory_limit(), Some(1000));
        let share = Share { memory: 500, cpu: Duration::from_millis(5) };
        assert_eq!((group.read(), group.throttled()), (Some(share), 3));
    }

    #[test]
    fn version_1_has_a_tree_for_each_controller() {
        let root = files(&[
            ("memory/x/memory.limit_in_bytes", "2048\n"),
            ("memory/x/memory.usage_in_bytes", "1024\n"),
            ("memory/x/memory.stat", "total_inactive_file 24\n"),
            ("cpuacct/x/cpuacct.usage", "7000000\n"),
            ("cpu/x/cpu.stat", "nr_throttled 5\n"),
        ]);
        let listed = "9:name=systemd:/\n4:cpu,cpuacct:/x\n3:memory:/x\n0::/\n";
        let group = Group::find_in(root.path(), listed).expect("it is one");
        assert_eq!((group.memory_limit(), group.throttled()), (Some(2048), 5));
        let share = Share { memory: 1000, cpu: Duration::from_millis(7) };
        assert_eq!(group.read(), Some(share));
    }

    #[test]
    fn in_a_container_the_root_is_ours() {
        let root = files(&[("memory.max", "max\n"), ("memory.current", "8\n")]);
        let group = Group::find_in(root.path(), "0::/system.slice/docker-7.scope\n");
        let group = group.expect("it is one");
        assert_eq!(group.memory_limit(), None);
        assert_eq!(group.read().map(|it| it.memory), Some(8));
        assert_eq!(Group::find_in(root.path(), "nonsense"), None);
    }

    #[test]
    fn no_limit_of_version_1_is_a_large_number() {
        let root = files(&[
            ("memory/memory.limit_in_bytes", "9223372036854771712\n"),
            ("memory/memory.usage_in_bytes", "1\n"),
        ]);
        let group = Group::find_in(root.path(), "3:memory:/\n").expect("it is one");
        assert_eq!(group.memory_limit(), None);
    }
}
