//! Failures of the operating system: locks, transient disk errors, memory, threads, and file sizes. A shim in front of
//! the C library makes selected calls fail. The C compiler that builds the bundled SQLite builds it.

use crate::support::ledger::{spilled, spills, taken_in, threads};
use crate::support::test_env::{Asst, Ran, minting};
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

/// The source of the shim, which makes selected system calls fail.
const SHIM: &str = r#"
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static int wanted(const char *what) {
    const char *mode = getenv("SHIM");
    return mode && strcmp(mode, what) == 0;
}
static int refuses(int cmd) {
    return wanted("locks") && (cmd == F_SETLK || cmd == F_SETLKW || cmd == F_OFD_SETLK || cmd == F_OFD_SETLKW);
}
int fcntl(int fd, int cmd, ...) {
    static int (*real)(int, int, ...);
    if (!real) real = dlsym(RTLD_NEXT, "fcntl");
    va_list list; va_start(list, cmd); void *arg = va_arg(list, void *); va_end(list);
    if (refuses(cmd)) { errno = ENOLCK; return -1; }
    return real(fd, cmd, arg);
}
int fcntl64(int fd, int cmd, ...) {
    static int (*real)(int, int, ...);
    if (!real) real = dlsym(RTLD_NEXT, "fcntl64");
    va_list list; va_start(list, cmd); void *arg = va_arg(list, void *); va_end(list);
    if (refuses(cmd)) { errno = ENOLCK; return -1; }
    return real(fd, cmd, arg);
}
int flock(int fd, int how) {
    static int (*real)(int, int);
    if (!real) real = dlsym(RTLD_NEXT, "flock");
    if (wanted("locks")) { errno = ENOLCK; return -1; }
    return real(fd, how);
}
/* The log of the ledger, and nothing else. */
static int is_log(int fd) {
    char link[64], path[4096];
    strcpy(link, "/proc/self/fd/");
    char digits[16]; int n = 0, m = fd; do digits[n++] = '0' + m % 10; while (m /= 10);
    int at = strlen(link); while (n) link[at++] = digits[--n]; link[at] = 0;
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return strstr(path, "ledger.db-wal") != 0;
}
ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at) {
    static ssize_t (*real)(int, const void *, size_t, off64_t);
    if (!real) real = dlsym(RTLD_NEXT, "pwrite64");
    if (wanted("eio") && is_log(fd)) { errno = EIO; return -1; }
    if (wanted("efbig") && is_log(fd)) { errno = EFBIG; return -1; }
    return real(fd, bytes, count, at);
}
int pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*start)(void *), void *arg) {
    static int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
    if (!real) real = dlsym(RTLD_NEXT, "pthread_create");
    if (wanted("threads")) return EAGAIN;
    return real(thread, attr, start, arg);
}
"#;

/// A user whose commands can run with the shim.
struct Shimmed {
    asst: Asst,
    library: PathBuf,
}

impl Shimmed {
    fn new(asst: Asst) -> Self {
        let (source, library) = (asst.home().join("shim.c"), asst.home().join("shim.so"));
        std::fs::write(&source, SHIM).unwrap();
        let compiler = std::env::var_os("CC").unwrap_or_else(|| "cc".into());
        let mut command = Command::new(compiler);
        let built = command.args(["-shared", "-fPIC", "-w", "-o"]).arg(&library).arg(&source).arg("-ldl").output();
        let built = built.expect("a C compiler builds the shim");
        assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
        Self { asst, library }
    }

    fn run(&self, refused: &str, args: &[&str]) -> Ran {
        let mut command = self.asst.command(args);
        command.env("LD_PRELOAD", &self.library).env("SHIM", refused);
        self.asst.ran(command.output().unwrap())
    }
}

#[test]
fn disk_without_locks_causes_no_delay_and_loses_no_id() {
    let (_listener, asst) = minting();
    let shimmed = Shimmed::new(asst);
    let asst = &shimmed.asst;
    let first = asst.run(["threads", "create", "-o", "id"]).ok().id();
    let begun = Instant::now();
    let ran = shimmed.run("locks", &["threads", "create", "-o", "id"]).ok().says("does not support locks");
    let second = ran.id();
    shimmed.run("locks", &["threads", "get", &first]).ok();
    shimmed.run("locks", &["threads", "delete", "thread_none"]);
    shimmed.run("locks", &["threads", "list"]).code(1).says("does not support locks");
    shimmed.run("locks", &["ledger", "doctor"]).code(1).says("asst-spill");
    assert!(begun.elapsed() < Duration::from_secs(5), "five commands took {:?}", begun.elapsed());
    taken_in(asst, &[&first, &second]);
}

#[test]
fn lasting_lock_is_waited_for_two_seconds_in_total() {
    let (_listener, asst) = minting();
    asst.run(["threads", "create"]).ok();
    // Without write-ahead logging, a writer also locks readers out.
    let holder = rusqlite::Connection::open(asst.ledger()).unwrap();
    holder.execute_batch("pragma locking_mode = exclusive; begin exclusive; select count(*) from object").unwrap();
    holder.execute_batch("insert into event (origin, kind, id, verb, at) values ('o', 'thread', 't', 'v', 1)").unwrap();
    for args in [&["threads", "create"][..], &["threads", "get", "thread_1"], &["threads", "delete", "thread_1"]] {
        let begun = Instant::now();
        asst.run(args);
        assert!(begun.elapsed() < Duration::from_millis(3_500), "{args:?} took {:?}", begun.elapsed());
    }
    drop(holder);
}

#[test]
fn transient_failure_leaves_the_spill_for_the_next_command() {
    let (_listener, asst) = minting();
    let shimmed = Shimmed::new(asst);
    let asst = &shimmed.asst;
    let first = asst.run(["threads", "create", "-o", "id"]).ok().id();
    let holder = rusqlite::Connection::open(asst.ledger()).unwrap();
    holder.execute_batch("begin immediate").unwrap();
    let (_, second) = spilled(asst);
    holder.execute_batch("rollback").unwrap();
    drop(holder);
    for refused in ["eio", "efbig", "threads"] {
        let ran = shimmed.run(refused, &["threads", "list", "-o", "id"]).code(8).says("incomplete");
        assert_eq!(ran.ids(), [first.as_str()], "{refused}");
        let left = spills(asst.home());
        assert_eq!(left.len(), 1, "{refused}: {left:?}");
        let folder = left[0].parent().unwrap();
        let unread = std::fs::read_dir(folder)
            .unwrap()
            .filter(|file| file.as_ref().unwrap().path().extension().is_some_and(|end| end == "unread"));
        assert_eq!(unread.count(), 0, "{refused} put a good spill aside");
    }
    taken_in(asst, &[&first, &second]);
}

#[test]
fn command_that_cannot_start_threads_exits_1() {
    let (_listener, asst) = minting();
    let shimmed = Shimmed::new(asst);
    for args in [
        &["threads", "create"][..],
        &["threads", "get", "thread_1"],
        &["--local", "threads", "create"],
        &["serve", "--listen", "127.0.0.1:0"],
        &["record", "--", "true"],
        &["ledger", "verify"],
    ] {
        let ran = shimmed.run("threads", args);
        assert_eq!(ran.code, Some(1), "{args:?}: {}", ran.text());
        assert!(!ran.stderr.contains("panicked"), "{args:?}: {}", ran.text());
        assert!(ran.stderr.contains("thread"), "{args:?}: {}", ran.text());
    }
    // A command that needs no thread still works.
    shimmed.run("threads", &["threads", "list"]).ok();
    shimmed.run("threads", &["--version"]).ok();
    assert_eq!(threads(&shimmed.asst), [""; 0]);
}

/// Runs a command below a `ulimit` of the shell.
fn limited(asst: &Asst, limit: &str, args: &[&str]) -> Ran {
    let plain = asst.command(args);
    let mut command = Command::new("sh");
    command.args(["-c", &format!("ulimit {limit}; exec \"$0\" \"$@\"")]).arg(plain.get_program()).args(args);
    command.env_clear().envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))));
    asst.ran(command.current_dir(asst.work()).output().unwrap())
}

#[test]
fn a_limit_on_the_size_of_files_is_an_error_with_a_code() {
    let (_listener, asst) = minting();
    let ran = limited(&asst, "-f 0", &["threads", "create", "-o", "id"]);
    assert_eq!(ran.code, Some(0), "{}", ran.text());
    assert!(ran.stderr.contains(&ran.id()), "the id is on stderr, since no file takes it: {}", ran.text());
    let ran = limited(&asst, "-f 0", &["threads", "create", "--require-ledger"]);
    assert_eq!(ran.code, Some(1), "{}", ran.text());
    let ran = limited(&asst, "-f 0", &["files", "content", "file_1", "--output-file", "x"]);
    assert!(ran.code.is_some(), "a signal ended it: {}", ran.text());
    let ran = limited(&asst, "-f 0", &["export", "out", "thread_1"]);
    assert_eq!(ran.code, Some(1), "{}", ran.text());
}

#[test]
fn few_descriptors_and_little_memory_are_errors_with_a_code() {
    let (_listener, asst) = minting();
    for count in [4, 6, 8, 10, 12, 14, 16, 20] {
        let limit = format!("-n {count}");
        for args in [&["threads", "create"][..], &["--local", "threads", "create"], &["threads", "list"]] {
            let ran = limited(&asst, &limit, args);
            assert!(ran.code.is_some_and(|code| code != 101), "{count} {args:?}: {:?} {}", ran.code, ran.text());
            assert!(!ran.stderr.contains("panicked"), "{count} {args:?}: {}", ran.text());
        }
    }
}
