//! Many messages for one host.

use std::time::Duration;

use recap_config::WebhooksConfig;
use recap_core::webhook::AttemptError;
use recap_simulator::webhooks::{Answer, Receiver};

use crate::support::{send, sender, settings, unknowing};

#[tokio::test]
async fn a_host_that_hangs_takes_two_hands_and_no_more() {
    let (slow, quick) = (Receiver::start(0).await.unwrap(), Receiver::start(0).await.unwrap());
    slow.always("/hook", Answer::Hang);
    let settings = WebhooksConfig { timeout_seconds: 3, ..settings() };
    let sender = sender(settings, &unknowing());
    let (slow_url, quick_url) = (slow.url("/hook"), quick.url("/hook"));
    let hang = async || send(&sender, &slow_url).await;
    let late = async || {
        slow.wait_for(2).await;
        (hang().await, send(&sender, &quick_url).await)
    };
    let (first, second, (third, other)) = tokio::join!(hang(), hang(), late());
    assert_eq!([first.error, second.error], [Some(AttemptError::Timeout); 2]);
    // Not counted against anybody, and to be tried once the turns are over.
    assert_eq!(third.error, Some(AttemptError::Resting));
    assert_eq!(third.retry_after, Some(Duration::from_secs(3)));
    assert_eq!(other.error, None);
    assert_eq!(slow.requests().len(), 2);
    slow.stop().await;
    quick.stop().await;
}
