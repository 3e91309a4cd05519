//! What is known of a video.

use std::sync::Arc;

use recap_core::job::Owner;
use recap_core::ports::Store;
use recap_core::{Job, JobKind, Status, VideoId, VideoMetadata};

use super::{claimed, ended, sample};
use crate::samples;

pub(super) async fn all(fresh: &impl AsyncFn() -> Arc<dyn Store>) {
    the_newest_job_that_knows_a_video_tells_of_it(&*fresh().await).await;
    what_a_running_job_found_out_is_known(&*fresh().await).await;
}

fn titled(title: &str) -> VideoMetadata {
    let video = samples::video(samples::video_id());
    VideoMetadata { title: title.to_owned(), ..video }
}

async fn the_newest_job_that_knows_a_video_tells_of_it(store: &dyn Store) {
    let [ann, bob] = ["ann", "bob"].map(Owner::new);
    let video = samples::video_id();
    assert_eq!(store.find_video(&ann, video).await.unwrap(), None);
    let mut jobs: Vec<Job> = (0..4).map(|_| sample(JobKind::Summary)).collect();
    jobs.sort_by_key(|it| it.id);
    let known = [Some(titled("old")), Some(titled("new")), None, Some(titled("of bob"))];
    for ((job, video), owner) in jobs.iter_mut().zip(known).zip([&ann, &ann, &ann, &bob]) {
        (job.video, job.owner) = (video, owner.clone());
        store.insert(job, false).await.unwrap();
    }
    assert_eq!(store.find_video(&ann, video).await.unwrap(), Some(titled("new")));
    assert_eq!(store.find_video(&bob, video).await.unwrap(), Some(titled("of bob")));
    let other: VideoId = "aaaaaaaaaaa".parse().unwrap();
    assert_eq!(store.find_video(&ann, other).await.unwrap(), None);
    assert_eq!(store.find_video(&Owner::default(), video).await.unwrap(), None);
}

async fn what_a_running_job_found_out_is_known(store: &dyn Store) {
    let job = sample(JobKind::Summary);
    store.insert(&job, false).await.unwrap();
    let claim = claimed(store, &job, 0).await;
    let video = samples::video_id();
    assert_eq!(store.find_video(&job.owner, video).await.unwrap(), None);
    let found = Job { video: Some(titled("found")), ..claim.job };
    assert!(store.save(claim.lease, &found).await.unwrap());
    assert_eq!(store.find_video(&job.owner, video).await.unwrap(), Some(titled("found")));
    let end = Job { video: Some(titled("at the end")), ..ended(&job, Status::Failed) };
    assert!(store.finish(claim.lease, &end).await.unwrap());
    assert_eq!(store.find_video(&job.owner, video).await.unwrap(), Some(titled("at the end")));
}
