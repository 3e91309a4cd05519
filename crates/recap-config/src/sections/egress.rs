//! Ways to YouTube.

use std::fmt;
use std::path::PathBuf;

use serde::de::Error as _;
use serde::{Deserialize as _, Deserializer, Serialize, Serializer};

use crate::check;
use crate::error::Problem;
use crate::secret::login_hidden;

/// What the way that `media.proxy` describes is called.
pub const FIRST: &str = "first";

/// Ways that may be listed: each one more makes an attempt at a job longer.
const MOST: usize = 8;

/// One more way to YouTube: a line of a name and what is different on this way, as in
/// `home proxy=http://10.0.0.7:3128 cookies=/secrets/cookies.txt`. Parts are kept apart
/// by blanks, so they have none inside.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct EgressConfig {
    /// In attempts, logs and metrics.
    pub name: String,
    /// As `media.proxy`.
    pub proxy: String,
    /// Cookies as Netscape's browser kept them. yt-dlp gets a copy of its own, and what
    /// it changes there is saved back.
    pub cookies: PathBuf,
    /// One more `--extractor-args`, of another extractor than `youtube`: a provider of
    /// proofs of origin, as in `youtubepot-bgutilhttp:base_url=http://127.0.0.1:4416`.
    pub extractor_args: String,
}

impl TryFrom<String> for EgressConfig {
    type Error = String;

    fn try_from(line: String) -> Result<Self, String> {
        let mut parts = line.split_whitespace();
        let name = parts.next().unwrap_or_default().to_owned();
        let mut egress = Self { name, ..Self::default() };
        for (number, part) in (2..).zip(parts) {
            let (key, value) = part.split_once('=').unwrap_or_default();
            match key {
                "proxy" => value.clone_into(&mut egress.proxy),
                "cookies" => egress.cookies = value.into(),
                "args" => value.clone_into(&mut egress.extractor_args),
                // Any of it may be a secret.
                _ => {
                    let known = "`proxy=`, `cookies=` or `args=`";
                    return Err(format!("part {number} of a line does not begin with {known}"));
                }
            }
        }
        Ok(egress)
    }
}

/// All lines. What is wrong is said without them: they have logins.
pub(super) fn lines<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<EgressConfig>, D::Error> {
    let wanted = "use a list of lines, as in [\"home proxy=http://10.0.0.7:3128\"]";
    let lines = Vec::<String>::deserialize(from).map_err(|_| D::Error::custom(wanted))?;
    lines.into_iter().map(|it| it.try_into().map_err(D::Error::custom)).collect()
}

/// Without the login of the proxy.
impl fmt::Display for EgressConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        if !self.proxy.is_empty() {
            write!(f, " proxy={}", login_hidden(&self.proxy))?;
        }
        if !self.cookies.as_os_str().is_empty() {
            write!(f, " cookies={}", self.cookies.display())?;
        }
        if !self.extractor_args.is_empty() {
            write!(f, " args={}", self.extractor_args)?;
        }
        Ok(())
    }
}

impl fmt::Debug for EgressConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for EgressConfig {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Up to eight names of their own, and what each says makes sense.
pub(super) fn check(key: &'static str, egress: &[EgressConfig], found: &mut Vec<Problem>) {
    let names: Vec<&str> = egress.iter().map(|it| &*it.name).collect();
    let known = |it: &u8| it.is_ascii_lowercase() || it.is_ascii_digit() || *it == b'-';
    let valid = |it: &&str| (1..=32).contains(&it.len()) && it.as_bytes().iter().all(known);
    let doubled = (0..names.len()).any(|at| names[at] == FIRST || names[..at].contains(&names[at]));
    if names.len() > MOST || !names.iter().all(valid) || doubled {
        let mend = format!(
            "use up to {MOST} lines, each with a name of its own of lower-case letters, digits \
             and hyphens; `{FIRST}` is that of `media.proxy`"
        );
        found.push(Problem::invalid(key, mend));
    }
    for it in egress {
        if !it.proxy.is_empty() {
            check::url(key, &it.proxy, found);
        }
        let args = &it.extractor_args;
        let other = args.split_once(':').is_some_and(|(it, _)| !it.is_empty() && it != "youtube");
        if !args.is_empty() && !other {
            let mend = "`args` are of another extractor than `youtube`, as in \
                        youtubepot-bgutilhttp:base_url=http://127.0.0.1:4416; those of `youtube` \
                        belong into media.extractor_args";
            found.push(Problem::invalid(key, mend));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> EgressConfig {
        text.to_owned().try_into().unwrap()
    }

    #[test]
    fn a_line_is_read_and_shown_without_its_login() {
        let text = "home proxy=http://ann:secret@10.0.0.7:3128 cookies=/c.txt args=a:b=c,d=e";
        let egress = line(text);
        assert_eq!(egress.proxy, "http://ann:secret@10.0.0.7:3128");
        assert_eq!(
            (egress.cookies.to_str(), &*egress.extractor_args),
            (Some("/c.txt"), "a:b=c,d=e")
        );
        let shown = "home proxy=http://***@10.0.0.7:3128 cookies=/c.txt args=a:b=c,d=e";
        assert_eq!(
            (egress.to_string(), format!("{egress:?}")),
            (shown.to_owned(), shown.to_owned())
        );
        let error = EgressConfig::try_from("home password=secret".to_owned()).unwrap_err();
        assert!(error.contains("part 2") && !error.contains("secret"), "{error}");
    }

    #[test]
    fn what_cannot_work_is_named() {
        let table: [(&[&str], bool); 7] = [
            (&["a", "b proxy=http://x:1", "c args=youtubepot-bgutilhttp:base_url=y"], true),
            (&["a", "a"], false),
            (&[FIRST], false),
            (&["Home"], false),
            (&[""], false),
            (&["a proxy=socks5://x:1"], false),
            (&["a args=youtube:player_client=web"], false),
        ];
        for (lines, valid) in table {
            let mut found = Vec::new();
            let egress: Vec<_> = lines.iter().map(|it| line(it)).collect();
            check("media.egress", &egress, &mut found);
            assert_eq!(found.is_empty(), valid, "{lines:?}: {found:?}");
        }
    }
}
