//! The warm process: a Python that has yt-dlp imported.

use std::fs;
use std::io;
use std::path::Path;
use std::process::{Child, Stdio};

use recap_config::MediaConfig;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{ChildStdin, ChildStdout};

use super::python::Python;
use super::wire::{Answer, Request};
use crate::yt_dlp::args;
use crate::yt_dlp::process::{self, Command, Environment, Group};
use crate::yt_dlp::work_dir::WorkDir;

/// The program that it runs.
const PROGRAM: &str = include_str!("zygote.py");

/// What an answer needs beside the output of a run, in bytes.
const FRAME: usize = 4096;
/// A control character takes six bytes in JSON.
const ESCAPED: usize = 6;

/// Killed, with all that it has forked, when it is dropped; that blocks for some
/// milliseconds.
pub(super) struct Zygote {
    group: Group,
    child: Option<Child>,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
    /// The answer that is being read.
    line: Vec<u8>,
    /// Longest answer, in bytes.
    longest: usize,
    _directory: WorkDir,
}

impl Zygote {
    pub(super) fn start(python: &Python, media: &MediaConfig, work: &Path) -> io::Result<Self> {
        let directory = WorkDir::create(work)?;
        let mut environment = args::environment(media, "", directory.path());
        environment.push(("YTDLP_NO_PLUGINS", "1".into()));
        // As a file, so that a list of processes names it.
        let program = directory.path().join("recap-warm-yt-dlp.py");
        fs::write(&program, PROGRAM)?;
        let mut arguments = vec!["-I".into(), program.into_os_string()];
        arguments.extend(python.archive.iter().map(Into::into));
        let command = Command {
            program: python.program.clone(),
            arguments,
            environment: Environment::Only(environment),
            directory: directory.path().to_owned(),
            niceness: media.niceness,
        };
        let mut child = process::spawn(&command, Stdio::piped())?;
        let missing = || io::Error::other("a pipe is missing");
        let stdin = child.stdin.take().ok_or_else(missing)?;
        let stdout = child.stdout.take().ok_or_else(missing)?;
        Ok(Self {
            group: Group::of(&child),
            child: Some(child),
            stdin: ChildStdin::from_std(stdin)?,
            stdout: BufReader::new(ChildStdout::from_std(stdout)?),
            line: Vec::new(),
            longest: FRAME + 2 * ESCAPED * media.max_output_bytes,
            _directory: directory,
        })
    }

    pub(super) async fn send(&mut self, request: &Request) -> io::Result<()> {
        let mut line = serde_json::to_vec(request)?;
        line.push(b'\n');
        self.stdin.write_all(&line).await
    }

    /// The next answer. May be dropped at any time: what was read is kept.
    pub(super) async fn answer(&mut self) -> io::Result<Answer> {
        let room = self.longest.saturating_sub(self.line.len());
        (&mut self.stdout).take(room as u64).read_until(b'\n', &mut self.line).await?;
        if !self.line.ends_with(b"\n") {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let answer = serde_json::from_slice(&self.line)?;
        // What one long answer took is not kept for the next one.
        self.line = Vec::new();
        Ok(answer)
    }

    /// Blocks until it is gone. What it has forked ends with it.
    pub(super) fn end(&mut self) {
        let Some(child) = self.child.take() else { return };
        self.group.kill();
        if let Err(error) = self.group.wait(child) {
            tracing::warn!(%error, "the warm yt-dlp was not waited for");
        }
    }
}

impl Drop for Zygote {
    fn drop(&mut self) {
        self.end();
    }
}
