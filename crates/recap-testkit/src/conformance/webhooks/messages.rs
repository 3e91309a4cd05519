//! Messages: made once, and changed by whoever has read them last.

use std::sync::Arc;
use std::time::Duration;

use recap_core::job::Owner;
use recap_core::ports::Webhooks;
use recap_core::webhook::{
    Attempt, AttemptError, Delivery, DeliveryId, DeliveryStatus, EventType, Target,
};
use tokio::task::JoinSet;

use super::{ann, at, message, put, stored};

pub(super) async fn all(fresh: &impl AsyncFn() -> Arc<dyn Webhooks>) {
    a_message_comes_back_as_it_went_in(&*fresh().await).await;
    a_message_is_made_once(&*fresh().await).await;
    a_change_is_of_what_was_read(&*fresh().await).await;
    of_two_changes_at_once_one_is_made(fresh().await).await;
    what_has_expired_is_forgotten(&*fresh().await).await;
}

fn attempt(error: Option<AttemptError>) -> Attempt {
    Attempt {
        at: at(1),
        status: Some(503),
        latency: Duration::from_millis(120),
        error,
        body: "no \"$room\"".to_owned(),
    }
}

async fn a_message_comes_back_as_it_went_in(webhooks: &dyn Webhooks) {
    let url = "https://example.com/$a?b=c".to_owned();
    let full = Delivery {
        target: Target::Url { url, key: None },
        event: EventType::EndpointDisabled,
        job: None,
        payload: format!("{{\"data\": \"{}\"}}", "å$".repeat(6000)),
        status: DeliveryStatus::Failed,
        attempts: vec![attempt(Some(AttemptError::Status)); Delivery::MAX_ATTEMPTS_KEPT],
        failed: 7,
        created_at: "2100-01-01T00:00:00.123456789Z".parse().unwrap(),
        next_attempt_at: None,
        expires_at: "2100-01-31T00:00:00.123456789Z".parse().unwrap(),
        revision: 9,
        ..message(0)
    };
    let pending = Delivery {
        next_attempt_at: Some("2100-01-01T00:00:00.123456789Z".parse().unwrap()),
        ..message(0)
    };
    for delivery in [message(0), full, pending] {
        let delivery = put(webhooks, delivery).await;
        assert_eq!(stored(webhooks, &delivery).await, delivery);
    }
}

async fn a_message_is_made_once(webhooks: &dyn Webhooks) {
    let first = put(webhooks, message(0)).await;
    let again = Delivery { payload: "{}".to_owned(), expires_at: at(5), ..first.clone() };
    assert!(!webhooks.insert_delivery(&again).await.unwrap());
    let stolen = Delivery { owner: Owner::new("bob"), ..again };
    assert!(!webhooks.insert_delivery(&stolen).await.unwrap());
    assert_eq!(stored(webhooks, &first).await, first);
    assert_eq!(webhooks.find_delivery(&stolen.owner, first.id).await.unwrap(), None);
    assert_eq!(webhooks.find_delivery(&ann(), DeliveryId::generate()).await.unwrap(), None);
}

async fn a_change_is_of_what_was_read(webhooks: &dyn Webhooks) {
    let old = put(webhooks, message(0)).await;
    let mut changed = old.clone();
    changed.note(attempt(None));
    (changed.status, changed.next_attempt_at) = (DeliveryStatus::Delivered, None);
    assert!(webhooks.set_delivery(&changed).await.unwrap());
    let changed = Delivery { revision: old.revision + 1, ..changed };
    assert_eq!(stored(webhooks, &old).await, changed);
    assert!(!webhooks.set_delivery(&old).await.unwrap(), "it was changed since");
    assert_eq!(stored(webhooks, &old).await, changed);
    assert!(!webhooks.set_delivery(&message(0)).await.unwrap(), "it is not there");

    // It is sent again, and kept longer.
    let replay = Delivery {
        status: DeliveryStatus::Pending,
        next_attempt_at: Some(at(50)),
        expires_at: at(2000),
        ..changed
    };
    assert!(webhooks.set_delivery(&replay).await.unwrap());
    assert_eq!(webhooks.forget_deliveries(at(1999), 10).await.unwrap(), 0);
    let lease = Duration::from_mins(1);
    assert!(webhooks.claim_delivery(old.id, at(50), lease).await.unwrap().is_some());
}

async fn of_two_changes_at_once_one_is_made(webhooks: Arc<dyn Webhooks>) {
    let old = put(&*webhooks, message(0)).await;
    let mut race = JoinSet::new();
    for failed in 0..16 {
        let (webhooks, changed) = (Arc::clone(&webhooks), Delivery { failed, ..old.clone() });
        race.spawn(async move { webhooks.set_delivery(&changed).await.unwrap() });
    }
    assert_eq!(race.join_all().await.into_iter().filter(|it| *it).count(), 1);
    assert_eq!(stored(&*webhooks, &old).await.revision, old.revision + 1);
}

async fn what_has_expired_is_forgotten(webhooks: &dyn Webhooks) {
    for _ in 0..3 {
        put(webhooks, message(0)).await;
    }
    let stays = put(webhooks, Delivery { expires_at: at(1001), ..message(0) }).await;
    assert_eq!(webhooks.forget_deliveries(at(999), 10).await.unwrap(), 0);
    assert_eq!(webhooks.forget_deliveries(at(1000), 0).await.unwrap(), 0);
    assert_eq!(webhooks.forget_deliveries(at(1000), 2).await.unwrap(), 2);
    assert_eq!(webhooks.forget_deliveries(at(1000), 2).await.unwrap(), 1);
    assert_eq!(stored(webhooks, &stays).await, stays);
}
