//! What is wrong with the settings, in words that say the mend.

use std::fmt;

/// One thing that is wrong: which setting, where it came from, what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// As in `server.port`; empty when it is not about one setting.
    pub key: String,
    /// As in ``environment variable `PORT` `` or the file's name.
    pub source: String,
    pub mend: String,
}

impl Problem {
    pub(crate) fn invalid(key: &str, mend: impl Into<String>) -> Self {
        Self { key: key.to_owned(), source: String::new(), mend: mend.into() }
    }

    pub(crate) fn said_by(mut self, source: impl Into<String>) -> Self {
        self.source = source.into();
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.key.is_empty() {
            write!(f, "{}", self.key)?;
        }
        if !self.source.is_empty() {
            let glue = if self.key.is_empty() { "" } else { " " };
            write!(f, "{glue}(from {})", self.source)?;
        }
        write!(f, ": {}", self.mend)
    }
}

/// The settings cannot be used; every problem that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    pub problems: Vec<Problem>,
}

impl std::error::Error for ConfigError {}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.problems.len();
        let plural = if count == 1 { "problem" } else { "problems" };
        write!(f, "the configuration has {count} {plural}")?;
        for problem in &self.problems {
            write!(f, "\n  {problem}")?;
        }
        Ok(())
    }
}
