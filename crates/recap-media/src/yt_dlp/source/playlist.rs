//! The videos of one playlist, asked for in one way.

use async_trait::async_trait;
use recap_core::job::ChildUsage;
use recap_core::ports::{PlaylistItem, PlaylistRequest};

use super::attempt::{self, Told};
use super::{Question, Refusal, Way, YtDlpSource};
use crate::yt_dlp::args;
use crate::yt_dlp::output::Listed;
use crate::yt_dlp::runner::Errand;

pub(super) struct ItemsOf<'a>(pub(super) &'a PlaylistRequest);

#[async_trait]
impl Question for ItemsOf<'_> {
    type Answer = Vec<PlaylistItem>;

    async fn ask(
        &mut self,
        source: &YtDlpSource,
        way: Way<'_>,
    ) -> Result<Vec<PlaylistItem>, Refusal> {
        list(source, self.0, way).await
    }
}

async fn list(
    source: &YtDlpSource,
    request: &PlaylistRequest,
    way: Way<'_>,
) -> Result<Vec<PlaylistItem>, Refusal> {
    let Way { route, extractor_args, is_second, .. } = way;
    let arguments = args::playlist(&source.media, route, extractor_args, is_second, request);
    // It writes no file.
    let largest_file = source.media.max_caption_bytes;
    let errand = Errand { arguments, largest_file, runs_programs: false };
    let ended = attempt::run(source, errand, way, &mut ChildUsage::default()).await?;
    let mut listed = Listed::read(&ended.stdout);
    // The exit code counts here: a list of which a page did not come is no list.
    // It says that it is complete unless it was longer than what is read of it.
    if !ended.status.success() || !listed.is_complete && listed.items.is_empty() {
        return Err(ended.refused(Told::default()).into());
    }
    if !listed.is_complete {
        tracing::warn!(
            items = listed.items.len(),
            "a playlist is longer than media.max_output_bytes"
        );
    }
    listed.items.truncate(usize::try_from(request.max_items).unwrap_or(usize::MAX));
    Ok(listed.items)
}
