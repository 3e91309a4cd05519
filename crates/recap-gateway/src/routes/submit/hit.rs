//! Summaries that workers made before, answered at once.

use std::time::Duration;

use recap_core::job::{CacheMode, Told};
use recap_core::jobs::{finished_from, recipe_key, summary_key};
use recap_core::transcript::Transcript;
use recap_core::webhook::EventType;
use recap_core::{Job, JobKind};
use recap_telemetry::metrics;
use tokio::time::timeout;
use tracing::{info, warn};

use crate::context::Context;
use crate::error::ApiResult;

/// How long the cache may take: it is there to save time.
const PATIENCE: Duration = Duration::from_millis(500);

/// `job` with what the cache keeps of the same work, and its transcript if there is one.
pub(super) async fn find(cx: &Context, job: &Job) -> ApiResult<Option<(Job, Option<Transcript>)>> {
    if job.kind != JobKind::Summary || job.input.cache != CacheMode::Use {
        return Ok(None);
    }
    let cache = &cx.state.cache;
    let looking = async {
        let recipe = cache.get(&recipe_key()).await?;
        let recipe = std::str::from_utf8(&recipe.value).ok()?;
        cache.get(&summary_key(&job.input, recipe)).await
    };
    let Some(cached) = timeout(PATIENCE, looking).await.ok().flatten() else { return Ok(None) };
    let now = cx.now();
    let finished = finished_from(job.clone(), &cached, now, now + cx.rules.retention);
    let Some((mut job, transcript)) = finished else { return Ok(None) };
    let targets = cx.state.desk.targets(&job, EventType::JobCompleted);
    if cx.ask(targets).await?.is_empty() {
        job.told = Told::End;
    }
    Ok(Some((job, transcript)))
}

/// Writes it, and tells its webhooks. What fails of that is done by the
/// reconciler.
pub(super) async fn keep(
    cx: &Context,
    job: Job,
    transcript: Option<&Transcript>,
) -> ApiResult<Job> {
    let store = cx.store();
    match transcript {
        Some(it) => cx.tell(store.insert_with_transcript(&job, it, false)).await?,
        None => cx.tell(store.insert(&job, false)).await?,
    }
    let (kind, status) = (job.kind.to_string(), job.status.to_string());
    info!(job.id = %job.id, job.kind = %kind, job.status = %status, "job answered from the cache");
    metrics::job_submitted(&kind);
    metrics::job_ended(&kind, &status, "", Duration::ZERO);
    if let Err(error) = cx.at_desk(cx.state.desk.tell_end(&job, cx.now())).await {
        warn!(job.id = %job.id, error = %error.0, "webhooks are told later");
    }
    Ok(job)
}
