//! Messages, keys and answers.

use jiff::Timestamp;
use recap_core::job::{JobId, Owner};
use recap_core::ports::DeliveryFilter;
use recap_core::webhook::{DeliveryId, DeliveryStatus, EndpointId, EventType};

use super::{check, plan, store};
use crate::sqlite::webhooks::{deliveries, endpoints, list};
use crate::sqlite::{keys, replies};

#[tokio::test]
async fn statements_use_an_index() {
    let (_directory, store) = store().await;
    let by_id = |table: &str| format!("{table} USING INDEX sqlite_autoindex_{table}_1");
    for (sql, index) in [
        (endpoints::INSERT, "recap_endpoints_by_owner (owner=?)".to_owned()),
        (endpoints::LIST, "recap_endpoints_by_owner (owner=?)".to_owned()),
        (endpoints::FIND, by_id("recap_endpoints")),
        (endpoints::SET, by_id("recap_endpoints")),
        (endpoints::DELETE, by_id("recap_endpoints")),
        (deliveries::FIND, by_id("recap_deliveries")),
        (deliveries::CLAIM, by_id("recap_deliveries")),
        (deliveries::SET, by_id("recap_deliveries")),
        (deliveries::DUE, "recap_deliveries_due (next_attempt_at<?)".to_owned()),
        (deliveries::FORGET, "recap_deliveries_expired (expires_at<?)".to_owned()),
        (keys::FIND, "recap_keys_by_prefix (prefix=?)".to_owned()),
        (keys::FIND_BY_ID, by_id("recap_keys")),
        (keys::REVOKE, by_id("recap_keys")),
        (keys::NOTE_USE, by_id("recap_keys")),
        (keys::LIST, "USING INDEX recap_keys_by_created".to_owned()),
        (replies::FIND, by_id("recap_replies")),
        (replies::PUT, by_id("recap_replies")),
        (replies::DROP, by_id("recap_replies")),
        (replies::WIPE, "recap_replies_job (job=?)".to_owned()),
        (replies::FORGET, "recap_replies_expired (expires_at<?)".to_owned()),
    ] {
        check(&store, sql, &index).await;
        let plan = plan(&store, sql).await;
        assert!(!plan.contains("TEMP B-TREE"), "it sorts:\n{plan}for {sql}");
    }
}

#[tokio::test]
async fn lists_use_the_index_of_their_filter() {
    let (_directory, store) = store().await;
    let everything = DeliveryFilter {
        owner: Owner::default(),
        endpoint: None,
        job: None,
        status: None,
        event: Some(EventType::JobFailed),
        created_since: None,
        before: None,
        limit: 20,
    };
    let (status, endpoint) = (Some(DeliveryStatus::Failed), Some(EndpointId::generate()));
    for (filter, index) in [
        (everything.clone(), "by_owner (owner=?"),
        (DeliveryFilter { status, ..everything.clone() }, "by_status (owner=? AND status=?"),
        (DeliveryFilter { status, endpoint, ..everything.clone() }, "by_endpoint (endpoint=?"),
        (
            DeliveryFilter { job: Some(JobId::generate()), endpoint, ..everything.clone() },
            "by_job (job=?",
        ),
    ] {
        let since = Some(Timestamp::UNIX_EPOCH);
        let before = Some(DeliveryId::generate());
        for (filter, range) in [
            (filter.clone(), ")"),
            (DeliveryFilter { created_since: since, ..filter.clone() }, " AND created_at>?)"),
            (DeliveryFilter { before, ..filter.clone() }, " AND created_at<?)"),
        ] {
            let sql = list::query(&filter, 21).sql().as_str().to_owned();
            check(&store, &sql, &format!("recap_deliveries_{index}{range}")).await;
            let plan = plan(&store, &sql).await;
            assert!(!plan.contains("TEMP B-TREE"), "it sorts:\n{plan}for {sql}");
        }
    }
}
