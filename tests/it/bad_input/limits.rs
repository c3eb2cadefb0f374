//! The limits that the API declares, with the error texts of the API.

use super::refused;
use crate::support::test_env::{Asst, shows};

#[test]
fn seventeen_metadata_pairs_are_refused() {
    let pairs: Vec<String> = (0..17).map(|n| format!("k{n}=v")).collect();
    let args: Vec<&str> =
        ["threads", "create"].into_iter().chain(pairs.iter().flat_map(|pair| ["--metadata", pair])).collect();
    shows!(refused(&Asst::new(), &args), @r"
    --- stderr ---
    error: Invalid 'metadata': too many properties. Expected an object with at most 16 properties, but got an object with 17 properties instead. (code object_above_max_properties, param metadata)
      hint: set it with --metadata
    exit 2
    ");
}

#[test]
fn metadata_key_of_65_characters_is_refused() {
    let pair = format!("{}=v", "k".repeat(65));
    shows!(refused(&Asst::new(), &["threads", "create", "--metadata", &pair]), @r"
    --- stderr ---
    error: Invalid property name in 'metadata': string too long. Expected a property name with maximum length 64, but got a property name with length 65 instead. (code string_above_max_length, param metadata)
      hint: set it with --metadata
    exit 2
    ");
}

#[test]
fn metadata_value_of_513_characters_is_refused() {
    let pair = format!("k={}", "v".repeat(513));
    shows!(refused(&Asst::new(), &["threads", "create", "--metadata", &pair]), @r"
    --- stderr ---
    error: Invalid 'metadata.k': string too long. Expected a string with maximum length 512, but got a string with length 513 instead. (code string_above_max_length, param metadata.k)
      hint: set it with --metadata
    exit 2
    ");
}

#[test]
fn name_of_257_characters_is_refused() {
    let name = "n".repeat(257);
    shows!(refused(&Asst::new(), &["assistants", "create", "--model", "gpt-4o", "--name", &name]), @r"
    --- stderr ---
    error: Invalid 'name': string too long. Expected a string with maximum length 256, but got a string with length 257 instead. (code string_above_max_length, param name)
      hint: set it with --name
    exit 2
    ");
}

#[test]
fn list_of_129_tools_is_refused() {
    let mut args = vec!["assistants", "create", "--model", "gpt-4o"];
    (0..129).for_each(|_| args.extend(["--tool", "file_search"]));
    shows!(refused(&Asst::new(), &args), @r"
    --- stderr ---
    error: Invalid 'tools': array too long. Expected an array with maximum length 128, but got an array with length 129 instead. (code array_above_max_length, param tools)
      hint: set it with --tool
    exit 2
    ");
}

#[test]
fn number_out_of_range_is_refused() {
    shows!(refused(&Asst::new(), &["assistants", "create", "--model", "m", "--temperature", "2.1"]), @r"
    --- stderr ---
    error: Invalid 'temperature': decimal above maximum value. Expected a value <= 2, but got 2.1 instead. (code decimal_above_max_value, param temperature)
      hint: set it with --temperature
    exit 2
    ");
    shows!(refused(&Asst::new(), &["assistants", "list", "--page-size", "101"]), @r"
    --- stderr ---
    error: Invalid 'limit': integer above maximum value. Expected a value <= 100, but got 101 instead. (code integer_above_max_value, param limit)
      hint: set it with --page-size
    exit 2
    ");
}

#[test]
fn missing_required_member_is_refused() {
    shows!(refused(&Asst::new(), &["assistants", "create"]), @r"
    --- stderr ---
    error: Missing required parameter: 'model'. (code missing_required_parameter, param model)
      hint: set it with --model
    exit 2
    ");
    shows!(refused(&Asst::new(), &["runs", "create", "thread_1"]), @r"
    --- stderr ---
    error: Missing required parameter: 'assistant_id'. (code missing_required_parameter, param assistant_id)
      hint: set it with --assistant-id
    exit 2
    ");
    shows!(refused(&Asst::new(), &["messages", "create", "thread_1"]), @r"
    --- stderr ---
    error: Missing required parameter: 'content'. (code missing_required_parameter, param content)
      hint: set it with one of --content, --content-file, --content-part
    exit 2
    ");
    shows!(refused(&Asst::new(), &["runs", "submit", "thread_1", "run_1"]), @r"
    --- stderr ---
    error: Missing required parameter: 'tool_outputs'. (code missing_required_parameter, param tool_outputs)
      hint: set it with one of --tool-output, --tool-output-file, --tool-outputs
    exit 2
    ");
}

#[test]
fn limits_apply_to_the_body_flag_too() {
    let body = r#"{"model": "gpt-4o", "name": 5}"#;
    shows!(refused(&Asst::new(), &["assistants", "create", "--body", body]), @r"
    --- stderr ---
    error: Invalid type for 'name': expected a string, but got an integer instead. (code invalid_type, param name)
      hint: it is in --body
    exit 2
    ");
}
