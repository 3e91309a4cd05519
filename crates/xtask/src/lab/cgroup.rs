//! A control group of our own, of version 1 or 2: limits for what runs in it, and
//! what that used. Everything in it is killed with it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use recap_telemetry::resources::{self, Group as Files, Share};

use crate::shell;

const ROOT: &str = "/sys/fs/cgroup";

/// The trees of version 1 that are needed; version 2 has one for all.
const CONTROLLERS: [&str; 3] = ["cpu", "cpuacct", "memory"];

/// The period of a CPU quota, as container hosts have it, in microseconds.
const PERIOD: f64 = 100_000.0;

/// How long what was killed may take to be gone.
const GONE: Duration = Duration::from_secs(10);

/// The shell goes into each group and becomes the program.
const ENTER: &str = r#"for it in $GROUPS_TO_ENTER; do echo $$ > "$it/cgroup.procs" || exit 97; done
unset GROUPS_TO_ENTER
exec "$@""#;

/// How much there is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Limits {
    /// Cores.
    pub(crate) cpu: f64,
    pub(crate) memory_mb: u64,
}

/// The free instance.
pub(crate) const FREE: Limits = Limits { cpu: 0.1, memory_mb: 512 };

/// A group, empty at first and without a quota of CPU.
pub(crate) struct Group {
    /// In the order of [`CONTROLLERS`]; one for all in version 2.
    dirs: Vec<PathBuf>,
    files: Files,
    limits: Limits,
}

impl Group {
    /// Its memory is limited at once, its CPU by [`Self::throttle`]: starting is not
    /// what is measured.
    ///
    /// # Errors
    ///
    /// Without the right to make groups.
    pub(crate) fn create(limits: Limits) -> anyhow::Result<Self> {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("recap-bench-{}-{number}", std::process::id());
        let group = if Path::new(ROOT).join("cpuacct/cgroup.procs").exists() {
            Self::version_1(&name, limits)
        } else {
            Self::version_2(&name, limits)
        };
        group
            .context("a control group cannot be made: this needs root, and /sys/fs/cgroup writable")
    }

    fn version_1(name: &str, limits: Limits) -> anyhow::Result<Self> {
        let dirs = CONTROLLERS.map(|it| Path::new(ROOT).join(it).join(name));
        dirs.iter().try_for_each(fs::create_dir)?;
        let [cpu, accounting, memory] = dirs.clone();
        fs::write(memory.join("memory.limit_in_bytes"), bytes(limits).to_string())?;
        let files = Files::V1 { memory, cpu: Some(cpu), accounting: Some(accounting) };
        Ok(Self { dirs: dirs.to_vec(), files, limits })
    }

    fn version_2(name: &str, limits: Limits) -> anyhow::Result<Self> {
        fs::write(Path::new(ROOT).join("cgroup.subtree_control"), "+cpu +memory")?;
        let dir = Path::new(ROOT).join(name);
        fs::create_dir(&dir)?;
        fs::write(dir.join("memory.max"), bytes(limits).to_string())?;
        let files = Files::V2 { memory: dir.clone(), own: dir.clone() };
        Ok(Self { dirs: vec![dir], files, limits })
    }

    /// From now on, no more CPU than the limit.
    pub(crate) fn throttle(&self) -> anyhow::Result<()> {
        #[expect(clippy::cast_possible_truncation, reason = "some thousands")]
        let quota = (self.limits.cpu * PERIOD) as i64;
        self.set_quota(quota)
    }

    /// A program that will run in it.
    #[expect(clippy::disallowed_methods, reason = "the programs that are measured")]
    pub(crate) fn command(&self, program: &Path) -> Command {
        let dirs: Vec<String> = self.dirs.iter().map(|it| it.display().to_string()).collect();
        let mut command = Command::new("sh");
        command.args(["-c", ENTER, "sh"]).arg(program).env("GROUPS_TO_ENTER", dirs.join(" "));
        command
    }

    /// What was used so far, and what memory is used now: less what the kernel would
    /// give back first.
    pub(crate) fn used(&self) -> anyhow::Result<Share> {
        self.files.read().context("a group counts what it uses")
    }

    /// The most memory that it had at once, in bytes: with files that were read.
    pub(crate) fn memory_peak(&self) -> anyhow::Result<u64> {
        let (name, at) = match &self.files {
            Files::V1 { memory, .. } => ("memory.max_usage_in_bytes", memory),
            Files::V2 { memory, .. } => ("memory.peak", memory),
        };
        Ok(fs::read_to_string(at.join(name))?.trim().parse()?)
    }

    /// Processes that were killed because its memory was full.
    pub(crate) fn oom_kills(&self) -> anyhow::Result<u64> {
        let (name, at) = match &self.files {
            Files::V1 { memory, .. } => ("memory.oom_control", memory),
            Files::V2 { memory, .. } => ("memory.events", memory),
        };
        let text = fs::read_to_string(at.join(name))?;
        let found = text.lines().find_map(|it| it.strip_prefix("oom_kill "));
        Ok(found.context("the kernel counts its kills")?.trim().parse()?)
    }

    /// Resident memory of all processes, in bytes; what two share counts twice.
    pub(crate) fn resident(&self) -> u64 {
        self.pids().into_iter().filter_map(resources::of).map(|(own, _)| own.memory).sum()
    }

    /// Sends a signal by its name, as in `STOP`, to all that is in it.
    pub(crate) fn signal(&self, name: &str) {
        let pids: Vec<String> = self.pids().iter().map(ToString::to_string).collect();
        if !pids.is_empty() {
            // Who is gone already is none to tell.
            shell::succeeds("kill", &[&["-s", name][..], &refs(&pids)].concat());
        }
    }

    /// Whether all that ran in it has ended.
    pub(crate) fn is_empty(&self) -> bool {
        self.pids().is_empty()
    }

    fn pids(&self) -> Vec<u32> {
        let listed = fs::read_to_string(self.dirs[0].join("cgroup.procs")).unwrap_or_default();
        listed.lines().filter_map(|it| it.parse().ok()).collect()
    }

    /// In microseconds of each period; a negative one is none.
    fn set_quota(&self, quota: i64) -> anyhow::Result<()> {
        if let Files::V1 { cpu: Some(cpu), .. } = &self.files {
            fs::write(cpu.join("cpu.cfs_period_us"), PERIOD.to_string())?;
            fs::write(cpu.join("cpu.cfs_quota_us"), quota.to_string())?;
        } else {
            let quota = if quota < 0 { "max".to_owned() } else { quota.to_string() };
            fs::write(self.dirs[0].join("cpu.max"), format!("{quota} {PERIOD}"))?;
        }
        Ok(())
    }

    fn end(&self) -> anyhow::Result<()> {
        // Who has no CPU takes minutes to die.
        self.set_quota(-1)?;
        let end = Instant::now() + GONE;
        while !self.is_empty() {
            ensure!(Instant::now() < end, "what was killed is still there");
            self.signal("KILL");
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(self.dirs.iter().try_for_each(fs::remove_dir)?)
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Err(error) = self.end() {
            super::say(&format!("   {} is left behind: {error:#}", self.dirs[0].display()));
        }
    }
}

fn bytes(limits: Limits) -> u64 {
    limits.memory_mb << 20
}

fn refs(all: &[String]) -> Vec<&str> {
    all.iter().map(String::as_str).collect()
}
