//! What is found out once for all who ask within a moment.

use std::future::Future;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Mutex;

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

    /// What was found out a moment before `now`, or what `find` finds out. Who asks
    /// meanwhile waits for that; if it is given up, the next one does it.
    pub async fn get(&self, now: Timestamp, find: impl Future<Output = T>) -> T {
        let mut known = self.known.lock().await;
        if let Some((at, answer)) = &*known
            && *at <= now
            && now < *at + self.lasts
        {
            return answer.clone();
        }
        let answer = find.await;
        *known = Some((now, answer.clone()));
        answer
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

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
        let now = Timestamp::UNIX_EPOCH;
        assert_eq!(tokio::join!(moment.get(now, find()), moment.get(now, find())), (1, 1));
        assert_eq!(moment.get(now + second / 2, find()).await, 1);
        assert_eq!(moment.get(now + second, find()).await, 2);
        // The clock was set back.
        assert_eq!(moment.get(now, find()).await, 3);
    }
}
