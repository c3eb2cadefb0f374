//! Every output format, for one object and for lists.

use crate::support::test_env::{served, shows};
use serde_json::json;

#[test]
fn one_object_is_printed_in_every_format() {
    let (_server, asst) = served(&[]);
    let thread = asst.run(["threads", "create", "--metadata", "a=tab\there"]).ok().id();
    let get = |form: &[&str]| asst.run([&["threads", "get", thread.as_str()], form].concat());
    shows!(get(&[]), @r#"
    [thread]	[time]	{"a":"tab\\there"}
    exit 0
    "#);
    shows!(get(&["--header"]), @r#"
    id	created	metadata
    [thread]	[time]	{"a":"tab\\there"}
    exit 0
    "#);
    shows!(get(&["-o", "json"]), @r#"
    {
      "id": "[thread]",
      "object": "thread",
      "created_at": [time],
      "metadata": {
        "a": "tab\there"
      },
      "tool_resources": {}
    }
    exit 0
    "#);
    shows!(get(&["-o", "jsonl"]), @r#"
    {"id":"[thread]","object":"thread","created_at": [time],"metadata":{"a":"tab\there"},"tool_resources":{}}
    exit 0
    "#);
    shows!(get(&["-o", "yaml"]), @r#"
    id: [thread]
    object: thread
    created_at: [time]
    metadata:
      a: "tab\there"
    tool_resources: {}
    exit 0
    "#);
    shows!(get(&["-o", "csv"]), @r#"
    id,created,metadata
    [thread],[time],"{""a"":""tab\there""}"
    exit 0
    "#);
    shows!(get(&["-o", "id"]), @r"
    [thread]
    exit 0
    ");
    shows!(get(&["-o", "table", "--columns", "id,metadata.a"]), @r"
    [thread]	tab\there
    exit 0
    ");
    shows!(get(&["--jq", ".metadata | keys"]), @r#"
    ["a"]
    exit 0
    "#);
    shows!(get(&["-o", "xml"]), @r"
    --- stderr ---
    error: invalid value 'xml' for '--output <FORM>'
             [possible values: table, json, jsonl, yaml, csv, id]
      hint: a similar value exists: 'yaml'
    exit 2
    ");
}

#[test]
fn list_is_printed_in_every_format() {
    let (_server, asst) = served(&[]);
    for name in ["a", "b", "c"] {
        asst.run(["assistants", "create", "--model", "echo", "--name", name]).ok();
    }
    let list = |form: &[&str]| {
        asst.run([&["assistants", "list", "--order", "asc", "--columns", "id,name,model"], form].concat())
    };
    shows!(list(&[]), @r"
    [asst]	a	echo
    [asst]	b	echo
    [asst]	c	echo
    exit 0
    ");
    shows!(list(&["-o", "csv"]), @r"
    id,name,model
    [asst],a,echo
    [asst],b,echo
    [asst],c,echo
    exit 0
    ");
    shows!(list(&["-o", "id"]), @r"
    [asst]
    [asst]
    [asst]
    exit 0
    ");
    shows!(list(&["--jq", ".[].name"]), @r"
    a
    b
    c
    exit 0
    ");
    shows!(list(&["-o", "jsonl", "--jq", ".name"]), @r#"
    a
    b
    c
    --- stderr ---
    {"warning":"--columns applies to tables; it has no effect on -o jsonl; use --jq there"}
    exit 0
    "#);
    assert_eq!(list(&["-o", "json"]).ok().json().as_array().map(Vec::len), Some(3));
    assert_eq!(list(&["-o", "jsonl"]).ok().stdout.lines().count(), 3);
    assert_eq!(list(&["-o", "yaml"]).ok().stdout.lines().filter(|line| line.starts_with("- ")).count(), 3);
    asst.run(["threads", "list", "--remote", "-o", "json"]).ok();
    shows!(asst.run(["files", "list", "-o", "json"]), @r"
    []
    exit 0
    ");
    shows!(asst.run(["files", "list"]), @r"
    exit 0
    ");
}

#[test]
fn get_prints_an_object_for_one_id_and_an_array_for_several() {
    let (_server, asst) = served(&[]);
    let [a, b] = [(); 2].map(|()| asst.run(["threads", "create"]).ok().id());
    let get = |args: &[&str]| asst.run([&["threads", "get", "-o", "json"], args].concat()).ok().json();
    assert_eq!(get(&[&a])["id"], json!(a));
    assert_eq!(get(&[&a, &b])[1]["id"], json!(b));
    let piped = asst.fed(format!("{a}\tlive\n"), &["threads", "get", "-", "-o", "json"]).ok().json();
    assert_eq!(piped[0]["id"], json!(a), "ids that were piped in make an array, even a single one");
    let of = |thread: &str| asst.run(["messages", "create", thread, "--content", "x"]).ok().id();
    let lines = format!("{a}\t{}\n{b}\t{}\n", of(&a), of(&b));
    assert_eq!(asst.fed(&lines, &["messages", "get", "-"]).ok().ids().len(), 2);
    let own = of(&a);
    assert_eq!(asst.fed(format!("{own}\n"), &["messages", "delete", &a, "-"]).ok().ids(), [own]);
    // A list can be piped into a deletion.
    let listing = asst.run(["threads", "list"]).ok().stdout;
    assert_eq!(asst.fed(&listing, &["threads", "delete", "-", "-o", "id"]).ok().ids().len(), 2);
    assert_eq!(asst.run(["threads", "list"]).ok().stdout, "");
    assert_eq!(asst.fed(&listing, &["threads", "delete", "-", "--ignore-not-found"]).ok().stdout, "");
}

#[test]
fn lists_are_paged_in_both_orders() {
    let (_server, asst) = served(&[]);
    let made: Vec<String> = (0..7).map(|_| asst.run(["assistants", "create", "--model", "echo"]).ok().id()).collect();
    let list = |args: &[&str]| asst.run([&["assistants", "list"], args].concat()).ok().ids();
    let newest: Vec<String> = made.iter().rev().cloned().collect();
    assert_eq!(list(&[]), newest);
    assert_eq!(list(&["--order", "asc"]), made);
    assert_eq!(list(&["--page-size", "2"]), newest);
    assert_eq!(list(&["--page-size", "3", "--order", "asc", "--limit", "5"]), made[..5]);
    assert_eq!(list(&["--order", "asc", "--after", &made[2]]), made[3..]);
    assert_eq!(list(&["--order", "asc", "--before", &made[2]]), made[..2]);
    assert_eq!(list(&["--order", "asc", "--after", &made[0], "--before", &made[5], "--page-size", "2"]), made[1..5]);
    assert_eq!(list(&["--after", &made[2]]), newest[5..]);
    let paged = asst.run(["api", "GET", "/assistants?limit=2", "--paginate", "-o", "id"]).ok().ids();
    assert_eq!(paged, newest);
}
