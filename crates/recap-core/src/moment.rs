//! What is found out once for all who ask within a moment.

use std::future::Future;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Mutex;

use crate::jobs::Clock;

/// An answer that anybody may ask for, and that costs more than it is worth to find
/// out each time.
#[derive(Debug)]
pub struct Moment<T> {
    lasts: Duration,
    /// Held while it is found out.
    known: Mutex<Option<(Timestamp, T)>>,
}

impl<T: Clone> Moment<T> {
    /// An answer is good for as long as `lasts`.
    pub fn new(lasts: Duration) -> Self {
        Self { lasts, known: Mutex::const_new(None) }
    }

    /// What was found out a moment ago, or what `find` finds out. Who asks meanwhile
    /// waits for that; if it is given up, the next one does it.
    pub async fn get(&self, clock: &Clock, find: impl Future<Output = T>) -> T {
        let mut known = self.known.lock().await;
        let now = clock();
        if let Some((at, answer)) = &*known
            && *at <= now
            && now < *at + self.lasts
        {
            return answer.clone();
        }
        let answer = find.await;
        // Not before it: those who waited would each find it too old.
        *known = Some((clock(), answer.clone()));
        answer
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicI64, Ordering};

    use super::*;

    #[tokio::test]
    async fn it_is_found_out_once_in_a_moment() {
        let second = Duration::from_secs(1);
        let (moment, asked) = (Moment::new(second), Cell::new(0));
        let find = async || {
            asked.set(asked.get() + 1);
            tokio::task::yield_now().await;
            asked.get()
        };
        let now = Arc::new(AtomicI64::new(0));
        let time = Arc::clone(&now);
        let clock: Clock = Arc::new(move || {
            Timestamp::from_millisecond(time.load(Ordering::Relaxed)).expect("a small number")
        });
        let at = |milliseconds| now.store(milliseconds, Ordering::Relaxed);
        assert_eq!(tokio::join!(moment.get(&clock, find()), moment.get(&clock, find())), (1, 1));
        at(500);
        assert_eq!(moment.get(&clock, find()).await, 1);
        at(1000);
        assert_eq!(moment.get(&clock, find()).await, 2);
        // The clock was set back.
        at(0);
        assert_eq!(moment.get(&clock, find()).await, 3);
        // To find it out takes longer than it lasts.
        at(5000);
        let slow = async {
            tokio::task::yield_now().await;
            at(9000);
            find().await
        };
        assert_eq!(tokio::join!(moment.get(&clock, slow), moment.get(&clock, find())), (4, 4));
    }
}
