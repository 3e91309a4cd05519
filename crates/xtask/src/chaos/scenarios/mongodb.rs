//! A MongoDB server that goes, and connections to it that end.

use std::time::Duration;

use crate::chaos::Plan;
use crate::chaos::audit::{Verdict, audit};
use crate::chaos::fleet::{Fleet, Wish};
use crate::lab::client::Client;

pub(super) async fn stopped(plan: Plan) -> anyhow::Result<Verdict> {
    let mut fleet = Fleet::start(&plan, Wish::default()).await?;
    let client = fleet.client(1)?;
    let early = client.submit().await?;
    let submitting = client.submit_over(plan.jobs, Duration::from_secs(75));
    let mongodb = &mut fleet.mongodb;
    let stopping = async {
        tokio::time::sleep(Duration::from_secs(10)).await;
        client.job(&early).await?;
        tokio::task::block_in_place(|| mongodb.stop());
        tokio::time::sleep(Duration::from_secs(5)).await;
        let seen = seen_while_away(&client, &early).await;
        tokio::time::sleep(Duration::from_secs(55)).await;
        tokio::task::block_in_place(|| mongodb.start_again());
        anyhow::Ok(seen)
    };
    let ((), (submit, retry_after, read)) = tokio::try_join!(submitting, stopping)?;
    let mut verdict = audit(&fleet, &[&client], &[]).await?;
    verdict.expect(submit == 503 && retry_after, "a submit was not told when to come again");
    verdict.expect(read == 200, "a read was not answered from the cache");
    verdict.note(format!("submit {submit}, read {read} while it was away"));
    Ok(verdict)
}

/// Status of a submit, whether it said when to come again, status of a read.
async fn seen_while_away(client: &Client, id: &str) -> (u16, bool, u16) {
    let submit = client.raw_submit("cp_77777777").await;
    let read = client.raw_get(&format!("/v1/jobs/{id}")).await;
    let status =
        |it: &anyhow::Result<reqwest::Response>| it.as_ref().map_or(0, |it| it.status().as_u16());
    let retry_after = submit.as_ref().is_ok_and(|it| it.headers().contains_key("retry-after"));
    (status(&submit), retry_after, status(&read))
}

pub(super) async fn cut(plan: Plan) -> anyhow::Result<Verdict> {
    let fleet = Fleet::start(&plan, Wish::default()).await?;
    let client = fleet.client(1)?;
    let submitting = client.submit_over(plan.jobs, Duration::from_secs(40));
    let cutting = async {
        for _ in 0..10 {
            tokio::time::sleep(Duration::from_secs(4)).await;
            fleet.to_mongodb.cut();
        }
        anyhow::Ok(())
    };
    tokio::try_join!(submitting, cutting)?;
    audit(&fleet, &[&client], &[]).await
}
