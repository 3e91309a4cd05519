//! Rules that several settings share. Each one adds a problem and goes on, so
//! that a start that fails names everything that is wrong.

use std::fmt::Display;
use std::path::Path;

use crate::error::Problem;

pub(crate) fn at_least<T: PartialOrd + Display + Copy>(
    key: &'static str,
    value: T,
    least: T,
    found: &mut Vec<Problem>,
) {
    if value < least {
        found.push(Problem::invalid(key, format!("{value} is too small, use at least {least}")));
    }
}

pub(crate) fn between<T: PartialOrd + Display + Copy>(
    key: &'static str,
    value: T,
    least: T,
    most: T,
    found: &mut Vec<Problem>,
) {
    if value < least || value > most {
        found
            .push(Problem::invalid(key, format!("{value} is out of range, use {least} to {most}")));
    }
}

pub(crate) fn url(key: &'static str, value: &str, found: &mut Vec<Problem>) {
    let rest = value.strip_prefix("http://").or_else(|| value.strip_prefix("https://"));
    if rest.is_none_or(|it| it.is_empty() || it.starts_with('/')) {
        found.push(Problem::invalid(key, "use a URL that begins with http:// or https://"));
    }
}

pub(crate) fn file(key: &'static str, path: &Path, found: &mut Vec<Problem>) {
    if !path.is_file() {
        let mend = format!("there is no file {}; correct the path or unset it", path.display());
        found.push(Problem::invalid(key, mend));
    }
}
