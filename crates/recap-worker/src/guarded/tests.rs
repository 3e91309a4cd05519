//! Guards that are told what to say, and what they were told.

use std::sync::Mutex;

use async_trait::async_trait;
use recap_core::ports::{
    CaptionRequest, Captions, MediaError, MediaSource, Notification, Notifier, Permit,
    PlaylistItem, PlaylistRequest, Response, Tell,
};
use recap_core::webhook::{AttemptError, DeliveryId};
use recap_core::{ErrorCode, Failure};
use recap_testkit::fakes::{Reply, ScriptedMedia, ScriptedNotifier};
use recap_testkit::samples;

use super::*;

const WAIT: Duration = Duration::from_secs(42);

#[derive(Default)]
struct Told {
    /// It lets nothing through.
    open: Mutex<Option<Breaker>>,
    reported: Mutex<Vec<(String, bool)>>,
    rested: Mutex<Vec<(String, Duration)>>,
    acquired: Mutex<Vec<Slot>>,
}

#[async_trait]
impl Breakers for Told {
    async fn allow(&self, breaker: &Breaker) -> Result<(), Duration> {
        if self.open.lock().unwrap().as_ref() == Some(breaker) { Err(WAIT) } else { Ok(()) }
    }

    async fn report(&self, breaker: &Breaker, success: bool) {
        self.reported.lock().unwrap().push((breaker.to_string(), success));
    }

    async fn rest(&self, breaker: &Breaker, wait: Duration) {
        self.rested.lock().unwrap().push((breaker.to_string(), wait));
    }
}

#[async_trait]
impl Slots for Told {
    async fn acquire(&self, slot: Slot) -> Permit {
        self.acquired.lock().unwrap().push(slot);
        Permit::new(())
    }

    fn set_limit(&self, _: Slot, _: usize) {}

    fn limit(&self, _: Slot) -> usize {
        1
    }
}

impl Told {
    fn reported(&self) -> Vec<(String, bool)> {
        std::mem::take(&mut self.reported.lock().unwrap())
    }
}

fn guards() -> (Arc<Told>, Guards) {
    let told = Arc::new(Told::default());
    (Arc::clone(&told), Guards { slots: told.clone(), breakers: told })
}

async fn send(notifier: &dyn Notifier, url: &str) -> Response {
    let (id, secrets) = (DeliveryId::generate(), [samples::webhook_secret()]);
    let secrets = &secrets[..];
    notifier.send(&Notification { id, url, payload: "{}", secrets, unix_seconds: 0 }).await
}

#[tokio::test]
async fn each_receiver_has_a_breaker_of_its_own() {
    let (told, guards) = guards();
    let scripted = Arc::new(ScriptedNotifier::new());
    let guarded = Guarded::<dyn Notifier>::new(scripted.clone(), &guards);
    let failing = Response {
        status: Some(503),
        error: Some(AttemptError::Status),
        latency: Duration::ZERO,
        body: String::new(),
        retry_after: None,
        abort: false,
    };
    scripted.then(failing.clone());
    assert_eq!(send(&guarded, "https://a.example/x").await, failing);
    assert_eq!(send(&guarded, "https://b.example:8443/x").await.error, None);
    let (a, b) = ("webhook:a.example:443".to_owned(), "webhook:b.example:8443".to_owned());
    assert_eq!(told.reported(), [(a, false), (b, true)]);

    *told.open.lock().unwrap() = Some(Breaker::Webhook("a.example:443".to_owned()));
    let rested = send(&guarded, "https://a.example/another").await;
    assert_eq!((rested.error, rested.status), (Some(AttemptError::Resting), None));
    assert_eq!(rested.retry_after, Some(WAIT));
    assert_eq!((scripted.sent().len(), told.reported()), (2, Vec::new()), "nothing was sent");
    assert_eq!(send(&guarded, "https://b.example:8443/y").await.error, None);
    assert!(told.acquired.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_playlist_is_fetched_like_a_video() {
    let (told, guards) = guards();
    let scripted = Arc::new(ScriptedMedia::new());
    let guarded = Guarded::<dyn MediaSource>::new(scripted.clone(), &guards);
    let request = PlaylistRequest { playlist: "PLx".parse().unwrap(), max_items: 3 };
    assert_eq!(guarded.playlist(&request).await.unwrap(), samples::playlist());
    let failure = Failure::from(ErrorCode::BlockedBotCheck);
    scripted.then_playlist(Reply::Fail(MediaError::Blocked { failure, after: WAIT }));
    assert!(matches!(guarded.playlist(&request).await, Err(MediaError::Blocked { .. })));
    let failure = Failure::from(ErrorCode::VideoUnavailable);
    scripted.then_playlist(Reply::Fail(MediaError::Permanent(failure)));
    assert!(matches!(guarded.playlist(&request).await, Err(MediaError::Permanent(_))));
    let failure = Failure::from(ErrorCode::Network);
    let network = MediaError::Transient { failure, after: None, source: None };
    scripted.then_playlist(Reply::Fail(network));
    assert!(matches!(guarded.playlist(&request).await, Err(MediaError::Transient { .. })));
    let name = "you_tube:first".to_owned();
    let youtube = |success| (name.clone(), success);
    assert_eq!(told.reported(), [youtube(true), youtube(true), youtube(false)]);
    assert_eq!(*told.rested.lock().unwrap(), [(name.clone(), WAIT)]);

    *told.open.lock().unwrap() = Some(Breaker::YouTube("first".to_owned()));
    let rested = guarded.playlist(&request).await;
    assert!(matches!(rested, Err(MediaError::Resting { after: WAIT })), "{rested:?}");
    assert_eq!(scripted.playlist_calls().len(), 4);
    assert_eq!(*told.acquired.lock().unwrap(), [Slot::Fetch; 5]);
}

/// Says that it is blocked from the first of several videos, and then no more.
struct Stuck;

#[async_trait]
impl MediaSource for Stuck {
    fn routes(&self) -> Vec<String> {
        vec!["first".to_owned()]
    }

    async fn captions(&self, _: &CaptionRequest) -> Result<Captions, MediaError> {
        unreachable!("nobody asks for one alone")
    }

    async fn captions_of(&self, _: &[CaptionRequest], tell: Tell<'_>) {
        let failure = Failure::from(ErrorCode::BlockedBotCheck);
        tell(0, Err(MediaError::Blocked { failure, after: WAIT }));
        std::future::pending::<()>().await;
    }

    async fn playlist(&self, _: &PlaylistRequest) -> Result<Vec<PlaylistItem>, MediaError> {
        unreachable!("nobody asks for a playlist")
    }
}

#[tokio::test(start_paused = true)]
async fn the_breaker_hears_of_each_video_while_others_are_fetched() {
    let (told, guards) = guards();
    let guarded = Guarded::<dyn MediaSource>::new(Arc::new(Stuck), &guards);
    let request = CaptionRequest { video: samples::video_id(), route: 0 };
    let fetching = guarded.together(|| vec![request; 2], &|_, _| ());
    assert!(tokio::time::timeout(WAIT, fetching).await.is_err());
    assert_eq!(*told.rested.lock().unwrap(), [("you_tube:first".to_owned(), WAIT)]);
}
