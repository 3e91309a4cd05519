//! A page of docs/benchmarks, printed as it is made.

use std::fs;
use std::path::PathBuf;

use crate::lab::{note, say};
use crate::shell;

pub(super) struct Page(String);

impl Page {
    pub(super) fn new(title: &str, text: &str) -> Self {
        Self(format!("# {title}\n\n{text}\n\n"))
    }

    /// A line, or some.
    pub(super) fn say(&mut self, text: &str) {
        say(text);
        self.0 += text;
        self.0.push('\n');
    }

    /// Writes it, if it is `whole`: a first look replaces no page.
    pub(super) fn write(&self, file: &str, whole: bool) -> anyhow::Result<()> {
        if whole {
            fs::write(dir().join(file), format!("{}\n", self.0.trim_end()))?;
            note(&format!("docs/benchmarks/{file} is written"));
        } else {
            note(&format!("docs/benchmarks/{file} stays as it is: this was not all of it"));
        }
        Ok(())
    }
}

/// Where the pages are.
pub(super) fn dir() -> PathBuf {
    shell::root().join("docs/benchmarks")
}
