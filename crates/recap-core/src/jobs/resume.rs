//! A job that does an ended one again begins where that one stopped.

use tracing::info;

use super::error::JobError;
use super::run::Run;

/// Takes over what the ended job had kept: the transcript, and the notes of
/// finished segments. Once; safe to repeat, as notes that are there stay.
pub(super) async fn adopt(run: &mut Run<'_>) -> Result<(), JobError> {
    let Some(ended) = run.job.retry_of.filter(|_| run.job.video.is_none()) else { return Ok(()) };
    let (cx, store, lease) = (run.cx, &run.cx.store, run.lease);
    let job = store.find(ended).await?;
    let transcript = cx.insist(|| store.find_transcript(ended)).await?;
    let Some(job) = job else { return Ok(()) };
    let watched = job.transcript.as_ref().is_some_and(|it| it.source.is_watched());
    if transcript.is_none() && !watched {
        return Ok(());
    }
    let notes = cx.insist(|| store.list_notes(ended)).await?;
    if let Some(transcript) = &transcript
        && !cx.insist(|| store.put_transcript(lease, transcript)).await?
    {
        return Err(JobError::Lost);
    }
    info!(job.ended = %ended, segments = notes.len(), "begins where an ended job stopped");
    run.owe(notes);
    (run.job.video, run.job.transcript) = (job.video, job.transcript);
    run.save().await
}
