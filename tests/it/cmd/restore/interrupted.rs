//! Interrupted restores: lost responses and kills double nothing and lose nothing.

use super::{Items, moved};
use crate::support::test_env::eventually;
use std::time::Duration;

#[test]
fn a_lost_response_to_an_added_message_doubles_nothing() {
    let fault = "cut-after-commit,on=POST /threads/{id}/messages,times=1,after=2";
    let world = moved(&["--fault", fault]);
    world.thread(40);
    world.export(&[]);
    let restored = world.restore(&[]);
    let texts = world.texts(restored[0]["new_id"].as_str().unwrap());
    assert_eq!(texts, (0..40).map(|n| format!("message {n}\n\"x\"")).collect::<Vec<_>>());
}

#[test]
fn a_lost_response_to_added_items_doubles_nothing() {
    for fault in ["cut-after-commit", "cut"] {
        let world = moved(&["--fault", &format!("{fault},on=POST /conversations/{{id}}/items,times=1,after=1")]);
        world.thread(45);
        world.export(&[]);
        let restored = world.restore(&["--as", "conversations"]);
        let items = world.listed(&["conversations", "items", "list", restored[0]["new_id"].as_str().unwrap()]);
        assert_eq!(items.len(), 45, "{fault}");
    }
}

#[test]
fn a_lost_response_to_a_new_thread_is_found_by_the_next_restore() {
    let world = moved(&["--fault", "cut-after-commit,on=POST /threads,times=1"]);
    let thread = world.thread(3);
    world.export(&[]);
    world.asst.run(["restore", "out", "--to", "new"]).code(10);
    let restored = world.restore(&[]);
    assert_eq!(restored[0]["result"], "continued");
    let threads = world.made("threads");
    assert_eq!(threads.len(), 1, "no second thread: {threads:?}");
    assert_eq!(threads[0]["metadata"]["asst_from"], thread.as_str());
    world.asst.run(["restore", "verify", "out", "--to", "new"]).ok();
}

#[test]
fn a_thread_without_room_in_its_metadata_is_found_too() {
    for pairs in [15, 16] {
        let world = moved(&["--fault", "cut-after-commit,on=POST /threads,times=1"]);
        let metadata: Vec<String> = (0..pairs).flat_map(|n| ["--metadata".to_owned(), format!("k{n}=v")]).collect();
        let args: Vec<&str> = ["threads", "create", "--message", "hello"]
            .into_iter()
            .chain(metadata.iter().map(String::as_str))
            .collect();
        world.make(&args);
        world.export(&[]);
        world.asst.run(["restore", "out", "--to", "new"]).code(10);
        assert_eq!(world.restore(&[])[0]["result"], "continued", "{pairs} pairs");
        assert_eq!(world.made("threads").len(), 1, "{pairs} pairs");
    }
}

#[test]
fn a_restore_continues_in_the_form_of_a_request_without_a_response() {
    let world = moved(&["--fault", "cut-after-commit,on=POST /conversations,times=1"]);
    world.thread(3);
    world.export(&[]);
    world.asst.run(["restore", "out", "--to", "new", "--as", "conversations"]).code(10);
    assert_eq!(world.restore(&["--as", "threads"])[0]["as"], "conversations");
    assert_eq!((world.made("conversations").len(), world.made("threads").len()), (1, 0));
}

#[test]
fn a_refused_request_leaves_no_doubt() {
    let world = moved(&["--fault", "400,on=POST /threads,times=1"]);
    let thread = world.thread(1);
    world.export(&[]);
    world.asst.run(["restore", "out", "--to", "new"]).code(5).says(&format!("{thread}: could not create thread"));
    assert_eq!(world.restore(&[])[0]["result"], "restored");
}

#[test]
fn a_map_that_cannot_be_read_stops_the_restore() {
    let world = moved(&[]);
    world.thread(1);
    world.export(&[]);
    world.restore(&[]);
    let folder = world.asst.work().join("out/restored");
    let path = std::fs::read_dir(folder).unwrap().next().unwrap().unwrap().path();
    let text = std::fs::read_to_string(&path).unwrap();
    for (old, new, problem) in [
        ("\"format\":1", "\"format\":2", "line 1: expected a map of format 1, got format 2"),
        ("\"created\"", "\"made\"", "line 3: expected an entry of a map"),
        ("\"origin\":\"url:", "\"origin\":\"url2:", "got that of url2:"),
    ] {
        std::fs::write(&path, text.replacen(old, new, 1)).unwrap();
        for args in [&["restore", "out", "--to", "new"][..], &["restore", "out", "--to", "new", "--dry-run"]] {
            world.asst.run(args).code(1).says(problem);
        }
    }
    assert_eq!(world.made("threads").len(), 1);
}

#[test]
fn a_lost_response_is_named_if_the_backend_has_no_list() {
    let world = moved(&["--fault", "cut-after-commit,on=POST /conversations,times=1"]);
    world.asst.config(&world.asst.configuration().replace("compatible", "openai"));
    world.thread(3);
    world.export(&[]);
    let args = ["restore", "out", "--to", "new", "--as", "conversations"];
    world.asst.run(args).code(10);
    world.asst.run(args).ok().says("an earlier restore may have created a conversation whose ID is unknown");
    world.asst.run(["restore", "verify", "out", "--to", "new"]).ok();
}

#[test]
fn kills_at_many_points_double_and_lose_no_message() {
    let world = moved(&["--fault", "latency=2ms"]);
    let threads: Vec<String> = (0..6).map(|n| world.thread(30 + n * 3)).collect();
    world.export(&[]);
    for form in ["threads", "conversations"] {
        let args = ["restore", "out", "--to", "new", "--as", form, "--concurrency", "3"];
        for kill in 0..12 {
            let mut child = world.asst.command(args).spawn().unwrap();
            std::thread::sleep(Duration::from_millis(40 + kill * 23));
            child.kill().unwrap();
            child.wait().unwrap();
            // A truncated last line of the map, as after a kill within a write.
            if kill == 5 {
                let folder = world.asst.work().join("out/restored");
                if let Some(map) = std::fs::read_dir(folder).ok().and_then(|mut files| files.next()) {
                    let mut text = std::fs::read(map.as_ref().unwrap().path()).unwrap();
                    text.extend_from_slice(b"{\"crea");
                    std::fs::write(map.unwrap().path(), text).unwrap();
                }
            }
        }
        world.asst.run(args).ok();
        world.asst.run(["restore", "verify", "out", "--to", "new"]).ok().says("6 of 6 objects match the archive");
        let made = world.made(form);
        assert_eq!(made.len(), threads.len(), "{form}: one object for each thread: {made:?}");
        std::fs::remove_dir_all(world.asst.work().join("out/restored")).unwrap();
    }
}

#[cfg(unix)]
#[test]
fn ctrl_c_stops_between_requests_and_the_next_restore_continues() {
    let world = moved(&["--fault", "latency=60ms,on=POST /threads/{id}/messages"]);
    world.thread(60);
    world.export(&[]);
    let child = world.asst.command(["restore", "out", "--to", "new"]).spawn().unwrap();
    eventually("the first added messages", || {
        let threads = world.made("threads");
        let id = threads.first()?["id"].as_str()?.to_owned();
        (world.texts(&id).len() > 33).then_some(())
    });
    crate::support::test_env::signalled(&child, "-INT");
    let ran = world.asst.ran(child.wait_with_output().unwrap());
    ran.code(130).says("run the same command again");
    let restored = world.asst.run(["restore", "out", "--to", "new", "-o", "json"]).ok().items();
    assert_eq!(restored[0]["result"], "continued");
    assert_eq!(world.texts(restored[0]["new_id"].as_str().unwrap()).len(), 60);
}
