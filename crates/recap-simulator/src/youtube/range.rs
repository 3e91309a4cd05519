//! `Range: bytes=…`, one range of a representation of known size.

/// What part of the bytes is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// No range, or one that is to be ignored.
    Whole,
    /// From the first to the last byte, both included.
    Bytes { first: u64, last: u64 },
    /// Nothing of it exists.
    Unsatisfiable,
}

/// Reads a `Range` header as RFC 9110 has it: what is not understood is ignored,
/// several ranges are answered with the whole.
pub(super) fn part(header: Option<&str>, size: u64) -> Part {
    let Some((first, last)) =
        header.and_then(|it| it.trim().strip_prefix("bytes=")?.split_once('-'))
    else {
        return Part::Whole;
    };
    match (first.trim(), last.trim()) {
        ("", suffix) => match suffix.parse() {
            Ok(0) => Part::Unsatisfiable,
            Ok(_) if size == 0 => Part::Unsatisfiable,
            Ok(length) => Part::Bytes { first: size.saturating_sub(length), last: size - 1 },
            Err(_) => Part::Whole,
        },
        (first, last) => match (first.parse::<u64>(), last.parse::<u64>()) {
            (Ok(first), Ok(last)) if last < first => Part::Whole,
            (Ok(first), _) if first >= size && (last.is_empty() || last.parse::<u64>().is_ok()) => {
                Part::Unsatisfiable
            }
            (Ok(first), Ok(last)) => Part::Bytes { first, last: last.min(size - 1) },
            (Ok(first), Err(_)) if last.is_empty() => Part::Bytes { first, last: size - 1 },
            _ => Part::Whole,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::Part::{self, Bytes, Unsatisfiable, Whole};
    use super::part;

    #[track_caller]
    fn check(header: &str, size: u64, expected: Part) {
        assert_eq!(part(Some(header), size), expected, "{header} of {size}");
    }

    #[test]
    fn a_range_is_cut_to_what_exists() {
        check("bytes=0-", 100, Bytes { first: 0, last: 99 });
        check("bytes=10-19", 100, Bytes { first: 10, last: 19 });
        check("bytes=90-1000", 100, Bytes { first: 90, last: 99 });
        check("bytes=99-99", 100, Bytes { first: 99, last: 99 });
        check("bytes=-1", 100, Bytes { first: 99, last: 99 });
        check("bytes=-1000", 100, Bytes { first: 0, last: 99 });
    }

    #[test]
    fn a_range_past_the_end_cannot_be_satisfied() {
        check("bytes=100-", 100, Unsatisfiable);
        check("bytes=100-200", 100, Unsatisfiable);
        check("bytes=-0", 100, Unsatisfiable);
        check("bytes=0-", 0, Unsatisfiable);
        check("bytes=-5", 0, Unsatisfiable);
    }

    #[test]
    fn what_is_not_one_range_is_ignored() {
        assert_eq!(part(None, 100), Whole);
        for header in [
            "",
            "bytes",
            "bytes=",
            "bytes=a-b",
            "bytes=5-1",
            "bytes=0-1,5-6",
            "items=0-1",
            "bytes=-",
        ] {
            check(header, 100, Whole);
        }
    }
}
