//! What a URL may look like.

use recap_config::WebhooksConfig;

use crate::support::Rule;

/// Hosts that are refused, in every way that somebody may write them.
const HOSTS: &[&str] = &[
    // One number, octal, hexadecimal, with parts left out, with a dot at the end.
    "2130706433",
    "017700000001",
    "0x7f000001",
    "0x7F000001",
    "0177.0.0.1",
    "0x7f.1",
    "0x7f.0.0.1",
    "127.1",
    "127.0.1",
    "127.0.0.1.",
    "0",
    "0x0",
    "00",
    "0x",
    "1",
    "3232235521",
    "0xc0a80001",
    "192.168.257",
    "10.1",
    "0xa9fea9fe",
    "2852039166",
    "0251.0376.0251.0376",
    "169.16689662",
    "0xA9.254.0251.254",
    "00000177.1",
    "4294967295",
    "037777777777",
    "172.1048577",
    // Percent signs, and digits and dots of other scripts.
    "%31%32%37.0.0.1",
    "127%2e0%2e0%2e1",
    "127.0.0.%31",
    "loc%61lhost",
    "１２７.0.0.1",
    "１２７。０。０。１",
    "127。0。0。1",
    "127．0．0．1",
    "127｡0｡0｡1",
    "①②⑦.⓪.⓪.①",
    "𝟏𝟐𝟕.𝟎.𝟎.𝟏",
    "𝟙𝟙.𝟘.𝟘.1%00",
    "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ",
    "ｌｏｃａｌｈｏｓｔ",
    "loc\u{ad}alhost",
    "169.254.169.254.",
    "１０.0.0.1",
    // IPv6 in brackets, in several ways.
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[0000::0001]",
    "[::ffff:127.0.0.1]",
    "[::FFFF:7F00:1]",
    "[0:0:0:0:0:ffff:127.0.0.1]",
    "[::127.0.0.1]",
    "[64:ff9b::a00:1]",
    "[2002:7f00:1::]",
    "[fe80::1%25eth0]",
    "[::ffff:0x7f.1]",
    // Names.
    "localhost",
    "LOCALHOST",
    "localhost.",
    "localhost..",
    "a.localhost",
    "a.b.localhost.",
    "printer.local",
    "PRINTER.LOCAL.",
    "local",
    "metadata.google.internal",
    "METADATA.google.Internal.",
    "internal",
    "db.internal",
    "router.home.arpa",
    "home.arpa",
    "server.localdomain",
    "localhost.localdomain",
    "intranet",
    "redis",
    "mongo",
    "kubernetes",
    "wiki.",
    "abcdefghijklmnop.onion",
    "onion",
    "a.onion.",
    // No hosts at all.
    "",
    ".",
    "..",
    "999.1.1.1",
    "127.0.0.256",
    "1.2.3.4.5",
    "0x100000000",
    "[]",
    "[::g]",
    "a b.com",
    "ex\u{0}ample.com",
    "exa<mple.com",
    "exa^mple.com",
    "a|b.com",
    "%00.com",
    "%20.com",
    "xn--a.com",
    "08.8.8.8",
];

/// The rest of a URL.
const URLS: &[&str] = &[
    // Schemes.
    "http://hooks.example.com/",
    "ftp://hooks.example.com/",
    "file:///etc/passwd",
    "file://hooks.example.com/",
    "gopher://hooks.example.com:70/_x",
    "javascript:alert(1)",
    "data:text/plain,hi",
    "ws://hooks.example.com/",
    "wss://hooks.example.com/",
    "ssh://a.example.com",
    "dict://a.example.com:11211/stat",
    "ldap://a.example.com/",
    "unix:/var/run/docker.sock",
    "blob:https://hooks.example.com/1",
    "view-source:https://hooks.example.com/",
    "mailto:a@example.com",
    "hooks.example.com/hook",
    "//hooks.example.com/hook",
    "/hook",
    "",
    "https",
    "https:",
    "https://",
    "https:///",
    "https://?",
    "http+unix://%2Fvar%2Frun%2Fdocker.sock/",
    // A user, to make a host look like another one.
    "https://me@hooks.example.com/",
    "https://me:secret@hooks.example.com/",
    "https://:secret@hooks.example.com/",
    "https://hooks.example.com@10.0.0.1/",
    "https://hooks.example.com:443@10.0.0.1/",
    "https://10.0.0.1@hooks.example.com/",
    "https://hooks.example.com%2f@10.0.0.1/",
    "https://10.0.0.1%2f@hooks.example.com/",
    // Slashes of all kinds, spaces and what cannot be seen.
    "https:\\\\hooks.example.com\\",
    "https://hooks.example.com\\@10.0.0.1/",
    "https:/\\10.0.0.1/",
    "https://hooks.example.com/a b",
    " https://hooks.example.com/",
    "https://hooks.example.com/\n",
    "https://hooks.exa\tmple.com/",
    "https://hooks.example.com/\r\nX: y",
    "https://hooks.example.com/\u{0}",
    "https://hooks.example.com/\u{85}",
    "https://hooks.example.com/\u{2028}",
    "ht\ntps://hooks.example.com/",
    "https://hooks.example.com/\u{7f}",
    // Fewer or more slashes are the same to the parser, and so is what follows.
    "https:10.0.0.1",
    "https:/10.0.0.1/",
    "https:////10.0.0.1/",
    "https:localhost",
    // Fragments.
    "https://hooks.example.com/#part",
    "https://hooks.example.com/hook#",
    "https://hooks.example.com#@10.0.0.1/",
    // Ports.
    "https://hooks.example.com:0/",
    "https://hooks.example.com:22/",
    "https://hooks.example.com:25/",
    "https://hooks.example.com:6379/",
    "https://hooks.example.com:27017/",
    "https://hooks.example.com:8081/",
    "https://hooks.example.com:65535/",
    "https://8.8.8.8:53/",
    "https://[2001:4860:4860::8888]:53/",
    "https://hooks.example.com:65536/",
    "https://hooks.example.com:-1/",
    "https://hooks.example.com:http/",
    "https://hooks.example.com:44３/",
    "https://hooks.example.com:443:443/",
];

const GOOD: &[&str] = &[
    "https://hooks.example.com",
    "https://hooks.example.com/",
    "https://hooks.example.com/a/b?c=d&e=%20",
    "HTTPS://HOOKS.EXAMPLE.COM/",
    "https://hooks.example.com./",
    "https://hooks.example.com:443/",
    "https://hooks.example.com:8443/",
    "https://hooks.example.com:80/",
    "https://hooks.example.com:8080/",
    "https://hooks.example.com:00443/",
    "https://bücher.example/",
    "https://xn--bcher-kva.example/",
    "https://例え.テスト/",
    "https://a_b.example.com/",
    "https://1.example.com/",
    "https://8.8.8.8/",
    "https://134744072/",
    "https://0x08.8.8.8/",
    "https://[2001:4860:4860::8888]:8443/x",
    "https://hooks.example.com/?url=http://127.0.0.1/",
    "https://hooks.example.com/@me",
    "https://hooks.example.com/?@",
    "https://localhost.example.com/",
    "https://mylocalhost.com/",
    "https://internal.example.com/",
    "https://onion.example.com/",
    "https://notlocal.example/",
    "https://127.0.0.1.nip.io/",
    "https://hooks.example.com/../..//x",
    "https://hooks.example.com/ü",
];

#[test]
fn hosts_are_seen_through() {
    let rule = Rule::of(&WebhooksConfig::default());
    for host in HOSTS {
        for url in [format!("https://{host}/hook"), format!("https://{host}:8443?a=b")] {
            assert!(rule.check(&url).is_err(), "{url:?}");
        }
    }
    assert!(HOSTS.len() + URLS.len() + crate::addresses::REFUSED.len() >= 150);
}

#[test]
fn everything_else_of_a_url_is_looked_at_as_well() {
    let rule = Rule::of(&WebhooksConfig::default());
    for url in URLS {
        let said = rule.check(url).expect_err(url).0;
        assert!(said.contains("; ") || said.contains("Tor"), "{url} gets no mend: {said}");
    }
    for url in GOOD {
        assert_eq!(rule.check(url), Ok(()), "{url}");
    }
    let long = |length: usize| format!("https://hooks.example.com/{}", "x".repeat(length - 26));
    assert_eq!(rule.check(&long(2048)), Ok(()));
    assert!(rule.check(&long(2049)).is_err());
}

#[test]
fn what_is_listed_opens_http_names_and_ports_as_far_as_it_goes() {
    let listed = vec!["10.0.0.0/8".to_owned()];
    let listed = WebhooksConfig { allow_cidrs: listed, ..WebhooksConfig::default() };
    let checked = Rule::of(&listed);
    for url in [
        "https://10.0.0.1:9000/",
        "https://hooks.example.com:9000/",
        "https://redis/",
        "https://localhost/",
        "https://hook.internal:9443/",
    ] {
        assert_eq!(checked.check(url), Ok(()), "{url}");
    }
    for url in
        ["http://10.0.0.1/", "https://8.8.8.8:9000/", "https://a.onion/", "https://127.0.0.1/"]
    {
        assert!(checked.check(url).is_err(), "{url}");
    }
    let http = Rule::of(&WebhooksConfig { allow_http: true, ..WebhooksConfig::default() });
    assert_eq!(http.check("http://hooks.example.com/"), Ok(()));
    for url in ["http://127.0.0.1/", "http://localhost/", "ftp://hooks.example.com/"] {
        assert!(http.check(url).is_err(), "{url}");
    }
}
