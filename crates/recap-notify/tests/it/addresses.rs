//! Every range that is no place for messages: its first address, one from its
//! middle and its last; and what lies just outside.

use std::net::IpAddr;

use recap_config::WebhooksConfig;
use recap_core::webhook::AttemptError;

use crate::support::{Rule, answering, send, sender, unknowing};

pub(crate) const REFUSED: &[&str] = &[
    // IPv4.
    "0.0.0.0",
    "0.1.2.3",
    "0.255.255.255",
    "10.0.0.0",
    "10.20.30.40",
    "10.255.255.255",
    "100.64.0.0",
    "100.100.100.200",
    "100.127.255.255",
    "127.0.0.0",
    "127.0.0.1",
    "127.0.0.2",
    "127.53.0.1",
    "127.255.255.255",
    "168.63.129.16",
    "169.254.0.0",
    "169.254.169.254",
    "169.254.170.2",
    "169.254.255.255",
    "172.16.0.0",
    "172.24.1.1",
    "172.31.255.255",
    "192.0.0.0",
    "192.0.0.192",
    "192.0.0.255",
    "192.0.2.0",
    "192.0.2.128",
    "192.0.2.255",
    "192.88.99.0",
    "192.88.99.1",
    "192.88.99.255",
    "192.168.0.0",
    "192.168.1.1",
    "192.168.255.255",
    "198.18.0.0",
    "198.19.0.0",
    "198.19.255.255",
    "198.51.100.0",
    "198.51.100.99",
    "198.51.100.255",
    "203.0.113.0",
    "203.0.113.113",
    "203.0.113.255",
    "224.0.0.0",
    "224.0.0.251",
    "232.1.1.1",
    "239.255.255.255",
    "240.0.0.0",
    "248.8.8.8",
    "255.255.255.254",
    "255.255.255.255",
    // IPv6.
    "::",
    "::1",
    "::2",
    "fe80::",
    "fe80::1",
    "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "fec0::1",
    "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "fc00::",
    "fd00:ec2::254",
    "fd20:ce::254",
    "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "ff00::",
    "ff02::1",
    "ff05::1:3",
    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "100::",
    "100::ffff",
    "100::ffff:ffff:ffff:ffff",
    "100:0:0:1::1",
    "2001::",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:0:ffff:ffff:ffff:ffff:ffff:ffff",
    "2001:1::1",
    "2001:2::",
    "2001:2:0:ffff::",
    "2001:10::1",
    "2001:20::1",
    "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff",
    "2001:db8::",
    "2001:db8:8::1",
    "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
    "2002::",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "2002:a9fe:a9fe::",
    "2002:808:808::1",
    "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "3fff::",
    "3fff:800::1",
    "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff",
    "5f00::",
    "5f00:8000::1",
    "5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "64:ff9b::",
    "64:ff9b::7f00:1",
    "64:ff9b::10.0.0.1",
    "64:ff9b::169.254.169.254",
    "64:ff9b::8.8.8.8",
    "64:ff9b::ffff:ffff",
    "64:ff9b:1::",
    "64:ff9b:1::10.0.0.1",
    "64:ff9b:1:ffff:ffff:ffff:ffff:ffff",
    // IPv4 in the clothes of IPv6.
    "::ffff:0.0.0.0",
    "::ffff:10.0.0.1",
    "::ffff:100.64.0.1",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "::ffff:a9fe:a9fe",
    "::ffff:172.16.0.1",
    "::ffff:192.168.0.1",
    "::ffff:198.18.0.1",
    "::ffff:224.0.0.1",
    "::ffff:255.255.255.255",
    "::ffff:168.63.129.16",
    "::127.0.0.1",
    "::10.0.0.1",
    "::8.8.8.8",
    "::169.254.169.254",
    "::ffff:0:127.0.0.1",
    // Not given out to anybody.
    "::1:0:0:0",
    "200::1",
    "400::1",
    "1fff:ffff::1",
    "4000::1",
    "8000::1",
    "e000::1",
    "fbff::1",
    "fe00::1",
    "fe7f:ffff::1",
];

/// Public ones, most of them just outside a range that is refused.
const ALLOWED: &[&str] = &[
    "1.0.0.0",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "126.255.255.255",
    "128.0.0.0",
    "168.63.129.15",
    "168.63.129.17",
    "169.253.255.255",
    "169.255.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "191.255.255.255",
    "192.0.1.0",
    "192.0.1.255",
    "192.0.3.0",
    "192.88.98.255",
    "192.88.100.0",
    "192.167.255.255",
    "192.169.0.0",
    "198.17.255.255",
    "198.20.0.0",
    "198.51.99.255",
    "198.51.101.0",
    "203.0.112.255",
    "203.0.114.0",
    "223.255.255.255",
    "8.8.8.8",
    "93.184.215.14",
    "2000::",
    "2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "2001:200::",
    "2001:db7:ffff::1",
    "2001:db9::",
    "2003::",
    "2001:4860:4860::8888",
    "2606:2800:21f:cb07:6820:80da:af6b:8b2c",
    "2a00:1450:4001:82a::200e",
    "3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "3fff:1000::",
    "::ffff:8.8.8.8",
    "::ffff:9.255.255.255",
    "::ffff:808:808",
];

/// As it stands in a URL.
fn host(address: &str) -> String {
    if address.contains(':') { format!("[{address}]") } else { address.to_owned() }
}

#[test]
fn an_address_in_a_url_is_refused_or_not() {
    let rule = Rule::of(&WebhooksConfig::default());
    for address in REFUSED {
        let refused = rule.check(&format!("https://{}/hook", host(address)));
        let said = refused.expect_err(address).0;
        assert!(said.contains("private or reserved") && said.contains("allow_cidrs"), "{address}");
    }
    for address in ALLOWED {
        assert_eq!(rule.check(&format!("https://{}/hook", host(address))), Ok(()), "{address}");
    }
    assert!(REFUSED.len() >= 120 && ALLOWED.len() >= 30);
}

/// What a name resolves to is held against the same rules, and alone or between
/// public ones makes no difference.
#[tokio::test]
async fn an_address_behind_a_name_is_refused() {
    for address in REFUSED {
        let lookup = answering(&[&[address], &["8.8.8.8", address, "2001:4860:4860::8888"]]);
        let sender = sender(WebhooksConfig::default(), &lookup);
        for _ in 0..2 {
            let response = send(&sender, "https://hooks.example.com/hook").await;
            assert_eq!(response.error, Some(AttemptError::AddressRefused), "{address}");
            assert_eq!(response.status, None);
        }
    }
}

#[tokio::test]
async fn an_address_in_a_url_is_checked_again_when_it_is_sent_to() {
    let sender = sender(WebhooksConfig::default(), &unknowing());
    for url in
        ["https://127.0.0.1/", "https://[::ffff:a00:1]/", "https://0x7f.1/", "http://8.8.8.8/"]
    {
        assert_eq!(send(&sender, url).await.error, Some(AttemptError::AddressRefused), "{url}");
    }
}

#[test]
fn a_listed_network_is_open_in_any_clothes_and_no_other_is() {
    let listed = ["10.1.0.0/16", "fd00:1::/32"].map(str::to_owned).to_vec();
    let settings = WebhooksConfig { allow_cidrs: listed, ..WebhooksConfig::default() };
    let rule = Rule::of(&settings);
    for open in ["10.1.0.0", "10.1.255.255", "::ffff:10.1.2.3", "fd00:1::1", "8.8.8.8"] {
        assert_eq!(rule.check(&format!("https://{}/", host(open))), Ok(()), "{open}");
    }
    for closed in ["10.0.255.255", "10.2.0.0", "::10.1.2.3", "64:ff9b::10.1.2.3", "fd00:2::1"] {
        assert!(rule.check(&format!("https://{}/", host(closed))).is_err(), "{closed}");
    }
}

#[test]
fn the_lists_hold_addresses_and_each_once() {
    let mut all: Vec<&str> = REFUSED.iter().chain(ALLOWED).copied().collect();
    let count = all.len();
    assert!(all.iter().all(|it| it.parse::<IpAddr>().is_ok()));
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), count);
}
