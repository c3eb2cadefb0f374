//! Known-item search and the throughput of the analyser: `cargo bench --bench retrieval -- FOLDER`.
//!
//! FOLDER has the text editions of the Debian Reference, `debian-reference.LANGUAGE.txt` or the same with `.gz`
//! (packages debian-reference-en, -zh-cn, -ja). Each numbered section of more than 200 characters is a document without
//! its heading, and the heading is the query. A ranking is measured by the place of the section itself: the mean
//! reciprocal rank within the first ten, and the share of first places.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

mod index;
mod plain;
mod sections;

use asst::search::chunks::{ChunkingStrategy, chunks};
use asst::search::terms::analyse;
use index::Index;
use plain::Plain;
use std::path::Path;
use std::time::Instant;

/// The languages, each with the lowest allowed mean reciprocal rank and share of first places.
const LANGUAGES: [(&str, f64, f64); 3] = [("en", 0.69, 0.56), ("zh-cn", 0.71, 0.58), ("ja", 0.63, 0.50)];
const ROUNDS: usize = 9;

fn main() {
    let Some(folder) = std::env::args().skip(1).find(|argument| !argument.starts_with("--")) else {
        eprintln!("usage: cargo bench --bench retrieval -- FOLDER (with debian-reference.en.txt.gz and others)");
        return;
    };
    println!("                                      MRR@10  first");
    let mut missed = false;
    for (language, least, least_first) in LANGUAGES {
        let Some(text) = read(Path::new(&folder), language) else {
            eprintln!("{language}: no debian-reference.{language}.txt or .txt.gz in {folder}");
            missed = true;
            continue;
        };
        let sections = sections::sections(&text);
        println!("{language}, {} sections", sections.len());
        let texts: Vec<&str> = sections.iter().map(|section| section.text.as_str()).collect();
        let queries: Vec<&str> = sections.iter().map(|section| section.heading.as_str()).collect();
        let plain = Plain::new(&texts);
        let plain = report("plain BM25", queries.iter().map(|query| plain.search(query)));
        let index = Index::new(&texts);
        report("scores of all sections", queries.iter().map(|query| index.search_all(query)));
        let found = report("search, 10 results wanted", queries.iter().map(|query| index.search(query, 10)));
        let falls_short = found.0 < least.max(plain.0) || found.1 < least_first.max(plain.1);
        println!(
            "  limit                               {least:.3}   {least_first:.3}{}",
            if falls_short { "  misses" } else { "" }
        );
        missed |= falls_short;
        throughput(&text);
    }
    if missed {
        std::process::exit(1);
    }
}

fn read(folder: &Path, language: &str) -> Option<String> {
    let path = folder.join(format!("debian-reference.{language}.txt"));
    std::fs::read_to_string(&path).ok().or_else(|| {
        let packed = std::fs::File::open(path.with_extension("txt.gz")).ok()?;
        std::io::read_to_string(flate2::read::GzDecoder::new(packed)).ok()
    })
}

/// Prints and returns the mean reciprocal rank within the first ten, and the share of first places. Ranking number N is
/// the result of the query for section number N.
fn report(name: &str, rankings: impl Iterator<Item = Vec<usize>>) -> (f64, f64) {
    let (mut reciprocal, mut first, mut count) = (0.0, 0.0, 0.0);
    for (section, ranking) in rankings.enumerate() {
        count += 1.0;
        if let Some(place) = ranking.iter().take(10).position(|found| *found == section) {
            reciprocal += 1.0 / (place + 1) as f64;
            first += f64::from(u8::from(place == 0));
        }
    }
    println!("  {name:<35} {:.3}   {:.3}", reciprocal / count, first / count);
    (reciprocal / count, first / count)
}

/// Prints how much text one core cuts into chunks and analyses in a second. With the default overlap, most of the text
/// is analysed twice.
fn throughput(text: &str) {
    let mut rates: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let begin = processor_time();
            let found = chunks(text, ChunkingStrategy::default());
            assert!(found.iter().map(|chunk| analyse(&chunk.text).length()).sum::<u32>() > 0);
            text.len() as f64 / 1e6 / (processor_time() - begin)
        })
        .collect();
    rates.sort_by(f64::total_cmp);
    println!("  chunks of 800 tokens and terms      {:.1} MB/s", rates[ROUNDS / 2]);
}

/// Returns the processor time of this thread in seconds, which other programs on the machine do not change. Returns the
/// wall-clock time if the system does not report it.
fn processor_time() -> f64 {
    static BEGIN: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);
    let begin = *BEGIN;
    let counted = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = counted.and_then(|text| text.split(' ').next()?.parse::<f64>().ok());
    nanoseconds.map_or_else(|| begin.elapsed().as_secs_f64(), |nanoseconds| nanoseconds / 1e9)
}
