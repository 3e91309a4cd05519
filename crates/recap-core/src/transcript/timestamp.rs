//! The times of WebVTT and SubRip: `hh:mm:ss.mmm`, and `hh:mm:ss,mmm`.

use std::time::Duration;

/// Reads `[h…h:]mm:ss[.mmm]` with a dot or a comma. Both formats are read
/// loosely, because files in the wild mix them; `None` is for what no player
/// would read: other characters, 60 minutes or seconds, an overflow.
pub(super) fn parse(text: &str) -> Option<Duration> {
    let (clock, fraction) = text.split_once(['.', ',']).unwrap_or((text, "0"));
    let mut parts = clock.rsplit(':');
    let seconds = number(parts.next()?)?;
    let minutes = number(parts.next()?)?;
    let hours = parts.next().map_or(Some(0), number)?;
    if parts.next().is_some() || minutes >= 60 || seconds >= 60 || fraction.len() > 3 {
        return None;
    }
    let scale = [100, 10, 1].get(fraction.len().checked_sub(1)?)?;
    let milliseconds = number(fraction)? * scale;
    let total = hours.checked_mul(60)?.checked_add(minutes)?.checked_mul(60)?;
    Some(Duration::from_millis(
        total.checked_add(seconds)?.checked_mul(1000)?.checked_add(milliseconds)?,
    ))
}

/// `hh:mm:ss`, `point`, `mmm`; more digits of hours if it takes them.
pub(super) fn render(time: Duration, point: char) -> String {
    let seconds = time.as_secs();
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    format!("{hours:02}:{minutes:02}:{:02}{point}{:03}", seconds % 60, time.subsec_millis())
}

/// Reads `start --> end`, and drops the settings that WebVTT allows behind it.
pub(super) fn parse_range(line: &str) -> Option<(Duration, Duration)> {
    let (start, rest) = line.split_once("-->")?;
    Some((parse(start.trim())?, parse(rest.split_whitespace().next()?)?))
}

/// Digits only: `str::parse` would take a plus sign too.
fn number(digits: &str) -> Option<u64> {
    if digits.bytes().all(|it| it.is_ascii_digit()) { digits.parse().ok() } else { None }
}
