//! The three kinds of metric; how many labels one has is part of its type.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::{OnceLock, PoisonError, RwLock};
use std::time::Duration;

use prometheus::core::Collector;
use prometheus::{HistogramOpts, HistogramVec, IntCounterVec, IntGaugeVec, Opts};

/// Series of one metric. Closed sets stay far below; a label that was taken
/// from an open one by mistake must not fill the memory.
const MAX_SERIES: usize = 1000;

/// What the labels of all further ones say.
const OTHER: &str = "other";

/// No label: what is counted without labels is shown from the start, as zero.
const NONE: &[&str] = &[];

/// A name, and what it means.
pub(super) struct Declared {
    pub(super) name: &'static str,
    pub(super) labels: &'static [&'static str],
    /// Its doc comment.
    pub(super) text: &'static str,
}

impl Declared {
    /// In one line.
    pub(super) fn meaning(&self) -> String {
        self.text.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// What all kinds have in common.
pub(super) trait Family: Sync {
    fn kind(&self) -> &'static str;
    fn declared(&self) -> &Declared;
    fn collector(&self) -> Box<dyn Collector>;
}

/// The series of one metric, made when they are first needed.
struct Series<V, const N: usize> {
    all: OnceLock<V>,
    /// Hashes of the labels that have one.
    known: RwLock<Option<HashSet<u64>>>,
}

impl<V, const N: usize> Series<V, N> {
    const fn new() -> Self {
        Self { all: OnceLock::new(), known: RwLock::new(None) }
    }

    fn all(&self, make: impl FnOnce() -> prometheus::Result<V>) -> &V {
        self.all.get_or_init(|| make().expect("a declaration is valid"))
    }

    /// `labels`, or those of the last series when there are too many.
    fn admit<'a>(&self, labels: [&'a str; N]) -> [&'a str; N] {
        let mut hasher = DefaultHasher::new();
        labels.hash(&mut hasher);
        let hash = hasher.finish();
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        if known.as_ref().is_some_and(|it| it.contains(&hash)) {
            return labels;
        }
        drop(known);
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let known = known.get_or_insert_default();
        if known.len() >= MAX_SERIES {
            return [OTHER; N];
        }
        known.insert(hash);
        labels
    }
}

/// Only ever grows.
pub(super) struct Counter<const N: usize> {
    declared: Declared,
    series: Series<IntCounterVec, N>,
}

impl<const N: usize> Counter<N> {
    pub(super) const fn new(declared: Declared) -> Self {
        Self { declared, series: Series::new() }
    }

    fn all(&self) -> &IntCounterVec {
        self.series.all(|| {
            let options = Opts::new(self.declared.name, self.declared.meaning());
            let all = IntCounterVec::new(options, self.declared.labels)?;
            if N == 0 {
                all.with_label_values(NONE);
            }
            Ok(all)
        })
    }

    pub(super) fn add(&self, labels: [&str; N], more: u64) {
        self.all().with_label_values(&self.series.admit(labels)).inc_by(more);
    }

    /// For what is counted elsewhere: raises it to `total`, and never lowers it.
    pub(super) fn raise_to(&self, labels: [&str; N], total: u64) {
        let counter = self.all().with_label_values(&self.series.admit(labels));
        counter.inc_by(total.saturating_sub(counter.get()));
    }
}

/// As it is right now.
pub(super) struct Gauge<const N: usize> {
    declared: Declared,
    series: Series<IntGaugeVec, N>,
}

impl<const N: usize> Gauge<N> {
    pub(super) const fn new(declared: Declared) -> Self {
        Self { declared, series: Series::new() }
    }

    fn all(&self) -> &IntGaugeVec {
        self.series.all(|| {
            let options = Opts::new(self.declared.name, self.declared.meaning());
            let all = IntGaugeVec::new(options, self.declared.labels)?;
            if N == 0 {
                all.with_label_values(NONE);
            }
            Ok(all)
        })
    }

    pub(super) fn set(&self, labels: [&str; N], value: u64) {
        let value = i64::try_from(value).unwrap_or(i64::MAX);
        self.all().with_label_values(&self.series.admit(labels)).set(value);
    }

    pub(super) fn get(&self, labels: [&str; N]) -> u64 {
        let value = self.all().with_label_values(&self.series.admit(labels)).get();
        u64::try_from(value).unwrap_or(0)
    }

    pub(super) fn add(&self, labels: [&str; N], more: i64) {
        self.all().with_label_values(&self.series.admit(labels)).add(more);
    }
}

/// How long something took.
pub(super) struct Histogram<const N: usize> {
    declared: Declared,
    /// Upper bounds, in seconds.
    buckets: &'static [f64],
    series: Series<HistogramVec, N>,
}

impl<const N: usize> Histogram<N> {
    pub(super) const fn new(declared: Declared, buckets: &'static [f64]) -> Self {
        Self { declared, buckets, series: Series::new() }
    }

    fn all(&self) -> &HistogramVec {
        self.series.all(|| {
            let options = HistogramOpts::new(self.declared.name, self.declared.meaning());
            HistogramVec::new(options.buckets(self.buckets.to_vec()), self.declared.labels)
        })
    }

    pub(super) fn observe(&self, labels: [&str; N], took: Duration) {
        self.all().with_label_values(&self.series.admit(labels)).observe(took.as_secs_f64());
    }
}

macro_rules! family {
    ($type:ident, $kind:literal) => {
        impl<const N: usize> Family for $type<N> {
            fn kind(&self) -> &'static str {
                $kind
            }

            fn declared(&self) -> &Declared {
                &self.declared
            }

            fn collector(&self) -> Box<dyn Collector> {
                Box::new(self.all().clone())
            }
        }
    };
}

family!(Counter, "counter");
family!(Gauge, "gauge");
family!(Histogram, "histogram");
