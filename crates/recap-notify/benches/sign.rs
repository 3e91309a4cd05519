//! Signing a webhook: `cargo bench -p recap-notify`.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use recap_core::webhook::WebhookSecret;
use recap_notify::sign;

/// As long as the message of a job with a summary is.
const BODY: usize = 6000;

fn signing(criterion: &mut Criterion) {
    let secrets = [WebhookSecret::new([7; 32]), WebhookSecret::new([8; 32])];
    let body = "x".repeat(BODY);
    let mut group = criterion.benchmark_group("signing");
    for (name, secrets) in [("one secret", &secrets[..1]), ("while rotating", &secrets[..])] {
        group.bench_function(name, |it| {
            it.iter(|| sign::signatures(secrets, "msg_01", 1_800_000_000, black_box(&body)));
        });
    }
    group.finish();
}

criterion_group!(benches, signing);
criterion_main!(benches);
