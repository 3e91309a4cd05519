//! How full the memory of the instance is, and what is left off for it.
//!
//! Between two thresholds one luxury after the other goes; above the second one no
//! new work is taken. Reads, health and what is in hand go on whatever the level.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use serde::{Deserialize, Serialize};
use strum::VariantArray;

/// What goes as memory grows, in the order in which it goes.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, strum::Display, strum::VariantArray,
)]
#[strum(serialize_all = "snake_case")]
pub enum Luxury {
    /// Pictures of videos.
    VideoPreviews,
    /// Whole transcripts inside of jobs.
    FullTranscripts,
    /// Summaries that are thought about longer.
    AdvancedSummaries,
    /// Event streams that are not open yet.
    EventStreams,
    /// What is remembered of what was read.
    CacheMemory,
    /// Jobs that are not submitted yet.
    NewWork,
}

/// How it is, in one word.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    strum::Display,
    utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Level {
    /// Nothing is left off.
    Normal,
    /// Something is.
    Reduced,
    /// No new work is taken.
    Refusing,
}

/// When something goes, in percent of the memory that there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thresholds {
    /// The first luxury goes.
    pub reduced: u8,
    /// New work is refused.
    pub refusing: u8,
    /// How far below its threshold a luxury comes back.
    pub hysteresis: u8,
}

impl Thresholds {
    /// Where `luxury` goes: they are spread evenly between the two.
    pub fn of(&self, luxury: Luxury) -> u8 {
        let last = Luxury::VARIANTS.len() - 1;
        let room = usize::from(self.refusing.saturating_sub(self.reduced));
        let more = room * luxury as usize / last;
        self.reduced.saturating_add(u8::try_from(more).unwrap_or(u8::MAX))
    }
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { reduced: 80, refusing: 90, hysteresis: 5 }
    }
}

/// What is left off right now, shared by whoever leaves it off.
#[derive(Clone, Debug, Default)]
pub struct Load {
    thresholds: Thresholds,
    /// How many luxuries are gone.
    gone: Arc<AtomicU8>,
}

impl Load {
    pub fn new(thresholds: Thresholds) -> Self {
        Self { thresholds, gone: Arc::default() }
    }

    /// Memory is `percent` full. Returns the levels before and after.
    pub fn observe(&self, percent: u8) -> (Level, Level) {
        let before = self.gone.load(Ordering::Relaxed);
        let gone = self.settle(usize::from(before), percent);
        let after = u8::try_from(gone).unwrap_or(u8::MAX);
        self.gone.store(after, Ordering::Relaxed);
        (level(before), level(after))
    }

    fn settle(&self, mut gone: usize, percent: u8) -> usize {
        let all = Luxury::VARIANTS;
        while all.get(gone).is_some_and(|it| percent >= self.thresholds.of(*it)) {
            gone += 1;
        }
        let raised = percent.saturating_add(self.thresholds.hysteresis);
        while gone > 0 && raised < self.thresholds.of(all[gone - 1]) {
            gone -= 1;
        }
        gone
    }

    /// Whether `luxury` is to be left off.
    pub fn is_off(&self, luxury: Luxury) -> bool {
        (luxury as u8) < self.gone.load(Ordering::Relaxed)
    }

    pub fn level(&self) -> Level {
        level(self.gone.load(Ordering::Relaxed))
    }
}

fn level(gone: u8) -> Level {
    match usize::from(gone) {
        0 => Level::Normal,
        it if it < Luxury::VARIANTS.len() => Level::Reduced,
        _ => Level::Refusing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_luxury_goes_after_the_other() {
        let at: Vec<u8> = Luxury::VARIANTS.iter().map(|it| Thresholds::default().of(*it)).collect();
        assert_eq!(at, [80, 82, 84, 86, 88, 90]);
    }

    #[track_caller]
    fn check(readings: &[u8], expected: Level, off: &[Luxury]) {
        let load = Load::default();
        for percent in readings {
            load.observe(*percent);
        }
        assert_eq!(load.level(), expected, "{readings:?}");
        let all = Luxury::VARIANTS.iter().copied();
        assert_eq!(all.filter(|it| load.is_off(*it)).collect::<Vec<_>>(), off, "{readings:?}");
    }

    #[test]
    fn what_went_comes_back_when_there_is_room_again() {
        use Luxury::{AdvancedSummaries, FullTranscripts, VideoPreviews};
        check(&[0, 79], Level::Normal, &[]);
        check(&[80], Level::Reduced, &[VideoPreviews]);
        check(&[84], Level::Reduced, &[VideoPreviews, FullTranscripts, AdvancedSummaries]);
        check(&[90], Level::Refusing, Luxury::VARIANTS);
        check(&[90, 85], Level::Refusing, Luxury::VARIANTS);
        check(&[90, 84], Level::Reduced, &Luxury::VARIANTS[..5]);
        check(&[80, 75], Level::Reduced, &[VideoPreviews]);
        check(&[80, 74], Level::Normal, &[]);
        check(&[100, 0], Level::Normal, &[]);
    }

    #[test]
    fn a_change_is_told_once() {
        let load = Load::default();
        assert_eq!(load.observe(85), (Level::Normal, Level::Reduced));
        assert_eq!(load.observe(85), (Level::Reduced, Level::Reduced));
        assert_eq!(load.observe(95), (Level::Reduced, Level::Refusing));
    }
}
