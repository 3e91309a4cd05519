//! What is remembered of jobs, for how long, and how much of it.

use std::convert::Infallible;
use std::sync::Barrier;
use std::thread;

use recap_core::Status;
use recap_testkit::samples;
use tokio::sync::oneshot;

use super::*;

fn job(revision: u64) -> Job {
    let id = "job_01JGFJJZ00000000000000000A".parse().unwrap();
    Job { id, revision, status: Status::Running, ..samples::queued(recap_core::JobKind::Summary) }
}

fn now() -> Timestamp {
    "2026-01-01T00:00:00Z".parse().unwrap()
}

async fn ask(memory: &Memory, at: Timestamp, revision: u64) -> u64 {
    let answer = async move { Ok::<_, Infallible>(Found::now(job(revision), at)) };
    memory.find_or_ask(job(0).id, at, answer).await.unwrap().job.revision
}

#[tokio::test]
async fn an_answer_is_believed_for_a_moment() {
    let memory = Memory::default();
    assert_eq!(ask(&memory, now(), 1).await, 1);
    assert_eq!(ask(&memory, now() + Duration::from_millis(999), 2).await, 1);
    assert_eq!(ask(&memory, now() + OPEN, 3).await, 3);
    // A clock that was set back makes nothing last longer.
    assert_eq!(ask(&memory, now(), 4).await, 4);
    memory.forget(job(0).id);
    assert_eq!(ask(&memory, now(), 5).await, 5);
    memory.forget_all();
    assert_eq!(ask(&memory, now(), 6).await, 6);
}

#[tokio::test]
async fn of_many_one_asks() {
    let memory = Memory::default();
    let (answer, asked) = oneshot::channel();
    let first = memory.find_or_ask(job(0).id, now(), asked);
    let others = async {
        tokio::task::yield_now().await;
        let all = (0..100).map(|_| ask(&memory, now(), 9));
        let all = futures::future::join_all(all);
        let answering = async { answer.send(Found::now(job(1), now())).unwrap() };
        tokio::join!(all, answering).0
    };
    let (first, others) = tokio::join!(first, others);
    assert_eq!(first.unwrap().job.revision, 1);
    assert_eq!(others, [1; 100]);
}

#[tokio::test]
async fn an_answer_from_before_a_change_is_not_kept() {
    let memory = Memory::default();
    let (answer, asked) = oneshot::channel();
    let early = memory.find_or_ask(job(0).id, now(), asked);
    let change = async {
        tokio::task::yield_now().await;
        memory.forget(job(0).id);
        let late = ask(&memory, now(), 2).await;
        answer.send(Found::now(job(1), now())).unwrap();
        late
    };
    let (early, late) = tokio::join!(early, change);
    assert_eq!((early.unwrap().job.revision, late), (1, 2));
    assert_eq!(ask(&memory, now(), 3).await, 2);
    assert!(memory.lock().flights.is_empty());
}

#[tokio::test]
async fn a_failure_is_nobody_elses() {
    let memory = Memory::default();
    let failing = memory.find_or_ask(job(0).id, now(), async { Err::<Found, _>("away") });
    assert_eq!(failing.await.unwrap_err(), "away");
    assert!(memory.lock().flights.is_empty());
    let dropped = memory.find_or_ask(job(0).id, now(), std::future::pending::<Result<_, ()>>());
    assert!(futures::FutureExt::now_or_never(dropped).is_none());
    assert!(memory.lock().flights.is_empty());
    assert_eq!(ask(&memory, now(), 1).await, 1);
}

#[test]
fn it_is_bounded_by_count_and_by_bytes() {
    let memory = Memory::default();
    let keep = |more: &str| {
        let mut job = Job { id: JobId::generate(), ..job(0) };
        job.warn(more);
        memory.lock().keep(&Found::now(job, now()), now());
    };
    (0..300).for_each(|_| keep(""));
    assert_eq!(memory.lock().jobs.len(), 256);
    let large = "x".repeat(1 << 20);
    (0..10).for_each(|_| keep(&large));
    let state = memory.lock();
    assert!((1 << 20..MOST_BYTES).contains(&state.bytes));
    assert_eq!(state.bytes, state.jobs.iter().map(|(_, it)| it.bytes).sum::<usize>());
}

#[test]
fn those_who_hang_up_at_once_leave_nothing() {
    let memory = Memory::default();
    for _ in 0..1000 {
        let flights = [0, 1].map(|_| memory.board(job(0).id, now()).err().unwrap());
        let start = Barrier::new(2);
        thread::scope(|scope| {
            for flight in flights {
                let start = &start;
                scope.spawn(move || {
                    start.wait();
                    drop(flight);
                });
            }
        });
        assert!(memory.lock().flights.is_empty());
    }
}
