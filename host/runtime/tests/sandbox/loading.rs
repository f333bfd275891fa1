//! Files that are plugins, and files that are not.

use std::{fs, os::unix::fs::PermissionsExt, time::Instant};

use seedbed_runtime::{LoadError, Sandboxes, Settings};

use crate::guest::{self, SANDBOXES};

#[tokio::test]
async fn a_plugin_says_what_it_is_and_what_it_can_ask_for() {
    let probe = guest::probe();
    let inspection = probe.inspect();
    let doors = ["clock", "github", "log", "progress", "records", "types"];
    let mut imports = inspection.imports.clone();
    imports.sort();
    assert_eq!(imports, doors.map(|door| format!("seedbed:job/{door}@0.1.0")));
    assert!(inspection.exports.contains(&"describe".to_owned()));
    assert_eq!(inspection.sha256.len(), 64);
    let description = probe.describe().await.unwrap();
    assert_eq!((description.name.as_str(), description.version.as_str()), ("probe", "0.1.0"));
    assert_eq!(description.streams[0].name, "things");
    assert_eq!(description.streams[0].primary_key, ["id"]);
}

fn refused(bytes: &[u8]) -> LoadError {
    match SANDBOXES.load_bytes(bytes) {
        Err(error) => error,
        Ok(_) => panic!("it loads"),
    }
}

#[test]
fn files_that_are_not_there_or_no_files_are_told() {
    let home = tempfile::tempdir().unwrap();
    let load = |path: &std::path::Path| SANDBOXES.load(path).err().unwrap();
    assert!(matches!(load(&home.path().join("no.wasm")), LoadError::NotFound(_)));
    assert!(load(home.path()).to_string().contains("`host build` makes a component"));
    let large = home.path().join("large.wasm");
    fs::File::create(&large).unwrap().set_len(65 << 20).unwrap();
    assert!(matches!(load(&large), LoadError::TooLarge { .. }));
}

#[test]
fn a_core_module_is_told_apart_from_a_component() {
    let module = b"\0asm\x01\0\0\0";
    assert_eq!(
        refused(module).to_string(),
        "it is not a component: it is a core module, not a component: build it with `host build`"
    );
}

#[test]
fn a_component_that_was_cut_anywhere_is_refused() {
    let whole = guest::component("spin-in-describe");
    for cut in [9, 100, whole.len() / 3, whole.len() / 2, whole.len() - 1] {
        let error = refused(&whole[..cut]);
        assert!(matches!(error, LoadError::Invalid(_) | LoadError::NotAJob(_)), "at {cut}: {error:?}");
    }
}

#[test]
fn a_component_that_is_no_job_is_told_what_it_lacks() {
    let empty = b"\0asm\x0d\0\x01\0";
    assert!(refused(empty).to_string().contains("does not export `describe`"));
}

/// The probe, but for what it imports: names of the same length in their place.
fn importing(from: &str, to: &str) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut bytes = guest::component("probe");
    let (from, to) = (from.as_bytes(), to.as_bytes());
    assert!(bytes.windows(from.len()).any(|window| window == from));
    let mut at = 0;
    while let Some(found) = bytes[at..].windows(from.len()).position(|window| window == from) {
        at += found;
        bytes[at..at + to.len()].copy_from_slice(to);
    }
    bytes
}

#[test]
fn an_import_that_no_door_answers_is_named() {
    let error = refused(&importing("seedbed:job/github@0.1.0", "seedbed:job/shells@0.1.0"));
    assert_eq!(error.to_string(), "it asks for what this host does not offer: seedbed:job/shells@0.1.0");
}

#[test]
fn an_import_of_a_later_version_names_the_host_it_needs() {
    let error = refused(&importing("seedbed:job/clock@0.1.0", "seedbed:job/clock@0.7.2"));
    let told = error.to_string();
    assert!(told.contains("seedbed:job/clock@0.7.2"), "{told}");
    assert!(
        told.contains("needs a host that speaks seedbed:job 0.7.2 or later, this one speaks 0.1.0"),
        "{told}"
    );
}

#[test]
fn an_import_of_a_later_patch_version_is_fine_if_nothing_new_is_asked_for() {
    SANDBOXES.load_bytes(&importing("seedbed:job/clock@0.1.0", "seedbed:job/clock@0.1.9")).unwrap();
}

#[tokio::test]
async fn compiled_code_is_kept_privately_and_used_again_and_never_trusted_when_damaged() {
    let home = tempfile::tempdir().unwrap();
    let cache = home.path().join("code");
    let sandboxes = || Sandboxes::new(Settings { code_cache: Some(cache.clone()) }).unwrap();
    let bytes = guest::component("probe");
    let cold = Instant::now();
    sandboxes().load_bytes(&bytes).unwrap();
    let cold = cold.elapsed();

    let file = fs::read_dir(&cache).unwrap().next().unwrap().unwrap().path();
    assert_eq!(fs::metadata(&cache).unwrap().permissions().mode() & 0o777, 0o700);
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);

    let warm = Instant::now();
    let plugin = sandboxes().load_bytes(&bytes).unwrap();
    assert!(warm.elapsed() < cold / 2, "{:?} of {cold:?}", warm.elapsed());
    assert_eq!(plugin.describe().await.unwrap().name, "probe");

    let whole = fs::read(&file).unwrap();
    for damage in [whole[..20].to_vec(), whole[..whole.len() / 2].to_vec(), flipped(&whole)] {
        fs::write(&file, damage).unwrap();
        let plugin = sandboxes().load_bytes(&bytes).unwrap();
        assert_eq!(plugin.describe().await.unwrap().name, "probe");
        assert_eq!(fs::read(&file).unwrap().len(), whole.len(), "it was not written anew");
    }
}

fn flipped(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    bytes
}
