//! `kill -9` at random points. Every ID that the server ever returned is in the ledger or in a spill file. Every object
//! that was created but not recorded has an open intent. `ASST_TEST_SEED` repeats the points of a failure.

use crate::support::mock_server::MockServer;
use crate::support::postgres::database;
use crate::support::test_env::Asst;
use std::collections::BTreeSet;
use std::hash::{BuildHasher, RandomState};
use std::process::{Child, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

const CREATES: usize = 140;
const DELETES: usize = 60;
/// The number of threads that one command deletes.
const TOGETHER: usize = 6;
/// The number of parallel processes.
const ABREAST: usize = 4;

/// A random number generator with a seed (splitmix64), so that a failure can be repeated.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}

fn seed() -> u64 {
    let given = std::env::var("ASST_TEST_SEED").ok().and_then(|text| text.parse().ok());
    given.unwrap_or_else(|| RandomState::new().hash_one("seed") % 1_000_000_000)
}

/// Kills a process after a while, unless it ends before, and returns its output.
fn killed_after(mut child: Child, wait: Duration) -> String {
    let start = Instant::now();
    while start.elapsed() < wait && child.try_wait().unwrap().is_none() {
        std::thread::sleep(Duration::from_micros(200));
    }
    let _ = child.kill();
    String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap()
}

/// Runs commands in parallel and returns their outputs. Each command is killed at a random point of its usual duration.
fn killed(asst: &Asst, random: &mut Random, commands: &[Vec<String>], usual: Duration) -> Vec<String> {
    let longest = u64::try_from(usual.as_micros()).unwrap() * 6 / 5 + 1;
    let waits: Vec<Duration> = commands.iter().map(|_| Duration::from_micros(random.next() % longest)).collect();
    let (next, printed) = (Mutex::new(commands.iter().zip(waits)), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..ABREAST {
            scope.spawn(|| {
                loop {
                    let Some((command, wait)) = next.lock().unwrap().next() else { break };
                    let child = asst.command(command).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
                    printed.lock().unwrap().push(killed_after(child, wait));
                }
            });
        }
    });
    printed.into_inner().unwrap()
}

/// Returns the duration of a command while others run in parallel.
fn usual(run: impl Fn() + Sync) -> Duration {
    run();
    let start = Instant::now();
    std::thread::scope(|scope| (0..ABREAST).for_each(|_| drop(scope.spawn(&run))));
    start.elapsed()
}

fn strings<const N: usize>(words: [&str; N]) -> Vec<String> {
    words.map(str::to_owned).to_vec()
}

fn listed(asst: &Asst, state: &str) -> Vec<String> {
    asst.run(["ledger", "list", "--kind", "thread", "--state", state, "-o", "id"]).ok().ids()
}

fn nothing_is_lost(asst: &Asst, listener: &MockServer) {
    let seed = seed();
    let mut random = Random(seed);
    let told = |what: &str| format!("{what}; ASST_TEST_SEED={seed} repeats it");
    let create = strings(["threads", "create", "-o", "id"]);
    let took = usual(|| drop(asst.run(&create).ok()));
    let printed = killed(asst, &mut random, &vec![create; CREATES], took);

    // The server derives an ID from the number of the request.
    let requests = listener.lines();
    let made: Vec<String> = (0..requests.len()).map(|number| format!("thread_{number:024}")).collect();
    let known = listed(asst, "any");
    let unique: BTreeSet<&String> = known.iter().collect();
    assert_eq!(known.len(), unique.len(), "{}", told("a thread has two rows"));
    let open = asst.run(["ledger", "doctor", "-o", "json"]).ok().json().as_array().unwrap().len();
    let missing = made.iter().filter(|id| !unique.contains(id)).count();
    assert!(missing <= open, "{}", told(&format!("{missing} of {} are missing, {open} intents are open", made.len())));
    for id in printed.iter().flat_map(|text| text.lines().filter(|line| line.len() == made[0].len())) {
        assert!(unique.contains(&id.to_owned()), "{}", told(&format!("{id} was printed and is not recorded")));
    }
    assert!(known.len() > 10 && known.len() < CREATES, "{}", told("the instants are not spread over a command"));

    // More IDs than the server created: a deletion of an unknown ID is recorded as well.
    let ids: Vec<String> = (0..(DELETES + ABREAST + 1) * TOGETHER).map(|n| format!("thread_deleted_{n}")).collect();
    let mut groups =
        ids.chunks(TOGETHER).map(|ids| [&strings(["threads", "delete", "--concurrency", "3"])[..], ids].concat());
    let plain = Mutex::new(groups.by_ref().take(ABREAST + 1).collect::<Vec<_>>());
    let took = usual(|| drop(asst.run(plain.lock().unwrap().pop().unwrap()).ok()));
    let printed = killed(asst, &mut random, &groups.collect::<Vec<_>>(), took);
    let deleted: BTreeSet<String> = listed(asst, "deleted").into_iter().collect();
    let whole = printed.iter().flat_map(|text| text.split_inclusive('\n').filter(|line| line.ends_with('\n')));
    for id in whole.map(|line| line.split('\t').next().unwrap().trim_end()) {
        assert!(deleted.contains(id), "{}", told(&format!("the deletion of {id} was printed and is not recorded")));
    }
    let live: BTreeSet<String> = listed(asst, "present").into_iter().collect();
    assert!(unique.iter().all(|id| live.contains(*id)), "{}", told("a row went with a deletion of others"));
}

#[test]
fn two_hundred_kills_lose_nothing_of_a_ledger_file() {
    let listener = MockServer::minting();
    let asst = Asst::with_backend(&listener.url());
    nothing_is_lost(&asst, &listener);
    let found = rusqlite::Connection::open(asst.ledger()).unwrap();
    let check: String = found.query_row("pragma integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(check, "ok");
}

#[test]
#[ignore = "needs PostgreSQL: tests/postgres/run"]
fn two_hundred_kills_lose_nothing_of_a_ledger_on_postgres() {
    let url = database();
    let listener = MockServer::minting();
    nothing_is_lost(&Asst::with_backend(&listener.url()).env("ASST_LEDGER", &url), &listener);
}
