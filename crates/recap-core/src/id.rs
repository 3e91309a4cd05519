//! Names of things: a prefix that says what it is, and a ULID, so that they
//! sort by time of creation.

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use ulid::Ulid;

/// The same ULID for the same parts: whoever makes a thing a second time, after
/// a crash, makes the same one. Its time is `at`, its chance the parts' digest.
pub(crate) fn derived(at: Timestamp, parts: &[&str]) -> Ulid {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part.len().to_be_bytes());
        digest.update(part.as_bytes());
    }
    let mut chance = [0; 16];
    chance.copy_from_slice(&digest.finalize()[..16]);
    let milliseconds = u64::try_from(at.as_millisecond()).unwrap_or_default();
    Ulid::from_parts(milliseconds, u128::from_be_bytes(chance))
}

/// A type for one kind of name.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $invalid:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
        )]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(ulid::Ulid);

        #[doc = concat!("The text is not `", $prefix, "` and a ULID.")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
        #[error("the name is not `{}` and 26 characters", $prefix)]
        pub struct $invalid;

        impl $name {
            pub fn generate() -> Self {
                Self(ulid::Ulid::generate())
            }

            /// The same for the same parts, made at the same time.
            pub fn derived(at: jiff::Timestamp, parts: &[&str]) -> Self {
                Self($crate::id::derived(at, parts))
            }
        }

        impl std::str::FromStr for $name {
            type Err = $invalid;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let ulid = text.strip_prefix($prefix).ok_or($invalid)?;
                ulid::Ulid::from_string(ulid).map(Self).map_err(|_| $invalid)
            }
        }

        impl TryFrom<String> for $name {
            type Error = $invalid;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.to_string()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!($prefix, "{}"), self.0)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(self, f)
            }
        }
    };
}

pub(crate) use id;

#[cfg(test)]
mod tests {
    use super::derived;

    #[test]
    fn parts_are_told_apart() {
        let at = "2026-01-01T00:00:00Z".parse().expect("a time");
        assert_eq!(derived(at, &["a", "b"]), derived(at, &["a", "b"]));
        assert_ne!(derived(at, &["a", "b"]), derived(at, &["ab", ""]));
        assert_ne!(derived(at, &["a", "b"]), derived(at, &["a", "c"]));
    }
}
