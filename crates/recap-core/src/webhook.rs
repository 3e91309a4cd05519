//! Telling clients: where to, what, and what became of it.
//!
//! Messages are those of Standard Webhooks
//! (<https://www.standardwebhooks.com>): an id that is the same at every
//! attempt, the time of the attempt, and a signature over both and the body.

mod address;
mod delivery;
mod destination;
mod endpoint;
mod event;
mod payload;
mod schedule;
mod secret;

pub use address::AddressRules;
pub use delivery::{
    Attempt, AttemptError, Delivery, DeliveryId, DeliveryStatus, InvalidDeliveryId, Target,
};
pub use destination::{Destination, UrlRefused};
pub use endpoint::{Disabled, Endpoint, EndpointId, InvalidEndpointId, JobWebhook, OldSecret};
pub use event::EventType;
pub use payload::{
    EndpointData, FailureData, JobData, Message, ProgressData, TestData, endpoint_disabled,
    job_event, test,
};
pub use schedule::Schedule;
pub use secret::{InvalidSecret, WebhookSecret};
