use std::path::Path;

use serde_json::json;

use super::*;

const JOB: &str = r#"
name = "two"
plugin = "p.wasm"
[matrix]
repo = ["a/x", "b/y"]
api = ["rest", "graphql"]
[params]
max_prs = 10
[sink]
type = "jsonl"
path = "out"
"#;

fn schema() -> Value {
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["repo"],
        "properties": {
            "repo": {"type": "string"},
            "api": {"enum": ["rest", "graphql"]},
            "max_prs": {"type": "integer", "minimum": 1},
            "streams": {"type": "array", "items": {"type": "string"}},
        },
    })
}

fn manifest(text: &str) -> Manifest {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("job.toml");
    std::fs::write(&path, text).unwrap();
    Manifest::read(Path::new(&path)).unwrap()
}

fn given(params: &[&str]) -> Vec<Override> {
    params.iter().map(|text| text.parse().unwrap()).collect()
}

fn mistake(text: &str, params: &[&str]) -> (String, String) {
    let problems = tasks(&manifest(text), &given(params), &schema()).unwrap_err();
    assert_eq!(problems.len(), 1, "{problems:#?}");
    (problems[0].to_string(), problems[0].marked().unwrap_or_default().to_owned())
}

#[test]
fn there_is_a_task_for_each_combination() {
    let tasks = tasks(&manifest(JOB), &[], &schema()).unwrap();
    let labels: Vec<&str> = tasks.iter().map(|task| task.label.as_str()).collect();
    assert_eq!(labels, ["a/x rest", "a/x graphql", "b/y rest", "b/y graphql"]);
    assert_eq!(tasks[0].key, r#"{"api":"rest","repo":"a/x"}"#, "keys in order, whatever the text's order");
    assert_eq!(json!(tasks[3].params), json!({"repo": "b/y", "api": "graphql", "max_prs": 10}));
}

#[test]
fn a_job_without_a_matrix_has_one_task() {
    let text = JOB
        .replace("[matrix]\n", "")
        .replace("repo = [\"a/x\", \"b/y\"]\napi = [\"rest\", \"graphql\"]\n", "");
    let text = text.replace("max_prs = 10", "repo = \"a/x\"");
    let tasks = tasks(&manifest(&text), &[], &schema()).unwrap();
    assert_eq!((tasks.len(), tasks[0].key.as_str(), tasks[0].label.as_str()), (1, "{}", ""));
}

#[test]
fn the_command_line_wins_over_params_and_over_an_axis() {
    let overrides = given(&["max_prs=3", "repo=c/z", "streams=reviews"]);
    let tasks = tasks(&manifest(JOB), &overrides, &schema()).unwrap();
    assert_eq!(tasks.len(), 2, "two APIs, one repository");
    assert_eq!(
        json!(tasks[0].params),
        json!({"repo": "c/z", "api": "rest", "max_prs": 3, "streams": ["reviews"]})
    );
}

#[test]
fn a_parameter_of_the_wrong_type_is_told_at_its_line() {
    let (message, marked) = mistake(&JOB.replace("= 10", "= \"many\""), &[]);
    assert_eq!(message, "parameter `max_prs`: \"many\" is not of type \"integer\"");
    assert_eq!(marked, "\"many\"");
}

#[test]
fn a_wrong_value_of_the_matrix_is_told_at_that_value() {
    let (message, marked) = mistake(&JOB.replace("\"graphql\"", "\"graph\""), &[]);
    assert_eq!(message, "parameter `api` can't be \"graph\"");
    assert_eq!(marked, "\"graph\"");
}

#[test]
fn the_values_that_a_parameter_can_have_are_told() {
    let told = |schema: Value, value: &str| {
        let text = JOB.replace("max_prs = 10", &format!("how = \"{value}\""));
        let schema = json!({"properties": {"how": schema}});
        tasks(&manifest(&text), &[], &schema).unwrap_err()[0].advice().to_owned()
    };
    let either = json!({"anyOf": [{"oneOf": [{"const": "fast"}, {"const": "slow"}]}, {"type": "null"}]});
    assert_eq!(told(either.clone(), "fats"), "did you mean `fast`?");
    assert_eq!(told(either, "round"), "expected one of: fast, slow");
    assert_eq!(told(json!({"enum": ["fast", 3]}), "x"), "expected one of: fast, 3");
}

#[test]
fn a_wrong_entry_of_a_list_is_told_at_that_entry() {
    let (message, marked) = mistake(&JOB.replace("= 10", "= 10\nstreams = [\"reviews\", 7]"), &[]);
    assert_eq!(message, "parameter `streams/1`: 7 is not of type \"string\"");
    assert_eq!(marked, "7");
}

#[test]
fn an_unknown_parameter_is_told_with_the_one_that_was_meant() {
    let text = JOB.replace("max_prs", "max_pr");
    let problems = tasks(&manifest(&text), &[], &schema()).unwrap_err();
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].to_string(), "the plugin has no parameter `max_pr`");
    assert_eq!((problems[0].marked(), problems[0].advice()), (Some("max_pr"), "did you mean `max_prs`?"));
}

#[test]
fn a_missing_parameter_is_told() {
    let text = JOB.replace("repo = [\"a/x\", \"b/y\"]\n", "");
    assert_eq!(mistake(&text, &[]).0, "the plugin needs the parameter `repo`");
}

#[test]
fn a_mistake_on_the_command_line_is_told_as_such() {
    let (message, marked) = mistake(JOB, &["max_prs=many"]);
    assert_eq!(message, "--param max_prs=many: parameter `max_prs`: \"many\" is not of type \"integer\"");
    assert_eq!(marked, "");
    assert_eq!(mistake(JOB, &["max=3"]).0, "--param max: the plugin has no parameter `max`");
}

#[test]
fn a_matrix_beyond_reason_is_refused_before_it_is_laid_out() {
    let axis: Vec<String> = (0..60).map(|n| format!("\"a/{n}\"")).collect();
    let axes: String =
        ["a", "b", "c", "d"].iter().map(|key| format!("{key} = [{}]\n", axis.join(","))).collect();
    let text = JOB.replace("repo = [\"a/x\", \"b/y\"]\n", &axes);
    assert!(mistake(&text, &[]).0.contains("more than 100000 tasks"));
}
