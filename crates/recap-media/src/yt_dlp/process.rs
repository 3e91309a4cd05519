//! One child process, bounded in time, memory, file size and output, and
//! always ended together with all that it started.

mod capture;
mod group;
mod limits;

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::pin::pin;
use std::process::{Child, ChildStderr, ChildStdout, ExitStatus, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use recap_core::job::ChildUsage;
use tokio::task::JoinHandle;

use capture::Capture;
use group::{KillOnDrop, Reaped};

pub(crate) use group::{Group, is_gone, wait_until_gone};

/// How long the pipes are read on after the process group is gone. They close
/// with it, unless a process left the group and took them along.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// How often and how soon a program that is being written is tried again.
const BUSY_RETRIES: u32 = 50;
const BUSY_PAUSE: Duration = Duration::from_millis(10);

/// What is run.
#[derive(Clone, Debug)]
pub(crate) struct Command {
    /// An absolute path: the child works in another directory.
    pub(crate) program: PathBuf,
    pub(crate) arguments: Vec<OsString>,
    pub(crate) environment: Environment,
    pub(crate) directory: PathBuf,
    /// How far it stands back for others; 0: not at all.
    pub(crate) niceness: u8,
}

/// What the child sees of the environment.
#[derive(Clone, Debug)]
pub(crate) enum Environment {
    /// These variables and no others.
    Only(Vec<(&'static str, OsString)>),
    /// Ours, with another directory for temporary files if one is named. Only
    /// for installing: pip needs the operator's proxy and index.
    Inherited { temporary: Option<PathBuf> },
}

/// What the child may use.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// Its whole group is killed then.
    pub(crate) deadline: tokio::time::Instant,
    /// Kept of each output stream, in bytes; the rest is read and dropped.
    pub(crate) output_bytes: usize,
    /// Address space of each process, in bytes.
    pub(crate) memory_bytes: Option<u64>,
    /// Size of each file it writes, in bytes.
    pub(crate) file_bytes: Option<u64>,
}

/// How a run ended.
#[derive(Debug)]
pub(crate) struct Finished<K> {
    pub(crate) ending: Ending,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: Vec<u8>,
    pub(crate) usage: ChildUsage,
    /// What was to be kept until the processes are gone.
    pub(crate) kept: K,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// By itself, or by a signal that was not ours.
    Exited(ExitStatus),
    /// Killed at the deadline.
    Deadline,
}

/// Runs `command` to its end, or not at all after the deadline; dropping the returned future kills it. In either
/// case `keep` is held until no process of the group is left, so that a work
/// directory is not removed under a living process.
///
/// # Errors
///
/// If the process cannot be started or waited for.
pub(crate) async fn run<K: Send + 'static>(
    command: Command,
    bounds: Bounds,
    keep: K,
) -> io::Result<Finished<K>> {
    let started = Instant::now();
    if bounds.deadline <= tokio::time::Instant::now() {
        let (ending, usage) = (Ending::Deadline, ChildUsage::default());
        return Ok(Finished { ending, usage, stdout: Vec::new(), stderr: Vec::new(), kept: keep });
    }
    let mut child = spawn_when_written(&command).await?;
    let group = Arc::new(Group::of(&child));
    // From here on every way out kills the group, a dropped future included.
    let guard = KillOnDrop(group.clone());
    limits::apply(group.leader(), bounds);
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let waiting = group.clone();
    let mut leader = tokio::task::spawn_blocking(move || (waiting.wait(child), keep));

    let mut streams = Streams::new(group.leader(), bounds.output_bytes);
    let mut killed = false;
    let ended = streams.read_until(stdout, stderr, &mut leader, async {
        tokio::time::sleep_until(bounds.deadline).await;
        guard.0.kill();
        killed = true;
    });
    let (reaped, kept) = ended.await?;
    let Reaped { status, cpu, peak_memory_bytes } = reaped?;
    Ok(Finished {
        ending: if killed { Ending::Deadline } else { Ending::Exited(status) },
        usage: ChildUsage {
            cpu_ms: milliseconds(cpu),
            wall_ms: milliseconds(started.elapsed()),
            peak_memory_bytes: streams.peak_memory_bytes().unwrap_or(peak_memory_bytes),
        },
        stdout: streams.stdout.bytes,
        stderr: streams.stderr.bytes,
        kept,
    })
}

/// Waits for the group to be gone, and holds what is to be kept until then.
type Waiting<K> = JoinHandle<(io::Result<Reaped>, K)>;

/// Starts the process, a moment later if its program is being written: by an
/// update, or by a sibling process between its fork and its exec.
async fn spawn_when_written(command: &Command) -> io::Result<Child> {
    for _ in 0..BUSY_RETRIES {
        match spawn(command, Stdio::null()) {
            Err(error) if error.kind() == io::ErrorKind::ExecutableFileBusy => {
                tokio::time::sleep(BUSY_PAUSE).await;
            }
            started => return started,
        }
    }
    spawn(command, Stdio::null())
}

/// The one place where a process is started. It has its output in pipes, and
/// leads a process group of its own.
pub(crate) fn spawn(command: &Command, stdin: Stdio) -> io::Result<Child> {
    use std::os::unix::process::CommandExt;

    #[expect(
        clippy::disallowed_methods,
        reason = "the caller bounds and ends what is started here"
    )]
    let mut process = std::process::Command::new(&command.program);
    match &command.environment {
        Environment::Only(variables) => {
            process.env_clear().envs(variables.iter().map(|(name, value)| (name, value)));
        }
        Environment::Inherited { temporary } => {
            process.envs(temporary.iter().map(|it| ("TMPDIR", it)));
        }
    }
    let child = process
        .args(&command.arguments)
        .current_dir(&command.directory)
        .stdin(stdin)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        // A group of its own: killing yt-dlp alone would leave its ffmpeg
        // behind, which keeps our pipes open.
        .process_group(0)
        .spawn()?;
    limits::stand_back(&child, command.niceness);
    Ok(child)
}

struct Streams {
    leader: rustix::process::Pid,
    stdout: Capture,
    stderr: Capture,
}

impl Streams {
    fn new(leader: rustix::process::Pid, limit: usize) -> Self {
        Self { leader, stdout: Capture::new(limit), stderr: Capture::new(limit) }
    }

    /// Reads both streams until the group is gone and they are at their end.
    /// `late` ends the group when it has taken too long.
    async fn read_until<K>(
        &mut self,
        stdout: Option<ChildStdout>,
        stderr: Option<ChildStderr>,
        leader: &mut Waiting<K>,
        late: impl Future<Output = ()>,
    ) -> io::Result<(io::Result<Reaped>, K)> {
        let stdout = stdout.map(tokio::process::ChildStdout::from_std).transpose()?;
        let stderr = stderr.map(tokio::process::ChildStderr::from_std).transpose()?;
        let pid = self.leader;
        let mut reading = pin!(async {
            tokio::join!(self.stdout.fill(stdout, pid), self.stderr.fill(stderr, pid));
        });
        let mut late = pin!(late);
        let (mut at_end, mut ending) = (false, false);
        let ended = loop {
            tokio::select! {
                ended = &mut *leader => break ended.map_err(io::Error::other)?,
                () = &mut reading, if !at_end => at_end = true,
                () = &mut late, if !ending => ending = true,
            }
        };
        if !at_end {
            // Nothing is lost when it does not end: the captures keep what came.
            let _ = tokio::time::timeout(LAST_WORDS, reading).await;
        }
        Ok(ended)
    }

    fn peak_memory_bytes(&self) -> Option<u64> {
        self.stdout.peak_memory_bytes.max(self.stderr.peak_memory_bytes)
    }
}

pub(crate) fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
