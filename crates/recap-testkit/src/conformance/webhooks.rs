//! The contract of [`Webhooks`], as checks.

mod due;
mod endpoints;
mod list;
mod messages;

use std::sync::Arc;

use recap_core::job::Owner;
use recap_core::ports::Webhooks;
use recap_core::webhook::{Delivery, Endpoint};

use super::at;
use crate::samples;

/// Runs every check, each on a store of its own that `fresh` makes: empty, and
/// shared with nobody.
///
/// # Panics
///
/// When a check fails.
pub async fn all(fresh: impl AsyncFn() -> Arc<dyn Webhooks>) {
    endpoints::all(&fresh).await;
    messages::all(&fresh).await;
    list::all(&fresh).await;
    due::all(&fresh).await;
}

fn ann() -> Owner {
    Owner::new("ann")
}

/// Made at second 0.
fn endpoint(owner: &str) -> Endpoint {
    Endpoint { created_at: at(0), ..samples::endpoint(Owner::new(owner)) }
}

/// To an endpoint of ann, made and due at `second`, kept until second 1000.
fn message(second: u64) -> Delivery {
    Delivery {
        created_at: at(second),
        next_attempt_at: Some(at(second)),
        expires_at: at(1000),
        ..samples::delivery(&endpoint("ann"))
    }
}

async fn put(webhooks: &dyn Webhooks, delivery: Delivery) -> Delivery {
    assert!(webhooks.insert_delivery(&delivery).await.unwrap());
    delivery
}

/// The message as the store has it now.
async fn stored(webhooks: &dyn Webhooks, delivery: &Delivery) -> Delivery {
    let found = webhooks.find_delivery(&delivery.owner, delivery.id).await.unwrap();
    found.expect("the message is in the store")
}
