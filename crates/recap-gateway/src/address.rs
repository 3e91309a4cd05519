//! The address that a client is known by.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use actix_web::dev::ServiceRequest;
use actix_web::http::header::HeaderMap;

const FORWARDED_FOR: &str = "x-forwarded-for";

/// What proxies add to say whom they ask for.
const ADDED: [&str; 3] = [FORWARDED_FOR, "forwarded", "x-real-ip"];

/// Whether somebody else's request is passed on by a proxy that the settings do not
/// know.
pub(crate) fn is_passed_on(headers: &HeaderMap, trusted_proxies: usize) -> bool {
    trusted_proxies == 0 && ADDED.iter().any(|it| headers.contains_key(*it))
}

/// Who is at the other end, as seen by the outermost of our `trusted_proxies`
/// proxies.
///
/// Each proxy adds the address it was called from at the right, so what is left
/// of the ones that are ours is what the client wrote itself, and counts for
/// nothing. A list that is too short, or in which ours is not an address, was not
/// made by them: then it is whoever is connected.
pub(crate) fn of(request: &ServiceRequest, trusted_proxies: usize) -> IpAddr {
    let peer = request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |it| it.ip());
    forwarded(request.headers(), trusted_proxies).unwrap_or(peer).to_canonical()
}

fn forwarded(headers: &HeaderMap, trusted_proxies: usize) -> Option<IpAddr> {
    let lines: Vec<_> = headers.get_all(FORWARDED_FOR).collect();
    let entries = lines.iter().rev().flat_map(|line| line.as_bytes().rsplit(|it| *it == b','));
    let mut found = None;
    let mut entries = entries.map(address);
    for _ in 0..trusted_proxies {
        found = Some(entries.next()??);
    }
    found
}

/// An address, as some proxies write it: with a port, or in brackets.
fn address(entry: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(entry).ok()?.trim();
    let bare = text.strip_prefix('[').and_then(|it| it.strip_suffix(']')).unwrap_or(text);
    let with_port = || text.parse::<SocketAddr>().ok().map(|it| it.ip());
    bare.parse().ok().or_else(with_port)
}

/// The name of the budget of an address. Whoever has one IPv6 address has 2^64 of
/// them, so these count by their network.
pub(crate) fn name(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[track_caller]
    fn check(proxies: usize, lines: &[&str], expected: &str) {
        let mut request = TestRequest::get().peer_addr("10.0.0.1:4000".parse().expect("valid"));
        for line in lines {
            request = request.append_header((FORWARDED_FOR, *line));
        }
        let address = of(&request.to_srv_request(), proxies);
        assert_eq!(address.to_string(), expected, "{proxies} {lines:?}");
    }

    #[test]
    fn only_what_our_proxies_wrote_counts() {
        check(0, &["192.0.2.1"], "10.0.0.1");
        check(1, &["192.0.2.1"], "192.0.2.1");
        check(1, &["203.0.113.9, 192.0.2.1"], "192.0.2.1");
        check(2, &["203.0.113.9, 192.0.2.1,10.0.0.2"], "192.0.2.1");
        check(1, &["203.0.113.9", "192.0.2.1"], "192.0.2.1");
        check(2, &["192.0.2.1", "10.0.0.2"], "192.0.2.1");
        check(1, &["nonsense, 192.0.2.1"], "192.0.2.1");
    }

    #[test]
    fn a_list_that_our_proxies_did_not_make_counts_for_nothing() {
        check(1, &[], "10.0.0.1");
        check(2, &["192.0.2.1"], "10.0.0.1");
        check(3, &["192.0.2.1, 10.0.0.2"], "10.0.0.1");
        check(1, &["192.0.2.1, unknown"], "10.0.0.1");
        check(2, &["192.0.2.1, unknown"], "10.0.0.1");
        check(1, &["192.0.2.1,"], "10.0.0.1");
        check(1, &[""], "10.0.0.1");
    }

    #[test]
    fn addresses_are_read_as_proxies_write_them() {
        check(1, &["192.0.2.1:4711"], "192.0.2.1");
        check(1, &["2001:db8::7"], "2001:db8::7");
        check(1, &["[2001:db8::7]"], "2001:db8::7");
        check(1, &["[2001:db8::7]:443"], "2001:db8::7");
        check(1, &["::ffff:192.0.2.1"], "192.0.2.1");
    }

    #[test]
    fn a_network_has_one_budget() {
        let name = |it: &str| name(it.parse().expect("valid"));
        assert_eq!(name("192.0.2.1"), "192.0.2.1");
        assert_eq!(name("::ffff:192.0.2.1"), "192.0.2.1");
        assert_eq!(name("2001:db8:1:2:3::4"), "2001:db8:1:2::/64");
        assert_eq!(name("2001:db8:1:2:ffff::"), name("2001:db8:1:2::"));
    }
}
