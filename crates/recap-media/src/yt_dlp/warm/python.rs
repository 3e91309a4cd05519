//! The Python that runs a yt-dlp.

use std::ffi::OsStr;
use std::fs::File;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::yt_dlp::YtDlp;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Python {
    pub(super) program: PathBuf,
    /// What yt-dlp is imported from, if it is one file.
    pub(super) archive: Option<PathBuf>,
}

impl Python {
    /// `None` if it cannot be told: yt-dlp may be a program of its own.
    pub(super) fn of(binary: &YtDlp) -> Option<Self> {
        let program = binary.program.clone();
        match binary.arguments.as_slice() {
            [] => {
                let (line, archive) = head(&program)?;
                let python = PathBuf::from(OsStr::from_bytes(&line));
                is_python(&python)
                    .then(|| Self { program: python, archive: archive.then_some(program) })
            }
            [_, module, _] if module == "-m" => Some(Self { program, archive: None }),
            [_, script] => {
                let script = Path::new(script);
                let (_, archive) = head(script)?;
                Some(Self { program, archive: archive.then(|| script.to_owned()) })
            }
            _ => None,
        }
    }
}

fn is_python(program: &Path) -> bool {
    let name = program.file_name().unwrap_or_default().as_bytes();
    // An argument behind it would be part of the name.
    let plain = name.iter().all(|it| it.is_ascii_alphanumeric() || b"._-".contains(it));
    program.is_absolute() && plain && name.starts_with(b"python")
}

/// What a script says that runs it, and whether it is an archive behind that.
fn head(script: &Path) -> Option<(Vec<u8>, bool)> {
    let mut head = [0; 256];
    let length = File::open(script).ok()?.read(&mut head).ok()?;
    let rest = head[..length].strip_prefix(b"#!")?;
    let end = rest.iter().position(|&it| it == b'\n')?;
    Some((rest[..end].trim_ascii().to_vec(), rest[end + 1..].starts_with(b"PK")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yt_dlp::Origin;

    #[test]
    fn it_is_named_by_the_script_or_by_how_yt_dlp_is_called() {
        let directory = tempfile::tempdir().unwrap();
        let script = directory.path().join("yt-dlp");
        let of = |text: &[u8], program: &Path, arguments: &[&str]| {
            std::fs::write(&script, text).unwrap();
            let arguments = arguments.iter().map(Into::into).collect();
            let (version, origin) = ("2026.10.26".to_owned(), Origin::Path);
            let program = program.to_owned();
            let found = Python::of(&YtDlp { program, arguments, version, origin })?;
            Some((found.program, found.archive.is_some()))
        };
        let python = Path::new("/venv/bin/python");
        let found = |archive| Some((python.to_owned(), archive));
        assert_eq!(of(b"#!/venv/bin/python\nimport re", &script, &[]), found(false));
        assert_eq!(of(b"#!/venv/bin/python\nPK\x03", &script, &[]), found(true));
        assert_eq!(of(b"#!/bin/sh\n", &script, &[]), None);
        assert_eq!(of(b"#!/venv/bin/python -x\n", &script, &[]), None);
        assert_eq!(of(b"\x7fELF", &script, &[]), None);
        assert_eq!(of(b"", python, &["-I", "-m", "yt_dlp"]), found(false));
        let path = script.to_str().unwrap();
        assert_eq!(of(b"#!/usr/bin/env python3\nPK", python, &["-I", path]), found(true));
        assert_eq!(of(b"#!/usr/bin/env python3\nimport", python, &["-I", path]), found(false));
    }
}
