//! Who may know whom, as drawn in `docs/architecture.md`.

use cargo_metadata::{DependencyKind, MetadataCommand, Package};

/// From the bottom up; a crate may know those below its own layer only.
const LAYERS: [&[&str]; 6] = [
    &["recap-core", "recap-config", "recap-telemetry"],
    &["recap-redis", "recap-sqlite"],
    &[
        "recap-store",
        "recap-queue",
        "recap-shared",
        "recap-media",
        "recap-summarize",
        "recap-notify",
    ],
    &["recap-role"],
    &["recap-gateway", "recap-worker"],
    &["recap"],
];

/// Known by tests, and the simulator by the demo; they stand beside the layers.
const ASIDE: [&str; 3] = ["recap-simulator", "recap-testkit", "xtask"];

/// Each vendor's home. `sqlx` is also where apalis needs it.
const HOMES: [(&str, &[&str]); 19] = [
    ("actix-web", &["recap-gateway"]),
    ("apalis", &["recap-queue"]),
    ("apalis-core", &["recap-queue"]),
    ("apalis-redis", &["recap-queue"]),
    ("apalis-sqlite", &["recap-queue"]),
    ("clap", &["recap", "recap-gateway", "recap-role", "recap-worker", "xtask"]),
    ("figment", &["recap-config"]),
    ("hyper", &["recap-role", "recap-simulator"]),
    ("indicatif", &["recap"]),
    ("lru", &["recap-gateway", "recap-shared"]),
    ("mongodb", &["recap-store"]),
    ("prometheus", &["recap-telemetry"]),
    ("redis", &["recap-redis"]),
    ("reqwest", &["recap-telemetry", "recap-summarize", "recap-notify", "xtask"]),
    ("rustls", &["recap-telemetry", "recap-simulator"]),
    ("sqlx", &["recap-sqlite", "recap-store", "recap-queue"]),
    ("tracing-subscriber", &["recap-telemetry"]),
    ("wait4", &["recap-media"]),
    ("zstd", &["recap-shared", "recap-store"]),
];

fn members() -> Vec<Package> {
    let metadata = MetadataCommand::new().no_deps().exec().unwrap();
    metadata.workspace_packages().into_iter().cloned().collect()
}

/// What a crate needs to be used, as opposed to be tested.
fn uses(package: &Package) -> impl Iterator<Item = &str> {
    let normal = package.dependencies.iter().filter(|it| it.kind == DependencyKind::Normal);
    normal.map(|it| it.name.as_str())
}

fn layer(name: &str) -> Option<usize> {
    LAYERS.iter().position(|it| it.contains(&name))
}

#[test]
fn every_crate_has_a_place() {
    for package in members() {
        let name = package.name.as_str();
        assert!(layer(name).is_some() || ASIDE.contains(&name), "{name} is in no layer");
    }
}

#[test]
fn arrows_point_down() {
    for package in members() {
        let Some(own) = layer(&package.name) else { continue };
        for used in uses(&package) {
            if let Some(other) = layer(used) {
                assert!(other < own, "{} must not know {used}", package.name);
            }
            let demo = (package.name.as_str(), used) == ("recap", "recap-simulator");
            assert!(!ASIDE.contains(&used) || demo, "{} must not know {used}", package.name);
        }
    }
}

#[test]
fn the_gateway_is_thin() {
    let gateway = members().into_iter().find(|it| it.name.as_str() == "recap-gateway").unwrap();
    let ours: Vec<&str> = uses(&gateway).filter(|it| it.starts_with("recap-")).collect();
    assert_eq!(ours, ["recap-config", "recap-core", "recap-role", "recap-telemetry"]);
    // What stands behind a role: stores and queues, nothing that works on a job.
    let role = members().into_iter().find(|it| it.name.as_str() == "recap-role").unwrap();
    for worker in ["recap-media", "recap-summarize", "recap-notify"] {
        assert!(uses(&role).all(|it| it != worker), "a gateway would know {worker}");
    }
}

#[test]
fn vendors_stay_home() {
    for package in members() {
        for used in uses(&package) {
            if let Some((_, homes)) = HOMES.iter().find(|(vendor, _)| *vendor == used) {
                let home = homes.contains(&package.name.as_str());
                assert!(home, "{used} lives in {homes:?}, not in {}", package.name);
            }
        }
    }
}
