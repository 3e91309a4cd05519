//! Rules that several settings share. Each one adds a problem and goes on, so
//! that a start that fails names everything that is wrong.

use std::fmt::Display;
use std::path::Path;

use crate::error::Problem;
use crate::secret::Secret;

/// In seconds.
const DAY: u64 = 24 * 3600;

/// More names than anybody lists by hand.
const MOST: usize = 100;

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

/// A URL that paths are put behind.
pub(crate) fn base_url(key: &'static str, value: &str, found: &mut Vec<Problem>) {
    let odd = |it: char| it.is_whitespace() || it.is_control() || matches!(it, '?' | '#' | '@');
    if value.ends_with('/') || value.contains(odd) {
        let mend = "use a URL without a slash at its end, and without user, query and fragment";
        found.push(Problem::invalid(key, mend));
    } else {
        url(key, value, found);
    }
}

/// Origins as browsers write them, or `*` alone; at most 100 of them.
pub(crate) fn origins(key: &'static str, origins: &[String], found: &mut Vec<Problem>) {
    let all = matches!(origins, [it] if it == "*");
    if !all && (origins.len() > MOST || !origins.iter().all(|it| is_origin(it))) {
        let mend = format!(
            "use up to {MOST} origins as browsers write them, in lower case and without a path, \
             as in https://app.example.org; or \"*\" alone"
        );
        found.push(Problem::invalid(key, mend));
    }
}

fn is_origin(text: &str) -> bool {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    host.is_some_and(is_host)
}

/// Names with or without a port; at most 100 of them.
pub(crate) fn hosts(key: &'static str, hosts: &[String], found: &mut Vec<Problem>) {
    if hosts.len() > MOST || !hosts.iter().all(|it| is_host(it)) {
        let mend =
            format!("use up to {MOST} names in lower case as in recap.example.org or recap:8080");
        found.push(Problem::invalid(key, mend));
    }
}

fn is_host(text: &str) -> bool {
    let known = |it: u8| {
        it.is_ascii_lowercase()
            || it.is_ascii_digit()
            || matches!(it, b'-' | b'.' | b':' | b'[' | b']')
    };
    (1..=255).contains(&text.len()) && text.bytes().all(known)
}

/// A URL that is fetched for what it says about whom to trust: nobody on the way
/// may change it.
pub(crate) fn trusted_url(key: &'static str, value: &str, found: &mut Vec<Problem>) {
    let loopback = |rest: &str| {
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let host = match authority.strip_prefix('[') {
            Some(rest) => rest.split(']').next().unwrap_or_default(),
            None => authority.split(':').next().unwrap_or_default(),
        };
        let address = host.parse::<std::net::IpAddr>();
        host == "localhost" || address.is_ok_and(|it| it.is_loopback())
    };
    let secure = value.strip_prefix("https://").is_some_and(|it| !it.is_empty());
    let near = value.strip_prefix("http://").is_some_and(loopback);
    if !secure && !near || value.contains(|it: char| it.is_whitespace() || it.is_control()) {
        let mend = "use a URL that begins with https://, or with http:// for this machine";
        found.push(Problem::invalid(key, mend));
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
