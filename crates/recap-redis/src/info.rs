//! What a server says of its memory.

/// A part of `INFO memory`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// In bytes.
    pub used: u64,
    /// In bytes; 0 is no limit.
    pub max: u64,
    /// `maxmemory-policy`, as in `noeviction`.
    pub policy: String,
}

impl Memory {
    pub(crate) fn parse(info: &str) -> Self {
        let field = |name: &str| {
            let line = info.lines().find_map(|it| it.strip_prefix(name)?.strip_prefix(':'));
            line.unwrap_or_default().trim()
        };
        Self {
            used: field("used_memory").parse().unwrap_or_default(),
            max: field("maxmemory").parse().unwrap_or_default(),
            policy: field("maxmemory_policy").to_owned(),
        }
    }

    /// Whether keys without a time to live may vanish.
    pub fn evicts_all_keys(&self) -> bool {
        self.policy.starts_with("allkeys-")
    }
}

#[cfg(test)]
mod tests {
    use super::Memory;

    #[test]
    fn fields_are_found_by_their_whole_name() {
        let info = "# Memory\r\nused_memory:864136\r\nused_memory_human:843K\r\n\
                    maxmemory:8388608\r\nmaxmemory_human:8.00M\r\nmaxmemory_policy:allkeys-lru\r\n";
        let memory = Memory::parse(info);
        let expected = Memory { used: 864_136, max: 8_388_608, policy: "allkeys-lru".to_owned() };
        assert_eq!(memory, expected);
        assert!(memory.evicts_all_keys());
        assert_eq!(Memory::parse(""), Memory::default());
    }
}
