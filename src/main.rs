//! The binary. It passes the arguments to the library and converts the result to an exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(asst::run(std::env::args_os().collect()))
}
