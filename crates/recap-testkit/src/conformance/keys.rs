//! The contract of [`Keys`], as checks.

use std::sync::Arc;

use jiff::Timestamp;
use recap_core::key::{ApiKey, KeyId, Scope};
use recap_core::ports::Keys;

use super::at;
use crate::samples;

/// Runs every check, each on a store of its own that `fresh` makes: empty, and
/// shared with nobody.
///
/// # Panics
///
/// When a check fails.
pub async fn all(fresh: impl AsyncFn() -> Arc<dyn Keys>) {
    a_key_comes_back_as_it_went_in(&*fresh().await).await;
    a_key_is_replaced(&*fresh().await).await;
    keys_are_listed_newest_first(&*fresh().await).await;
    a_key_is_revoked_once(&*fresh().await).await;
    the_last_use_is_noted(&*fresh().await).await;
    what_is_missing_is_said_to_be(&*fresh().await).await;
}

async fn put(keys: &dyn Keys, change: impl FnOnce(&mut ApiKey)) -> ApiKey {
    let mut key = samples::api_key().key;
    change(&mut key);
    keys.put_key(&key).await.unwrap();
    key
}

async fn a_key_comes_back_as_it_went_in(keys: &dyn Keys) {
    assert!(!keys.has_keys().await.unwrap());
    let plain = put(keys, |_| {}).await;
    let exact = |it: &str| it.parse::<Timestamp>().unwrap();
    let full = put(keys, |it| {
        it.name = "Åsa's \"$key\"".to_owned();
        it.scopes = vec![Scope::Admin];
        it.submits_per_minute = Some(3);
        it.submits_per_day = Some(u32::MAX);
        it.created_at = exact("2100-01-01T00:00:00.123456789Z");
        it.expires_at = Some(exact("2100-01-02T00:00:00.123456789Z"));
        it.last_used_at = Some(exact("2100-01-03T00:00:00.123456789Z"));
        it.revoked_at = Some(exact("2100-01-04T00:00:00.123456789Z"));
    })
    .await;
    assert!(keys.has_keys().await.unwrap());
    for key in [plain, full] {
        assert_eq!(keys.find_key(&key.prefix).await.unwrap().as_ref(), Some(&key));
        assert_eq!(keys.find_key_by_id(key.id).await.unwrap(), Some(key));
    }
}

async fn a_key_is_replaced(keys: &dyn Keys) {
    let old = put(keys, |it| it.revoked_at = Some(at(1))).await;
    let other = put(keys, |_| {}).await;
    let new = ApiKey {
        prefix: "0123456789ab".to_owned(),
        name: "new".to_owned(),
        revoked_at: None,
        last_used_at: Some(at(3)),
        ..old.clone()
    };
    for _ in 0..2 {
        keys.put_key(&new).await.unwrap();
        assert_eq!(keys.find_key_by_id(old.id).await.unwrap().as_ref(), Some(&new));
        assert_eq!(keys.find_key(&new.prefix).await.unwrap().as_ref(), Some(&new));
        assert_eq!(keys.find_key(&old.prefix).await.unwrap(), None);
    }
    assert_eq!(keys.find_key(&other.prefix).await.unwrap(), Some(other));
    assert_eq!(keys.list_keys(10).await.unwrap().len(), 2);
}

async fn keys_are_listed_newest_first(keys: &dyn Keys) {
    assert!(keys.list_keys(10).await.unwrap().is_empty());
    let mut all = Vec::new();
    for second in [3, 1, 4, 1, 5] {
        all.push(put(keys, |it| it.created_at = at(second)).await);
    }
    all.sort_by_key(|it| std::cmp::Reverse((it.created_at, it.id)));
    assert_eq!(keys.list_keys(10).await.unwrap(), all);
    assert_eq!(keys.list_keys(2).await.unwrap(), all[..2]);
    assert!(keys.list_keys(0).await.unwrap().is_empty());
}

async fn a_key_is_revoked_once(keys: &dyn Keys) {
    let (key, other) = (put(keys, |_| {}).await, put(keys, |_| {}).await);
    for second in [5, 3, 7] {
        assert!(keys.revoke_key(key.id, at(second)).await.unwrap());
        let revoked = keys.find_key(&key.prefix).await.unwrap().unwrap();
        assert_eq!(revoked, ApiKey { revoked_at: Some(at(5)), ..key.clone() });
    }
    assert_eq!(keys.find_key(&other.prefix).await.unwrap(), Some(other));
    assert!(keys.has_keys().await.unwrap(), "revoked or not");
}

async fn the_last_use_is_noted(keys: &dyn Keys) {
    let key = put(keys, |_| {}).await;
    for (second, known) in [(5, 5), (3, 5), (5, 5), (7, 7)] {
        keys.note_use(key.id, at(second)).await.unwrap();
        let used = keys.find_key_by_id(key.id).await.unwrap().unwrap();
        assert_eq!(used, ApiKey { last_used_at: Some(at(known)), ..key.clone() });
    }
}

async fn what_is_missing_is_said_to_be(keys: &dyn Keys) {
    let key = put(keys, |_| {}).await;
    let missing = KeyId::generate();
    assert!(!keys.revoke_key(missing, at(1)).await.unwrap());
    keys.note_use(missing, at(1)).await.unwrap();
    assert_eq!(keys.find_key_by_id(missing).await.unwrap(), None);
    assert_eq!(keys.find_key("").await.unwrap(), None);
    assert_eq!(keys.list_keys(10).await.unwrap(), [key]);
}
