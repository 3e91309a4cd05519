//! The batch: makes a job of each item, and ends when they have.

use std::time::Duration;

use tracing::info;

use super::desk::count;
use super::error::JobError;
use super::run::Run;
use crate::job::{BatchItem, Job, JobId, JobInput, Stage};
use crate::ports::PlaylistRequest;

/// How often a batch looks at its jobs if nobody wakes it.
const LOOK: Duration = Duration::from_mins(1);

/// Safe to run twice: the id of each item's job follows from the batch's, and a
/// job that is there already is left as it is.
pub(super) async fn run(run: &mut Run<'_>) -> Result<(), JobError> {
    list(run).await?;
    make(run).await?;
    let cx = run.cx;
    let counts = cx.insist(|| count(&*cx.store, &run.job)).await?;
    run.job.counts = counts;
    run.job.progress.segments_total = counts.total;
    run.job.progress.segments_done = counts.total - counts.open();
    if counts.open() > 0 { Err(JobError::Children { look_in: LOOK }) } else { Ok(()) }
}

/// The items of a playlist, if it has not been listed yet.
async fn list(run: &mut Run<'_>) -> Result<(), JobError> {
    let Some(input) = run.job.input.batch.clone() else { return Ok(()) };
    let Some(playlist) = input.playlist.filter(|_| run.job.items.is_empty()) else {
        return Ok(());
    };
    run.enter(Stage::Fetching).await?;
    let request = PlaylistRequest { playlist, max_items: input.max_items };
    let videos = run.cx.media.playlist(&request).await?;
    info!(items = videos.len(), "playlist listed");
    let item = |video: crate::ports::PlaylistItem| BatchItem {
        url: video.video.watch_url(),
        video: Some(video.video),
        job: None,
        error: None,
    };
    let most = usize::try_from(input.max_items).unwrap_or(usize::MAX);
    run.job.items = videos.into_iter().take(most).map(item).collect();
    run.save().await
}

async fn make(run: &mut Run<'_>) -> Result<(), JobError> {
    let mut made = false;
    for index in 0..run.job.items.len() {
        let item = &run.job.items[index];
        let (Some(video), None, None) = (item.video, item.job, &item.error) else { continue };
        let child = child(&run.job, index, JobInput { video_id: Some(video), ..input(&run.job) });
        // Behind what its owner asked for before: the reconciler feeds the queue.
        let cx = run.cx;
        cx.insist(|| cx.store.insert(&child, true)).await?;
        info!(job.id = %child.id, job.kind = %child.kind, video.id = %video, "job accepted");
        run.job.items[index].job = Some(child.id);
        made = true;
    }
    if made {
        run.save().await?;
    }
    Ok(())
}

fn input(batch: &Job) -> JobInput {
    JobInput { batch: None, ..batch.input.clone() }
}

fn child(batch: &Job, index: usize, input: JobInput) -> Job {
    let kind = batch.input.batch.as_ref().map_or(batch.kind, |it| it.kind);
    let (now, end) = (batch.created_at, batch.expires_at);
    let mut child = Job::new(batch.owner.clone(), kind, input, now, end);
    child.id = JobId::derived(now, &[&batch.id.to_string(), &index.to_string()]);
    child.deadline = batch.deadline;
    child.batch = Some(batch.id);
    child
}
