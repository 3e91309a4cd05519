//! News about jobs, within one process.

use std::sync::Arc;

use recap_core::JobId;
use recap_core::ports::{Events, JobEvent};
use tokio::sync::broadcast::{Receiver, error::RecvError};

use super::{not_soon, within};

pub(super) async fn all(fresh: &impl AsyncFn() -> Arc<dyn Events>) {
    all_who_listen_hear_all_in_order(&*fresh().await).await;
    who_listens_later_has_missed_it(&*fresh().await).await;
    who_is_too_slow_is_told(&*fresh().await).await;
}

pub(super) fn event() -> JobEvent {
    JobEvent::CancelRequested { job: JobId::generate() }
}

/// The next event about a job. `Missed` may come at any time: whoever hears it
/// looks and finds that all is as it was.
pub(super) async fn next(events: &mut Receiver<JobEvent>) -> JobEvent {
    loop {
        match within(events.recv()).await.unwrap() {
            JobEvent::Missed => {}
            event => return event,
        }
    }
}

async fn all_who_listen_hear_all_in_order(events: &dyn Events) {
    events.publish(event()).await;
    let mut listeners = [events.subscribe(), events.subscribe()];
    let published: Vec<JobEvent> = (0..100).map(|_| event()).collect();
    for event in &published {
        events.publish(event.clone()).await;
    }
    for listener in &mut listeners {
        for event in &published {
            assert_eq!(next(listener).await, *event);
        }
    }
    not_soon("each is heard once", next(&mut listeners[0])).await;
}

async fn who_listens_later_has_missed_it(events: &dyn Events) {
    events.publish(event()).await;
    let mut listener = events.subscribe();
    let later = event();
    events.publish(later.clone()).await;
    assert_eq!(next(&mut listener).await, later);
}

async fn who_is_too_slow_is_told(events: &dyn Events) {
    let mut listener = events.subscribe();
    let event = event();
    for _ in 0..5000 {
        events.publish(event.clone()).await;
    }
    assert!(matches!(listener.recv().await, Err(RecvError::Lagged(_))));
    assert!(listener.recv().await.is_ok());
}
