use std::path::{Path, PathBuf};
use std::time::Duration;

use proptest::prelude::*;
use serde_json::json;

use super::*;

const GUMROAD: &str = r#"
name   = "gumroad"
plugin = "../plugins/pull-requests"

[matrix]
repo = ["antiwork/gumroad", "antiwork/helper"]

[params]
days_back = 90
streams   = ["reviews"]

[github]
read         = ["antiwork/*"]
on_exhausted = "wait"
max_requests = 20_000

[limits]
memory = "64 MiB"
wall   = "30 min"

[sink]
type = "sqlite"
path = "../out/gumroad.db"
"#;

fn read(text: &str) -> Result<Manifest, Vec<Problem>> {
    Manifest::parse("jobs/job.toml", text.to_owned(), Path::new("jobs"))
}

/// The only mistake in the manifest: its message, what is marked, the advice.
fn mistake(text: &str) -> (String, String, String) {
    let problems = read(text).expect_err("something is wrong with it");
    assert_eq!(problems.len(), 1, "one mistake is told once: {problems:#?}");
    let problem = &problems[0];
    (problem.to_string(), problem.marked().unwrap_or_default().to_owned(), problem.advice().to_owned())
}

fn instead(from: &str, to: &str) -> String {
    assert!(GUMROAD.contains(from), "{from}");
    GUMROAD.replace(from, to)
}

#[test]
fn every_key_is_read() {
    let manifest = read(GUMROAD).unwrap();
    assert_eq!(manifest.name, "gumroad");
    assert_eq!(*manifest.plugin.get_ref(), PathBuf::from("plugins/pull-requests"));
    assert_eq!(manifest.matrix.len(), 1);
    assert_eq!(manifest.matrix[0].values[1].get_ref(), &json!("antiwork/helper"));
    assert_eq!(json!(manifest.params.values), json!({"days_back": 90, "streams": ["reviews"]}));
    assert_eq!(&GUMROAD[manifest.params.places["/streams/0"].clone()], "\"reviews\"");
    assert_eq!(manifest.github.read, ["antiwork/*"]);
    assert_eq!(manifest.github.on_exhausted, OnExhausted::Wait);
    assert_eq!((manifest.github.max_requests, manifest.github.max_points), (Some(20_000), None));
    assert_eq!(manifest.limits.memory, 64 << 20);
    assert_eq!(manifest.limits.cpu, Duration::from_secs(60), "the default");
    assert_eq!(manifest.limits.wall, Duration::from_secs(1_800));
    assert_eq!(manifest.sink.spec.path(), Path::new("out/gumroad.db"));
}

#[test]
fn a_manifest_needs_three_things() {
    let smallest = "name = \"a\"\nplugin = \"a.wasm\"\n[sink]\ntype = \"jsonl\"\npath = \"out\"";
    let manifest = read(smallest).unwrap();
    assert_eq!((manifest.github.read.len(), manifest.matrix.len()), (0, 0));

    let problems = read("").unwrap_err();
    let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(told, ["`name` is missing", "`plugin` is missing", "`sink` is missing"]);
}

#[test]
fn an_unknown_key_is_marked_and_the_known_one_suggested() {
    let (message, marked, advice) = mistake(&instead("max_requests", "max_request"));
    assert_eq!(message, "unknown key `max_request` in [github]");
    assert_eq!(marked, "max_request");
    assert_eq!(advice, "did you mean `max_requests`?");
    assert_eq!(mistake(&instead("[params]", "[parms]")).2, "did you mean `params`?");
}

#[test]
fn a_grant_is_an_owner_and_a_name() {
    for wrong in
        ["gumroad", "antiwork/", "/gumroad", "a/b/c", "https://github.com/antiwork/gumroad", "*/*", ""]
    {
        let (_, marked, advice) = mistake(&instead("\"antiwork/*\"", &format!("\"{wrong}\"")));
        assert_eq!(marked, format!("\"{wrong}\""));
        assert!(advice.contains("owner/name"), "{advice}");
    }
}

#[test]
fn a_value_of_the_wrong_type_is_told_with_what_it_should_be() {
    let message = |from, to| mistake(&instead(from, to)).0;
    assert_eq!(message("20_000", "\"many\""), "`github.max_requests` must be a whole number");
    assert_eq!(message("20_000", "-5"), "`github.max_requests` must be a whole number above zero");
    assert_eq!(message("\"gumroad\"\n", "7\n").split(':').next(), Some("`name`"));
    assert_eq!(message("[\"antiwork/*\"]", "\"antiwork/*\""), "`github.read` must be a list of strings");
    assert!(message("\"64 MiB\"", "64").contains("such as \"256 MiB\""));
    assert!(message("\"30 min\"", "\"30\"").contains("with its unit"));
    assert!(message("\"64 MiB\"", "\"5 GiB\"").contains("4 GiB"));
    assert!(message("\"wait\"", "\"give up\"").contains("\"partial\", \"wait\" or \"fail\""));
    assert!(message("\"sqlite\"", "\"mongodb\"").starts_with("unknown sink type"));
    assert!(message("[\"antiwork/gumroad\", \"antiwork/helper\"]", "[]").contains("no task"));
    assert!(message("days_back = 90", "days_back = nan").contains("no number"));
    assert!(message("days_back = 90", "repo = \"a/b\"").contains("in [params] and in [matrix]"));
    assert!(message("\"antiwork/helper\"", "\"antiwork/gumroad\"").contains("twice"));
}

#[test]
fn all_mistakes_of_a_manifest_are_told_at_once() {
    let text = instead("max_requests", "max_request").replace("\"64 MiB\"", "64").replace("type =", "typ =");
    let told: Vec<String> = read(&text).unwrap_err().iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 4, "{told:#?}"); // `typ` is unknown, and `type` is missing
}

#[test]
fn what_is_not_toml_is_told_with_its_place() {
    let (message, ..) = mistake("name = \"gumroad\nplugin = 1");
    assert!(message.starts_with("jobs/job.toml is not valid TOML: "), "{message}");
}

#[test]
fn what_is_no_text_file_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let told = |path: &Path| Manifest::read(path).unwrap_err()[0].to_string();
    assert!(told(&folder.path().join("none.toml")).contains("No such file"));
    assert!(told(folder.path()).contains("can't read"));
    let binary = folder.path().join("binary.toml");
    std::fs::write(&binary, [0xff, 0xfe, 0]).unwrap();
    assert!(told(&binary).contains("not UTF-8"));
    std::fs::write(&binary, vec![b' '; 2 << 20]).unwrap();
    assert!(told(&binary).contains("larger than 1 MiB"));
}

#[test]
fn the_message_in_the_readme_is_the_one_that_is_printed() {
    let text = "name = \"gumroad\"\nplugin = \"../plugins/pull-requests\"\n\n[github]\nread = [\"antiwork/gumroad\"]\n\
                max_request = 20_000\n\n[sink]\ntype = \"sqlite\"\npath = \"../out/gumroad.db\"\n";
    let problem =
        Manifest::parse("jobs/gumroad.toml", text.to_owned(), Path::new("jobs")).unwrap_err().remove(0);
    let mut drawn = String::new();
    miette::GraphicalReportHandler::new_themed(miette::GraphicalTheme::unicode_nocolor())
        .with_context_lines(1)
        .render_report(&mut drawn, &problem)
        .unwrap();
    let readme =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md")).unwrap();
    let drawn = drawn.lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
    assert!(readme.contains(drawn.trim()), "the README should show:\n{drawn}");
}

proptest! {
    #[test]
    fn no_text_breaks_the_reader(at in 0_usize..600, length in 0_usize..60, other in "\\PC{0,20}|[\\[\\]={}\"\n.#0-9a-z-]{0,20}") {
        let bound = |at: usize| (at..).find(|at| *at >= GUMROAD.len() || GUMROAD.is_char_boundary(*at)).unwrap();
        let (from, to) = (bound(at).min(GUMROAD.len()), bound(at + length).min(GUMROAD.len()));
        let text = format!("{}{other}{}", &GUMROAD[..from], &GUMROAD[to..]);
        if let Err(problems) = read(&text) {
            prop_assert!(!problems.is_empty());
            for problem in problems {
                // Drawing looks up the place, and fails if that lies outside of the text.
                let mut drawn = String::new();
                miette::GraphicalReportHandler::new().render_report(&mut drawn, &problem).unwrap();
            }
        }
    }

    #[test]
    fn no_amount_breaks_the_reader(text in "\\PC{0,30}|[0-9._]{1,30} ?[A-Za-z]{0,3}") {
        drop((unit::size(&text), unit::duration(&text)));
    }
}
