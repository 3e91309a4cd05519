//! The steps of an installation.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use recap_config::Config;
use tokio::time::Instant;

use super::{DEADLINE, arguments, python_in};
use crate::yt_dlp::process::{self, Bounds, Command, Ending, Environment};
use crate::yt_dlp::work_dir::WorkDir;
use crate::yt_dlp::{YtDlpError, locate, redact};

/// Prints the version, and fails if a module that makes environments is
/// missing: Debian ships Python without them.
const PROBE: &str =
    "import sys; print('%d.%d' % sys.version_info[:2], flush=True); import venv, ensurepip";
const OLDEST_PYTHON: (u32, u32) = (3, 11);

/// Makes one environment, step by step, by one deadline.
pub(super) struct Setup {
    pub(super) directory: PathBuf,
    /// Where work directories are made.
    pub(super) work: PathBuf,
    pub(super) deadline: Instant,
}

/// What a step printed, and whether it succeeded.
struct Step {
    success: bool,
    stdout: String,
    stderr: String,
}

impl Setup {
    pub(super) async fn make(
        &self,
        config: &Config,
        search_path: &OsStr,
        version: &str,
        building: &Path,
        say: &impl Fn(&str),
    ) -> Result<(), YtDlpError> {
        let python = match self.python(&config.media.python, search_path).await {
            Err(YtDlpError::VenvMissing { .. }) if self.add_venv(search_path, say).await? => {
                self.python(&config.media.python, search_path).await?
            }
            found => found?,
        };
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

    /// Debian ships `venv` in a package of its own; root can have it without
    /// being asked. Returns whether it was installed.
    async fn add_venv(&self, search_path: &OsStr, say: &impl Fn(&str)) -> Result<bool, YtDlpError> {
        let Some(apt) = locate::on_path(search_path, "apt-get") else { return Ok(false) };
        if !rustix::process::geteuid().is_root() {
            return Ok(false);
        }
        say("installing python3-venv with apt-get: this Python cannot make environments");
        // The lists of a fresh image are empty, so the update comes first.
        for arguments in [
            &["--quiet", "update"][..],
            &["--quiet", "--yes", "--no-install-recommends", "install", "python3-venv"],
        ] {
            if !self.run(&apt, arguments).await?.success {
                return Ok(false);
            }
        }
        Ok(true)
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
        // What is killed leaves its temporary files; there they go with the rest.
        let scratch = WorkDir::create(&self.work).map_err(YtDlpError::io(&self.work))?;
        // apt-get shares its own with another user, who may not enter ours.
        let own = !program.ends_with("apt-get");
        let temporary = own.then(|| scratch.path().to_owned());
        let command = Command {
            program: program.to_owned(),
            arguments: arguments.iter().map(Into::into).collect(),
            environment: Environment::Inherited { temporary },
            directory: self.directory.clone(),
            // It happens once, and jobs wait for it.
            niceness: 0,
        };
        let bounds = Bounds {
            deadline: self.deadline,
            output_bytes: 64 * 1024,
            memory_bytes: None,
            file_bytes: None,
        };
        let ended = process::run(command, bounds, scratch).await.map_err(|error| {
            let problem = format!("{}: {error}", program.display());
            YtDlpError::Install { step: "starting a program", problem }
        })?;
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
