//! Real clients against the simulators: yt-dlp and the SDKs of Google and OpenAI,
//! unmodified.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod binary;
mod control;
mod copies;
mod delays;
mod faults;
mod gemini;
mod media;
mod openai;
mod profiles;
mod sdk;
mod tools;
mod webhooks;
mod youtube;
mod yt_dlp;
