//! The servers answer, stop, come back empty, and go when their owner goes.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use recap_testkit::servers::{self, MongoDb, Redis};
use recap_testkit::tools;

/// Sends one command of Redis, and reads as much as is expected to come.
fn ask(url: &str, command: &str, expected: &str) {
    let mut stream = TcpStream::connect(url.trim_start_matches("redis://")).unwrap();
    stream.write_all(format!("{command}\r\n").as_bytes()).unwrap();
    let mut answer = vec![0; expected.len()];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(String::from_utf8(answer).unwrap(), expected);
}

fn is_refused(url: &str) -> bool {
    let (_, address) = url.split_once("://").unwrap();
    TcpStream::connect(address).is_err()
}

#[test]
fn redis_comes_back_empty_on_its_port() {
    let mut redis = Redis::start();
    let url = redis.url().to_owned();
    ask(&url, "SET a 1", "+OK");
    ask(&url, "GET a", "$1\r\n1");
    redis.stop();
    redis.stop();
    assert!(is_refused(&url));
    redis.start_again();
    assert_eq!(redis.url(), url);
    ask(&url, "GET a", "$-1");
    ask(&url, "SET a 2", "+OK");
    redis.start_again();
    ask(&url, "GET a", "$-1");
    drop(redis);
    assert!(is_refused(&url));
}

#[test]
fn redis_takes_settings() {
    let redis = Redis::start_with(&["--maxmemory", "8mb", "--maxmemory-policy", "allkeys-lru"]);
    ask(
        redis.url(),
        "CONFIG GET maxmemory-policy",
        "*2\r\n$16\r\nmaxmemory-policy\r\n$11\r\nallkeys-lru",
    );
    let mut lasting = Redis::start_with(&["--appendonly", "yes", "--appendfsync", "always"]);
    ask(lasting.url(), "SET a 1", "+OK");
    lasting.start_again();
    ask(lasting.url(), "GET a", "$1\r\n1");
}

#[test]
fn settings_that_redis_does_not_know_are_shown_with_its_complaint() {
    let started = thread::spawn(|| Redis::start_with(&["--no-such-setting", "1"])).join();
    let complaint = started.err().unwrap().downcast::<String>().unwrap();
    assert!(complaint.contains("no-such-setting"), "{complaint}");
    assert!(complaint.contains("FATAL CONFIG"), "{complaint}");
}

/// Counts the documents and adds one, with MongoDB's own client.
#[expect(clippy::disallowed_methods, reason = "a real client is the point of these tests")]
fn count_and_add(url: &str, database: &str) -> String {
    const SCRIPT: &str = "import pymongo, sys\n\
                          it = pymongo.MongoClient(sys.argv[1])[sys.argv[2]].it\n\
                          print(it.count_documents({})); it.insert_one({})";
    let python = tools::secantusd().with_file_name("python");
    let output = Command::new(python).args(["-c", SCRIPT, url, database]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn mongodb_comes_back_empty_on_its_port() {
    let mut mongodb = MongoDb::start();
    let url = mongodb.url().to_owned();
    assert_eq!([count_and_add(&url, "a"), count_and_add(&url, "a")], ["0", "1"]);
    mongodb.stop();
    assert!(is_refused(&url));
    mongodb.start_again();
    assert_eq!(mongodb.url(), url);
    assert_eq!(count_and_add(&url, "a"), "0");
    drop(mongodb);
    assert!(is_refused(&url));
}

#[test]
fn a_lasting_mongodb_keeps_what_it_acknowledged() {
    let mut mongodb = MongoDb::lasting();
    assert_eq!(count_and_add(mongodb.url(), "a"), "0");
    mongodb.start_again();
    assert_eq!(count_and_add(mongodb.url(), "a"), "1");
}

#[test]
fn all_tests_share_a_server_and_have_names_of_their_own() {
    assert_eq!(servers::redis(), servers::redis());
    assert_eq!(servers::mongodb(), servers::mongodb());
    let (one, other) = (servers::fresh_name(), servers::fresh_name());
    assert_ne!(one, other);
    for name in [one, other] {
        assert_eq!(count_and_add(servers::mongodb(), &name), "0");
    }
}

/// Set for a process that is to be killed.
const OWNER: &str = "RECAP_TESTKIT_OWNER";

#[test]
#[expect(clippy::disallowed_methods, reason = "this test is run once more, to be killed")]
fn a_server_ends_with_its_owner_however_that_ends() {
    if std::env::var_os(OWNER).is_some() {
        own_servers_until_killed();
    }
    let mut owner = Command::new(std::env::current_exe().unwrap())
        .args(["servers::a_server_ends_with_its_owner_however_that_ends", "--exact", "--nocapture"])
        .env(OWNER, "1")
        .env_remove("TEST_REDIS_URL")
        .env_remove("TEST_MONGODB_URI")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(owner.stdout.take().unwrap()).lines().map(Result::unwrap);
    let urls: Vec<String> = lines.filter(|it| it.contains("://")).take(2).collect();
    assert!(urls.len() == 2 && !urls.iter().any(|it| is_refused(it)), "{urls:?}");
    // SIGKILL.
    owner.kill().unwrap();
    owner.wait().unwrap();

    let deadline = Instant::now() + Duration::from_secs(10);
    while !urls.iter().all(|it| is_refused(it)) {
        assert!(Instant::now() < deadline, "{urls:?} still answer");
        thread::yield_now();
    }
}

fn own_servers_until_killed() -> ! {
    // The name of the test stands on the line that is begun.
    let _ = write!(io::stdout(), "\n{}\n{}\n", servers::redis(), servers::mongodb());
    loop {
        thread::park();
    }
}
