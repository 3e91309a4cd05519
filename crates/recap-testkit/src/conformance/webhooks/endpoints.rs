//! Where messages go.

use std::sync::Arc;

use jiff::Timestamp;
use recap_core::job::Owner;
use recap_core::ports::Webhooks;
use recap_core::webhook::{Disabled, Endpoint, EndpointId, EventType, OldSecret};
use tokio::task::JoinSet;

use super::{ann, at, endpoint};
use crate::samples;

pub(super) async fn all(fresh: &impl AsyncFn() -> Arc<dyn Webhooks>) {
    an_endpoint_comes_back_as_it_went_in(&*fresh().await).await;
    an_owner_has_so_many_at_most(&*fresh().await).await;
    nobody_sees_those_of_others(&*fresh().await).await;
    a_change_is_of_what_was_read(&*fresh().await).await;
    of_two_changes_at_once_one_is_made(fresh().await).await;
    what_is_deleted_is_gone(&*fresh().await).await;
}

async fn put(webhooks: &dyn Webhooks, endpoint: Endpoint) -> Endpoint {
    assert!(webhooks.insert_endpoint(&endpoint, 100).await.unwrap());
    endpoint
}

async fn stored(webhooks: &dyn Webhooks, endpoint: &Endpoint) -> Option<Endpoint> {
    webhooks.find_endpoint(&endpoint.owner, endpoint.id).await.unwrap()
}

async fn an_endpoint_comes_back_as_it_went_in(webhooks: &dyn Webhooks) {
    let exact: Timestamp = "2100-01-01T00:00:00.123456789Z".parse().unwrap();
    let plain = endpoint("ann");
    let full = Endpoint {
        description: Some("Åsa's \"$endpoint\"".to_owned()),
        events: vec![EventType::JobProgress, EventType::JobFailed],
        old_secrets: vec![OldSecret { secret: samples::webhook_secret(), until: exact }],
        disabled: Some(Disabled::Failing),
        failing_since: Some(exact),
        created_at: exact,
        revision: 7,
        ..endpoint("ann")
    };
    for endpoint in [plain, full] {
        assert_eq!(stored(webhooks, &endpoint).await, None);
        for _ in 0..2 {
            assert!(webhooks.insert_endpoint(&endpoint, 2).await.unwrap(), "it is there");
        }
        assert_eq!(stored(webhooks, &endpoint).await, Some(endpoint));
    }
    assert_eq!(webhooks.list_endpoints(&ann()).await.unwrap().len(), 2);
}

async fn an_owner_has_so_many_at_most(webhooks: &dyn Webhooks) {
    let mut endpoints: Vec<Endpoint> = Vec::new();
    for second in [3, 1, 2] {
        let endpoint = Endpoint { created_at: at(second), ..endpoint("ann") };
        assert!(webhooks.insert_endpoint(&endpoint, 3).await.unwrap());
        endpoints.push(endpoint);
    }
    assert!(!webhooks.insert_endpoint(&endpoint("ann"), 3).await.unwrap());
    assert!(webhooks.insert_endpoint(&endpoints[0], 3).await.unwrap(), "it is there already");
    assert!(webhooks.insert_endpoint(&endpoint("bob"), 3).await.unwrap());
    endpoints.sort_by_key(|it| it.created_at);
    assert_eq!(webhooks.list_endpoints(&ann()).await.unwrap(), endpoints);

    assert!(webhooks.delete_endpoint(&ann(), endpoints[0].id).await.unwrap());
    assert!(webhooks.insert_endpoint(&endpoint("ann"), 3).await.unwrap());
    assert!(!webhooks.insert_endpoint(&endpoint("eve"), 0).await.unwrap());
}

async fn nobody_sees_those_of_others(webhooks: &dyn Webhooks) {
    let (endpoint, bob) = (put(webhooks, endpoint("ann")).await, Owner::new("bob"));
    assert_eq!(webhooks.find_endpoint(&bob, endpoint.id).await.unwrap(), None);
    assert!(webhooks.list_endpoints(&bob).await.unwrap().is_empty());
    assert!(!webhooks.delete_endpoint(&bob, endpoint.id).await.unwrap());
    let stolen = Endpoint { owner: bob, ..endpoint.clone() };
    assert!(!webhooks.set_endpoint(&stolen).await.unwrap());
    assert_eq!(stored(webhooks, &endpoint).await, Some(endpoint));
}

async fn a_change_is_of_what_was_read(webhooks: &dyn Webhooks) {
    let old = put(webhooks, endpoint("ann")).await;
    let changed = Endpoint { disabled: Some(Disabled::Gone), ..old.clone() };
    assert!(webhooks.set_endpoint(&changed).await.unwrap());
    let changed = Endpoint { revision: old.revision + 1, ..changed };
    assert_eq!(stored(webhooks, &old).await.as_ref(), Some(&changed));
    assert!(!webhooks.set_endpoint(&old).await.unwrap(), "it was changed since");
    assert_eq!(stored(webhooks, &old).await.as_ref(), Some(&changed));
    assert!(!webhooks.set_endpoint(&endpoint("ann")).await.unwrap(), "it is not there");
    assert_eq!(webhooks.list_endpoints(&ann()).await.unwrap(), [changed]);
}

async fn of_two_changes_at_once_one_is_made(webhooks: Arc<dyn Webhooks>) {
    let old = put(&*webhooks, endpoint("ann")).await;
    let mut race = JoinSet::new();
    for index in 0..16 {
        let changed = Endpoint { url: format!("https://example.com/{index}"), ..old.clone() };
        let webhooks = Arc::clone(&webhooks);
        race.spawn(async move { webhooks.set_endpoint(&changed).await.unwrap() });
    }
    assert_eq!(race.join_all().await.into_iter().filter(|it| *it).count(), 1);
    assert_eq!(stored(&*webhooks, &old).await.unwrap().revision, old.revision + 1);
}

async fn what_is_deleted_is_gone(webhooks: &dyn Webhooks) {
    let (gone, stays) = (endpoint("ann"), endpoint("ann"));
    let (gone, stays) = (put(webhooks, gone).await, put(webhooks, stays).await);
    assert!(webhooks.delete_endpoint(&ann(), gone.id).await.unwrap());
    assert!(!webhooks.delete_endpoint(&ann(), gone.id).await.unwrap());
    assert!(!webhooks.delete_endpoint(&ann(), EndpointId::generate()).await.unwrap());
    assert!(!webhooks.set_endpoint(&gone).await.unwrap());
    assert_eq!(stored(webhooks, &gone).await, None);
    assert_eq!(webhooks.list_endpoints(&ann()).await.unwrap(), [stays]);
}
