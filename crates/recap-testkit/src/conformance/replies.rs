//! The contract of [`Replies`], as checks.

use std::sync::Arc;

use recap_core::JobId;
use recap_core::ports::{Replies, ReplyClaim, ReplyState, StoredReply};
use tokio::task::JoinSet;

use super::at;

const KEY: &str = "owner:$path.a:key";
const RACERS: usize = 32;

/// Runs every check, each on a store of its own that `fresh` makes: empty, and
/// shared with nobody.
///
/// # Panics
///
/// When a check fails.
pub async fn all(fresh: impl AsyncFn() -> Arc<dyn Replies>) {
    a_key_is_taken_by_the_first(&*fresh().await).await;
    an_answer_is_given_again(&*fresh().await).await;
    another_body_is_told_apart(&*fresh().await).await;
    who_died_over_it_is_followed_by_one_with_the_same_job(&*fresh().await).await;
    only_the_holder_answers(&*fresh().await).await;
    a_key_that_led_to_nothing_is_free(&*fresh().await).await;
    what_is_wiped_is_not_given_again(&*fresh().await).await;
    an_expired_key_is_unknown(&*fresh().await).await;
    what_has_expired_is_forgotten(&*fresh().await).await;
    of_many_at_once_one_takes_it(&fresh().await).await;
}

/// At `second`, for ten seconds, kept until second 1000.
fn claim(job: JobId, second: u64) -> ReplyClaim {
    ReplyClaim {
        key: KEY.to_owned(),
        fingerprint: "body".to_owned(),
        job,
        now: at(second),
        locked_until: at(second + 10),
        expires_at: at(1000),
    }
}

async fn ask(replies: &dyn Replies, second: u64) -> ReplyState {
    replies.claim_reply(&claim(JobId::generate(), second)).await.unwrap()
}

/// The job under whose name the key was taken.
async fn take(replies: &dyn Replies, second: u64) -> JobId {
    let job = JobId::generate();
    let state = replies.claim_reply(&claim(job, second)).await.unwrap();
    assert_eq!(state, ReplyState::Ours { job });
    job
}

fn reply(body: &str) -> StoredReply {
    StoredReply { status: 202, location: Some("/v1/jobs/$x".to_owned()), body: body.to_owned() }
}

async fn a_key_is_taken_by_the_first(replies: &dyn Replies) {
    take(replies, 0).await;
    assert_eq!(ask(replies, 0).await, ReplyState::InFlight);
    assert_eq!(ask(replies, 9).await, ReplyState::InFlight);
    let job = JobId::generate();
    let other = ReplyClaim { key: "another".to_owned(), ..claim(job, 1) };
    assert_eq!(replies.claim_reply(&other).await.unwrap(), ReplyState::Ours { job });
}

async fn an_answer_is_given_again(replies: &dyn Replies) {
    let job = take(replies, 0).await;
    let first = reply("{\"id\": \"Å\"}");
    replies.put_reply(KEY, job, &first).await.unwrap();
    for second in [1, 10, 999] {
        assert_eq!(ask(replies, second).await, ReplyState::Done(first.clone()));
    }
    // What was said once is what is said.
    replies.put_reply(KEY, job, &reply("another")).await.unwrap();
    assert_eq!(ask(replies, 2).await, ReplyState::Done(first));

    let without = StoredReply { location: None, status: 422, body: String::new() };
    let other = JobId::generate();
    let claim = ReplyClaim { key: "another".to_owned(), ..claim(other, 1) };
    replies.claim_reply(&claim).await.unwrap();
    replies.put_reply("another", other, &without).await.unwrap();
    assert_eq!(replies.claim_reply(&claim).await.unwrap(), ReplyState::Done(without));
}

async fn what_is_wiped_is_not_given_again(replies: &dyn Replies) {
    let job = take(replies, 0).await;
    // Nothing is said yet.
    replies.wipe_reply(job).await.unwrap();
    replies.put_reply(KEY, job, &reply("made")).await.unwrap();
    replies.wipe_reply(JobId::generate()).await.unwrap();
    assert_eq!(ask(replies, 1).await, ReplyState::Done(reply("made")));
    for _ in 0..2 {
        replies.wipe_reply(job).await.unwrap();
        assert_eq!(ask(replies, 2).await, ReplyState::Done(StoredReply::gone()));
    }
}

async fn another_body_is_told_apart(replies: &dyn Replies) {
    let other = |second| ReplyClaim {
        fingerprint: "another".to_owned(),
        ..claim(JobId::generate(), second)
    };
    let job = take(replies, 0).await;
    for second in [1, 10] {
        assert_eq!(replies.claim_reply(&other(second)).await.unwrap(), ReplyState::Mismatch);
    }
    replies.put_reply(KEY, job, &reply("made")).await.unwrap();
    assert_eq!(replies.claim_reply(&other(11)).await.unwrap(), ReplyState::Mismatch);
    assert_eq!(ask(replies, 11).await, ReplyState::Done(reply("made")));
}

async fn who_died_over_it_is_followed_by_one_with_the_same_job(replies: &dyn Replies) {
    let job = take(replies, 0).await;
    assert_eq!(ask(replies, 10).await, ReplyState::Ours { job });
    assert_eq!(ask(replies, 19).await, ReplyState::InFlight);
    assert_eq!(ask(replies, 20).await, ReplyState::Ours { job });
    replies.put_reply(KEY, job, &reply("made")).await.unwrap();
    assert_eq!(ask(replies, 40).await, ReplyState::Done(reply("made")));
}

async fn only_the_holder_answers(replies: &dyn Replies) {
    let (job, other) = (take(replies, 0).await, JobId::generate());
    replies.put_reply(KEY, other, &reply("not ours")).await.unwrap();
    replies.drop_reply(KEY, other).await.unwrap();
    assert_eq!(ask(replies, 1).await, ReplyState::InFlight);
    replies.put_reply("never there", job, &reply("nothing")).await.unwrap();
    let claim = ReplyClaim { key: "never there".to_owned(), ..claim(job, 1) };
    assert_eq!(replies.claim_reply(&claim).await.unwrap(), ReplyState::Ours { job });
}

async fn a_key_that_led_to_nothing_is_free(replies: &dyn Replies) {
    let first = take(replies, 0).await;
    for _ in 0..2 {
        replies.drop_reply(KEY, first).await.unwrap();
    }
    let second = take(replies, 1).await;
    assert_ne!(first, second);
    // Too late: it is another's, and then it is answered.
    replies.drop_reply(KEY, first).await.unwrap();
    assert_eq!(ask(replies, 2).await, ReplyState::InFlight);
    replies.put_reply(KEY, second, &reply("made")).await.unwrap();
    replies.drop_reply(KEY, second).await.unwrap();
    assert_eq!(ask(replies, 3).await, ReplyState::Done(reply("made")));
}

async fn an_expired_key_is_unknown(replies: &dyn Replies) {
    let job = take(replies, 0).await;
    replies.put_reply(KEY, job, &reply("made")).await.unwrap();
    let again = JobId::generate();
    let later = ReplyClaim {
        fingerprint: "another".to_owned(),
        expires_at: at(2000),
        ..claim(again, 1000)
    };
    assert_eq!(replies.claim_reply(&later).await.unwrap(), ReplyState::Ours { job: again });
    assert_eq!(replies.claim_reply(&later).await.unwrap(), ReplyState::InFlight);
    replies.put_reply(KEY, job, &reply("late")).await.unwrap();
    assert_eq!(replies.claim_reply(&later).await.unwrap(), ReplyState::InFlight);
    replies.put_reply(KEY, again, &reply("anew")).await.unwrap();
    assert_eq!(replies.claim_reply(&later).await.unwrap(), ReplyState::Done(reply("anew")));
}

async fn what_has_expired_is_forgotten(replies: &dyn Replies) {
    for index in 0..3 {
        let claim = ReplyClaim { key: format!("key {index}"), ..claim(JobId::generate(), 0) };
        replies.claim_reply(&claim).await.unwrap();
    }
    let stays = ReplyClaim { expires_at: at(1001), ..claim(JobId::generate(), 0) };
    replies.claim_reply(&stays).await.unwrap();
    assert_eq!(replies.forget_replies(at(999), 10).await.unwrap(), 0);
    assert_eq!(replies.forget_replies(at(1000), 0).await.unwrap(), 0);
    assert_eq!(replies.forget_replies(at(1000), 2).await.unwrap(), 2);
    assert_eq!(replies.forget_replies(at(1000), 2).await.unwrap(), 1);
    assert_eq!(ask(replies, 5).await, ReplyState::InFlight);
}

/// At first, after the holder died, and after the key expired.
async fn of_many_at_once_one_takes_it(replies: &Arc<dyn Replies>) {
    let mut holder: Option<JobId> = None;
    for (second, is_new) in [(0, true), (10, false), (1000, true)] {
        let mut race = JoinSet::new();
        for _ in 0..RACERS {
            let (replies, job) = (Arc::clone(replies), JobId::generate());
            let claim = ReplyClaim { expires_at: at(second + 1000 - 10), ..claim(job, second) };
            race.spawn(async move { (job, replies.claim_reply(&claim).await.unwrap()) });
        }
        let (won, lost): (Vec<_>, Vec<_>) =
            race.join_all().await.into_iter().partition(|it| it.1 != ReplyState::InFlight);
        assert_eq!((won.len(), lost.len()), (1, RACERS - 1), "of {RACERS} at once, one must win");
        let (own, state) = won.into_iter().next().unwrap();
        let job = if is_new { own } else { holder.unwrap() };
        assert_eq!(state, ReplyState::Ours { job });
        holder = Some(job);
    }
}
