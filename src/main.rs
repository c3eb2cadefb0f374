//! The thin binary: the library runs, this turns the result into an exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(asst::run(std::env::args_os().collect()))
}
