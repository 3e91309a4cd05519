//! A worker that has something to do keeps itself awake.

use std::sync::Arc;

use recap_config::Config;
use recap_core::JobKind;
use recap_testkit::fakes::TestJobs;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

#[tokio::test]
async fn its_own_address_is_asked_for_after_work() {
    let door = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut config = Config::default();
    config.server.keep_awake_url = format!("http://{}/awake", door.local_addr().unwrap());
    config.server.keep_awake_seconds = 1;
    config.webhooks.allow_http = true;
    config.webhooks.allow_cidrs = vec!["127.0.0.1/32".to_owned()];

    let (jobs, stop) = (TestJobs::new(), CancellationToken::new());
    jobs.submit(JobKind::Summary).await;
    let working = recap_worker::run(&config, Arc::clone(&jobs.cx), stop.clone());
    let standing = async {
        let (mut stream, _) = door.accept().await.unwrap();
        let mut head = [0; 15];
        stream.read_exact(&mut head).await.unwrap();
        assert_eq!(&head, b"GET /awake HTTP");
        stream.write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n").await.unwrap();
        stop.cancel();
    };
    let (worked, ()) = tokio::join!(working, standing);
    worked.unwrap();
}
