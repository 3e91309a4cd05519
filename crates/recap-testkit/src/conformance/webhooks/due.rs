//! Messages that are to be sent, each by one sender at a time.

use std::sync::Arc;
use std::time::Duration;

use recap_core::ports::Webhooks;
use recap_core::webhook::{Delivery, DeliveryId, DeliveryStatus};
use tokio::task::JoinSet;

use super::{at, message, put, stored};

const LEASE: Duration = Duration::from_mins(1);

pub(super) async fn all(fresh: &impl AsyncFn() -> Arc<dyn Webhooks>) {
    a_message_that_is_due_is_taken(&*fresh().await).await;
    what_is_not_due_is_left(&*fresh().await).await;
    of_many_at_once_one_takes_it(fresh().await).await;
    a_sender_that_was_too_slow_changes_nothing(&*fresh().await).await;
    what_is_due_is_named(&*fresh().await).await;
}

async fn due(webhooks: &dyn Webhooks, second: u64, patience: u64) -> Vec<(DeliveryId, u64)> {
    let patience = Duration::from_secs(patience);
    webhooks.due_deliveries(at(second), patience, 100).await.unwrap()
}

async fn a_message_that_is_due_is_taken(webhooks: &dyn Webhooks) {
    let old = put(webhooks, message(5)).await;
    assert_eq!(webhooks.claim_delivery(old.id, at(4), LEASE).await.unwrap(), None);
    let taken = webhooks.claim_delivery(old.id, at(5), LEASE).await.unwrap().unwrap();
    let (next_attempt_at, revision) = (Some(at(65)), old.revision + 1);
    let expected = Delivery { next_attempt_at, is_claimed: true, revision, ..old.clone() };
    assert_eq!(taken, expected);
    assert_eq!(stored(webhooks, &old).await, expected);

    // Its sender died.
    assert_eq!(webhooks.claim_delivery(old.id, at(64), LEASE).await.unwrap(), None);
    let taken = webhooks.claim_delivery(old.id, at(65), LEASE).await.unwrap().unwrap();
    assert_eq!((taken.revision, taken.next_attempt_at), (old.revision + 2, Some(at(125))));
    let later = Delivery { next_attempt_at: Some(at(200)), ..taken };
    assert!(webhooks.set_delivery(&later).await.unwrap());
    assert!(!stored(webhooks, &old).await.is_claimed);
}

async fn what_is_not_due_is_left(webhooks: &dyn Webhooks) {
    for status in [DeliveryStatus::Delivered, DeliveryStatus::Failed, DeliveryStatus::Dropped] {
        let ended = Delivery { status, next_attempt_at: None, ..message(0) };
        let ended = put(webhooks, ended).await;
        assert_eq!(webhooks.claim_delivery(ended.id, at(500), LEASE).await.unwrap(), None);
        assert_eq!(stored(webhooks, &ended).await, ended);
    }
    assert!(due(webhooks, 500, 0).await.is_empty());
    let missing = DeliveryId::generate();
    assert_eq!(webhooks.claim_delivery(missing, at(500), LEASE).await.unwrap(), None);
}

async fn of_many_at_once_one_takes_it(webhooks: Arc<dyn Webhooks>) {
    let delivery = put(&*webhooks, message(0)).await;
    for second in [0, 60] {
        let mut race = JoinSet::new();
        for _ in 0..32 {
            let (webhooks, id) = (Arc::clone(&webhooks), delivery.id);
            race.spawn(
                async move { webhooks.claim_delivery(id, at(second), LEASE).await.unwrap() },
            );
        }
        assert_eq!(race.join_all().await.into_iter().flatten().count(), 1);
    }
    assert_eq!(stored(&*webhooks, &delivery).await.revision, delivery.revision + 2);
}

async fn a_sender_that_was_too_slow_changes_nothing(webhooks: &dyn Webhooks) {
    let delivery = put(webhooks, message(0)).await;
    let slow = webhooks.claim_delivery(delivery.id, at(0), LEASE).await.unwrap().unwrap();
    let next = webhooks.claim_delivery(delivery.id, at(60), LEASE).await.unwrap().unwrap();
    let sent =
        |it: Delivery| Delivery { status: DeliveryStatus::Delivered, next_attempt_at: None, ..it };
    assert!(!webhooks.set_delivery(&sent(slow)).await.unwrap());
    assert_eq!(stored(webhooks, &delivery).await, next);
    assert!(webhooks.set_delivery(&sent(next)).await.unwrap());
    assert!(due(webhooks, 500, 0).await.is_empty());
}

async fn what_is_due_is_named(webhooks: &dyn Webhooks) {
    let mut expected = Vec::new();
    for second in [30, 10, 40, 20] {
        let delivery = put(webhooks, Delivery { revision: second, ..message(second) }).await;
        expected.push((delivery.next_attempt_at, (delivery.id, delivery.revision)));
    }
    expected.sort();
    let expected: Vec<(DeliveryId, u64)> = expected.into_iter().map(|it| it.1).collect();
    assert!(due(webhooks, 9, 0).await.is_empty());
    assert_eq!(due(webhooks, 30, 0).await, expected[..3]);
    assert_eq!(due(webhooks, 39, 10).await, expected[..2]);
    assert_eq!(due(webhooks, 50, 10).await, expected);
    assert_eq!(due(webhooks, 50, 10).await, expected, "naming them changes nothing");
    let some = webhooks.due_deliveries(at(50), Duration::ZERO, 2).await.unwrap();
    assert_eq!(some, expected[..2]);
    assert!(webhooks.due_deliveries(at(50), Duration::ZERO, 0).await.unwrap().is_empty());

    let taken = webhooks.claim_delivery(expected[0].0, at(50), LEASE).await.unwrap().unwrap();
    assert_eq!(due(webhooks, 109, 0).await, expected[1..]);
    let named = due(webhooks, 110, 0).await;
    assert_eq!(named.last(), Some(&(taken.id, taken.revision)));
}
