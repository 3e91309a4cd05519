//! What a scripted port does when it is called.

use std::collections::VecDeque;
use std::sync::Mutex;

/// One answer, in the order in which they were written down.
#[derive(Debug)]
pub enum Reply<T, E> {
    /// What it says when nothing is written down.
    Default,
    Answer(T),
    Fail(E),
    /// Never answers; the caller has to give up.
    Hang,
}

/// Answers still to be given, first one first.
#[derive(Debug)]
pub(super) struct Script<T, E>(Mutex<VecDeque<Reply<T, E>>>);

impl<T, E> Default for Script<T, E> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T, E> Script<T, E> {
    pub(super) fn push(&self, reply: Reply<T, E>) {
        self.0.lock().expect("not poisoned").push_back(reply);
    }

    /// The next answer, or what `default` makes when none is written down.
    pub(super) async fn play(&self, default: impl FnOnce() -> T) -> Result<T, E> {
        let next = self.0.lock().expect("not poisoned").pop_front();
        match next {
            None | Some(Reply::Default) => Ok(default()),
            Some(Reply::Answer(value)) => Ok(value),
            Some(Reply::Fail(error)) => Err(error),
            Some(Reply::Hang) => std::future::pending().await,
        }
    }
}
