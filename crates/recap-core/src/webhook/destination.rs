//! Which URLs may be sent to, as far as a URL says. Pure.
//!
//! The `url` crate reads a URL here and in reqwest, so both see the same host:
//! `2130706433`, `0x7f.1`, `0177.0.0.1`, `127.1` and digits of any script are
//! `127.0.0.1` to both.

use std::net::IpAddr;

use url::{Host, Url};

use super::AddressRules;

/// Longest URL, in bytes.
const LONGEST: usize = 2048;

/// Where HTTP is spoken. A service of another kind that listens elsewhere is not
/// to be written to by anybody who can name a URL.
const PORTS: [u16; 4] = [80, 443, 8080, 8443];

/// Names that mean something on this machine or in this network only.
const LOCAL: [&str; 5] = ["localhost", "local", "internal", "home.arpa", "localdomain"];

const ADDRESS: UrlRefused = UrlRefused(
    "the address is private or reserved; use a public one, or have the operator list it in \
     `webhooks.allow_cidrs`",
);
const NAME: UrlRefused = UrlRefused(
    "the host is known in a private network only; use a public name, or have the operator list \
     its address in `webhooks.allow_cidrs`",
);
const PORT: UrlRefused = UrlRefused(
    "the port is not 443, 8443, 80 or 8080; use one of these, or have the operator list the \
     host's address in `webhooks.allow_cidrs`",
);

/// A URL that may be sent to, unless its name leads to a wrong address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    pub url: Url,
    /// `host:port`, in lower case.
    pub host: String,
    /// The port is 80, 443, 8080 or 8443. If not, every address that the name has
    /// must be listed.
    pub usual_port: bool,
}

/// Why a URL cannot be sent to, in our own words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct UrlRefused(pub &'static str);

impl Destination {
    /// Reads and checks a URL, without looking its name up.
    pub fn of(text: &str, rules: &AddressRules) -> Result<Self, UrlRefused> {
        check(text, rules)
    }
}

fn check(text: &str, rules: &AddressRules) -> Result<Destination, UrlRefused> {
    let url = read(text)?;
    match url.scheme() {
        "https" => {}
        "http" if rules.allow_http => {}
        "http" => {
            return Err(UrlRefused(
                "messages are sent over https only; use an https URL, or have the operator set \
                 `webhooks.allow_http`",
            ));
        }
        _ => return Err(UrlRefused("the URL is not one of the web; use an https URL")),
    }
    let port = url.port_or_known_default().unwrap_or_default();
    let usual_port = PORTS.contains(&port);
    let host = match url.host() {
        Some(Host::Ipv4(it)) => address(it.into(), usual_port, rules)?,
        Some(Host::Ipv6(it)) => address(it.into(), usual_port, rules)?,
        Some(Host::Domain(it)) => name(it, usual_port, rules)?,
        None => return Err(UrlRefused("the URL has no host; write it as https://host/path")),
    };
    Ok(Destination { host: format!("{host}:{port}"), usual_port, url })
}

fn read(text: &str) -> Result<Url, UrlRefused> {
    if text.len() > LONGEST {
        return Err(UrlRefused("the URL is longer than 2048 bytes; use a shorter one"));
    }
    // The parser would leave some of these out, and what is shown to people would
    // not be what is sent to.
    if text.contains(|it: char| it.is_whitespace() || it.is_control() || it == '\\') {
        return Err(UrlRefused(
            "the URL holds a space, a control character or a backslash; encode it",
        ));
    }
    let url = Url::parse(text)
        .map_err(|_| UrlRefused("this is not a URL; write it as https://host/path"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(UrlRefused(
            "the URL holds a user or a password; leave them out and check the signature instead",
        ));
    }
    if url.fragment().is_some() {
        return Err(UrlRefused(
            "the URL has a fragment, which is never sent; leave out the # part",
        ));
    }
    Ok(url)
}

fn address(address: IpAddr, usual_port: bool, rules: &AddressRules) -> Result<String, UrlRefused> {
    if !rules.allows(address) {
        return Err(ADDRESS);
    }
    if !usual_port && !rules.lists(address) {
        return Err(PORT);
    }
    Ok(address.to_string())
}

fn name(name: &str, usual_port: bool, rules: &AddressRules) -> Result<String, UrlRefused> {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    // Is `it`, or ends with a dot and `it`.
    let below =
        |it: &&str| name.strip_suffix(*it).is_some_and(|it| it.is_empty() || it.ends_with('.'));
    if below(&"onion") {
        return Err(UrlRefused("names of Tor are not resolved; use a public name"));
    }
    let private = !name.contains('.') || LOCAL.iter().any(below);
    if private && !rules.lists_any() {
        return Err(NAME);
    }
    if !usual_port && !rules.lists_any() {
        return Err(PORT);
    }
    Ok(name)
}
