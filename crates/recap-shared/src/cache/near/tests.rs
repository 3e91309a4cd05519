//! What stays in memory, and what goes first.

use std::time::Duration;

use bytes::Bytes;
use proptest::prelude::*;
use recap_config::CacheConfig;
use recap_core::ports::{CacheKey, Resource};
use recap_testkit::fakes::TestClock;

use super::{Near, OVERHEAD};
use crate::cache::Rules;
use crate::numbers::Size;

fn near(clock: &TestClock, bytes: usize) -> Near {
    let near = Near::new(Rules::new(&CacheConfig::default()), clock.as_clock());
    near.set_budget(bytes);
    near
}

fn key(id: &str) -> CacheKey {
    CacheKey { resource: Resource::Job, id: id.to_owned(), version: String::new() }
}

fn put(near: &Near, id: &str, bytes: usize) {
    near.put(&key(id), &Bytes::from(vec![7; bytes]), near.forgotten.now());
}

#[test]
fn what_was_not_asked_for_longest_goes_first() {
    let near = near(&TestClock::new(), 2 * (OVERHEAD + 11));
    put(&near, "a", 10);
    put(&near, "b", 10);
    assert!(near.get(&key("a")).is_some());
    put(&near, "c", 10);
    let there = ["a", "b", "c"].map(|it| near.get(&key(it)).is_some());
    assert_eq!(there, [true, false, true]);
    near.set_budget(OVERHEAD + 11);
    assert_eq!(near.size(), Size { bytes: OVERHEAD + 11, entries: 1 });
    put(&near, "too large", 10);
    assert_eq!(near.size().entries, 1);
}

#[test]
fn a_value_is_gone_when_its_time_is_over() {
    let clock = TestClock::new();
    let near = near(&clock, 10_000);
    put(&near, "a", 10);
    clock.advance(Duration::from_mins(59));
    assert_eq!(near.get(&key("a")).unwrap().age, Duration::from_mins(59));
    clock.advance(Duration::from_mins(1));
    assert_eq!(near.get(&key("a")), None);
    assert_eq!(near.size(), Size::default());
}

#[test]
fn a_clock_that_was_set_back_makes_nothing_older() {
    let clock = TestClock::new();
    let near = near(&clock, 10_000);
    put(&near, "a", 10);
    clock.set("2020-01-01T00:00:00Z".parse().unwrap());
    assert_eq!(near.get(&key("a")).unwrap().age, Duration::ZERO);
}

#[test]
fn what_was_begun_before_it_was_forgotten_is_not_kept() {
    let near = near(&TestClock::new(), 10_000);
    let (value, now) = (Bytes::from_static(b"old"), near.now());
    let began = near.forgotten.now();
    near.forget(Resource::Job, "a");
    assert!(!near.put(&key("a"), &value, began));
    near.fill(&key("a"), &value, now, began);
    assert_eq!(near.get(&key("a")), None);
    assert!(near.put(&key("a"), &value, near.forgotten.now()));
    near.replaced("job:a:");
    assert_eq!(near.get(&key("a")), None);
}

proptest! {
    #[test]
    fn the_budget_holds(steps in prop::collection::vec((0_u8..20, 0_usize..2000, 0_u8..5), 1..200)) {
        let near = near(&TestClock::new(), 8000);
        for (id, bytes, what) in steps {
            let id = id.to_string();
            match what {
                0 => near.forget(Resource::Job, &id),
                1 => drop(near.get(&key(&id))),
                _ => put(&near, &id, bytes),
            }
            let entries = near.entries();
            let costs = entries.values.iter().map(|(key, it)| super::cost(key, &it.value));
            prop_assert_eq!(entries.bytes, costs.sum::<usize>());
            prop_assert!(entries.bytes <= 8000);
        }
    }
}
