//! The limiter and the cache of one process: `cargo bench -p recap-shared`.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use jiff::Timestamp;
use recap_config::Config;
use recap_core::ports::{Budget, CacheKey, Rate, Resource};
use recap_shared::Shared;
use tokio::runtime::Runtime;

/// Values in the cache, of so many bytes each: they fit.
const VALUES: usize = 1000;
const BYTES: usize = 4096;

#[expect(clippy::disallowed_methods, reason = "the clock of a whole process")]
fn shared(runtime: &Runtime) -> Shared {
    let _inside = runtime.enter();
    recap_shared::connect(&Config::default(), Arc::new(Timestamp::now)).expect("it is in memory")
}

fn key(number: usize) -> CacheKey {
    CacheKey { resource: Resource::Summary, id: format!("{number:011}"), version: "1".to_owned() }
}

fn limiter(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("threads can be started");
    let limits = shared(&runtime).limits;
    // Never empty, so that each take is a whole one.
    let rate = Rate { count: 1_000_000, per: Duration::from_secs(1) };
    let budget = |name: &str| Budget { key: name.to_owned(), rate };
    let budgets = [budget("global:submit"), budget("submit:client"), budget("daily:client")];
    criterion.bench_function("limiter/three budgets", |it| {
        it.to_async(&runtime).iter(|| limits.take_all(black_box(&budgets)));
    });
}

fn cache(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("threads can be started");
    let (cache, value) = (shared(&runtime).cache, Bytes::from(vec![b'x'; BYTES]));
    let keys: Vec<CacheKey> = (0..VALUES).map(key).collect();
    for key in &keys {
        runtime.block_on(cache.put(key, value.clone()));
    }
    let mut next = (0..VALUES).cycle();
    let mut any = || &keys[next.next().unwrap_or_default()];
    let mut group = criterion.benchmark_group("cache");
    group.bench_function("hit", |it| {
        it.to_async(&runtime).iter_batched(&mut any, |key| cache.get(key), BatchSize::SmallInput);
    });
    let missing = key(VALUES);
    group.bench_function("miss", |it| {
        it.to_async(&runtime).iter(|| cache.get(black_box(&missing)));
    });
    group.bench_function("put", |it| {
        let put = |key| cache.put(key, value.clone());
        it.to_async(&runtime).iter_batched(&mut any, put, BatchSize::SmallInput);
    });
    group.finish();
}

criterion_group!(benches, limiter, cache);
criterion_main!(benches);
