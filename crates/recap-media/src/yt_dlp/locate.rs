//! Which yt-dlp is run: the one in the setting, else the one on the PATH, else
//! recap's own.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use recap_config::Config;
use tokio::time::Instant;

use super::process::{self, Bounds, Command, Ending, Environment};
use super::work_dir::{self, WorkDir};
use super::{Origin, YtDlp, YtDlpError, args, manage, redact};

/// Longest wait for `--version`: 0.2 s of CPU, and up to 5 s on a tenth of one.
const VERSION_DEADLINE: Duration = Duration::from_mins(1);
/// The first release that knows every option recap uses.
const OLDEST: [u32; 3] = [2025, 11, 12];

/// Finds a yt-dlp and tries it out, under the same closed environment as later.
///
/// `search_path` is the `PATH`. One on it that does not work, or is older than
/// recap's options, is passed over.
///
/// # Errors
///
/// If there is none, or if the one in the setting does not work.
pub async fn find(config: &Config, search_path: Option<OsString>) -> Result<YtDlp, YtDlpError> {
    let search_path = search_path.unwrap_or_default();
    let setting = &config.media.ytdlp_path;
    if !setting.is_empty() {
        let path = PathBuf::from(setting);
        let tried = try_program(config, &path, &search_path, Origin::Setting).await;
        return tried.map_err(|problem| YtDlpError::Unusable { path, problem });
    }
    if let Some(path) = on_path(&search_path, "yt-dlp") {
        match try_program(config, &path, &search_path, Origin::Path).await {
            Ok(found) => return Ok(found),
            Err(problem) => tracing::warn!(
                path = %path.display(), problem, "the yt-dlp on the PATH is passed over"
            ),
        }
    }
    manage::installed(config).await
}

/// The ffmpeg in the setting, else the one on `search_path`; `None` if there is none.
pub fn find_ffmpeg(config: &Config, search_path: Option<&OsStr>) -> Option<PathBuf> {
    let setting = &config.media.ffmpeg_path;
    if setting.is_empty() {
        return on_path(search_path?, "ffmpeg");
    }
    // yt-dlp works in another directory than the one this is relative to.
    let path = std::path::absolute(setting).unwrap_or_else(|_| setting.into());
    if !is_executable(&path) {
        tracing::warn!(path = %path.display(), "`media.ffmpeg_path` is no program; nothing is listened to");
        return None;
    }
    Some(path)
}

/// The first file of this name on `search_path` that can be executed.
pub(super) fn on_path(search_path: &OsStr, name: &str) -> Option<PathBuf> {
    std::env::split_paths(search_path)
        .filter(|it| it.is_absolute())
        .map(|it| it.join(name))
        .find(|it| is_executable(it))
}

fn is_executable(path: &Path) -> bool {
    path.metadata().is_ok_and(|it| it.is_file() && it.permissions().mode() & 0o111 != 0)
}

async fn try_program(
    config: &Config,
    path: &Path,
    search_path: &OsStr,
    origin: Origin,
) -> Result<YtDlp, String> {
    let program = std::path::absolute(path).map_err(|it| it.to_string())?;
    let (program, arguments) = match interpreter(&program) {
        Some(name) => {
            let found = on_path(search_path, &name)
                .ok_or_else(|| format!("it is a script for `{name}`, which is not on the PATH"))?;
            // Isolated: with a script of this kind Python would read `PYTHONPATH`.
            (found, vec!["-I".into(), program.into_os_string()])
        }
        None => (program, Vec::new()),
    };
    let version = version(config, &program, &arguments).await?;
    Ok(YtDlp { program, arguments, version, origin })
}

/// The Python that a script looks for on the `PATH`, as in
/// `#!/usr/bin/env python3`. yt-dlp's own zip file begins so, but the `PATH`
/// that we give it leads nowhere.
fn interpreter(program: &Path) -> Option<String> {
    let mut head = [0; 256];
    let length = File::open(program).ok()?.read(&mut head).ok()?;
    let line = head[..length].split(|&it| it == b'\n').next()?;
    let words = OsStr::from_bytes(line.strip_prefix(b"#!")?).to_str()?;
    let mut words = words.split_whitespace();
    let name = words.next().filter(|it| it.ends_with("/env")).and_then(|_| words.next())?;
    name.starts_with("python").then(|| name.to_owned())
}

/// What `--version` says, if it is new enough.
pub(super) async fn version(
    config: &Config,
    program: &Path,
    arguments: &[OsString],
) -> Result<String, String> {
    let directory = WorkDir::create(&work_dir::root(config)).map_err(|it| it.to_string())?;
    let own = ["--ignore-config", "--no-plugin-dirs", "--version"].map(OsString::from);
    let command = Command {
        program: program.to_owned(),
        arguments: arguments.iter().cloned().chain(own).collect(),
        environment: Environment::Only(args::environment(&config.media, "", directory.path())),
        directory: directory.path().to_owned(),
        niceness: config.media.niceness,
    };
    let bounds = Bounds {
        deadline: Instant::now() + VERSION_DEADLINE,
        output_bytes: 4096,
        memory_bytes: Some(config.media.max_memory_mb << 20),
        file_bytes: Some(config.media.max_caption_bytes),
    };
    let ended = process::run(command, bounds, directory).await;
    let ended = ended.map_err(|it| it.to_string())?;
    let printed = String::from_utf8_lossy(&ended.stdout);
    match ended.ending {
        Ending::Exited(status) if status.success() => checked(printed.trim()),
        Ending::Exited(_) => Err(redact::last_line(&String::from_utf8_lossy(&ended.stderr))),
        Ending::Deadline => Err("`--version` did not answer".to_owned()),
    }
}

/// `2026.10.26`, or with a fourth number for a nightly build.
fn checked(version: &str) -> Result<String, String> {
    let numbers: Result<Vec<u32>, _> = version.split('.').map(str::parse).collect();
    match numbers {
        Ok(numbers) if numbers.len() >= 3 && numbers[..3] >= OLDEST[..] => Ok(version.to_owned()),
        Ok(numbers) if numbers.len() >= 3 => {
            Err(format!("it is version {version}, and recap needs 2025.11.12 or newer"))
        }
        _ => Err("it does not print a version".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_versions_and_strange_ones_are_refused() {
        assert_eq!(checked("2026.10.26").unwrap(), "2026.10.26");
        assert!(checked("2026.10.26.232711").is_ok());
        assert!(checked("2025.11.12").is_ok());
        assert!(checked("2025.10.31").unwrap_err().contains("2025.10.31"));
        assert!(checked("youtube-dl 2021").is_err());
        assert!(checked("2026.10").is_err());
    }

    #[test]
    fn a_script_names_its_interpreter() {
        let directory = tempfile::tempdir().unwrap();
        let script = directory.path().join("yt-dlp");
        let says = |text: &str| {
            std::fs::write(&script, text).unwrap();
            interpreter(&script)
        };
        assert_eq!(says("#!/usr/bin/env python3\nPK").as_deref(), Some("python3"));
        assert_eq!(says("#!/venv/bin/python3\n"), None);
        assert_eq!(says("#!/usr/bin/env bash\n"), None);
        assert_eq!(says("\u{7f}ELF"), None);
    }
}
