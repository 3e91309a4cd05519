//! Which names this server answers to while it has no keys.
//!
//! Without keys whoever reaches the server may use it, and a web page reaches all
//! that the browser does. A page that makes its own name point at this machine
//! (DNS rebinding) is told by the `Host` it asks for, one that simply sends
//! requests here by its `Origin`.

use std::net::IpAddr;

use actix_web::http::header::{HOST, HeaderMap, HeaderName, ORIGIN};
use recap_config::ServerConfig;

use super::refusal;
use crate::error::ApiResult;

/// The names, and the origins of web pages that may call.
pub(crate) struct Hosts {
    own: IpAddr,
    allowed: Vec<String>,
    origins: Vec<String>,
}

impl Hosts {
    pub(crate) fn new(config: &ServerConfig) -> Self {
        let (allowed, origins) = (config.allowed_hosts.clone(), config.cors_origins.clone());
        Self { own: config.host, allowed, origins }
    }

    /// Refuses what asks for another host, or comes from another's page.
    pub(super) fn check(&self, headers: &HeaderMap) -> ApiResult<()> {
        let host = only(headers, &HOST).filter(|it| self.is_ours(it)).ok_or_else(refusal::host)?;
        if !headers.contains_key(ORIGIN) {
            return Ok(());
        }
        let known = only(headers, &ORIGIN).filter(|it| self.may_call(it, &host));
        known.map(drop).ok_or_else(refusal::origin)
    }

    fn is_ours(&self, host: &str) -> bool {
        let name = without_port(host);
        let bare = name.strip_prefix('[').and_then(|it| it.strip_suffix(']')).unwrap_or(name);
        let address = bare.parse::<IpAddr>();
        let near = address.is_ok_and(|it| it == self.own || it.is_loopback());
        near || name == "localhost" || self.allowed.iter().any(|it| it == host || it == name)
    }

    /// Whether `origin` is a page that this server served, or one that it trusts.
    fn may_call(&self, origin: &str, host: &str) -> bool {
        let served = origin.split_once("://").is_some_and(|(_, it)| it == host);
        served || self.origins.iter().any(|it| it == origin || it == "*")
    }
}

/// The header, if there is just one, in lower case.
fn only(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let mut lines = headers.get_all(name);
    let (Some(line), None) = (lines.next(), lines.next()) else { return None };
    line.to_str().ok().map(str::to_ascii_lowercase)
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|it| it.is_ascii_digit()) => name,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[track_caller]
    fn check(host: &str, origin: Option<&str>, expected: bool) {
        let config = ServerConfig {
            allowed_hosts: vec!["recap.lan".to_owned(), "proxy:8443".to_owned()],
            cors_origins: vec!["https://app.example".to_owned()],
            ..ServerConfig::default()
        };
        let mut request = TestRequest::get().insert_header((HOST, host));
        if let Some(origin) = origin {
            request = request.insert_header((ORIGIN, origin));
        }
        let request = request.to_srv_request();
        let passed = Hosts::new(&config).check(request.headers()).is_ok();
        assert_eq!(passed, expected, "{host} {origin:?}");
    }

    #[test]
    fn this_machine_and_the_names_it_was_given() {
        for host in ["localhost", "LocalHost:8080", "127.0.0.1:1", "127.8.8.8", "[::1]", "[::1]:9"]
        {
            check(host, None, true);
        }
        for host in ["recap.lan", "recap.lan:8080", "proxy:8443"] {
            check(host, None, true);
        }
        for host in [
            "",
            "example.org",
            "localhost.example.org",
            "127.0.0.1.example.org",
            "192.0.2.1",
            "proxy",
            "localhost:80:80",
            "localhost@example.org",
            "[::1",
            "[fe80::1]",
        ] {
            check(host, None, false);
        }
    }

    #[test]
    fn pages_of_its_own_and_those_it_trusts() {
        check("localhost:8080", Some("http://localhost:8080"), true);
        check("recap.lan", Some("https://recap.lan"), true);
        check("localhost:8080", Some("https://app.example"), true);
        check("localhost:8080", Some("http://localhost:3000"), false);
        check("localhost:8080", Some("https://evil.example"), false);
        check("localhost:8080", Some("null"), false);
    }
}
