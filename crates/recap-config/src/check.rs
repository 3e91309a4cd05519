//! Rules that several settings share. Each one adds a problem and goes on, so
//! that a start that fails names everything that is wrong.

use std::fmt::Display;
use std::path::Path;

use crate::error::Problem;

/// In seconds.
const DAY: u64 = 24 * 3600;

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

/// A time in seconds, up to a day: it is added to clocks, which must not overflow.
pub(crate) fn seconds(key: &'static str, value: u64, least: u64, found: &mut Vec<Problem>) {
    between(key, value, least, DAY, found);
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
