//! A process and what it started, from `/proc`.

use std::fs;
use std::time::Duration;

use super::Share;

/// Ticks a second of the times in `/proc`, on every machine that recap runs on
/// (`USER_HZ`, `proc(5)`).
const TICKS: u64 = 100;

/// Deepest chain of children that is followed: yt-dlp starts ffmpeg or a script
/// runtime, and those nothing.
const DEPTH: usize = 4;

/// A process, and all below it; `None` for one that is gone.
pub(super) fn read(pid: u32) -> Option<(Share, Share)> {
    let own = Stat::of(pid)?;
    let mut children = Share { memory: 0, cpu: own.ended };
    for child in children_of(pid) {
        add(&mut children, child, DEPTH);
    }
    Some((Share { memory: resident(pid), cpu: own.cpu }, children))
}

fn add(sum: &mut Share, pid: u32, depth: usize) {
    let Some(stat) = Stat::of(pid) else { return };
    sum.memory += proportional(pid);
    sum.cpu += stat.cpu + stat.ended;
    if depth > 0 {
        for child in children_of(pid) {
            add(sum, child, depth - 1);
        }
    }
}

/// Times of a process.
struct Stat {
    cpu: Duration,
    /// Of children that it has waited for.
    ended: Duration,
}

impl Stat {
    fn of(pid: u32) -> Option<Self> {
        Self::parse(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
    }

    /// Fields 14 to 17; the second one is a name that may hold anything, in brackets.
    fn parse(text: &str) -> Option<Self> {
        let (_, rest) = text.rsplit_once(')')?;
        let mut ticks = rest.split_whitespace().skip(11).map(str::parse::<u64>);
        let mut next = || ticks.next()?.ok();
        let (user, system, ended_user, ended_system) = (next()?, next()?, next()?, next()?);
        let time = |ticks| Duration::from_millis(ticks * 1000 / TICKS);
        Some(Self { cpu: time(user + system), ended: time(ended_user + ended_system) })
    }
}

/// A child belongs to the thread that started it.
fn children_of(pid: u32) -> Vec<u32> {
    let tasks = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    let lists = tasks.filter_map(|it| fs::read_to_string(it.path().join("children")).ok());
    lists.flat_map(|it| numbers(&it)).collect()
}

fn numbers(text: &str) -> Vec<u32> {
    text.split_whitespace().filter_map(|it| it.parse().ok()).collect()
}

/// Resident memory of a process in bytes; zero for one that is gone.
fn resident(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    kilobytes(&status, "VmRSS:").unwrap_or(0)
}

/// Its share of the memory that it has: what several hold, as forks do, counts once
/// among them all. All that is resident where that cannot be read.
fn proportional(pid: u32) -> u64 {
    let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
    kilobytes(&rollup, "Pss:").unwrap_or_else(|| resident(pid))
}

/// All memory of the machine, in bytes.
pub(super) fn machine_memory() -> Option<u64> {
    kilobytes(&fs::read_to_string("/proc/meminfo").ok()?, "MemTotal:")
}

/// A line such as `VmRSS:  1234 kB`, in bytes.
fn kilobytes(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|it| it.strip_prefix(name))?;
    Some(line.split_whitespace().next()?.parse::<u64>().ok()? * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_found_behind_any_name() {
        let text = "7 (a) b (c) S 1 7 7 0 -1 4194560 1 2 3 4 11 22 33 44 20 0 9 0 5";
        let stat = Stat::parse(text).expect("complete");
        assert_eq!((stat.cpu, stat.ended), (ms(330), ms(770)));
        assert!(Stat::parse("7 (a) S 1").is_none());
    }

    fn ms(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    #[test]
    fn memory_is_in_bytes() {
        assert_eq!(kilobytes("Name:\tx\nVmRSS:\t  12 kB\n", "VmRSS:"), Some(12 * 1024));
        assert_eq!(kilobytes("Name:\tx\n", "VmRSS:"), None);
    }

    #[test]
    fn a_share_is_no_more_than_all_of_it() {
        let pid = std::process::id();
        let share = proportional(pid);
        assert!(share > 1 << 20 && share < 2 * resident(pid), "{share}");
        assert_eq!(proportional(u32::MAX), 0);
    }
}
