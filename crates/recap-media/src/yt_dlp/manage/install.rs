//! The steps of an installation.

use std::ffi::OsStr;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use recap_config::Config;
use tokio::time::{Instant, sleep, timeout_at};

use super::{arguments, home, installed, python_in, version_of};
use crate::yt_dlp::process::{self, Bounds, Command, Ending, Environment};
use crate::yt_dlp::{YtDlp, YtDlpError, locate, redact};

const DEADLINE: Duration = Duration::from_mins(5);
/// How often a process looks whether another one has finished installing.
const LOCK_PAUSE: Duration = Duration::from_millis(200);
/// Prints the version, and fails if a module that makes environments is
/// missing: Debian ships Python without them.
const PROBE: &str =
    "import sys; print('%d.%d' % sys.version_info[:2], flush=True); import venv, ensurepip";
const OLDEST_PYTHON: (u32, u32) = (3, 11);

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
    let setup = Setup { directory: home.clone(), deadline };
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

struct Setup {
    directory: PathBuf,
    deadline: Instant,
}

/// What a step printed, and whether it succeeded.
struct Step {
    success: bool,
    stdout: String,
    stderr: String,
}

impl Setup {
    async fn make(
        &self,
        config: &Config,
        search_path: &OsStr,
        version: &str,
        building: &Path,
        say: &impl Fn(&str),
    ) -> Result<(), YtDlpError> {
        let python = self.python(&config.media.python, search_path).await?;
        say(&format!("installing yt-dlp {version} (once): making a Python environment"));
        let target = building.to_string_lossy();
        self.step(&python, &["-I", "-m", "venv", "--clear", &target], "making the environment")
            .await?;

        say("downloading yt-dlp");
        let own = python_in(building);
        let package = format!("yt-dlp=={version}");
        // Bare: its extras would bring certifi, which switches SSL_CERT_FILE
        // off. Wheels only: a source package runs code to build itself.
        // Compiled, or every single run costs 1.7 times as much.
        let pip = [
            "-I",
            "-m",
            "pip",
            "install",
            "--no-deps",
            "--only-binary",
            ":all:",
            "--compile",
            "--no-input",
            "--disable-pip-version-check",
            "--progress-bar",
            "off",
            &package,
        ];
        self.step(&own, &pip, "pip").await?;

        say("trying it out");
        let tried = locate::version(config, &own, &arguments()).await;
        tried.map(drop).map_err(|problem| YtDlpError::Install { step: "its first run", problem })
    }

    /// The configured Python, new enough and able to make environments.
    async fn python(&self, name: &str, search_path: &OsStr) -> Result<PathBuf, YtDlpError> {
        let missing = || YtDlpError::PythonMissing { python: name.to_owned() };
        let path = if name.contains('/') {
            std::path::absolute(name).ok().filter(|it| it.is_file())
        } else {
            locate::on_path(search_path, name)
        };
        let path = path.ok_or_else(missing)?;
        let probed = self.run(&path, &["-I", "-c", PROBE]).await?;
        let found = probed.stdout.trim();
        let parts = found.split_once('.').map(|(major, minor)| (major.parse(), minor.parse()));
        match parts {
            Some((Ok(major), Ok(minor))) if (major, minor) < OLDEST_PYTHON => {
                Err(YtDlpError::PythonTooOld { python: name.to_owned(), found: found.to_owned() })
            }
            Some((Ok(_), Ok(_))) if probed.success => Ok(path),
            Some((Ok(_), Ok(_))) => Err(YtDlpError::VenvMissing { python: name.to_owned() }),
            _ => Err(missing()),
        }
    }

    async fn step(
        &self,
        program: &Path,
        arguments: &[&str],
        step: &'static str,
    ) -> Result<(), YtDlpError> {
        let ended = self.run(program, arguments).await?;
        if ended.success {
            return Ok(());
        }
        let problem = redact::last_line(&format!("{}\n{}", ended.stdout, ended.stderr));
        Err(YtDlpError::Install { step, problem })
    }

    async fn run(&self, program: &Path, arguments: &[&str]) -> Result<Step, YtDlpError> {
        let command = Command {
            program: program.to_owned(),
            arguments: arguments.iter().map(Into::into).collect(),
            environment: Environment::Inherited,
            directory: self.directory.clone(),
        };
        let bounds = Bounds {
            deadline: self.deadline,
            output_bytes: 64 * 1024,
            memory_bytes: None,
            file_bytes: None,
        };
        let ended = process::run(command, bounds, ()).await;
        let ended = ended.map_err(YtDlpError::io(program))?;
        let Ending::Exited(status) = ended.ending else {
            return Err(YtDlpError::TooSlow { seconds: DEADLINE.as_secs() });
        };
        Ok(Step {
            success: status.success(),
            stdout: String::from_utf8_lossy(&ended.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&ended.stderr).into_owned(),
        })
    }
}
