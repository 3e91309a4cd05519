//! Lists of messages: what they show, in which order, and page by page.

use std::cmp::Reverse;
use std::sync::Arc;

use recap_core::job::Owner;
use recap_core::ports::{DeliveryFilter, DeliveryPage, Webhooks};
use recap_core::webhook::{Delivery, DeliveryId, DeliveryStatus, Endpoint, EventType, Target};

use super::{ann, at, endpoint, message, put};

pub(super) async fn all(fresh: &impl AsyncFn() -> Arc<dyn Webhooks>) {
    each_filter_is_kept_to(&*fresh().await).await;
    pages_are_stable_while_messages_are_added(&*fresh().await).await;
    a_page_after_nothing_is_empty(&*fresh().await).await;
}

fn everything() -> DeliveryFilter {
    DeliveryFilter {
        owner: ann(),
        endpoint: None,
        job: None,
        status: None,
        event: None,
        created_since: None,
        before: None,
        limit: 100,
    }
}

async fn ids(webhooks: &dyn Webhooks, filter: &DeliveryFilter) -> Vec<DeliveryId> {
    let page = webhooks.list_deliveries(filter).await.unwrap();
    assert!(!page.has_more);
    page.deliveries.iter().map(|it| it.id).collect()
}

/// Messages of ann to two endpoints and an address, several at each time, and
/// some of bob; hers are returned newest first.
async fn insert_mixed(webhooks: &dyn Webhooks) -> (Vec<Delivery>, [Endpoint; 2]) {
    let endpoints = [endpoint("ann"), endpoint("ann")];
    let (job, mut deliveries) = (message(0).job, Vec::new());
    for index in 0..24 {
        let mut it = message(index / 4);
        it.target = match index % 3 {
            2 => Target::Url { url: "https://example.com".to_owned(), key: None },
            0 => Target::Endpoint { id: endpoints[0].id },
            _ => Target::Endpoint { id: endpoints[1].id },
        };
        if index % 5 == 0 {
            it.event = EventType::BatchCompleted;
            it.job = None;
        }
        if index % 4 == 1 {
            (it.status, it.next_attempt_at) = (DeliveryStatus::Failed, None);
        }
        if index % 7 == 1 {
            (it.job, it.failed) = (job, 1);
        }
        deliveries.push(put(webhooks, it).await);
        put(webhooks, Delivery { owner: Owner::new("bob"), ..message(index / 4) }).await;
    }
    deliveries.sort_by_key(|it| Reverse((it.created_at, it.id)));
    (deliveries, endpoints)
}

async fn each_filter_is_kept_to(webhooks: &dyn Webhooks) {
    let (deliveries, endpoints) = insert_mixed(webhooks).await;
    let check = async |filter: DeliveryFilter, keep: &dyn Fn(&Delivery) -> bool| {
        let expected: Vec<DeliveryId> =
            deliveries.iter().filter(|it| keep(it)).map(|it| it.id).collect();
        assert!(!expected.is_empty() && ids(webhooks, &filter).await == expected, "{filter:?}");
    };
    check(everything(), &|_| true).await;
    let id = endpoints[1].id;
    let to_it = |it: &Delivery| it.target == Target::Endpoint { id };
    check(DeliveryFilter { endpoint: Some(id), ..everything() }, &to_it).await;
    let job = deliveries.iter().find_map(|it| it.job.filter(|_| it.failed == 1));
    check(DeliveryFilter { job, ..everything() }, &|it| it.job == job).await;
    let status = DeliveryStatus::Failed;
    check(DeliveryFilter { status: Some(status), ..everything() }, &|it| it.status == status).await;
    let event = EventType::BatchCompleted;
    check(DeliveryFilter { event: Some(event), ..everything() }, &|it| it.event == event).await;
    let since = at(3);
    let filter = DeliveryFilter { created_since: Some(since), ..everything() };
    check(filter, &|it| it.created_at >= since).await;
    let (last, age) = (&deliveries[9], |it: &Delivery| (it.created_at, it.id));
    let filter = DeliveryFilter { before: Some(last.id), ..everything() };
    check(filter, &|it| age(it) < age(last)).await;
    let filter = DeliveryFilter {
        endpoint: Some(id),
        status: Some(status),
        created_since: Some(at(1)),
        before: Some(deliveries[0].id),
        ..everything()
    };
    let all_of_them = |it: &Delivery| {
        to_it(it) && it.status == status && it.created_at >= at(1) && age(it) < age(&deliveries[0])
    };
    check(filter, &all_of_them).await;
}

/// The id of a message is as old as what it tells of, whenever it was made.
async fn pages_are_stable_while_messages_are_added(webhooks: &dyn Webhooks) {
    let (deliveries, _) = insert_mixed(webhooks).await;
    let mut seen: Vec<DeliveryId> = Vec::new();
    for second in 10.. {
        let filter = DeliveryFilter { before: seen.last().copied(), limit: 5, ..everything() };
        let DeliveryPage { deliveries: page, has_more } =
            webhooks.list_deliveries(&filter).await.unwrap();
        assert!(!page.is_empty() && page.len() <= 5);
        seen.extend(page.iter().map(|it| it.id));
        put(webhooks, message(second)).await;
        if !has_more {
            break;
        }
    }
    let expected: Vec<DeliveryId> = deliveries.iter().map(|it| it.id).collect();
    assert_eq!(seen, expected, "each once, in order, and none of the new ones");
}

async fn a_page_after_nothing_is_empty(webhooks: &dyn Webhooks) {
    let of_bob = put(webhooks, Delivery { owner: Owner::new("bob"), ..message(9) }).await;
    put(webhooks, message(5)).await;
    for before in [of_bob.id, DeliveryId::generate()] {
        let filter = DeliveryFilter { before: Some(before), ..everything() };
        assert!(ids(webhooks, &filter).await.is_empty());
    }
}
