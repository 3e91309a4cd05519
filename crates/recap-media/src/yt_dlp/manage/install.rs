//! An installation: one process at a time, complete or not at all.

use std::ffi::OsStr;
use std::fs::{self, File, TryLockError};
use std::path::Path;
use std::time::Duration;

use recap_config::Config;
use tokio::time::{Instant, sleep, timeout_at};

use super::setup::Setup;
use super::{DEADLINE, home, installed, version_of};
use crate::yt_dlp::{YtDlp, YtDlpError, work_dir};

/// How often a process looks whether another one has finished installing.
const LOCK_PAUSE: Duration = Duration::from_millis(200);
/// Installs the configured version, unless another process has just done so.
pub(super) async fn install(
    config: &Config,
    search_path: &OsStr,
    say: &impl Fn(&str),
) -> Result<YtDlp, YtDlpError> {
    let deadline = Instant::now() + DEADLINE;
    let home = home(config)?;
    fs::create_dir_all(&home).map_err(YtDlpError::io(&home))?;
    let too_slow = |_| YtDlpError::TooSlow { seconds: DEADLINE.as_secs() };
    // Held to the end. The system lets go of it when this process dies.
    let _lock = timeout_at(deadline, lock(&home, say)).await.map_err(too_slow)??;
    match installed(config).await {
        Err(YtDlpError::NotFound) => {}
        found => return found,
    }
    let version = version_of(config)?;
    let building = home.join(format!(".building-{version}"));
    remove(&building)?;
    let setup = Setup { directory: home.clone(), work: work_dir::root(config), deadline };
    let made = setup.make(config, search_path, version, &building, say).await;
    let finished = match made {
        Ok(()) => put_in_place(&building, &home.join(version)),
        Err(error) => Err(error),
    };
    if let Err(error) = finished {
        let _ = remove(&building);
        return Err(error);
    }
    let found = installed(config).await?;
    say(&format!("yt-dlp {} is ready", found.version));
    Ok(found)
}

/// Waits for other processes that install.
async fn lock(home: &Path, say: &impl Fn(&str)) -> Result<File, YtDlpError> {
    let path = home.join(".lock");
    let opened = File::options().create(true).append(true).open(&path);
    let file = opened.map_err(YtDlpError::io(&path))?;
    let mut said = false;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => {
                if !said {
                    say("another recap is installing yt-dlp, waiting for it");
                    said = true;
                }
                sleep(LOCK_PAUSE).await;
            }
            Err(TryLockError::Error(source)) => return Err(YtDlpError::io(path)(source)),
        }
    }
}

/// A copy that is there does not work any more, or there would be no need.
fn put_in_place(building: &Path, place: &Path) -> Result<(), YtDlpError> {
    remove(place)?;
    fs::rename(building, place).map_err(YtDlpError::io(place))
}

fn remove(directory: &Path) -> Result<(), YtDlpError> {
    match fs::remove_dir_all(directory) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(YtDlpError::io(directory)(error))
        }
        _ => Ok(()),
    }
}
