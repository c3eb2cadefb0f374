//! The cost of starting a process, as ratios of whole processes that run in turn (A B C A B C …).
//! The command is `cargo bench --bench figures`.
//!
//! Milliseconds differ between machines and between minutes. The median of the ratios per round is stable.
//! `ASST_BENCH_ROWS=100000` makes the large ledgers smaller, and `ASST_BENCH_ROUNDS=11` reduces the rounds.
//! `ASST_BENCH_LEDGERS=1` omits the ledger that has five times as many rows.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const ASST: &str = env!("CARGO_BIN_EXE_asst");

/// A command whose time is compared with that of the others.
struct Racer {
    name: String,
    /// The highest allowed ratio to the baseline, if there is a limit.
    limit: Option<f64>,
    command: Box<dyn Fn() -> Command>,
}

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let rounds = number("ASST_BENCH_ROUNDS", 41);
    let rows = number("ASST_BENCH_ROWS", 1_000_000);
    println!("asst is {:.1} MB (limit 12)", std::fs::metadata(ASST).unwrap().len() as f64 / 1e6);
    starts(folder.path(), rounds, rows);
    creates(folder.path(), rounds);
}

fn number(name: &str, default: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// Compares `--help` and `threads list` with a program that does nothing.
fn starts(folder: &Path, rounds: usize, rows: usize) {
    let empty = compile_empty(folder);
    let list = |ledger: &Path, home: &Path| {
        let (ledger, home) = (ledger.to_owned(), home.to_owned());
        move || {
            let mut command = asst(&home);
            command.args(["threads", "list", "--limit", "20", "--ledger"]).arg(&ledger);
            command
        }
    };
    let home = folder.to_owned();
    let mut racers = vec![
        Racer { name: "empty program".into(), limit: None, command: Box::new(move || Command::new(&empty)) },
        Racer {
            name: "asst --help".into(),
            limit: Some(2.3),
            command: Box::new(move || {
                let mut command = asst(&home);
                command.arg("--help");
                command
            }),
        },
    ];
    for (name, rows) in [("one", rows), ("five", 5 * rows)].into_iter().take(number("ASST_BENCH_LEDGERS", 2)) {
        let command = Box::new(list(&ledger(folder, name, rows), folder));
        racers.push(Racer { name: format!("threads list, {rows} rows"), limit: Some(3.0), command });
    }
    race(&racers, rounds);
}

/// Measures a create request to a running server, with and without the ledger.
fn creates(folder: &Path, rounds: usize) {
    let (_server, url) = serve(folder);
    let with = |flags: &'static [&'static str]| {
        let (home, url) = (folder.to_owned(), url.clone());
        move || {
            let mut command = asst(&home);
            command.env("OPENAI_BASE_URL", &url).env("OPENAI_API_KEY", "sk-bench");
            command.args(["threads", "create", "-o", "id"]).args(flags);
            command
        }
    };
    let racers = [
        Racer { name: "threads create --no-ledger".into(), limit: None, command: Box::new(with(&["--no-ledger"])) },
        Racer { name: "threads create".into(), limit: None, command: Box::new(with(&[])) },
    ];
    let medians = race(&racers, rounds);
    let added = medians[1].saturating_sub(medians[0]).as_secs_f64() * 1e3;
    println!("the ledger adds {added:.2} ms to a create (limit 2)");
}

fn asst(home: &Path) -> Command {
    let mut command = Command::new(ASST);
    command.env_clear().env("HOME", home).current_dir(home);
    command
}

fn compile_empty(folder: &Path) -> PathBuf {
    let empty = folder.join("empty");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/empty.rs");
    let status = Command::new("rustc").args(["-O", "-C", "strip=symbols", "-o"]).arg(&empty).arg(source).status();
    assert!(status.unwrap().success(), "rustc could not compile benches/empty.rs");
    empty
}

/// Fills a ledger by `asst ledger import`.
fn ledger(folder: &Path, name: &str, rows: usize) -> PathBuf {
    let path = folder.join(format!("{name}.db"));
    let mut command = asst(folder);
    command.args(["ledger", "import", "-", "--origin", "openai:default", "--ledger"]).arg(&path);
    let start = Instant::now();
    let mut child = command.stdin(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut input = BufWriter::new(child.stdin.take().unwrap());
    // An odd multiplier visits all 64-bit numbers in an order that defeats the locality of an index.
    for n in 0..rows as u64 {
        writeln!(input, "thread_{:024}", n.wrapping_mul(0x9E37_79B9_7F4A_7C15)).unwrap();
    }
    drop(input);
    assert!(child.wait().unwrap().success(), "the import failed");
    println!("imported {rows} rows in {:.1} s", start.elapsed().as_secs_f64());
    path
}

/// A running server, killed when it is dropped.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn serve(folder: &Path) -> (Server, String) {
    let mut command = asst(folder);
    command.args(["serve", "--listen", "127.0.0.1:0", "--store"]).arg(folder.join("store"));
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stderr.take().unwrap()).read_line(&mut line).unwrap();
    let url = line.trim().strip_prefix("listening on ").expect("the first line has the address").to_owned();
    (Server(child), url)
}

/// Runs the commands in turn, prints each relative to the first, and returns the medians.
fn race(racers: &[Racer], rounds: usize) -> Vec<Duration> {
    let mut times = vec![Vec::new(); racers.len()];
    for round in 0..rounds + 3 {
        for (racer, times) in racers.iter().zip(&mut times) {
            let mut command = (racer.command)();
            command.stdout(Stdio::null()).stderr(Stdio::null()).stdin(Stdio::null());
            let start = Instant::now();
            let status = command.status().unwrap();
            let took = start.elapsed();
            assert!(status.success(), "{} failed", racer.name);
            // The first rounds only warm the caches.
            if round >= 3 {
                times.push(took);
            }
        }
    }
    println!("\n{:<34} {:>9} {:>8} {:>7}", "", "median ms", "ratio", "limit");
    for (racer, took) in racers.iter().zip(&times) {
        let ratios = took.iter().zip(&times[0]).map(|(own, floor)| own.as_secs_f64() / floor.as_secs_f64());
        let limit = racer.limit.map_or_else(String::new, |limit| format!("{limit:.2}"));
        let ms = median(took.iter().map(Duration::as_secs_f64)) * 1e3;
        println!("{:<34} {ms:>9.3} {:>8.2} {limit:>7}", racer.name, median(ratios));
    }
    times.iter().map(|took| Duration::from_secs_f64(median(took.iter().map(Duration::as_secs_f64)))).collect()
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
