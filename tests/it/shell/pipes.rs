//! Closed standard output, and pipes in the place of files.

use crate::support::mock_server::{MockServer, Response, mint};
use crate::support::test_env::Asst;

fn bytes() -> (MockServer, Asst) {
    let listener = MockServer::new(|_, _| Response::text(200, "hello"));
    let asst = Asst::with_backend(&listener.url());
    (listener, asst)
}

#[test]
fn deletions_continue_after_standard_output_is_closed() {
    let listener = MockServer::new(mint);
    let asst = Asst::with_backend(&listener.url());
    let ids: Vec<String> = (0..60).map(|number| format!("thread_{number}")).collect();
    let args: Vec<&str> = ["threads", "delete"].into_iter().chain(ids.iter().map(String::as_str)).collect();
    let mut child = asst.command(&args).spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert_eq!(listener.lines().len(), 60);
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::os::unix::fs::{FileTypeExt, PermissionsExt};
    use std::process::Command;

    fn pipe(asst: &Asst) -> std::path::PathBuf {
        let path = asst.work().join("pipe");
        assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
        path
    }

    #[test]
    fn a_download_has_the_mode_of_the_umask() {
        let (_listener, asst) = bytes();
        asst.run(["files", "content", "file-1", "--to", "a.txt"]).ok();
        asst.file("b.txt", "");
        let mode = |name: &str| std::fs::metadata(asst.work().join(name)).unwrap().permissions().mode();
        assert_eq!(mode("a.txt"), mode("b.txt"));
    }

    #[test]
    fn a_download_does_not_replace_a_pipe() {
        let (_listener, asst) = bytes();
        let path = pipe(&asst);
        let reader = {
            let path = path.clone();
            std::thread::spawn(move || std::fs::read_to_string(path).unwrap())
        };
        asst.run(["files", "content", "file-1", "--to", "pipe", "--force"]).ok();
        assert_eq!(reader.join().unwrap(), "hello");
        assert!(std::fs::metadata(path).unwrap().file_type().is_fifo());
    }

    #[test]
    fn an_upload_from_a_named_pipe_is_not_retried() {
        let listener = MockServer::new(|_, _| Response::text(500, "{}"));
        let asst = Asst::with_backend(&listener.url());
        let path = pipe(&asst);
        let writer = std::thread::spawn(move || std::fs::write(path, "hello"));
        asst.run(["files", "upload", "pipe", "--purpose", "assistants"]).code(10);
        writer.join().unwrap().unwrap();
        assert_eq!(listener.lines().len(), 1);
    }
}
