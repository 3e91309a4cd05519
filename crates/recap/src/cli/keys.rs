//! `recap keys`.

use std::str::FromStr;
use std::time::Duration;

use clap::{Args, Subcommand};
use recap_core::job::Owner;
use recap_core::key::{KeyId, Scope};

#[derive(Debug, Subcommand)]
pub enum KeysCommand {
    /// Make a key and print it, once. With the first one, callers have to say who they are.
    Create(CreateKeyArgs),
    /// List all keys, newest first.
    List,
    /// Revoke a key: it works nowhere any more, and its jobs go on.
    Revoke {
        /// As `recap keys list` shows it: `key_…`
        #[arg(value_name = "ID")]
        id: KeyId,
    },
    /// Print a new secret for `webhooks.secret`, which signs the webhooks of jobs without a key.
    Secret,
}

#[derive(Debug, Args)]
pub struct CreateKeyArgs {
    /// What people call it, in up to 100 characters.
    #[arg(long, value_name = "NAME", value_parser = name)]
    pub name: String,
    /// Whose jobs it sees; `local` for those made before there were keys. By default its own.
    #[arg(long, value_name = "OWNER", value_parser = owner)]
    pub owner: Option<Owner>,
    /// What it may do: `read`, `submit` or `admin`; may be given several times.
    #[arg(long = "scope", value_name = "SCOPE", default_values = ["read", "submit"])]
    pub scopes: Vec<Scope>,
    /// When it stops working: `90d`, `12h` or `2w` from now. By default never.
    #[arg(long, value_name = "TIME")]
    pub expires: Option<FromNow>,
    /// Submits a minute, instead of `limits.submits_per_minute`.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub per_minute: Option<u32>,
    /// Submits a day; by default no limit.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub per_day: Option<u32>,
}

/// A time from now: a number of hours, days or weeks, up to ten years.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FromNow(pub Duration);

impl FromStr for FromNow {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const MEND: &str = "must be like 12h, 90d or 2w, and at most ten years";
        let unit = text.chars().last().ok_or(MEND)?;
        let number: u64 = text[..text.len() - unit.len_utf8()].parse().map_err(|_| MEND)?;
        let hours = match unit {
            'h' => 1,
            'd' => 24,
            'w' => 7 * 24,
            _ => return Err(MEND),
        };
        let hours = number.checked_mul(hours).filter(|it| (1..=10 * 366 * 24).contains(it));
        hours.map(|it| Self(Duration::from_hours(it))).ok_or(MEND)
    }
}

fn name(text: &str) -> Result<String, &'static str> {
    let shown = !text.trim().is_empty() && !text.contains(char::is_control);
    let fits = shown && text.chars().count() <= 100;
    if fits { Ok(text.to_owned()) } else { Err("must have 1 to 100 characters, none of control") }
}

fn owner(text: &str) -> Result<Owner, &'static str> {
    let fits = (1..=64).contains(&text.len()) && text.bytes().all(|it| it.is_ascii_graphic());
    if fits { Ok(Owner::new(text)) } else { Err("must have 1 to 64 characters of visible ASCII") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, hours: Option<u64>) {
        let parsed = text.parse::<FromNow>().ok();
        assert_eq!(parsed, hours.map(|it| FromNow(Duration::from_hours(it))), "{text}");
    }

    #[test]
    fn times_from_now() {
        check("12h", Some(12));
        check("90d", Some(90 * 24));
        check("2w", Some(14 * 24));
        check("3660d", Some(3660 * 24));
        for wrong in [
            "",
            "d",
            "90",
            "0d",
            "-1d",
            "1.5d",
            "90 d",
            "3661d",
            "1y",
            "90ä",
            "99999999999999999999w",
        ] {
            check(wrong, None);
        }
    }
}
