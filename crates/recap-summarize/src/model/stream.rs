//! From bytes to JSON documents: server-sent events, or a plain JSON body.
//!
//! Bounded by the caller: it stops pushing when the answer is too long.

/// What the body turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Unknown,
    Events,
    /// An object or an array: for errors, and where nobody asked for a stream.
    Json,
}

/// Reads a body piece by piece; the pieces may end anywhere, inside a
/// character, too.
#[derive(Debug)]
pub(crate) struct Decoder {
    kind: Kind,
    /// The line that has begun, or the whole body if it is JSON.
    buffer: Vec<u8>,
    /// The `data:` lines of the event that has begun.
    data: Option<String>,
    /// The last byte was CR; an LF that follows belongs to it.
    after_cr: bool,
}

impl Decoder {
    pub(crate) fn new() -> Self {
        Self { kind: Kind::Unknown, buffer: Vec::new(), data: None, after_cr: false }
    }

    /// The documents that `bytes` complete.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Vec<String> {
        let mut found = Vec::new();
        for byte in bytes {
            self.byte(*byte, &mut found);
        }
        found
    }

    /// The document that the end completes. An event without its blank line
    /// counts: what it lacks shows when it is parsed.
    pub(crate) fn finish(mut self) -> Option<String> {
        if self.kind == Kind::Json {
            return Some(String::from_utf8_lossy(&self.buffer).into_owned());
        }
        let mut found = Vec::new();
        self.line(&mut found);
        found.pop().or(self.data)
    }

    fn byte(&mut self, byte: u8, found: &mut Vec<String>) {
        if self.kind == Kind::Unknown {
            self.kind = match byte {
                b' ' | b'\t' | b'\r' | b'\n' | 0xEF | 0xBB | 0xBF => return, // space or byte order mark
                b'{' | b'[' => Kind::Json,
                _ => Kind::Events,
            };
        }
        let follows_cr = std::mem::replace(&mut self.after_cr, byte == b'\r');
        match byte {
            _ if self.kind == Kind::Json => self.buffer.push(byte),
            b'\n' if follows_cr => {}
            b'\r' | b'\n' => self.line(found),
            _ => self.buffer.push(byte),
        }
    }

    /// Ends a line, by the rules of the HTML standard, "event stream
    /// interpretation"; fields other than `data` mean nothing to us.
    fn line(&mut self, found: &mut Vec<String>) {
        let line = std::mem::take(&mut self.buffer);
        if line.is_empty() {
            found.extend(self.data.take());
            return;
        }
        let Some(value) = line.strip_prefix(b"data:") else { return };
        let value = String::from_utf8_lossy(value.strip_prefix(b" ").unwrap_or(value));
        match &mut self.data {
            Some(data) => {
                data.push('\n');
                data.push_str(&value);
            }
            none => *none = Some(value.into_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Decoder;

    fn decode(pieces: &[&[u8]]) -> Vec<String> {
        let mut decoder = Decoder::new();
        let mut found: Vec<String> = pieces.iter().flat_map(|it| decoder.push(it)).collect();
        found.extend(decoder.finish());
        found
    }

    #[test]
    fn events_end_with_a_blank_line() {
        let table: [(&str, &[&str]); 10] = [
            ("", &[]),
            ("data: {}\r\n\r\n", &["{}"]),
            ("data: 1\n\ndata: 2\n\n", &["1", "2"]),
            ("data: 1\r\rdata: 2\r\r", &["1", "2"]),
            ("data: a\ndata: b\n\n", &["a\nb"]),
            ("\u{feff}data:1\n\n", &["1"]),
            (": comment\nevent: x\nid: 1\ndata: 1\n\n\n\n", &["1"]),
            ("data: 1\n\ndata: cut", &["1", "cut"]),
            (" [{\"a\":\n\n1}] ", &["[{\"a\":\n\n1}] "]),
            ("{\"error\":{}}", &["{\"error\":{}}"]),
        ];
        for (body, expected) in table {
            assert_eq!(decode(&[body.as_bytes()]), expected, "{body:?}");
        }
    }

    proptest! {
        #[test]
        fn it_does_not_matter_where_the_pieces_end(
            texts in prop::collection::vec("[a-zä水🎈 ]{1,12}", 1..5),
            ending in prop::sample::select(vec!["\n", "\r\n", "\r"]),
            cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
        ) {
            let events: Vec<String> =
                texts.iter().map(|it| format!("data: {it}{ending}{ending}")).collect();
            let body = events.concat();
            let mut cuts: Vec<usize> = cuts.iter().map(|it| it.index(body.len() + 1)).collect();
            cuts.extend([0, body.len()]);
            cuts.sort_unstable();
            let pieces: Vec<&[u8]> =
                cuts.windows(2).map(|it| &body.as_bytes()[it[0]..it[1]]).collect();
            prop_assert_eq!(decode(&pieces), texts);
        }

        #[test]
        fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            decode(&[&bytes]);
        }
    }
}
