//! The private directory of one run, and the removal of those that a crash
//! left behind.

use std::fs::{self, File, Permissions, TryLockError};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use recap_config::Config;
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

/// Begins the name of every work directory; nothing else is ever removed.
const PREFIX: &str = "run-";

/// A directory that only its owner may enter, gone when this is dropped.
///
/// Its owner holds a lock on it. A lock ends with its process, however that
/// ends, and unlike a process id it cannot be taken over by another process:
/// in a container recap is always process 1.
#[derive(Debug)]
pub(crate) struct WorkDir {
    // Before the lock, so that the directory goes while it is still ours.
    dir: TempDir,
    _lock: File,
}

impl WorkDir {
    /// Makes one under `root`, which is made if it is missing.
    pub(crate) fn create(root: &Path) -> io::Result<Self> {
        fs::create_dir_all(root)?;
        let root = fs::canonicalize(root)?;
        // Held until the new directory is locked: a sweep in between would
        // take it for a leftover.
        let _gate = gate(&root)?;
        let dir = tempfile::Builder::new()
            .prefix(&format!("{PREFIX}{}-", std::process::id()))
            .permissions(Permissions::from_mode(0o700))
            .tempdir_in(&root)?;
        let lock = File::open(dir.path())?;
        lock.lock()?;
        Ok(Self { dir, _lock: lock })
    }

    /// Absolute, without symbolic links.
    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }
}

/// Where the work directories are.
pub(crate) fn root(config: &Config) -> PathBuf {
    config.data.dir.join("work")
}

/// Removes the work directories whose owner is dead, and returns their number.
/// A yt-dlp that still runs in one of them, because nobody was left to end it,
/// is killed.
/// Meant for the start of a process; others may be running on the same data.
///
/// # Errors
///
/// If the directory of work directories cannot be read. A leftover that cannot
/// be removed is left for the next time.
pub fn sweep(config: &Config) -> io::Result<usize> {
    let root = root(config);
    if !root.exists() {
        return Ok(0);
    }
    let _gate = gate(&root)?;
    let mut removed = 0;
    for entry in fs::read_dir(&root)? {
        let path = entry?.path();
        if is_leftover(&path) {
            kill_those_in(&path);
            removed += usize::from(fs::remove_dir_all(&path).is_ok());
        }
    }
    Ok(removed)
}

/// Whether `path` is a work directory that nobody holds.
fn is_leftover(path: &Path) -> bool {
    let named = path.file_name().is_some_and(|it| it.to_string_lossy().starts_with(PREFIX));
    let directory = fs::symlink_metadata(path).is_ok_and(|it| it.is_dir());
    named
        && directory
        && File::open(path).is_ok_and(|it| !matches!(it.try_lock(), Err(TryLockError::WouldBlock)))
}

/// Kills the processes that work in `directory`. Its name is random and nobody
/// else may enter it, so they are yt-dlp's. Finds them on Linux only.
fn kill_those_in(directory: &Path) {
    let Ok(directory) = fs::canonicalize(directory) else { return };
    for process in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let here = fs::read_link(process.path().join("cwd")).is_ok_and(|it| it == directory);
        let id = process.file_name().to_str().and_then(|it| it.parse().ok());
        if let Some(id) = id.and_then(Pid::from_raw).filter(|_| here) {
            // It can only fail when it has ended by itself.
            let _ = kill_process(id, Signal::KILL);
        }
    }
}

fn gate(root: &Path) -> io::Result<File> {
    let gate = File::options().create(true).append(true).open(root.join(".lock"))?;
    gate.lock()?;
    Ok(gate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_nobody_holds_is_swept() {
        let data = tempfile::tempdir().unwrap();
        let mut config = Config::default();
        config.data.dir = data.path().to_owned();
        assert_eq!(sweep(&config).unwrap(), 0);

        let held = WorkDir::create(&root(&config)).unwrap();
        let leftover = root(&config).join("run-1-abcdef");
        fs::create_dir(&leftover).unwrap();
        fs::write(leftover.join("sub.en.json3"), "{}").unwrap();
        let foreign = root(&config).join("notes");
        fs::create_dir(&foreign).unwrap();

        assert_eq!(sweep(&config).unwrap(), 1);
        assert!(held.path().exists() && foreign.exists() && !leftover.exists());

        let path = held.path().to_owned();
        drop(held);
        assert!(!path.exists());
    }

    #[test]
    fn nobody_else_may_enter() {
        let data = tempfile::tempdir().unwrap();
        let work = WorkDir::create(data.path()).unwrap();
        let mode = fs::metadata(work.path()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
    }
}
