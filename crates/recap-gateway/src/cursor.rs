//! The place after the last thing on a page. In hexadecimal, so that nobody
//! builds one by hand and it may be something else one day.

use std::fmt::{Display, Write as _};
use std::str::FromStr;

/// The place after `last`.
pub(crate) fn encode(last: &impl Display) -> String {
    let mut cursor = String::new();
    for byte in last.to_string().bytes() {
        write!(cursor, "{byte:02x}").expect("a string takes everything");
    }
    cursor
}

/// What a cursor is behind of, if it is one.
pub(crate) fn decode<T: FromStr>(cursor: &str) -> Option<T> {
    let byte = |it: &[u8]| u8::from_str_radix(std::str::from_utf8(it).ok()?, 16).ok();
    let bytes: Option<Vec<u8>> = cursor.as_bytes().chunks(2).map(byte).collect();
    std::str::from_utf8(&bytes?).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use recap_core::JobId;

    use super::*;

    #[test]
    fn a_cursor_leads_back_to_its_job() {
        let id = JobId::generate();
        assert_eq!(decode(&encode(&id)), Some(id));
        for wrong in ["xyz", "+a+b", "6a6f", ""] {
            assert_eq!(decode::<JobId>(wrong), None, "{wrong}");
        }
    }
}
