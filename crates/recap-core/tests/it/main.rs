//! Tests of what recap-core promises, from outside.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod jobs;
mod playlist_url;
mod render;
mod segment;
mod tokens;
mod transcript;
mod video_url;
