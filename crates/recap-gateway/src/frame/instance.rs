//! The path of a request, as it is repeated to its client and in the log.

use std::fmt::Write as _;

/// Longest path that is repeated, in bytes.
const MOST: usize = 256;

/// `path` as a URI reference, whatever was sent, cut where it becomes too long.
pub(super) fn repeated(path: &str) -> String {
    let bytes = path.as_bytes();
    if bytes.len() <= MOST && bytes.iter().all(|it| is_plain(*it)) {
        return path.to_owned();
    }
    let mut text = String::new();
    let mut index = 0;
    while index < bytes.len() && text.len() + 3 <= MOST {
        let triple = path.get(index..index + 3).filter(|it| is_encoded(it));
        match (triple, bytes[index]) {
            (Some(triple), _) => {
                text.push_str(triple);
                index += 2;
            }
            (None, byte) if is_plain(byte) => text.push(char::from(byte)),
            (None, byte) => write!(text, "%{byte:02X}").expect("a string takes everything"),
        }
        index += 1;
    }
    text
}

fn is_encoded(triple: &str) -> bool {
    triple.strip_prefix('%').is_some_and(|it| it.bytes().all(|it| it.is_ascii_hexdigit()))
}

/// What a path may have without being encoded (RFC 3986, 3.3).
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, expected: &str) {
        assert_eq!(repeated(path), expected);
    }

    #[test]
    fn it_is_a_uri_reference_whatever_was_sent() {
        check("/v1/jobs/job_1", "/v1/jobs/job_1");
        check("/v1/jobs/%00%ff", "/v1/jobs/%00%ff");
        check("/v1/jobs/%zz", "/v1/jobs/%25zz");
        check("/a%4", "/a%254");
        check("/%", "/%25");
        check("/ü\"<", "/%C3%BC%22%3C");
    }

    #[test]
    fn no_character_is_cut_in_two() {
        for shift in 0..3 {
            let path = format!("/{}{}", "a".repeat(shift), "%E0%A4%AA".repeat(100));
            let text = repeated(&path);
            assert!(text.len() <= MOST && path.starts_with(&text), "{text}");
            assert!(!text[text.len() - 2..].contains('%'), "{text}");
        }
    }
}
