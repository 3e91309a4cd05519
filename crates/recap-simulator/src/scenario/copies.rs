//! As many videos as a test needs: `cp_` and eight digits is a copy of the demo.

use super::{Scenario, Twist, working};

const PREFIX: &str = "cp_";
const DIGITS: usize = 8;

/// What all copies are; each has the id it is asked for by. It is in no list of
/// scenarios, as there is no end of them.
static COPY: Scenario = Scenario {
    id: "cp_00000000",
    about: "one of many: 25 minutes with chapters and manual captions",
    twist: Twist::Copy,
    ..working::DEMO
};

/// The id of a copy of the demo: `cp_00000042`. Its title ends with its id, and
/// all else is as with the demo.
///
/// # Panics
///
/// If the number has more than eight digits.
pub fn copy(number: u32) -> String {
    let id = format!("{PREFIX}{number:0DIGITS$}");
    assert!(is_copy(&id), "{number} has more than {DIGITS} digits");
    id
}

pub(super) fn find(video: &str) -> Option<&'static Scenario> {
    is_copy(video).then_some(&COPY)
}

/// A copy's title.
pub(super) fn title(original: &str, video: &str) -> String {
    format!("{original} ({video})")
}

/// The copy that has this title.
pub(super) fn titled(title: &str) -> Option<&str> {
    let (_, id) = title.strip_suffix(')')?.rsplit_once(" (")?;
    is_copy(id).then_some(id)
}

fn is_copy(video: &str) -> bool {
    let number = video.strip_prefix(PREFIX);
    number.is_some_and(|it| it.len() == DIGITS && it.bytes().all(|it| it.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::{copy, find, title, titled};

    #[test]
    fn a_copy_has_eleven_characters_of_which_eight_are_digits() {
        assert_eq!(copy(42), "cp_00000042");
        assert!(find("cp_00000042").is_some() && find("cp_99999999").is_some());
        for other in ["cp_0000042", "cp_000000042", "cp_0000004x", "ok_demo25m1", ""] {
            assert!(find(other).is_none(), "{other}");
        }
    }

    #[test]
    fn a_copy_is_known_by_its_title() {
        assert_eq!(titled(&title("Water (again)", "cp_00000042")), Some("cp_00000042"));
        assert_eq!(titled("Water (again)"), None);
    }
}
