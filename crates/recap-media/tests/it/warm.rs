//! The warm process: shared, replaced, given up, and never left behind.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use recap_config::{MediaConfig, WarmMode};
use recap_core::load::Load;
use recap_core::ports::MediaSource;
use recap_media::{check_warm, connect};
use recap_simulator::youtube::YouTube;
use rustix::process::{Pid, Signal, kill_process};
use tokio::time::{sleep, timeout};

use crate::support::{Noting, Place, ask, pinned, told};

/// Longest wait for what comes soon.
const FAR: Duration = Duration::from_secs(20);

struct Lab {
    place: Place,
    _youtube: YouTube,
    noting: Noting,
    load: Load,
    source: Option<Arc<dyn MediaSource>>,
}

impl Lab {
    async fn new(warm: &str, change: impl FnOnce(&mut MediaConfig)) -> Self {
        let (mut place, youtube) = Place::with_youtube().await;
        place.config.media.warm = WarmMode::On;
        change(&mut place.config.media);
        let load = Load::default();
        let noting = Noting::new(&place, warm);
        let source = Some(connect(&place.config, noting.binary(), None, &load));
        Self { place, _youtube: youtube, noting, load, source }
    }

    /// The language of the captions, or the error.
    async fn ask(&self, video: &str) -> String {
        let answer = ask(&**self.source.as_ref().unwrap(), video).await;
        answer.map_or_else(|error| told(&error), |it| it.transcript.language)
    }

    fn calls(&self) -> String {
        self.noting.calls()
    }

    async fn until(&self, what: impl Fn(&Place) -> bool) {
        let there = async {
            while !what(&self.place) {
                sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(FAR, there).await.expect("it comes soon");
    }

    async fn nothing_is_left(mut self) {
        self.source = None;
        self.place.until_nothing_is_left().await;
    }
}

#[tokio::test]
async fn runs_at_the_same_time_share_one_process() {
    let lab = Lab::new("", |_| {}).await;
    let answers = tokio::join!(
        lab.ask("ok_demo25m1"),
        lab.ask("er_private1"),
        lab.ask("ok_german01"),
        lab.ask("ok_nocaps01"),
    );
    let expected = ("en", "permanent video_private", "de", "silent no_captions");
    let (one, two, three, four) = &answers;
    assert_eq!((&**one, &**two, &**three, &**four), expected);
    assert_eq!(lab.calls(), "warm");
    lab.nothing_is_left().await;
}

#[tokio::test]
async fn it_is_replaced_after_a_number_of_runs() {
    let lab = Lab::new("", |it| it.warm_max_jobs = 2).await;
    for _ in 0..5 {
        assert_eq!(lab.ask("ok_short3m1").await, "en");
    }
    assert_eq!(lab.calls(), "warm warm warm");
    lab.nothing_is_left().await;
}

#[tokio::test]
async fn it_stands_back_for_recap() {
    let lab = Lab::new("", |it| it.niceness = 7).await;
    assert_eq!(lab.ask("ok_short3m1").await, "en");
    let stat = |it: i32| std::fs::read_to_string(format!("/proc/{it}/stat")).unwrap();
    let niceness = |it: i32| stat(it).rsplit(')').next()?.split(' ').nth(17)?.parse().ok();
    let niceness: Vec<Option<i32>> = lab.place.processes().into_iter().map(niceness).collect();
    assert_eq!(niceness, [Some(7)]);
    lab.nothing_is_left().await;
}

#[tokio::test]
async fn it_ends_when_there_is_nothing_to_do() {
    let lab = Lab::new("", |it| it.warm_idle_seconds = 1).await;
    assert_eq!(lab.ask("ok_short3m1").await, "en");
    lab.until(|it| it.processes().is_empty() && it.work_left() == 0).await;
    assert_eq!(lab.ask("ok_short3m1").await, "en");
    assert_eq!(lab.calls(), "warm warm");
}

#[tokio::test]
async fn it_goes_when_memory_is_short_and_comes_back() {
    let lab = Lab::new("", |it| it.warm = WarmMode::Auto).await;
    assert_eq!(lab.ask("ok_short3m1").await, "en");
    lab.load.observe(80);
    lab.until(|it| it.processes().is_empty() && it.work_left() == 0).await;
    assert_eq!(lab.ask("ok_short3m1").await, "en");
    lab.load.observe(50);
    assert_eq!(lab.ask("ok_short3m1").await, "en");
    assert_eq!(lab.calls(), "warm cold warm");
    lab.nothing_is_left().await;
}

#[tokio::test]
async fn one_that_fails_is_worked_around_and_then_left_off() {
    for warm in [
        "exit 1",
        "echo nonsense; exec sleep 1000",
        "exec sleep 1000",
        r#"printf '{"kind":"ready","version":"2025.1.1"}\n'; exec sleep 1000"#,
        r#"printf '{"kind":"ended","id":7}\n'; exec sleep 1000"#,
    ] {
        let warm = warm.replace("sleep", "/bin/sleep");
        let lab = Lab::new(&warm, |it| {
            it.warm_start_seconds = 1;
            it.warm_max_faults = 2;
        })
        .await;
        for _ in 0..3 {
            assert_eq!(lab.ask("ok_short3m1").await, "en", "{warm}");
        }
        assert_eq!(lab.calls(), "warm cold warm cold cold", "{warm}");
        assert!(check_warm(&lab.place.config, &lab.noting.binary()).await.is_err());
        lab.nothing_is_left().await;
    }
}

#[tokio::test]
async fn one_that_does_not_answer_leaves_time_to_do_without() {
    let lab = Lab::new("exec /bin/sleep 1000", |it| {
        it.deadline_seconds = 8;
        it.fallback_extractor_args.clear();
    })
    .await;
    assert_eq!(lab.ask("ok_short3m1").await, "en");
    assert_eq!(lab.calls(), "warm cold");
    lab.nothing_is_left().await;
}

#[tokio::test]
async fn what_is_asked_of_one_that_is_about_to_leave_is_done() {
    // It may leave before it has had anything to do.
    let lab = Lab::new("", |it| it.warm_idle_seconds = 0).await;
    for _ in 0..6 {
        assert_eq!(lab.ask("ok_short3m1").await, "en");
    }
    assert!(!lab.calls().contains("cold"), "{}", lab.calls());
    lab.nothing_is_left().await;
}

#[tokio::test]
async fn doctor_can_try_it() {
    let place = Place::new();
    let mut config = place.config.clone();
    assert!(check_warm(&config, &pinned()).await.unwrap_err().contains("switched off"));
    config.media.warm = WarmMode::Auto;
    check_warm(&config, &pinned()).await.unwrap();
    config.resources.memory_mb = 100;
    assert!(check_warm(&config, &pinned()).await.unwrap_err().contains("100 MB"));
    place.until_nothing_is_left().await;
}

/// The process that leads the session of forks: the one that started first.
fn zygote(place: &Place) -> Pid {
    Pid::from_raw(place.processes().into_iter().min().unwrap()).unwrap()
}

#[tokio::test]
async fn what_ran_when_it_died_is_run_again() {
    // The API does not answer: there is time to kill it.
    let lab = Lab::new("", |it| it.socket_timeout_seconds = 2).await;
    let (answer, ()) = tokio::join!(lab.ask("er_hangnxt1"), async {
        lab.until(|it| it.processes().len() == 2).await;
        kill_process(zygote(&lab.place), Signal::KILL).unwrap();
    });
    assert_eq!(answer, "en");
    assert!(lab.calls().starts_with("warm cold"), "{}", lab.calls());
    lab.nothing_is_left().await;
}

#[tokio::test]
async fn a_dropped_call_ends_its_fork_only() {
    let lab = Lab::new("", |_| {}).await;
    let canceled = async {
        lab.until(|it| it.processes().len() == 2).await;
    };
    tokio::select! {
        answer = lab.ask("er_hangnxt1") => panic!("{answer}"),
        () = canceled => {}
    }
    lab.until(|it| it.processes().len() == 1 && it.work_left() == 1).await;
    assert_eq!(lab.ask("ok_short3m1").await, "en");
    assert_eq!(lab.calls(), "warm");
    lab.nothing_is_left().await;
}

/// Names the data directory for the recap that is to be killed.
const KILLED: &str = "RECAP_TEST_KILLED";

/// Does nothing, unless it is started by the test below: then it is a recap that
/// waits for a video which does not answer.
#[tokio::test]
async fn plays_a_recap_that_is_killed() {
    #[expect(clippy::disallowed_methods, reason = "not a setting")]
    let Ok(settings) = std::env::var(KILLED) else { return };
    let mut place = Place::new();
    let [data, proxy, ca_file] = settings.split('|').collect::<Vec<_>>().try_into().unwrap();
    place.config.data.dir = PathBuf::from(data);
    place.config.media.proxy = proxy.to_owned();
    place.config.media.ca_file = PathBuf::from(ca_file);
    place.config.media.warm = WarmMode::On;
    let source = connect(&place.config, pinned(), None, &Load::default());
    let _ = ask(&*source, "er_hangnxt1").await;
}

#[tokio::test]
async fn a_recap_that_is_killed_leaves_no_process() {
    let (place, youtube) = Place::with_youtube().await;
    let settings = [
        place.data.path().to_str().unwrap(),
        &youtube.proxy_url(),
        youtube.ca_file().to_str().unwrap(),
    ];
    #[expect(clippy::disallowed_methods, reason = "it plays recap")]
    let mut recap = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "warm::plays_a_recap_that_is_killed"])
        .env(KILLED, settings.join("|"))
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let gone = |left: usize| {
        let place = &place;
        async move {
            while place.processes().len() != left {
                sleep(Duration::from_millis(5)).await;
            }
        }
    };
    timeout(FAR, gone(2)).await.expect("it asks");
    recap.kill().unwrap();
    recap.wait().unwrap();
    timeout(FAR, gone(0)).await.expect("nothing is left");
}
