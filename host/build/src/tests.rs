//! Folders are built for real, with the toolchain of this machine; the crates have no dependencies, so it is quick.

use std::fs;

use tempfile::TempDir;

use super::*;

/// A crate in a folder called `demo`.
fn folder(files: &[(&str, &str)]) -> (TempDir, PathBuf) {
    let temporary = tempfile::tempdir().unwrap();
    let dir = temporary.path().join("demo");
    for (name, text) in files {
        let file = dir.join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
    (temporary, dir)
}

const MANIFEST: &str = r#"
[package]
name = "demo-job"
version = "0.1.0"
edition = "2024"
[lib]
crate-type = ["cdylib"]
[profile.release]
panic = "abort"
"#;

/// A module of the world without imports and exports, as wit-bindgen would mark it.
fn job() -> (TempDir, PathBuf) {
    let mut resolve = wit_parser::Resolve::default();
    let package = resolve.push_str("demo.wit", "package demo:job; world job {}").unwrap();
    let world = resolve.select_world(&[package], None).unwrap();
    let section =
        wit_component::metadata::encode(&resolve, world, wit_component::StringEncoding::UTF8, None).unwrap();
    let code = format!(
        "#[unsafe(link_section = \"component-type:job\")] #[used]\npub static WORLD: [u8; {}] = {section:?};\n",
        section.len()
    );
    folder(&[("Cargo.toml", MANIFEST), ("src/lib.rs", &code)])
}

fn built(dir: &Path) -> Result<(Built, Vec<String>), BuildError> {
    let mut lines = Vec::new();
    let built = build(dir, &mut |line| lines.push(line.to_owned()))?;
    Ok((built, lines))
}

fn message(dir: &Path) -> String {
    built(dir).unwrap_err().to_string()
}

#[test]
fn a_folder_becomes_a_component_and_stays_as_it_is_until_it_changes() {
    let (_temporary, dir) = job();
    let (first, lines) = built(&dir).unwrap();
    assert_eq!(first.component, dir.join("dist/demo.wasm"));
    assert!(lines.iter().any(|line| line.starts_with("Compiling demo-job")), "{lines:?}");
    let component = fs::read(&first.component).unwrap();
    assert_eq!(component[..8], *b"\0asm\x0d\0\x01\0", "the header of a component, not of a module");

    let before = fs::metadata(&first.component).unwrap().modified().unwrap();
    let (second, _) = built(&dir).unwrap();
    assert_eq!(fs::metadata(&second.component).unwrap().modified().unwrap(), before);

    fs::remove_file(&first.component).unwrap();
    built(&dir).unwrap();
    assert_eq!(fs::read(&first.component).unwrap(), component);
    assert_eq!(fs::read_dir(dir.join("dist")).unwrap().count(), 1, "no drafts are left");
}

#[test]
fn a_build_script_sees_no_credential() {
    let (_temporary, dir) = job();
    let script = r#"fn main() {
        for (name, value) in std::env::vars() {
            assert!(!value.contains("ghp_planted"), "{name} is visible");
        }
    }"#;
    fs::write(dir.join("build.rs"), script).unwrap();
    let planted = ["GITHUB_TOKEN", "GH_TOKEN", "GITHUB_SEEDING_TOKENS", "CARGO_REGISTRY_TOKEN", "SOMETHING"];
    let variables = std::env::vars_os().chain(planted.map(|name| (name.into(), "ghp_planted".into())));
    build_in(variables, &dir, &mut |_| {}).unwrap();
}

#[test]
fn a_mistake_in_the_code_is_told_in_the_compilers_words() {
    let (_temporary, dir) =
        folder(&[("Cargo.toml", MANIFEST), ("src/lib.rs", "pub fn f() -> u8 { \"text\" }")]);
    let told = message(&dir);
    assert!(told.contains("mismatched types") && told.contains("src/lib.rs:1:"), "{told}");
}

#[test]
fn a_module_that_is_no_job_is_told() {
    let (_temporary, dir) = folder(&[("Cargo.toml", MANIFEST), ("src/lib.rs", "")]);
    assert!(message(&dir).contains("seedbed_sdk::export!"));
}

#[test]
fn what_is_no_plugin_folder_is_told() {
    let (_temporary, dir) = folder(&[("README.md", "")]);
    assert!(message(&dir).contains("no Cargo.toml in"));
    assert!(message(&dir.join("nothing")).contains("there is no folder"));

    let (_temporary, dir) = folder(&[("Cargo.toml", "[workspace]\n")]);
    assert!(message(&dir).contains("a workspace and no crate"), "{}", message(&dir));

    let (_temporary, dir) = folder(&[("Cargo.toml", "nonsense")]);
    assert!(message(&dir).contains("Cargo.toml:1:"), "{}", message(&dir));

    let plain = MANIFEST.replace("crate-type = [\"cdylib\"]", "");
    let (_temporary, dir) = folder(&[("Cargo.toml", &plain), ("src/lib.rs", "")]);
    assert!(message(&dir).contains("crate-type = [\"cdylib\"]"));
}

#[test]
fn without_any_toolchain_the_message_says_what_to_install() {
    let (_temporary, dir) = job();
    let error = build_in([("PATH".into(), "/nowhere".into())], &dir, &mut |_| {}).unwrap_err();
    assert!(error.to_string().contains("rustup.rs"));
    let error = BuildError::MissingTarget { target: toolchain::TARGET }.to_string();
    assert!(error.contains("rustup target add wasm32-unknown-unknown") && error.contains("rust-web-src"));
}

/// Compiles the standard library: half a minute.
#[test]
#[ignore = "needs Debian's rustc-web and rust-web-src"]
fn debians_compiler_serves_where_rustup_cannot() {
    let (_temporary, dir) = job();
    let cargo = Cargo::find(environment::cleared(std::env::vars_os())).unwrap();
    let package = Package::read(&cargo, &dir, &dir.join("Cargo.toml")).unwrap();
    let debian = Toolchain::debian(&cargo, &dir).unwrap();
    build_with(&cargo, &debian, &package, &dir, &mut |_| {}).unwrap();
    assert!(component_path(&dir).is_file());
}

#[test]
fn the_component_of_a_folder_is_named_after_it_however_it_is_written() {
    assert_eq!(
        component_path(Path::new("plugins/some-job")),
        Path::new("plugins/some-job/dist/some-job.wasm")
    );
    let here = std::env::current_dir().unwrap();
    let name = format!("{}.wasm", here.file_name().unwrap().to_str().unwrap());
    assert_eq!(component_path(Path::new(".")), Path::new("./dist").join(name));
}
