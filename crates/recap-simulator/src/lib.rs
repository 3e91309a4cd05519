//! YouTube, Gemini and servers of the OpenAI API on loopback, in their wire
//! formats, and a receiver of webhooks: for `recap demo` and for tests.
//!
//! All are strangers to recap: this crate depends on no other crate of the
//! workspace, and what it answers follows from the request and the prose in
//! `prose/` alone, so that the same run gives the same bytes. The one exception
//! is the start of an upcoming video, which has to lie in the future.

pub mod gemini;
pub mod openai;
pub mod prose;
pub mod scenario;
pub mod webhooks;
pub mod youtube;

mod clock;
mod delay;
mod ending;
mod faults;
mod http;
mod journal;
mod server;
