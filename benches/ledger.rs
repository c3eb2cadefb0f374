//! Compares the ledger with databases that only store IDs: `cargo bench --bench ledger`.
//!
//! Imports run in turn with `.import` of the `sqlite3` program, with the same cache and the same durability. If
//! `ASST_BENCH_POSTGRES` names a server that can create databases, they also run in turn with `\copy` of `psql`. The
//! result is the median of the ratios of all rounds. Queries run in process.
//!
//! `ASST_BENCH_ROWS=100000` reduces the number of rows. `ASST_BENCH_ROUNDS=5` sets the number of imports.
//! `ASST_BENCH_PARTS=import,queries,writers` selects the parts to run.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

use asst::api::Kind;
use asst::db::block_on;
use asst::ledger::{Access, IdFilter, Ledger, ObjectState, Row, RowQuery, Source, SpillDirs, WriteResult};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const ASST: &str = env!("CARGO_BIN_EXE_asst");
const ORIGIN: &str = "openai:default";
const WRITERS: usize = 8;
const EACH: usize = 500;

fn main() {
    if let Some(ledger) = std::env::args().skip_while(|arg| arg != "--write").nth(1) {
        return write_five_hundred(Path::new(&ledger));
    }
    let folder = tempfile::tempdir().unwrap();
    let rows = number("ASST_BENCH_ROWS", 1_000_000);
    let parts = std::env::var("ASST_BENCH_PARTS").unwrap_or_else(|_| "import,questions,writers".to_owned());
    let wanted = |part: &str| parts.split(',').any(|found| found == part);
    println!("| {:<58} | measured | limit  |\n|{}|----------|--------|", "", "-".repeat(60));
    if wanted("import") {
        imports(folder.path(), rows, number("ASST_BENCH_ROUNDS", 3));
    }
    if wanted("questions") {
        queries(folder.path(), 5 * rows as u64);
    }
    if wanted("writers") {
        writers(folder.path());
    }
}

fn number(name: &str, default: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn print_row(what: &str, measured: &str, limit: &str) {
    println!("| {what:<58} | {measured:<8} | {limit:<6} |");
}

/// Returns the ID of a row. The odd multiplier visits all 64-bit numbers in an order that is bad for an index.
fn id(n: u64) -> String {
    format!("thread_{:024}", n.wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

fn ids(folder: &Path, name: &str, range: std::ops::Range<u64>) -> PathBuf {
    let path = folder.join(name);
    let mut out = BufWriter::new(File::create(&path).unwrap());
    range.for_each(|n| writeln!(out, "{}", id(n)).unwrap());
    out.flush().unwrap();
    path
}

fn timed(command: &mut Command) -> f64 {
    let start = Instant::now();
    let ended = command.stdout(Stdio::null()).output().unwrap();
    let took = start.elapsed().as_secs_f64();
    assert!(ended.status.success(), "{command:?}: {}", String::from_utf8_lossy(&ended.stderr));
    took
}

/// Imports a million IDs into a new ledger, another million into the same one, and the first million again.
fn imports(folder: &Path, rows: usize, rounds: usize) {
    let rows = rows as u64;
    let (first, second) = (ids(folder, "first", 0..rows), ids(folder, "second", rows..2 * rows));
    let (ledger, table) = (folder.join("import.db"), folder.join("peer.db"));
    let own = |file: &Path| {
        let mut command = Command::new(ASST);
        command.env_clear().env("HOME", folder).args(["-q", "ledger", "import", "--origin", ORIGIN, "--ledger"]);
        timed(command.arg(&ledger).arg(file))
    };
    let peer = |file: &Path| {
        let import = format!(".import {} t", file.display());
        let setting = "pragma journal_mode = wal; pragma synchronous = full; pragma cache_size = -262144;
            create table if not exists t (id text primary key);";
        timed(Command::new("sqlite3").arg(&table).args([setting, &import]))
    };
    let server = std::env::var("ASST_BENCH_POSTGRES").ok();
    let mut ratios = [const { Vec::new() }; 4];
    let mut seconds = Vec::new();
    for round in 0..rounds {
        for path in [&ledger, &table] {
            for end in ["", "-wal", "-shm"] {
                let _ = std::fs::remove_file(format!("{}{end}", path.display())); // The first round finds no files.
            }
        }
        let (fresh, peer_fresh) = (own(&first), peer(&first));
        let (full, peer_full) = (own(&second), peer(&second));
        seconds.push(fresh);
        ratios[0].push(fresh / peer_fresh);
        ratios[1].push(full / peer_full);
        ratios[2].push(own(&first) / peer_full);
        ratios[3].extend(server.as_ref().map(|url| fresh / copy(url, &first, round)));
    }
    let [fresh, full, known, copied] = ratios;
    let name = format!("import of {rows} ids, fresh ({:.1} s) / sqlite3 .import", median(seconds));
    print_row(&name, &format!("{:.2}", median(fresh)), "≤ 0.6");
    print_row("into a full ledger / sqlite3 .import into a full table", &format!("{:.2}", median(full)), "≤ 1.1");
    print_row("of known ids only / sqlite3 .import into a full table", &format!("{:.2}", median(known)), "");
    if !copied.is_empty() {
        print_row("fresh / COPY into a table of PostgreSQL with its index", &format!("{:.2}", median(copied)), "≤ 0.5");
    }
}

/// Copies IDs into a new table on a server, and returns the duration.
fn copy(url: &str, file: &Path, round: usize) -> f64 {
    let table = format!("peer_{}_{round}", std::process::id());
    let run = |sql: &str| timed(Command::new("psql").args([url, "-qc", sql]));
    run(&format!("create table {table} (id text collate \"C\" primary key)"));
    let took = run(&format!("\\copy {table} from '{}'", file.display()));
    run(&format!("drop table {table}"));
    took
}

/// A query of a ledger. Returns the number of rows.
type Query = Box<dyn Fn(&Ledger) -> usize>;

/// Measures the queries of a listing, over five million rows, in process.
fn queries(folder: &Path, rows: u64) {
    let ledger = open(&folder.join("large.db"));
    let row = |n| Row {
        state: ObjectState::Unknown,
        ..Row::new(ORIGIN, Kind::Thread, id(n), Source::Imported, 1_700_000_000)
    };
    block_on(ledger.import((0..rows).map(row))).unwrap();
    let pair = ("team".to_owned(), "docs".to_owned());
    let some = (0..500).map(|n| Row { metadata: Some([pair.clone()].into()), ..row(n * 9_973 % rows) });
    block_on(ledger.import(some)).unwrap();
    let present = || RowQuery::present(Some(ORIGIN), Kind::Thread);
    let list =
        |filter: RowQuery, limit| move |ledger: &Ledger| block_on(ledger.rows(&filter, None, limit)).unwrap().len();
    let prefix = id(rows / 2)[..20].to_owned();
    let measured: [(&str, Query); 5] = [
        ("newest 20", Box::new(list(present(), 20))),
        ("newest 20 of every origin", Box::new(list(RowQuery::present(None, Kind::Thread), 20))),
        ("a prefix of an id", Box::new(list(RowQuery { ids: IdFilter::Prefix(prefix), ..present() }, 20))),
        ("counts", Box::new(|ledger| block_on(ledger.stats()).unwrap().tallies.len())),
        ("metadata, 500 rows", Box::new(list(RowQuery { metadata: vec![pair], ..present() }, 1_000))),
    ];
    for (what, ask) in measured {
        assert!(ask(&ledger) > 0, "{what} finds nothing");
        let took = (0..11).map(|_| {
            let start = Instant::now();
            ask(&ledger);
            start.elapsed().as_secs_f64() * 1e3
        });
        print_row(&format!("{what}, of {rows} rows"), &format!("{:.3} ms", median(took.collect())), "≤ 5 ms");
    }
}

fn open(path: &Path) -> Ledger {
    Ledger::new(path.to_owned(), SpillDirs::default(), Access::ReadWrite)
}

/// Runs eight processes that each write five hundred durable rows.
fn writers(folder: &Path) {
    let path = folder.join("shared.db");
    let own = std::env::current_exe().unwrap();
    let writer = || Command::new(&own).arg("--write").arg(&path).stdout(Stdio::piped()).spawn().unwrap();
    let ended: Vec<_> = (0..WRITERS).map(|_| writer()).map(|child| child.wait_with_output().unwrap()).collect();
    assert!(ended.iter().all(|ended| ended.status.success()));
    let worst = ended.iter().map(|ended| String::from_utf8_lossy(&ended.stdout).trim().parse::<f64>().unwrap());
    let worst = worst.fold(0.0, f64::max);
    let stats = block_on(open(&path).stats()).unwrap();
    assert_eq!(stats.present(Some(ORIGIN), Kind::Thread), (WRITERS * EACH) as i64, "rows are missing");
    print_row("8 processes, 500 durable rows each: the worst insert", &format!("{worst:.2} s"), "≤ 0.3 s");
}

fn write_five_hundred(path: &Path) {
    let ledger = open(path);
    let mut worst = Duration::ZERO;
    for n in 0..EACH {
        let id = format!("thread_{}_{n}", std::process::id());
        let start = Instant::now();
        let written =
            block_on(ledger.write(vec![Row::new(ORIGIN, Kind::Thread, id, Source::Created, 1_700_000_000).into()]));
        worst = worst.max(start.elapsed());
        assert_eq!(written, WriteResult::Ledger);
    }
    println!("{}", worst.as_secs_f64());
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
