//! Links in all their disguises, and other things nobody says: markup, code for
//! machines.

use crate::tidy::is_unspaced;

/// Top-level domains by which an address is known even without a path. Not those
/// that are words of a language in lower case: a blank may be missing before one.
const TOP_LEVELS: [&str; 62] = [
    "com",
    "net",
    "org",
    "edu",
    "gov",
    "info",
    "biz",
    "io",
    "ai",
    "co",
    "app",
    "dev",
    "xyz",
    "online",
    "site",
    "shop",
    "store",
    "club",
    "link",
    "click",
    "live",
    "top",
    "icu",
    "vip",
    "pro",
    "tech",
    "cloud",
    "zip",
    "mov",
    "tv",
    "ly",
    "gg",
    "gl",
    "cc",
    "ws",
    "ru",
    "su",
    "cn",
    "uk",
    "de",
    "fr",
    "nl",
    "pl",
    "br",
    "jp",
    "kr",
    "eu",
    "ch",
    "ca",
    "au",
    "onion",
    "example",
    "test",
    "invalid",
    "localhost",
    "рф",
    "онлайн",
    "中国",
    "网络",
    "公司",
    "みんな",
    "한국",
];
/// Names of things that look like addresses.
const NO_LINKS: [&str; 4] = ["asp.net", "vb.net", "ado.net", "ml.net"];
/// Schemes that need no `//`.
const SCHEMES: [&str; 8] =
    ["javascript:", "vbscript:", "mailto:", "tel:", "sms:", "file:", "blob:", "magnet:"];
/// Tags that take their content with them.
const HIDING: [&str; 4] = ["script", "style", "iframe", "svg"];
/// Tags of prompts. What stands beside them is judged, so they are left until then.
const OF_PROMPTS: [&str; 10] = [
    "system",
    "assistant",
    "user",
    "human",
    "developer",
    "instructions",
    "instruction",
    "start_of_turn",
    "inst",
    "sys",
];
/// A tag is no longer than this, in bytes.
const LONGEST_TAG: usize = 2000;
/// Letters and digits in a row that are no word: Base64.
const LONGEST_CODE: usize = 24;

/// Without tags, without images in Markdown, and with the words of its links alone.
pub(super) fn without_markup(text: &str) -> String {
    without_tags(&without_markdown(text))
}

fn without_markdown(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("](") {
        let opened = before.rfind('[');
        let end = after.char_indices().find(|(_, it)| *it == ')').map(|it| it.0);
        let (Some(opened), Some(end)) = (opened, end) else { break };
        let head = &before[..opened];
        if let Some(head) = head.strip_suffix('!') {
            kept.push_str(head);
        } else {
            kept.push_str(head);
            kept.push_str(&before[opened + 1..]);
        }
        kept.push(' ');
        rest = &after[end + 1..];
    }
    kept.push_str(rest);
    kept
}

fn without_tags(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['<', '‹']) {
        let (before, tag) = rest.split_at(at);
        kept.push_str(before);
        let open = tag.chars().next().map_or(1, char::len_utf8);
        let Some(length) = length_of_tag(&tag[open..]) else {
            kept.push_str(&tag[..open]);
            rest = &tag[open..];
            continue;
        };
        kept.push(' ');
        rest = &tag[open + length..];
        let name = name(&tag[open..]);
        if HIDING.contains(&name.as_str()) {
            let end = rest.to_ascii_lowercase().find(&format!("/{name}"));
            // Of its own bracket, which may be another than `<`.
            let start = end.and_then(|it| rest[..it].char_indices().next_back());
            rest = &rest[start.map_or(0, |it| it.0)..];
        }
    }
    kept.push_str(rest);
    kept
}

/// Of a tag, after its bracket; `None` if it is none, or one of a prompt.
fn length_of_tag(inside: &str) -> Option<usize> {
    let begins = inside.trim_start_matches('/').starts_with(|it: char| it.is_ascii_alphabetic());
    if !(begins || inside.starts_with("!--")) || OF_PROMPTS.contains(&name(inside).as_str()) {
        return None;
    }
    let within = &inside[..inside.floor_char_boundary(LONGEST_TAG)];
    let (at, close) = within.char_indices().find(|(_, it)| matches!(it, '>' | '›'))?;
    Some(at + close.len_utf8())
}

fn name(inside: &str) -> String {
    let inside = inside.trim_start_matches('/');
    let end = inside.find(|it: char| !(it.is_ascii_alphanumeric() || it == '_'));
    inside[..end.unwrap_or(inside.len())].to_ascii_lowercase()
}

/// The words of the text that are no link. Where words are written without blanks,
/// a link is cut out of its row.
pub(super) fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(without_link).filter(|it| !it.is_empty()).collect()
}

fn without_link(word: &str) -> String {
    if !word.contains(is_unspaced) {
        return if is_link(word) { String::new() } else { word.to_owned() };
    }
    let mut kept = String::new();
    let mut rest = word;
    while let Some(first) = rest.chars().next() {
        let script = is_unspaced(first);
        let end = rest.find(|it| is_unspaced(it) != script).unwrap_or(rest.len());
        let (piece, after) = rest.split_at(end);
        kept.push_str(if !script && is_link(piece) { "" } else { piece });
        rest = after;
    }
    if is_link(&kept) { String::new() } else { kept }
}

fn is_link(word: &str) -> bool {
    let bare = word.trim_start_matches(|it: char| !it.is_alphanumeric());
    let word = plain_dots(&bare.to_lowercase());
    word.contains("://")
        || word.contains(":\\\\")
        || word.contains("%3a%2f")
        || word.starts_with("http:/")
        || word.starts_with("https:/")
        || word.starts_with("www.")
        || SCHEMES.iter().any(|it| word.strip_prefix(it).is_some_and(|it| it.len() > 1))
        || (word.starts_with("data:") && (word.contains(";base64") || word[5..].contains('/')))
        || is_mail(&word)
        || is_address(&word)
        || is_code(bare)
}

/// Dots that are written in another way so that nobody sees a link.
fn plain_dots(word: &str) -> String {
    let mut word = word.replace(['\u{ff0e}', '\u{2024}'], ".").replace("&period;", ".");
    for dot in ["[.]", "(.)", "{.}", "[dot]", "(dot)", "{dot}", "<.>", "[.", ".]"] {
        word = word.replace(dot, ".");
    }
    word
}

fn is_mail(word: &str) -> bool {
    let Some((name, host)) = word.split_once('@') else { return false };
    let host = host.trim_end_matches(|it: char| !it.is_alphanumeric());
    name.ends_with(|it: char| it.is_alphanumeric() || it == '_') && host.contains('.')
}

/// A host with a path, or one of a well-known kind.
fn is_address(word: &str) -> bool {
    let end = word.find(['/', '?', '#', ':', '\\']).unwrap_or(word.len());
    let (host, after) = word.split_at(end);
    let host = host.trim_end_matches(|it: char| !it.is_alphanumeric());
    let has_path = after.chars().nth(1).is_some_and(char::is_alphanumeric);
    let labels: Vec<&str> = host.split('.').collect();
    let [_, .., top] = labels.as_slice() else { return false };
    let is_label = |it: &&str| !it.is_empty() && it.chars().all(is_of_host);
    if !labels.iter().all(is_label) || NO_LINKS.contains(&host) {
        return false;
    }
    if labels.len() == 4 && labels.iter().all(|it| it.parse::<u8>().is_ok()) {
        return has_path;
    }
    let is_name = top.chars().count() > 1 && top.chars().all(char::is_alphabetic);
    labels.iter().any(|it| it.starts_with("xn--"))
        || is_name && TOP_LEVELS.contains(top)
        || is_name && has_path && after.starts_with(['/', '?', '#', ':'])
}

fn is_of_host(char: char) -> bool {
    char.is_alphanumeric() || matches!(char, '-' | '_')
}

fn is_code(word: &str) -> bool {
    let word = word.trim_end_matches(['.', ',', ';', '"', '\'', ')']);
    let is_of = |it: char| it.is_ascii_alphanumeric() || matches!(it, '+' | '/' | '=' | '_');
    word.len() >= LONGEST_CODE
        && word.chars().all(is_of)
        && word.contains(|it: char| it.is_ascii_uppercase())
        && word.contains(|it: char| it.is_ascii_lowercase())
        && word.contains(|it: char| it.is_ascii_digit() || it == '=' || it == '+')
}

#[cfg(test)]
mod tests {
    use super::{is_link, without_markup, words};

    #[test]
    fn links_are_known_in_disguise() {
        for link in [
            "https://evil.example/?a=b",
            "hxxps://evil.example",
            "HTTP://EVIL",
            "www.evil",
            "(evil.com).",
            "evil.example",
            "evil[.]example",
            "evil(dot)com/a",
            "evil.com/?q",
            "t.me/plonk",
            "EVIL.COM",
            "xn--80ak6aa92e.com",
            "пример.рф",
            "http:\\\\evil",
            "javascript:alert(1)",
            "mailto:a@b",
            "data:text/html;base64,PHA+",
            "127.0.0.1:8080/x",
            "10.0.0.1/login",
            "someone@evil.example",
            "https%3A%2F%2Fevil",
            "//evil.example/x",
            "evil．com",
            "SWdub3JlIGFsbCBwcmV2aW91cw==",
        ] {
            assert!(is_link(link), "{link}");
        }
        for word in [
            "and/or",
            "24/7",
            "3.5",
            "e.g.",
            "a.m./p.m.",
            "Node.js",
            "ASP.NET",
            "U.S.",
            "data:",
            "4.2/5",
            "8.8.8.8",
            "@handle",
            "12:30",
            "end.It",
            "vs.",
            "etc.",
            "km/h",
            "C#",
            "internationalisation",
        ] {
            assert!(!is_link(word), "{word}");
        }
    }

    #[test]
    fn markup_goes_and_words_stay() {
        let table = [
            ("a ![x y](https://e.example/?q=b c) b", "a b"),
            ("see [the paper](http://x) now", "see the paper now"),
            ("1 < 2 <b>bold</b> </transcript> x", "1 < 2 bold x"),
            ("a<script>plonk()</script> b <a href='x. Y'>c</a>", "a b c"),
            ("a‹script>plonk()‹/script> b", "a b"),
            ("请看evil.example/a谢谢", "请看谢谢"),
            ("[one] (two) ](", "[one] (two) ]("),
            ("x <system> y", "x <system> y"),
        ];
        for (text, expected) in table {
            assert_eq!(words(&without_markup(text)).join(" "), expected, "{text}");
        }
    }
}
