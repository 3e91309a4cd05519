//! Videos gathered before a source that notes who was asked for together.

use recap_core::ports::{Breaker, Breakers, Permit, Slot, Slots, Tell};
use recap_testkit::samples;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep};

use super::*;
use crate::guarded::Guards;

/// How long a batch takes, by the clock of the test.
const TAKES: Duration = Duration::from_secs(10);

#[derive(Default)]
struct Noting {
    batches: Mutex<Vec<Vec<String>>>,
    ended: AtomicUsize,
}

#[async_trait]
impl MediaSource for Noting {
    fn routes(&self) -> Vec<String> {
        vec!["first".to_owned(), "second".to_owned()]
    }

    async fn captions(&self, _: &CaptionRequest) -> Answer {
        unreachable!("it gathers")
    }

    fn batches(&self) -> bool {
        true
    }

    async fn captions_of(&self, requests: &[CaptionRequest], tell: Tell<'_>) {
        let names = requests.iter().map(|it| it.video.to_string()[10..].to_owned());
        lock(&self.batches).push(names.collect());
        sleep(TAKES).await;
        for (index, request) in requests.iter().enumerate() {
            tell(index, Ok(samples::captions(request.video)));
        }
        self.ended.fetch_add(1, Ordering::Relaxed);
    }

    async fn playlist(&self, _: &PlaylistRequest) -> Result<Vec<PlaylistItem>, MediaError> {
        unreachable!("nobody asks")
    }
}

/// Some slots, and a breaker that is closed.
struct Few(Arc<Semaphore>);

struct Held(#[expect(dead_code, reason = "held for its drop")] OwnedSemaphorePermit);

#[async_trait]
impl Slots for Few {
    async fn acquire(&self, _: Slot) -> Permit {
        Permit::new(Held(Arc::clone(&self.0).acquire_owned().await.unwrap()))
    }

    fn set_limit(&self, _: Slot, _: usize) {}

    fn limit(&self, _: Slot) -> usize {
        self.0.available_permits()
    }
}

#[async_trait]
impl Breakers for Few {
    async fn allow(&self, _: &Breaker) -> Result<(), Duration> {
        Ok(())
    }

    async fn report(&self, _: &Breaker, _: bool) {}

    async fn rest(&self, _: &Breaker, _: Duration) {}
}

fn gathered(slots: usize) -> (Arc<Noting>, Gathered) {
    let few = Arc::new(Few(Arc::new(Semaphore::new(slots))));
    let guards = Guards { slots: few.clone(), breakers: few };
    let noting = Arc::<Noting>::default();
    let source: Arc<dyn MediaSource> = noting.clone();
    (noting, Gathered::new(Guarded::new(source, &guards), &MediaConfig::default()))
}

async fn ask(source: &Gathered, name: char) -> bool {
    let video: recap_core::VideoId = format!("ok_gather1{name}").parse().unwrap();
    let answer = source.captions(&CaptionRequest { video, route: 0 }).await;
    answer.is_ok_and(|it| it.video.id == Some(video))
}

fn batches(noting: &Noting) -> Vec<String> {
    lock(&noting.batches).iter().map(|it| it.concat()).collect()
}

#[tokio::test(start_paused = true)]
async fn one_alone_goes_at_once() {
    let (noting, source) = gathered(1);
    let begun = Instant::now();
    assert!(ask(&source, 'a').await);
    assert!(ask(&source, 'b').await);
    assert_eq!(begun.elapsed(), 2 * TAKES);
    assert_eq!(batches(&noting), ["a", "b"]);
}

#[tokio::test(start_paused = true)]
async fn those_who_wait_for_the_slot_go_together() {
    let (noting, source) = gathered(1);
    let begun = Instant::now();
    let later = async |name| {
        sleep(Duration::from_secs(1)).await;
        ask(&source, name).await
    };
    let answers = tokio::join!(
        ask(&source, 'a'),
        later('b'),
        later('c'),
        later('d'),
        later('e'),
        later('f'),
        later('g'),
    );
    assert_eq!(answers, (true, true, true, true, true, true, true));
    assert_eq!(batches(&noting), ["a", "bcdef", "g"]);
    assert_eq!(begun.elapsed(), 3 * TAKES);
}

/// Asks for each, so many seconds from now; whether all are answered.
async fn ask_all(source: Gathered, all: impl IntoIterator<Item = (u64, char)>) -> bool {
    let source = Arc::new(source);
    let mut asking = JoinSet::new();
    for (seconds, name) in all {
        let source = Arc::clone(&source);
        asking.spawn(async move {
            sleep(Duration::from_secs(seconds)).await;
            ask(&source, name).await
        });
    }
    asking.join_all().await.into_iter().all(|it| it)
}

#[tokio::test(start_paused = true)]
async fn no_slot_is_idle_while_some_wait() {
    let (noting, source) = gathered(2);
    let begun = Instant::now();
    let later = ('b'..='m').map(|name| (1, name));
    assert!(ask_all(source, [(0, 'a')].into_iter().chain(later)).await);
    assert_eq!(batches(&noting), ["a", "bcdef", "ghijk", "lm"]);
    // One slot from 0 to 20 s, the other from 1 to 21.
    assert_eq!(begun.elapsed(), Duration::from_secs(21));
}

#[tokio::test(start_paused = true)]
async fn a_batch_that_fills_up_late_does_not_hurry_the_next_one() {
    let (noting, source) = gathered(2);
    // The first two are being fetched when the next ones have been gathered.
    let early = [(0, 'a'), (1, 'b'), (4, 'c'), (7, 'd'), (7, 'e'), (7, 'f'), (7, 'g')];
    assert!(ask_all(source, early.into_iter().chain([(16, 'h'), (17, 'i')])).await);
    assert_eq!(batches(&noting), ["a", "b", "cdefg", "hi"]);
}

#[tokio::test(start_paused = true)]
async fn who_stops_waiting_drops_an_answer_only() {
    let (noting, source) = gathered(1);
    let impatient = async |name, seconds| {
        sleep(Duration::from_secs(1)).await;
        tokio::time::timeout(Duration::from_secs(seconds), ask(&source, name)).await.is_ok()
    };
    // The second one leaves before its batch begins, the third one while it runs.
    let answers =
        tokio::join!(ask(&source, 'a'), impatient('b', 5), impatient('c', 15), impatient('d', 60));
    assert_eq!(answers, (true, false, false, true));
    assert_eq!(batches(&noting), ["a", "cd"]);
}

#[tokio::test(start_paused = true)]
async fn a_batch_that_nobody_waits_for_is_ended() {
    let (noting, source) = gathered(1);
    let begun = Instant::now();
    for name in ['a', 'b'] {
        let impatient = tokio::time::timeout(Duration::from_secs(3), ask(&source, name));
        assert!(impatient.await.is_err());
    }
    assert!(ask(&source, 'c').await);
    assert_eq!(batches(&noting), ["a", "b", "c"]);
    assert_eq!(noting.ended.load(Ordering::Relaxed), 1);
    assert!(begun.elapsed() < 2 * TAKES);
}
