//! The peer benchmark, in a copy of our own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, ensure};

use super::{Args, What};
use crate::lab::{note, tool};
use crate::shell;

const PATCH: &str = include_str!("../../../../../bench/peers/changes.patch");

/// Longest time to set up, in seconds.
const SETUP: u32 = 1800;

/// What `timeout` ends with if it was needed.
const CUT: i32 = 124;

/// In the copy: what it was made of.
const STAMP: &str = "made-of.txt";

pub(super) struct Harness {
    dir: PathBuf,
    programs: PathBuf,
}

impl Harness {
    /// Copies, patches and sets up what is not there yet, and adds our servers.
    pub(super) fn prepare(peers: &Path, programs: &Path) -> anyhow::Result<Self> {
        let peers = std::path::absolute(shell::root().join(peers))?;
        ensure!(
            peers.join("bench.py").exists(),
            "{} is not the peer benchmark; name its directory with --peers",
            peers.display()
        );
        let dir = shell::root().join("target/bench/peer");
        let wanted = format!("{}\n{PATCH}", peers.display());
        if fs::read_to_string(dir.join(STAMP)).ok().as_ref() != Some(&wanted) {
            copy(&peers, &dir)?;
            fs::write(dir.join(STAMP), wanted)?;
        }
        for folder in ["servers", "workers"] {
            for file in shell::root().join("bench").join(folder).read_dir()? {
                let file = file?;
                fs::copy(file.path(), dir.join(folder).join(file.file_name()))?;
            }
        }
        let harness = Self { dir, programs: programs.to_owned() };
        note("setting up the peers; the first time takes minutes");
        harness.command(SETUP, &["setup"]).status().map_err(Into::into).and_then(succeeded)?;
        Ok(harness)
    }

    /// Runs one benchmark; the file with its rows.
    pub(super) fn run(&self, what: What, args: &Args) -> anyhow::Result<PathBuf> {
        let (name, seconds) = (what.to_string(), what.seconds(args));
        let before = self.files(&name)?;
        let (servers, rounds) = (what.names(args).join(","), args.rounds.to_string());
        note(&format!(
            "{name} of {servers}: about {} minutes, at most twice that",
            seconds / 60 + 1
        ));
        let status = self
            .command(2 * (seconds + 60), &[&name, "--servers", &servers, "--rounds", &rounds])
            .args(["--routes", &args.only.join(",")])
            .args(what.options())
            .args(&args.more)
            .env("RECAP_PROGRAMS", &self.programs)
            .env("RECAP_XTASK", std::env::current_exe()?)
            .env("RECAP_YTDLP", tool("yt-dlp/bin/yt-dlp"))
            .env("RECAP_SECANTUSD", tool("secantus/bin/secantusd-py"))
            .status()?;
        if status.code() == Some(CUT) {
            note(&format!("{name} took too long and was ended; there are fewer rounds of it"));
        } else {
            succeeded(status)?;
        }
        let new = self.files(&name)?.into_iter().find(|it| !before.contains(it));
        new.with_context(|| format!("{name} left no rows in {}", self.dir.display()))
    }

    fn files(&self, what: &str) -> anyhow::Result<Vec<PathBuf>> {
        let dir = self.dir.join("out");
        fs::create_dir_all(&dir)?;
        let mut files = Vec::new();
        for entry in dir.read_dir()? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().starts_with(&format!("{what}-")) {
                files.push(entry.path());
            }
        }
        Ok(files)
    }

    /// What it prints is progress, and its own tables. After so many seconds it is told
    /// to end, and writes the rows that it has.
    #[expect(clippy::disallowed_methods, reason = "a task's whole work is to run other programs")]
    fn command(&self, seconds: u32, args: &[&str]) -> Command {
        let mut command = Command::new("timeout");
        let out = Stdio::from(std::io::stderr());
        command.args(["--signal=INT", "--kill-after=120", &seconds.to_string()]);
        command
            .arg(self.dir.join("run.sh"))
            .args(args)
            .current_dir(&self.dir)
            .stdin(Stdio::null())
            .stdout(out);
        command
    }
}

fn succeeded(status: std::process::ExitStatus) -> anyhow::Result<()> {
    ensure!(status.success(), "the peer benchmark failed: {status}; see target/bench/peer/out/log");
    Ok(())
}

fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    if to.exists() {
        fs::remove_dir_all(to)?;
    }
    fs::create_dir_all(to)?;
    let (from, to) = (format!("{}/.", from.display()), to.display().to_string());
    shell::run("cp", &["--recursive", "--preserve=mode,timestamps,links", &from, &to])?;
    // Theirs may be there to be read only.
    shell::run("chmod", &["--recursive", "u+w", &to])?;
    let patch = shell::root().join("bench/peers/changes.patch").display().to_string();
    shell::run("patch", &["--quiet", "--strip=1", "--directory", &to, "--input", &patch])
        .context("bench/peers/changes.patch does not fit the peer benchmark any more; mend it")
}
