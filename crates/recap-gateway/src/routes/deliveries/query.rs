//! What may be asked of deliveries.

use jiff::Timestamp;
use recap_core::JobId;
use recap_core::job::Owner;
use recap_core::ports::DeliveryFilter;
use recap_core::webhook::{DeliveryId, DeliveryStatus, EndpointId, EventType};
use strum::VariantNames;
use utoipa::IntoParams;

use crate::cursor;
use crate::extract::{Fields, FromQuery};

const DEFAULT_LIMIT: usize = 20;
const MAX_LIMIT: usize = 100;

/// Which deliveries a list shows.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListDeliveries {
    /// Only those to this endpoint.
    #[param(value_type = Option<String>)]
    endpoint: Option<EndpointId>,
    /// Only those about this job.
    #[param(value_type = Option<String>)]
    job_id: Option<JobId>,
    /// Only those with this status.
    status: Option<DeliveryStatus>,
    /// Only those of this event.
    event: Option<EventType>,
    /// Only those made at this time or later.
    #[param(value_type = Option<String>, format = DateTime)]
    created_after: Option<Timestamp>,
    /// Most deliveries on a page.
    #[param(value_type = Option<usize>, minimum = 1, maximum = 100, default = 20)]
    limit: usize,
    /// `next_cursor` of the page before.
    #[param(value_type = Option<String>)]
    cursor: Option<DeliveryId>,
}

impl FromQuery for ListDeliveries {
    fn from_query(fields: &mut Fields) -> Self {
        let one_of = |names: &[&str]| format!("one of {}", names.join(", "));
        let limit = |it: &str| it.parse().ok().filter(|it| (1..=MAX_LIMIT).contains(it));
        Self {
            endpoint: fields.take("endpoint", "the id of an endpoint"),
            job_id: fields.take("job_id", "the id of a job"),
            status: fields.take("status", &one_of(DeliveryStatus::VARIANTS)),
            event: fields.take("event", &one_of(EventType::VARIANTS)),
            created_after: fields.take("created_after", "a time such as 2026-01-31T12:00:00Z"),
            limit: fields
                .take_with("limit", "a number from 1 to 100", limit)
                .unwrap_or(DEFAULT_LIMIT),
            cursor: fields.take_with("cursor", "a `next_cursor` of this list", cursor::decode),
        }
    }
}

impl ListDeliveries {
    pub(super) fn filter(self, owner: Owner) -> DeliveryFilter {
        DeliveryFilter {
            owner,
            endpoint: self.endpoint,
            job: self.job_id,
            status: self.status,
            event: self.event,
            created_since: self.created_after,
            before: self.cursor,
            limit: self.limit,
        }
    }
}
