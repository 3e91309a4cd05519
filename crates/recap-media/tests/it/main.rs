//! The media source as others use it: with the real yt-dlp against a simulated
//! YouTube, and with shell scripts that play a broken yt-dlp.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod batches;
mod broken;
mod found;
mod playlists;
mod recordings;
mod scenarios;
mod support;
mod warm;
