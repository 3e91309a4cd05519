//! All of them keep the contract of the port.

use recap_config::Config;
use recap_simulator::gemini::Gemini;
use recap_simulator::openai::{OpenAi, Shape};
use recap_testkit::conformance;

use crate::support::{config, openai_config, summarizer};

#[tokio::test]
async fn the_extractive_one_keeps_the_contract() {
    conformance::summarizer::all(async || summarizer(&Config::default())).await;
}

#[tokio::test]
async fn gemini_keeps_the_contract() {
    let gemini = Gemini::start(0).await.unwrap();
    conformance::summarizer::all(async || summarizer(&config(gemini.base_url()))).await;
    gemini.stop().await;
}

#[tokio::test]
async fn every_server_of_the_openai_api_keeps_the_contract() {
    for shape in Shape::ALL {
        let server = OpenAi::start(0, shape).await.unwrap();
        let mut config = openai_config(server.base_url());
        // The least that can be set.
        config.openai.context_tokens = 3072;
        let context = u64::from(config.openai.context_tokens);
        server.set_context_tokens(context);
        conformance::summarizer::all(async || summarizer(&config)).await;
        assert!(server.calls().iter().all(|it| it.prompt_tokens + 1000 <= context), "{shape:?}");
        server.stop().await;
    }
}
