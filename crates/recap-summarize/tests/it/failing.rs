//! Every way in which Gemini fails, and what the port says then.

use std::sync::Arc;
use std::time::Duration;

use recap_core::ports::SummarizerError;
use recap_simulator::gemini::{Fault, Gemini};
use recap_testkit::fakes::FakeLimits;

use crate::support::{MODELS, Talk, config, gemini, now, summarizer, summarizer_within};

/// Notes while the next `times` calls fail; the outcome, in a word, and calls.
async fn outcome(fault: Fault, times: u32) -> (String, usize) {
    let gemini = Gemini::start(0).await.unwrap();
    let mut config = config(gemini.base_url());
    // A short time-out only where it has to pass.
    config.gemini.read_timeout_seconds = if fault == Fault::Stall { 1 } else { 60 };
    gemini.set_fault(fault, times);
    let result = Talk::new("tea_short").note(summarizer(&config).as_ref(), 0).await;
    let calls = gemini.calls().len();
    let word = match result {
        Ok(answer) => {
            assert_eq!(answer.usage.calls as usize, calls, "{fault:?}");
            assert!(answer.usage.input_tokens > 0 && answer.usage.output_tokens > 0);
            answer.value.model
        }
        Err(error) => {
            // The words of the vendor stay out.
            let told = error.to_string();
            assert!(!told.contains("retry or report") && !told.contains("overloaded"), "{told}");
            name(&error).to_owned()
        }
    };
    gemini.stop().await;
    (word, calls)
}

fn name(error: &SummarizerError) -> &'static str {
    match error {
        SummarizerError::RateLimited { .. } => "rate limited",
        SummarizerError::QuotaSpent { .. } => "quota spent",
        SummarizerError::Resting { .. } => "resting",
        SummarizerError::Unreadable => "unreadable",
        SummarizerError::Blocked => "blocked",
        SummarizerError::Unauthorized { .. } => "unauthorized",
        SummarizerError::InvalidAnswer => "invalid answer",
        SummarizerError::Transient(_) => "transient",
    }
}

#[tokio::test]
async fn one_failure_is_survived() {
    let [first, second] = MODELS;
    let table = [
        (Fault::Unavailable, first, 2),
        (Fault::Internal, first, 2),
        (Fault::ArrayWrappedError, first, 2),
        (Fault::MidStreamError, first, 2),
        (Fault::CutStream, first, 2),
        (Fault::Malformed, first, 2),
        (Fault::MaxTokens, first, 2),
        (Fault::MaxTokensEmpty, first, 2),
        (Fault::Recitation, first, 2),
        (Fault::RateMinute, first, 2),
        (Fault::Stall, first, 2),
        (Fault::RateDay, second, 2),
        (Fault::NotFound, second, 2),
        (Fault::BlockedPrompt, "blocked", 1),
        (Fault::Safety, "blocked", 1),
        (Fault::KeyInvalid, "unauthorized", 1),
        (Fault::Forbidden, "unauthorized", 1),
        (Fault::Region, "unauthorized", 1),
    ];
    for (fault, expected, calls) in table {
        assert_eq!(outcome(fault, 1).await, (expected.to_owned(), calls), "{fault:?}");
    }
}

#[tokio::test]
async fn a_failure_that_stays_has_a_name_and_a_bounded_number_of_calls() {
    let table = [
        // Two models, three attempts each.
        (Fault::Unavailable, "transient", 6),
        (Fault::Internal, "transient", 6),
        (Fault::ArrayWrappedError, "transient", 6),
        (Fault::MidStreamError, "transient", 6),
        (Fault::CutStream, "transient", 6),
        (Fault::Malformed, "invalid answer", 2),
        // As asked, and shorter.
        (Fault::MaxTokens, "invalid answer", 2),
        (Fault::MaxTokensEmpty, "invalid answer", 2),
        (Fault::Recitation, "blocked", 2),
        (Fault::RateDay, "quota spent", 2),
        (Fault::NotFound, "unauthorized", 2),
    ];
    for (fault, expected, calls) in table {
        assert_eq!(outcome(fault, 1000).await, (expected.to_owned(), calls), "{fault:?}");
    }
}

#[tokio::test]
async fn a_segment_whose_notes_are_cut_is_halved_once() {
    let (gemini, summarizer) = gemini().await;
    let talk = Talk::new("demo");
    gemini.set_fault(Fault::MaxTokens, 2);
    let answer = talk.note(summarizer.as_ref(), 1).await.unwrap();
    assert_eq!((answer.usage.calls, gemini.calls().len()), (4, 4));
    let blocks = |call: usize| gemini.calls()[call].segments.len();
    assert_eq!(blocks(2) + blocks(3), blocks(0));
    assert!(answer.value.points.is_sorted_by_key(|it| it.start));

    gemini.reset();
    gemini.set_fault(Fault::MaxTokens, 1000);
    let result = talk.note(summarizer.as_ref(), 1).await;
    assert!(matches!(result, Err(SummarizerError::InvalidAnswer)));
    assert_eq!(gemini.calls().len(), 3);
}

#[tokio::test]
async fn a_silent_stream_is_given_up() {
    let gemini = Gemini::start(0).await.unwrap();
    let mut config = config(gemini.base_url());
    config.gemini.retries = 0;
    config.gemini.read_timeout_seconds = 1;
    config.gemini.models.truncate(1);
    gemini.set_fault(Fault::Stall, 1000);
    let result = Talk::new("tea_short").note(summarizer(&config).as_ref(), 0).await;
    assert!(matches!(result, Err(SummarizerError::Transient(_))));
    assert_eq!(gemini.calls().len(), 1);
}

#[tokio::test]
async fn a_call_ends_at_its_deadline() {
    let gemini = Gemini::start(0).await.unwrap();
    let mut config = config(gemini.base_url());
    config.gemini.call_timeout_seconds = 1;
    config.gemini.read_timeout_seconds = 60;
    gemini.set_fault(Fault::Stall, 1000);
    let result = Talk::new("tea_short").note(summarizer(&config).as_ref(), 0).await;
    assert!(matches!(result, Err(SummarizerError::Transient(_))));
}

#[tokio::test]
async fn a_wait_that_does_not_fit_is_left_to_the_caller() {
    let gemini = Gemini::start(0).await.unwrap();
    let mut config = config(gemini.base_url());
    config.gemini.call_timeout_seconds = 1;
    gemini.set_fault(Fault::RateMinute, 1000);
    let result = Talk::new("tea_short").note(summarizer(&config).as_ref(), 0).await;
    let Err(SummarizerError::RateLimited { retry_after }) = result else { panic!("{result:?}") };
    assert!(retry_after >= Duration::from_secs(1) && retry_after < Duration::from_secs(2));
    assert_eq!(gemini.calls().len(), 1);
}

#[tokio::test]
async fn a_spent_model_is_not_asked_again_that_day() {
    let (gemini, summarizer) = gemini().await;
    let talk = Talk::new("tea_short");
    gemini.set_model_fault(MODELS[0], Fault::RateDay);
    for _ in 0..2 {
        let notes = talk.note(summarizer.as_ref(), 0).await.unwrap().value;
        assert_eq!(notes.model, MODELS[1]);
    }
    assert_eq!(gemini.calls().len(), 3);

    gemini.set_model_fault(MODELS[1], Fault::RateDay);
    let result = talk.note(summarizer.as_ref(), 0).await;
    let Err(SummarizerError::QuotaSpent { until }) = result else { panic!("{result:?}") };
    assert_eq!(until.to_string(), "2026-01-16T08:00:00Z");
    assert!(until > now());
    assert!(talk.note(summarizer.as_ref(), 0).await.is_err());
    assert_eq!(gemini.calls().len(), 4);
}

#[tokio::test]
async fn nobody_listening_is_a_failure_in_passing() {
    let summarizer = summarizer(&config("http://127.0.0.1:1/v1beta".to_owned()));
    let result = Talk::new("tea_short").note(summarizer.as_ref(), 0).await;
    let Err(SummarizerError::Transient(source)) = result else { panic!("{result:?}") };
    assert!(!source.to_string().contains("127.0.0.1"), "{source}");
}

#[tokio::test]
async fn what_one_process_has_spent_another_does_not_ask_for() {
    let gemini = Gemini::start(0).await.unwrap();
    let config = config(gemini.base_url());
    let limits = Arc::new(FakeLimits::default());
    gemini.set_fault(Fault::RateDay, 2);
    let talk = Talk::new("tea_short");
    let first = summarizer_within(&config, Arc::clone(&limits));
    assert_eq!(name(&talk.note(first.as_ref(), 0).await.unwrap_err()), "quota spent");

    let calls = gemini.calls().len();
    let second = summarizer_within(&config, limits);
    assert_eq!(name(&talk.note(second.as_ref(), 0).await.unwrap_err()), "quota spent");
    assert_eq!(gemini.calls().len(), calls);
    gemini.stop().await;
}

#[tokio::test]
async fn a_budget_that_all_processes_share_is_waited_for() {
    let gemini = Gemini::start(0).await.unwrap();
    let mut config = config(gemini.base_url());
    config.gemini.requests_per_minute = 1;
    config.gemini.models = vec![MODELS[0].to_owned()];
    let limits = Arc::new(FakeLimits::default());
    limits.allow(&format!("gemini:minute:{}", MODELS[0]), 1);
    let summarizer = summarizer_within(&config, limits);
    let talk = Talk::new("tea_short");
    talk.note(summarizer.as_ref(), 0).await.unwrap();

    let error = talk.note(summarizer.as_ref(), 0).await.unwrap_err();
    assert_eq!(name(&error), "rate limited");
    assert_eq!(gemini.calls().len(), 1);
    gemini.stop().await;
}

#[tokio::test]
async fn repetitions_are_a_share_of_all_calls() {
    let gemini = Gemini::start(0).await.unwrap();
    let mut config = config(gemini.base_url());
    (config.gemini.retry_percent, config.gemini.retry_reserve) = (0, 1);
    gemini.set_fault(Fault::Unavailable, 1000);
    let error = Talk::new("tea_short").note(summarizer(&config).as_ref(), 0).await.unwrap_err();
    assert_eq!(name(&error), "transient");
    // Each of the models once, and one of them once more.
    assert_eq!(gemini.calls().len(), config.gemini.models.len() + 1);
    gemini.stop().await;
}
