//! Processes that misbehave, played by a shell.

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;

use tempfile::TempDir;
use tokio::sync::oneshot;

use super::*;

/// A grandchild that survives a polite end and holds the pipes.
const STUBBORN: &str = "(trap '' TERM HUP; exec sleep 1000) & echo begun";
/// Never reached, unless something hangs.
const FAR: Duration = Duration::from_secs(30);
const SOON: Duration = Duration::from_secs(1);

struct Shell {
    directory: TempDir,
    bounds: Bounds,
}

impl Shell {
    fn new(deadline: Duration) -> Self {
        let bounds = Bounds {
            deadline: tokio::time::Instant::now() + deadline,
            output_bytes: 10_000,
            memory_bytes: Some(64 << 20),
            file_bytes: Some(1 << 20),
        };
        Self { directory: tempfile::tempdir().unwrap(), bounds }
    }

    fn path(&self) -> &Path {
        self.directory.path()
    }

    async fn run_with<K: Send + 'static>(&self, script: &str, keep: K) -> Finished<K> {
        let command = Command {
            program: "/bin/sh".into(),
            arguments: vec!["-c".into(), script.into()],
            environment: Environment::Only(vec![("PATH", "/usr/bin:/bin".into())]),
            directory: self.path().to_owned(),
            niceness: 7,
        };
        run(command, self.bounds, keep).await.unwrap()
    }

    async fn run(&self, script: &str) -> Finished<()> {
        self.run_with(script, ()).await
    }

    /// Processes whose working directory is ours, zombies not counted.
    fn left(&self) -> Vec<std::path::PathBuf> {
        let processes = fs::read_dir("/proc").unwrap().flatten().map(|it| it.path());
        let here = |it: &std::path::PathBuf| {
            fs::read_link(it.join("cwd")).is_ok_and(|it| it.starts_with(self.path()))
        };
        processes.filter(here).collect()
    }
}

/// Says when it is dropped.
struct Told(Option<oneshot::Sender<()>>);

impl Drop for Told {
    fn drop(&mut self) {
        let _ = self.0.take().expect("dropped once").send(());
    }
}

#[tokio::test]
async fn what_a_child_leaves_behind_ends_with_it() {
    let shell = Shell::new(FAR);
    let finished = shell.run(&format!("{STUBBORN}; echo oops >&2; exit 3")).await;
    assert_eq!(finished.ending, Ending::Exited(ExitStatus::from_raw(3 << 8)));
    assert_eq!((&*finished.stdout, &*finished.stderr), (&b"begun\n"[..], &b"oops\n"[..]));
    assert!(shell.left().is_empty());
}

#[tokio::test]
async fn the_deadline_ends_the_whole_group_and_keeps_what_was_printed() {
    let shell = Shell::new(SOON);
    let finished = shell.run(&format!("{STUBBORN}; trap '' TERM; wait")).await;
    assert_eq!(finished.ending, Ending::Deadline);
    assert_eq!(finished.stdout, b"begun\n");
    assert!(finished.usage.wall_ms >= 300);
    assert!(shell.left().is_empty());
}

#[tokio::test]
async fn nothing_is_started_when_it_is_too_late() {
    let shell = Shell::new(Duration::ZERO);
    let finished = shell.run("echo begun > begun").await;
    assert_eq!((finished.ending, finished.usage), (Ending::Deadline, ChildUsage::default()));
    assert!(!shell.path().join("begun").exists());
}

#[tokio::test]
async fn a_dropped_run_ends_the_group_before_it_lets_go() {
    let shell = Shell::new(FAR);
    let (told, gone) = oneshot::channel();
    let script = format!("{STUBBORN}; wait");
    let running = shell.run_with(&script, Told(Some(told)));
    assert!(tokio::time::timeout(SOON, running).await.is_err());
    gone.await.unwrap();
    assert!(shell.left().is_empty());
}

#[tokio::test]
async fn a_flood_is_drained_and_cut() {
    let shell = Shell::new(SOON);
    let finished = shell.run("yes >&2 & exec yes").await;
    assert_eq!(finished.ending, Ending::Deadline);
    assert_eq!((finished.stdout.len(), finished.stderr.len()), (10_000, 10_000));
    assert!(shell.left().is_empty());

    let shell = Shell::new(FAR);
    let finished = shell.run("head -c 5000000 /dev/zero; echo end >&2").await;
    assert_eq!((finished.stdout.len(), &*finished.stderr), (10_000, &b"end\n"[..]));
}

#[tokio::test]
async fn a_file_ends_at_its_limit() {
    let shell = Shell::new(FAR);
    let limited = "until [ $(ulimit -f) != unlimited ]; do :; done";
    let finished = shell.run(&format!("{limited}; exec head -c 50000000 /dev/zero > big")).await;
    assert!(matches!(finished.ending, Ending::Exited(status) if !status.success()));
    assert_eq!(fs::metadata(shell.path().join("big")).unwrap().len(), 1 << 20);
}

#[tokio::test]
async fn memory_ends_at_its_limit() {
    let shell = Shell::new(FAR);
    // One line without an end: `tail` has to keep it.
    let finished = shell.run("exec tail -n 1 /dev/zero").await;
    assert!(matches!(finished.ending, Ending::Exited(status) if !status.success()));
    assert!(finished.usage.cpu_ms > 0);
}

#[tokio::test]
async fn a_child_stands_back_and_so_does_what_it_starts() {
    let shell = Shell::new(FAR);
    let finished = shell.run("until [ $(nice) = 7 ]; do :; done; sh -c nice").await;
    assert_eq!(finished.stdout, b"7\n");
}

#[tokio::test]
async fn a_foreign_signal_is_told() {
    let shell = Shell::new(FAR);
    let finished = shell.run("kill -9 $$").await;
    assert!(matches!(finished.ending, Ending::Exited(status) if status.signal() == Some(9)));
}

#[tokio::test]
async fn a_process_that_left_the_group_does_not_hold_us_up() {
    let shell = Shell::new(FAR);
    let finished = shell.run("setsid sleep 5 & echo begun").await;
    assert_eq!(finished.stdout, b"begun\n");
    assert!(finished.usage.wall_ms < 4000, "{:?}", finished.usage);
}

#[tokio::test]
async fn the_memory_of_a_child_is_its_own() {
    let ours = vec![1_u8; 100 << 20];
    let shell = Shell::new(FAR);
    let finished = shell.run("echo here; sleep 1").await;
    let peak = finished.usage.peak_memory_bytes;
    assert!((1..20 << 20).contains(&peak), "{peak} while we hold {}", ours.len());
}

#[tokio::test]
async fn a_sweep_ends_what_a_dead_owner_left_running() {
    let shell = Shell::new(FAR);
    let mut config = recap_config::Config::default();
    config.data.dir = shell.path().to_owned();
    let leftover = shell.path().join("work/run-1-abcdef");
    fs::create_dir_all(&leftover).unwrap();
    let fifo = shell.path().join("fifo");
    let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
    rustix::fs::mkfifoat(rustix::fs::CWD, &fifo, mode).unwrap();

    let orphan = shell.run("cd work/run-1-abcdef && echo begun > ../../fifo && exec sleep 1000");
    let sweep = tokio::task::spawn_blocking(move || {
        // Returns when the orphan has opened the other end, in its directory.
        fs::read(fifo).unwrap();
        crate::sweep(&config).unwrap()
    });
    let (orphan, removed) = tokio::join!(orphan, sweep);
    assert_eq!(removed.unwrap(), 1);
    assert!(matches!(orphan.ending, Ending::Exited(status) if status.signal() == Some(9)));
    assert!(!leftover.exists());
}

#[tokio::test]
async fn a_program_that_is_not_there_is_an_error() {
    let command = Command {
        program: "/nonexistent/yt-dlp".into(),
        arguments: Vec::new(),
        environment: Environment::Only(Vec::new()),
        directory: "/".into(),
        niceness: 0,
    };
    let error = run(command, Shell::new(FAR).bounds, ()).await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::NotFound);
}
