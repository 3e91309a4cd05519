//! Waiting for the end of a pause.

use std::pin::Pin;
use std::task::{Context, Poll};

use futures::future::BoxFuture;
use tokio::sync::watch;

pub(crate) struct Pause {
    paused: watch::Receiver<bool>,
    /// Ends with the pause.
    over: Option<BoxFuture<'static, ()>>,
}

impl Pause {
    pub(crate) fn new(paused: watch::Receiver<bool>) -> Self {
        Self { paused, over: None }
    }

    /// Ready while there is no pause.
    pub(crate) fn poll_over(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        while *self.paused.borrow() {
            let over = self.over.get_or_insert_with(|| Box::pin(end(self.paused.clone())));
            if Pin::new(over).poll(cx).is_pending() {
                return Poll::Pending;
            }
            self.over = None;
        }
        self.over = None;
        Poll::Ready(())
    }
}

async fn end(mut paused: watch::Receiver<bool>) {
    if paused.wait_for(|it| !*it).await.is_err() {
        // Nobody is left who could end it, so it lasts until the stop.
        std::future::pending::<()>().await;
    }
}
