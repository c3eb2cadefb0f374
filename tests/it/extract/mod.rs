//! The text of files, as the server reads it: documents in a worker process of the built program.

mod hostile;
mod office;
mod pdf;
pub(crate) mod samples;
#[cfg(unix)]
mod worker;

use asst::extract::{Extraction, ExtractionFailure, ExtractionLimits, FailureCode, Input};
use std::io::Write;

/// Returns the limits of the server, with the built program as the worker.
fn limits() -> ExtractionLimits {
    ExtractionLimits { worker: Some(assert_cmd::cargo::cargo_bin!("asst").into()), ..ExtractionLimits::default() }
}

fn start(bytes: &[u8], name: &str, limits: ExtractionLimits) -> Extraction {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    Extraction::start(Input { file, name: name.to_owned(), media_type: None }, limits)
}

fn extract_within(bytes: &[u8], name: &str, limits: ExtractionLimits) -> Result<String, ExtractionFailure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut extraction = start(bytes, name, limits);
        let mut text = String::new();
        while let Some(piece) = extraction.next().await {
            text += &piece?;
        }
        Ok(text)
    })
}

fn extract(bytes: &[u8], name: &str) -> Result<String, ExtractionFailure> {
    extract_within(bytes, name, limits())
}

/// Checks that a file is refused as `invalid_file`, with words that explain it.
#[track_caller]
fn assert_invalid(bytes: &[u8], name: &str, words: &str) {
    let failure = extract(bytes, name).expect_err(words);
    assert_eq!(failure.code, FailureCode::InvalidFile, "{failure:?}");
    assert!(failure.message.contains(words), "expected `{words}` in {failure:?}");
}
