//! The videos that exist: an id of eleven characters says how a video behaves.
//!
//! `ok_` videos have something to summarise, `er_` videos are a way to fail, and
//! `cp_` with a number is one of a hundred million copies of the demo.

use std::sync::LazyLock;

use crate::prose::{self, Talk, Timeline};

mod copies;
mod failing;
pub mod playlists;
mod refused;
mod working;

pub use copies::copy;
pub use playlists::{Playlist, copies_playlist, playlist};

/// One simulated video.
#[derive(Clone, Copy, Debug)]
pub struct Scenario {
    /// The id of the video.
    pub id: &'static str,
    /// What is special about it, in one line.
    pub about: &'static str,
    /// The talks that are given, by their name in [`prose`]; usually one.
    pub talks: &'static [&'static str],
    pub tracks: &'static [Track],
    /// What yt-dlp makes of it when it asks the API only (profile S).
    pub expect: Expect,
    /// The same when it reads the watch page first (profile W).
    pub expect_with_page: Expect,
    /// The language of the sound, if YouTube says so.
    pub audio_language: Option<&'static str>,
    seconds: Option<u32>,
    title: Option<&'static str>,
    pub(crate) twist: Twist,
}

/// A caption track.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Track {
    pub language: &'static str,
    pub automatic: bool,
    /// What YouTube calls it.
    pub name: &'static str,
    /// YouTube's id of it: `.en`, `a.en`, `.en.abc123`.
    pub id: &'static str,
}

/// How a run of yt-dlp ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expect {
    /// A caption file, of this language as yt-dlp names it.
    Captions { language: &'static str, source: Source },
    /// Success without a caption file and without a reason.
    NoCaptions,
    /// This text on standard error and this exit code. The code is 0 where
    /// yt-dlp only warns.
    Says { text: &'static str, exit: i32 },
    /// No answer comes; only a socket time-out ends the wait.
    Hangs(Endpoint),
    /// A byte comes every second: only a deadline ends the wait.
    Drips(Endpoint),
}

/// Where captions come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    Manual,
    Automatic,
    /// The automatic track, translated by YouTube.
    Translated,
}

/// What yt-dlp asks for, in the order it asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Endpoint {
    Watch,
    Next,
    Player,
    Captions,
    Media,
    /// The page of a playlist, or what the API says of one.
    Playlist,
    Other,
}

/// In what a video differs from one that plays.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Twist {
    None,
    /// YouTube says no.
    Refused(Refusal),
    /// Starts two hours after it is asked for.
    Upcoming {
        premiere: bool,
    },
    LiveNow,
    Drm,
    NoFormats,
    /// Formats without addresses: server-driven streaming only.
    ServerDriven,
    /// Answers for another video.
    WrongId,
    /// The tracks need a proof-of-origin token.
    NeedsToken,
    /// Title and track id try to leave the directory.
    Hostile,
    /// The addresses of the formats need a JavaScript runtime.
    NeedsJavaScript,
    /// Everything as large as on the real YouTube.
    Large,
    /// One of many, so that only its title tells it from the others.
    Copy,
    /// One endpoint does not work.
    Trouble(Endpoint, Trouble),
}

/// The words of a refusal.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Refusal {
    pub(crate) status: &'static str,
    pub(crate) reason: &'static str,
    pub(crate) heading: &'static str,
    pub(crate) detail: &'static str,
}

/// What happens instead of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    Status(u16),
    /// As `Status`, for the automatic track only.
    AutomaticStatus(u16),
    Empty,
    Truncated,
    Reset,
    Hang,
    Drip,
}

/// Every scenario but the copies: first those that work.
pub fn all() -> &'static [Scenario] {
    static ALL: LazyLock<Vec<Scenario>> =
        LazyLock::new(|| [working::SCENARIOS, refused::SCENARIOS, failing::SCENARIOS].concat());
    &ALL
}

/// The scenario of this video. All copies have the same one, whose `id` is that
/// of the first.
pub fn find(video: &str) -> Option<&'static Scenario> {
    all().iter().find(|it| it.id == video).or_else(|| copies::find(video))
}

/// The video of this title, if there is only one.
pub(crate) fn titled(title: &str) -> Option<&str> {
    let mut found = all().iter().filter(|it| it.title() == title);
    match (found.next(), found.next()) {
        (Some(only), None) => Some(only.id),
        (Some(_), Some(_)) => None,
        (None, _) => copies::titled(title),
    }
}

impl Scenario {
    /// Length of the video.
    pub fn seconds(&self) -> u32 {
        let spoken: u32 = self.talks().iter().map(|it| it.minutes * 60).sum();
        self.seconds.unwrap_or(spoken)
    }

    pub fn title(&self) -> &'static str {
        self.title.unwrap_or(self.talks()[0].title)
    }

    /// The title that `video`, which is of this scenario, has on YouTube.
    pub(crate) fn title_of(&self, video: &str) -> String {
        match self.twist {
            Twist::Copy => copies::title(self.title(), video),
            _ => self.title().to_owned(),
        }
    }

    /// What is said in the language of the video.
    pub fn timeline(&self) -> Timeline {
        Timeline::new(&self.talks(), u64::from(self.seconds()) * 1_000)
    }

    /// What a track of `language` says: its own talk if the video is in another
    /// language and there is one, since nobody has translated the talks.
    pub fn timeline_in(&self, language: &str) -> Timeline {
        let own = prose::primary(self.talks()[0].language) == prose::primary(language);
        match prose::in_language(language) {
            Some(talk) if !own => Timeline::new(&[talk], u64::from(self.seconds()) * 1_000),
            _ => self.timeline(),
        }
    }

    fn talks(&self) -> Vec<&'static Talk> {
        let talks = self.talks.iter().map(|it| prose::find(it));
        talks.map(|it| it.expect("a scenario names talks that exist")).collect()
    }

    /// A video in English with an automatic and two manual tracks; the builders
    /// below say what is different.
    const fn new(id: &'static str, about: &'static str) -> Self {
        let expect = Expect::Captions { language: "en", source: Source::Manual };
        Self {
            id,
            about,
            talks: &["lighthouses"],
            tracks: working::USUAL_TRACKS,
            expect,
            expect_with_page: expect,
            audio_language: None,
            seconds: None,
            title: None,
            twist: Twist::None,
        }
    }

    const fn talks_of(mut self, talks: &'static [&'static str]) -> Self {
        self.talks = talks;
        self
    }

    const fn tracks(mut self, tracks: &'static [Track]) -> Self {
        self.tracks = tracks;
        self
    }

    const fn twist(mut self, twist: Twist) -> Self {
        self.twist = twist;
        self
    }

    /// What comes of it in both profiles.
    const fn expect(mut self, expect: Expect) -> Self {
        self.expect = expect;
        self.expect_with_page = expect;
        self
    }

    const fn with_page(mut self, expect: Expect) -> Self {
        self.expect_with_page = expect;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::{all, copy, find, titled};

    #[test]
    fn ids_are_video_ids_and_unique() {
        let allowed = |it: char| it.is_ascii_alphanumeric() || it == '_' || it == '-';
        for (index, scenario) in all().iter().enumerate() {
            assert!(scenario.id.len() == 11 && scenario.id.chars().all(allowed), "{}", scenario.id);
            assert!(all()[..index].iter().all(|it| it.id != scenario.id), "{}", scenario.id);
            assert!(scenario.seconds() >= 180 && !scenario.title().is_empty());
        }
    }

    #[test]
    fn the_promised_lengths_are_kept() {
        let seconds = |id| find(id).unwrap().seconds();
        assert_eq!(seconds("ok_demo25m1"), 1_500);
        assert_eq!(seconds("ok_short3m1"), 180);
        assert_eq!(seconds("ok_long3h01"), 10_800);
    }

    #[test]
    fn a_copy_is_the_demo_under_a_title_of_its_own() {
        let (demo, video) = (find("ok_demo25m1").unwrap(), copy(7));
        let copy = find(&video).unwrap();
        assert_eq!((copy.seconds(), copy.tracks), (demo.seconds(), demo.tracks));
        assert_eq!(copy.title_of(&video), format!("{} (cp_00000007)", demo.title()));
    }

    #[test]
    fn a_title_names_a_video_if_no_other_has_it() {
        assert_eq!(titled(find("ok_demo25m1").unwrap().title()), Some("ok_demo25m1"));
        let video = copy(7);
        assert_eq!(titled(&find(&video).unwrap().title_of(&video)), Some("cp_00000007"));
        assert_eq!(titled(find("er_wat42901").unwrap().title()), None);
        assert_eq!(titled("no such talk"), None);
    }

    #[test]
    fn the_long_video_has_one_chapter_for_each_talk() {
        let long = find("ok_long3h01").unwrap();
        assert_eq!(long.timeline().chapters.len(), long.talks.len());
    }
}
