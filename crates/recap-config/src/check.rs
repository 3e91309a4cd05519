//! Rules that several settings share. Each one adds a problem and goes on, so
//! that a start that fails names everything that is wrong.

use std::fmt::Display;
use std::path::Path;

use crate::error::Problem;
use crate::secret::Secret;

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

/// Empty, or the URL of a Redis.
pub(crate) fn redis_url(key: &'static str, value: &Secret, found: &mut Vec<Problem>) {
    let url = value.expose();
    let known = ["redis://", "rediss://", "redis+unix://"].iter().any(|it| url.starts_with(it));
    if !url.is_empty() && !known {
        found.push(Problem::invalid(key, "use a URL that begins with redis:// or rediss://"));
    }
}

/// Names as `recap_core::job::Region` takes them; at most 32 of them.
pub(crate) fn regions(key: &'static str, names: &[String], found: &mut Vec<Problem>) {
    let known = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-';
    let valid = |it: &String| (1..=32).contains(&it.len()) && it.bytes().all(known);
    if names.len() > 32 || !names.iter().all(valid) {
        let mend = "use up to 32 names of lower-case letters, digits and hyphens";
        found.push(Problem::invalid(key, mend));
    }
}
