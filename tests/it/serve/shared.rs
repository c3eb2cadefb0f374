//! Two servers on one store, on SQLite and on PostgreSQL. One server is killed at a random point, and no run is lost or
//! repeated.

use super::*;

/// Defines each test for both database engines.
macro_rules! on_both {
    ($($test:ident)+) => {
        mod sqlite {
            $(
                #[test]
                fn $test() {
                    super::$test(&super::Engine::Sqlite);
                }
            )+
        }
        mod postgres {
            $(
                #[test]
                #[ignore = "needs PostgreSQL: tests/postgres/run"]
                fn $test() {
                    super::$test(&super::Engine::Postgres);
                }
            )+
        }
    };
}

on_both! {
    a_killed_servers_run_is_taken_over
    a_stream_follows_a_run_to_its_next_server
    a_killed_servers_run_expires
    many_runs_are_done_once_while_servers_die
}

fn a_killed_servers_run_is_taken_over(engine: &Engine) {
    let servers = Servers::new(engine);
    let (first, second) = (servers.start(), servers.start());
    // The server is killed within its answer, at any point of it.
    let run = ask(&first.url, "POST", "/threads/runs", Some(with_thread(&first.url, "pace 500ms\none two three")));
    reaches(&second.url, &run, "in_progress");
    first.kill();
    reaches(&second.url, &run, "completed");
    assert_eq!(answers(&second.url, &run), ["one two three"]);
    let steps = ask(&second.url, "GET", &format!("{}/steps", path(&run)), None);
    assert_eq!(steps["data"].as_array().map(Vec::len), Some(1), "{steps}");
}

/// Either server may work on the run. If it is the follower itself, no takeover happens.
fn a_stream_follows_a_run_to_its_next_server(engine: &Engine) {
    let servers = Servers::new(engine);
    for _ in 0..3 {
        let (worker, follower) = (servers.start(), servers.start());
        let mut reader = Reader::open(
            &follower.url,
            "/threads/runs",
            with_thread(&follower.url, "sleep 1s\npace 50ms\none two three"),
        );
        let run = reader.until("thread.run.in_progress").clone();
        worker.kill();
        let events = reader.rest();
        let whole: Vec<&Value> =
            events.iter().filter(|(name, _)| name == "thread.message.completed").map(|(_, data)| data).collect();
        assert_eq!(whole.len(), 1, "{}", order(&events));
        let of_it = |(name, data): &&(String, Value)| name == "thread.message.delta" && data["id"] == whole[0]["id"];
        let said = events.iter().filter(of_it).map(|(_, data)| text(&data["delta"]["content"][0]["text"]["value"]));
        assert_eq!(said.collect::<String>(), "one two three", "{}", order(&events));
        assert_eq!(answers(&follower.url, &run), ["one two three"]);
        assert!(order(&events).ends_with("thread.run.completed\ndone"));
        follower.kill();
    }
}

fn a_killed_servers_run_expires(engine: &Engine) {
    let servers = Servers::new(engine);
    let first = servers.with(&["--run-expiry", "2s"]);
    let run = ask(&first.url, "POST", "/threads/runs", Some(with_thread(&first.url, "stuck")));
    first.kill();
    let second = servers.start();
    reaches(&second.url, &run, "expired");
    assert_eq!(answers(&second.url, &run), [""; 0]);
    let message = json!({"role": "user", "content": "the thread is free"});
    ask(&second.url, "POST", &format!("/threads/{}/messages", text(&run["thread_id"])), Some(message));
}

fn many_runs_are_done_once_while_servers_die(engine: &Engine) {
    let servers = Servers::new(engine);
    let last = servers.start();
    let mut runs = Vec::new();
    for round in 0..4 {
        let dying = servers.start();
        for number in 0..10 {
            let base = if number % 2 == 0 { &dying.url } else { &last.url };
            let message = format!("sleep {}ms\nrun {round} {number}", number * 7);
            runs.push(ask(base, "POST", "/threads/runs", Some(with_thread(base, &message))));
        }
        dying.kill();
    }
    for (at, run) in runs.iter().enumerate() {
        reaches(&last.url, run, "completed");
        assert_eq!(answers(&last.url, run), [format!("run {} {}", at / 10, at % 10)], "{at:?}");
    }
}
