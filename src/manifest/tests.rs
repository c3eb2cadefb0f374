//! Tests of manifests: accepted ones, rejected ones with their places, and the canonical form.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::api::assistants::UpdateAssistant;
use crate::api::{Dialect, Endpoint};
use proptest::prelude::*;
use serde_json::json;
use std::fs;

struct Folder(tempfile::TempDir);

impl Folder {
    fn new(manifest: &str) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        folder.with("asst.yaml", manifest)
    }

    fn with(self, name: &str, text: &str) -> Self {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    fn read(&self, environment: Option<&str>, variables: &[(&str, &str)]) -> Result<Manifest, ManifestError> {
        let variables: Vec<_> = variables.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        let files = [self.0.path().join("asst.yaml")];
        Manifest::read(ReadOptions {
            files: &files,
            dialect: &|_| Dialect::OpenAi,
            environment,
            variables: &variables,
            texts: None,
            check_sync: &|_, _| Ok(()),
        })
    }

    /// Returns the problems as `LINE:COLUMN: MESSAGE`.
    fn problems(&self) -> Vec<String> {
        match self.read(None, &[]) {
            Err(ManifestError::Problems(problems)) => {
                let show =
                    |problem: Problem| format!("{}:{}: {}", problem.place.line, problem.place.column, problem.message);
                problems.into_iter().map(show).collect()
            }
            other => panic!("{other:?}"),
        }
    }
}

const HEAD: &str = "asst: 1\nproject: hr\n";

#[test]
fn environments_overlay_members_and_variables() {
    let text = "asst: 1\nproject: hr\nvars: {MODEL: small, TEAM: hr}\n\
                environments:\n  \
                  staging: {profile: s}\n  \
                  prod:\n    profile: p\n    vars: {MODEL: large}\n    assistants: {helper: {temperature: 0.5}}\n\
                defaults: {assistants: {top_p: 0.9}}\n\
                assistants:\n  helper:\n    model: ${MODEL}\n    temperature: 0.2\n    \
                metadata: {team: '${TEAM}'}\n    lifecycle: {protect: true, ignore: [metadata.app_*]}\n";
    let folder = Folder::new(text);
    let staging = folder.read(Some("staging"), &[("TEAM", "ops")]).unwrap();
    assert_eq!((staging.key("helper").as_str(), staging.profile.as_deref()), ("hr/staging/helper", Some("s")));
    let helper = &staging.resources[0];
    let expected = json!({ "top_p": 0.9, "model": "small", "temperature": 0.2, "metadata": { "team": "ops" } });
    assert_eq!(Value::Object(helper.members.clone()), expected);
    assert_eq!((helper.protect, helper.ignore.as_slice()), (true, &["metadata.app_*".to_owned()][..]));
    let prod = folder.read(Some("prod"), &[]).unwrap();
    let expected = json!({ "top_p": 0.9, "model": "large", "temperature": 0.5, "metadata": { "team": "hr" } });
    assert_eq!(Value::Object(prod.resources[0].members.clone()), expected);
    let Err(ManifestError::Problems(problems)) = folder.read(None, &[]) else { panic!() };
    assert_eq!(problems[0].hint.as_deref(), Some("pass --env with one of staging, prod"));
    let Err(ManifestError::Problems(problems)) = folder.read(Some("pord"), &[("TEM", "x")]) else { panic!() };
    assert_eq!(problems[0].hint.as_deref(), Some("did you mean `prod`?"));
}

#[test]
fn files_become_texts_and_values() {
    let text = format!(
        "{HEAD}assistants:\n  a:\n    model: m\n    instructions: {{file: prompts/a.md}}\n    \
         tools: [file_search, {{file: tools/leave.json}}, {{type: function, function: {{name: f, parameters: \
         {{type: object, properties: {{file: {{type: string}}}}}}}}}}]\n"
    );
    let tool = r#"{"type":"function","function":{"name":"leave","description":"${NOT_A_VARIABLE}"}}"#;
    let folder =
        Folder::new(&text).with("prompts/a.md", "\u{feff}One.\r\nTwo ${X}.\r\n").with("tools/leave.json", tool);
    let manifest = folder.read(None, &[]).unwrap();
    let members = &manifest.resources[0].members;
    assert_eq!(members["instructions"], "One.\nTwo ${X}.");
    assert_eq!(members["tools"][0], json!({ "type": "file_search" }));
    assert_eq!(members["tools"][1]["function"]["name"], "leave");
    assert_eq!(members["tools"][2]["function"]["parameters"]["properties"]["file"]["type"], "string");
}

#[test]
fn every_problem_is_reported_with_its_place() {
    let table = [
        ("project: hr\n", "1:1: the version of the format is missing"),
        ("asst: 2\nproject: hr\n", "1:7: expected 1 as the version of the format `asst`"),
        ("asst: 1\n", "1:1: the name of the project is missing"),
        ("asst: 1\nproject: HR\n", "2:10: expected the name of the project to have 1 to 64 characters"),
        ("asst: 1\nproject: hr\nassistant: {}\n", "3:1: unknown key `assistant` in the manifest"),
        ("asst: 1\nproject: hr\nassistants: []\n", "3:13: expected a mapping for `assistants`, found a list"),
        (
            "asst: 1\nproject: hr\nassistants:\n  a: {model: m, instructons: x}\n",
            "4:17: Unknown parameter: 'instructons'.",
        ),
        ("asst: 1\nproject: hr\nassistants:\n  a: {name: x}\n", "4:3: Missing required parameter: 'model'."),
        ("asst: 1\nproject: hr\nassistants:\n  a: {model: m, temperature: 3}\n", "4:30: Invalid 'temperature'"),
        ("asst: 1\nproject: hr\nassistants:\n  a: {model: m, tools: [{type: x}]}\n", "4:32: Invalid value: 'x'"),
        ("asst: 1\nproject: hr\nassistants:\n  a: {model: '${M}'}\n", "4:14: the variable `M` is not declared"),
        (
            "asst: 1\nproject: hr\nvars: {M: }\nassistants:\n  a: {model: '${M}'}\n",
            "5:14: the variable `M` has no value",
        ),
        (
            "asst: 1\nproject: hr\nassistants:\n  a: {model: m, instructions: {file: x}}\n",
            "4:38: cannot read the file `x`",
        ),
        ("asst: 1\nproject: hr\nassistants:\n  a: {model: m, instructions: {file: .}}\n", "4:38: "),
        (
            "asst: 1\nproject: hr\nassistants:\n  a: {model: m, instructions: {file: ../../etc/hostname}}\n",
            "4:38: the file `../../etc/hostname` is outside",
        ),
        (
            "asst: 1\nproject: hr\nassistants:\n  a: {model: m, instructions: {file: /etc/hostname}}\n",
            "4:38: the file `/etc/hostname` is outside",
        ),
        (
            "asst: 1\nproject: hr\nassistants:\n  a: {model: m, metadata: {asst_key: x}}\n",
            "4:38: asst sets the metadata key `asst_key` itself",
        ),
        (
            "asst: 1\nproject: hr\nassistants:\n  a: {model: m, tool_resources: {file_search: {vector_stores: [{}]}}}\n",
            "4:63: `vector_stores` would create a vector store with each update",
        ),
        (
            "asst: 1\nproject: hr\nassistants:\n  a: {model: m, lifecycle: {ignore: [tol]}}\n",
            "4:38: the kind assistant has no member `tol`",
        ),
    ];
    for (text, expected) in table {
        let problems = Folder::new(text).problems();
        assert!(problems.iter().any(|problem| problem.starts_with(expected)), "{text}: {problems:?}");
    }
    let both = Folder::new("asst: 1\nproject: hr\nassistants:\n  a: {model: m, temperature: 3}\n  b: {name: x}\n");
    assert_eq!(both.problems().len(), 2);
}

#[test]
fn metadata_leaves_room_for_the_identity() {
    let metadata = |count: usize| (0..count).map(|n| format!("k{n}: v")).collect::<Vec<_>>().join(", ");
    let text = |count| format!("{HEAD}assistants: {{a: {{model: m, metadata: {{{}}}}}}}\n", metadata(count));
    Folder::new(&text(14)).read(None, &[]).unwrap();
    assert!(Folder::new(&text(15)).problems()[0].contains("expected at most 14 metadata pairs, found 15"));
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_folder_is_refused() {
    let folder = Folder::new(&format!("{HEAD}assistants: {{a: {{model: m, instructions: {{file: link}}}}}}\n"));
    let outside = tempfile::NamedTempFile::new().unwrap();
    std::os::unix::fs::symlink(outside.path(), folder.0.path().join("link")).unwrap();
    assert!(folder.problems()[0].ends_with("the file `link` is outside the folder of the manifest"));
}

#[test]
fn the_owned_members_are_those_of_an_update() {
    let mut names: Vec<&str> = UpdateAssistant::SPEC.facts.unwrap().body_names().collect();
    let mut owned: Vec<&str> = ASSISTANTS.member_names().collect();
    names.sort_unstable();
    owned.sort_unstable();
    assert_eq!(owned, names);
}

fn form(value: Value) -> Map<String, Value> {
    canonical(&ASSISTANTS, value.as_object().unwrap(), &[])
}

#[test]
fn what_a_server_fills_in_is_no_difference() {
    let wanted = json!({
        "model": "m", "instructions": "", "temperature": 0.2, "metadata": { "b": "1", "a": "2" },
        "tools": [
            { "type": "function", "function": { "name": "f", "parameters": { "type": "object", "required": ["b", "a"] } } },
            { "type": "file_search" },
        ],
        "tool_resources": { "file_search": { "vector_store_ids": ["vs_2", "vs_1"] } },
        "response_format": { "type": "json_schema", "json_schema": { "name": "n", "schema": { "maximum": 1 } } },
    });
    let live = json!({
        "id": "asst_1", "object": "assistant", "created_at": 1, "model": "m", "name": null, "description": null,
        "instructions": null, "temperature": 0.200000003, "top_p": 1.0, "reasoning_effort": null, "hybrid": {},
        "metadata": { "a": "2", "b": "1", "asst_key": "x", "asst_digest": "y" },
        "tools": [
            { "type": "file_search", "file_search": { "ranking_options":
                { "ranker": "default_2024_08_21", "score_threshold": 0.0, "hybrid_search": null } } },
            { "type": "function", "function": { "name": "f", "description": null, "strict": false,
                "parameters": { "required": ["b", "a"], "type": "object" } } },
        ],
        "tool_resources": { "file_search": { "vector_store_ids": ["vs_1", "vs_2"] }, "code_interpreter": { "file_ids": [] } },
        "response_format": { "type": "json_schema", "json_schema":
            { "name": "n", "description": null, "strict": null, "schema": { "maximum": 1.0 } } },
    });
    assert_eq!(differences(&form(live.clone()), &form(wanted.clone())), []);
    assert_eq!(digest(&form(live)), digest(&form(wanted)));
}

#[test]
fn every_other_change_is_a_difference() {
    let base = json!({ "model": "m", "tools": [{ "type": "function", "function":
        { "name": "f", "parameters": { "required": ["a", "b"], "default": 0 } } }], "metadata": { "a": "1" } });
    for (pointer, value, path) in [
        ("/model", json!("n"), "model"),
        ("/temperature", json!(0.2), "temperature"),
        ("/temperature", json!(0), "temperature"),
        ("/metadata/a", json!("2"), "metadata.a"),
        ("/tools/0/function/parameters/required", json!(["b", "a"]), "tools[function:f].function.parameters.required"),
        ("/tools/0/function/parameters/default", json!(1), "tools[function:f].function.parameters.default"),
        ("/response_format", json!("none"), "response_format"),
    ] {
        let mut changed = base.clone();
        match changed.pointer_mut(pointer) {
            Some(place) => *place = value,
            None => changed[&pointer[1..]] = value,
        }
        let found = differences(&form(base.clone()), &form(changed));
        assert_eq!(found.iter().map(|one| one.path.as_str()).collect::<Vec<_>>(), [path], "{pointer}");
    }
    let added = form(json!({ "model": "m", "metadata": { "a": "1" } }));
    let paths: Vec<_> = differences(&form(json!({ "model": "m" })), &added).into_iter().map(|one| one.path).collect();
    assert_eq!(paths, ["metadata.a"]);
}

#[test]
fn the_name_of_a_match_does_not_depend_on_how_the_pattern_is_written() {
    for pattern in ["pages/**/*.md", "./pages/**/*.md", "pages//.//**/**/*.md", "././pages/**//*.md"] {
        let text = format!("{HEAD}files:\n  a: {{path: '{pattern}'}}\n");
        let folder = Folder::new(&text).with("pages/é.md", "one").with("pages/deep/two.md", "two");
        let manifest = folder.read(None, &[]).unwrap();
        let names: Vec<&str> = manifest.resources.iter().map(|resource| resource.name.as_str()).collect();
        assert_eq!(names, ["a/deep/two.md", "a/é.md"], "{pattern}");
    }
}

#[test]
fn of_two_entries_with_equal_bytes_either_can_protect_the_file() {
    for (first, second) in [(true, false), (false, true)] {
        let entry = |path: &str, protect: bool| format!("{{path: {path}, lifecycle: {{protect: {protect}}}}}");
        let entries = [entry("x/a.md", first), entry("y/a.md", second)];
        let text = format!("{HEAD}files:\n  one: {}\n  two: {}\n", entries[0], entries[1]);
        let manifest = Folder::new(&text).with("x/a.md", "a").with("y/a.md", "a").read(None, &[]).unwrap();
        assert_eq!(manifest.resources.iter().map(|resource| resource.protect).collect::<Vec<_>>(), [true]);
    }
}

#[test]
fn ignored_members_count_on_neither_side() {
    let members = json!({ "model": "m", "temperature": 0.1, "metadata": { "app_x": "1", "team": "hr" } });
    let ignore = ["temperature".to_owned(), "metadata.app_*".to_owned()];
    let found = canonical(&ASSISTANTS, members.as_object().unwrap(), &ignore);
    assert_eq!(Value::Object(found), json!({ "metadata": { "team": "hr" }, "model": "m" }));
}

#[test]
fn a_marker_of_another_version_is_no_marker() {
    let one = digest(&form(json!({ "model": "a" })));
    let other = digest(&form(json!({ "model": "b" })));
    for kept in [&one, &other] {
        for is_protected in [false, true] {
            let marker = Marker { wanted: one.clone(), kept: kept.clone(), birth: "b".into(), is_protected };
            assert_eq!(Marker::read(&marker.text()), Some(marker));
        }
    }
    for text in [
        "",
        "1:",
        "1:short#b",
        &format!("1:{one}"),
        &format!("1:{one}#"),
        &format!("1:{one}#!"),
        &format!("2:{one}#b"),
        &format!("1:{one}:{other}:{one}#b"),
        &format!("1:{one}:x#b"),
    ] {
        assert_eq!(Marker::read(text), None, "{text}");
    }
}

proptest! {
    #[test]
    fn no_manifest_makes_it_panic(text in r"(asst: 1\n|project: a\n|assistants:\n|vars:|env:|  a:|    model: m\n|    tools: |\[|\]|\{|\}|\$\{A\}|file: x|[a-z: \n-]){0,30}") {
        let _ = Folder::new(&text).read(None, &[]);
    }
}
