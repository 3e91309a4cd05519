//! Transcripts and answers that were made to keep a summariser busy or to break
//! it.

use recap_config::Config;
use recap_core::summary::Usage;

use crate::support::{Talk, summarizer};

/// What takes a second or two would take a minute if any step read
/// the text anew for each of its parts.
#[tokio::test]
async fn a_segment_that_is_one_endless_cue_is_summarised() {
    for unit in ["[", "a ", "water tower pipe "] {
        let mut talk = Talk::new("tea_short");
        talk.cues[0].text = unit.repeat(300_000 / unit.len());
        let answer = talk.note(summarizer(&Config::default()).as_ref(), 0).await.unwrap();
        assert!(answer.value.summary.len() < 10_000, "{unit:?}");
    }
}

#[test]
fn token_counts_of_a_vendor_do_not_overflow() {
    let most = Usage { input_tokens: u64::MAX, output_tokens: u64::MAX, calls: 1 };
    let mut sum = most;
    sum += most;
    assert_eq!(sum, Usage { calls: 2, ..most });
}
