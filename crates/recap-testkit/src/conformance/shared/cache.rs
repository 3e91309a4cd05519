//! Finished work, within one process.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use recap_core::job::CacheLevel;
use recap_core::ports::{Cache, CacheKey, Lookup, Permit, Resource};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::{FLIGHT_SECONDS, MAX_VALUE_KB, not_soon, within};

pub(super) async fn all(fresh: &impl AsyncFn() -> Arc<dyn Cache>) {
    what_is_put_is_found(&*fresh().await).await;
    a_key_is_all_of_its_parts(&*fresh().await).await;
    all_versions_are_forgotten_and_nothing_else(&*fresh().await).await;
    of_all_who_miss_one_makes(fresh().await).await;
    who_gives_up_is_followed_by_one(fresh().await).await;
}

/// What a cache without bounds does not do.
pub(super) async fn bounds(fresh: &impl AsyncFn() -> Arc<dyn Cache>) {
    what_is_too_large_is_not_kept(&*fresh().await).await;
    patience_has_an_end(fresh().await).await;
    what_is_forgotten_while_it_is_made_is_not_kept(&*fresh().await).await;
}

pub(super) fn key(id: &str, version: &str) -> CacheKey {
    let (id, version) = (id.to_owned(), version.to_owned());
    CacheKey { resource: Resource::Summary, id, version }
}

pub(super) async fn put(cache: &dyn Cache, key: &CacheKey, value: &'static str) {
    cache.put(key, Bytes::from_static(value.as_bytes())).await;
}

/// The value, if there is one.
pub(super) async fn get(cache: &dyn Cache, key: &CacheKey) -> Option<String> {
    let cached = cache.get(key).await?;
    Some(String::from_utf8(cached.value.to_vec()).unwrap())
}

/// Whoever asks is told to make it.
pub(super) async fn make(cache: &dyn Cache, key: &CacheKey) -> Permit {
    match within(cache.get_or_make(key)).await {
        Lookup::Make(permit) => permit,
        Lookup::Hit(cached) => panic!("{key} is there: {cached:?}"),
    }
}

/// Whoever asks gets it.
pub(super) async fn hit(cache: &dyn Cache, key: &CacheKey) -> Bytes {
    match within(cache.get_or_make(key)).await {
        Lookup::Hit(cached) => cached.value,
        Lookup::Make(_) => panic!("{key} is not there"),
    }
}

async fn what_is_put_is_found(cache: &dyn Cache) {
    let key = key("a", "1");
    assert_eq!(cache.get(&key).await, None);
    put(cache, &key, "value").await;
    let found = cache.get(&key).await.unwrap();
    assert_eq!((&found.value[..], found.level), (&b"value"[..], CacheLevel::Memory));
    assert!(found.age < Duration::from_secs(10));
    assert_eq!(hit(cache, &key).await, "value");
    put(cache, &key, "other").await;
    assert_eq!(get(cache, &key).await.as_deref(), Some("other"));
    put(cache, &key, "").await;
    assert_eq!(get(cache, &key).await.as_deref(), Some(""));
}

async fn a_key_is_all_of_its_parts(cache: &dyn Cache) {
    put(cache, &key("a", "1"), "value").await;
    assert_eq!(get(cache, &key("a", "2")).await, None);
    assert_eq!(get(cache, &key("b", "1")).await, None);
    let other = CacheKey { resource: Resource::Transcript, ..key("a", "1") };
    assert_eq!(get(cache, &other).await, None);
}

async fn all_versions_are_forgotten_and_nothing_else(cache: &dyn Cache) {
    let gone = [key("a*", "1"), key("a*", "2"), key("a*", "with:colon")];
    let transcript = CacheKey { resource: Resource::Transcript, ..key("a*", "1") };
    let stays = [key("a", "1"), key("ab", "1"), key("a*b", "1"), transcript];
    for key in gone.iter().chain(&stays) {
        put(cache, key, "value").await;
    }
    cache.invalidate(Resource::Summary, "a*").await;
    for key in &gone {
        assert_eq!(get(cache, key).await, None, "{key}");
    }
    for key in &stays {
        assert!(get(cache, key).await.is_some(), "{key}");
    }
    cache.invalidate(Resource::Summary, "never there").await;
    put(cache, &gone[0], "new").await;
    assert_eq!(get(cache, &gone[0]).await.as_deref(), Some("new"));
}

async fn of_all_who_miss_one_makes(cache: Arc<dyn Cache>) {
    let mut others = JoinSet::new();
    let permit = make(&*cache, &key("a", "1")).await;
    for _ in 0..20 {
        let cache = Arc::clone(&cache);
        others.spawn(async move { hit(&*cache, &key("a", "1")).await });
    }
    not_soon("the others wait", others.join_next()).await;
    // Those who want something else do not.
    drop(make(&*cache, &key("b", "1")).await);
    put(&*cache, &key("a", "1"), "made").await;
    drop(permit);
    while let Some(value) = within(others.join_next()).await {
        assert_eq!(value.unwrap(), "made");
    }
}

async fn who_gives_up_is_followed_by_one(cache: Arc<dyn Cache>) {
    let permit = make(&*cache, &key("a", "1")).await;
    let mut others = JoinSet::new();
    for _ in 0..3 {
        let cache = Arc::clone(&cache);
        others.spawn(async move { make(&*cache, &key("a", "1")).await });
    }
    not_soon("the others wait", others.join_next()).await;
    drop(permit);
    for left in (0..3).rev() {
        let permit = within(others.join_next()).await.unwrap().unwrap();
        if left > 0 {
            not_soon("one at a time", others.join_next()).await;
        }
        drop(permit);
    }
}

async fn what_is_too_large_is_not_kept(cache: &dyn Cache) {
    let most = MAX_VALUE_KB << 10;
    cache.put(&key("a", "1"), vec![0; most].into()).await;
    assert_eq!(cache.get(&key("a", "1")).await.unwrap().value.len(), most);
    cache.put(&key("b", "1"), vec![0; most + 1].into()).await;
    assert_eq!(cache.get(&key("b", "1")).await, None);
}

async fn patience_has_an_end(cache: Arc<dyn Cache>) {
    let began = Instant::now();
    let _permit = make(&*cache, &key("a", "1")).await;
    let _impatient = make(&*cache, &key("a", "1")).await;
    let flight = Duration::from_secs(FLIGHT_SECONDS);
    assert!((flight..flight * 3).contains(&began.elapsed()), "{:?}", began.elapsed());
}

async fn what_is_forgotten_while_it_is_made_is_not_kept(cache: &dyn Cache) {
    let permit = make(cache, &key("a", "1")).await;
    cache.invalidate(Resource::Summary, "a").await;
    put(cache, &key("a", "1"), "old").await;
    drop(permit);
    assert_eq!(get(cache, &key("a", "1")).await, None);
    let permit = make(cache, &key("a", "1")).await;
    put(cache, &key("a", "1"), "new").await;
    drop(permit);
    assert_eq!(hit(cache, &key("a", "1")).await, "new");
}
