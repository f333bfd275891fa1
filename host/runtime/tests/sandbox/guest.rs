//! The guests of `tests/plugins`: built once if they are missing or older than what they are made of, and loaded once.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::{LazyLock, Mutex},
    time::SystemTime,
};

use seedbed_runtime::{Doors, Ended, Limits, Plugin, Sandboxes, Settings};

/// One set of sandboxes for all tests: that many of them share an engine is the usual case.
pub(crate) static SANDBOXES: LazyLock<Sandboxes> =
    LazyLock::new(|| Sandboxes::new(Settings::default()).unwrap());

static PROBE: LazyLock<Plugin> = LazyLock::new(|| SANDBOXES.load_bytes(&component("probe")).unwrap());

/// The guest that does what its parameters say.
pub(crate) fn probe() -> Plugin {
    PROBE.clone()
}

/// Runs the probe.
pub(crate) async fn run(params: serde_json::Value, doors: Doors, limits: Limits) -> Ended {
    probe().run(params.to_string(), doors, limits).await
}

/// The bytes of a guest's component.
pub(crate) fn component(name: &str) -> Vec<u8> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(|e| e.into_inner());
    let guests = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/plugins");
    let built = guests.join(name).join("dist").join(format!("{name}.wasm"));
    let sources =
        [guests.join(name), guests.join("Cargo.toml"), guests.join("../../wit")].map(|path| newest(&path));
    let age = |path: &Path| fs::metadata(path).and_then(|m| m.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
    if age(&built) < sources.into_iter().max().unwrap() {
        build(&guests, name, &built);
    }
    fs::read(built).unwrap()
}

fn build(guests: &Path, name: &str, built: &Path) {
    let target = "wasm32-unknown-unknown";
    let status = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()))
        .args(["build", "--release", "--quiet", "--target", target, "--package", name])
        .current_dir(guests)
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_TARGET_DIR")
        .status()
        .unwrap();
    assert!(status.success(), "the guest {name} does not build");
    let module = guests.join("target").join(target).join("release").join(name.replace('-', "_") + ".wasm");
    let component = wit_component::ComponentEncoder::default()
        .validate(true)
        .module(&fs::read(module).unwrap())
        .unwrap()
        .encode()
        .unwrap();
    fs::create_dir_all(built.parent().unwrap()).unwrap();
    // Another test process may build the same: each writes whole files.
    let unfinished = built.with_extension(format!("{}.part", std::process::id()));
    fs::write(&unfinished, component).unwrap();
    fs::rename(unfinished, built).unwrap();
}

/// When something in a folder changed last; what was built does not count.
fn newest(path: &Path) -> SystemTime {
    if path.is_dir() {
        let inside = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path());
        let sources = inside.filter(|path: &PathBuf| !path.ends_with("dist") && !path.ends_with("target"));
        return sources.map(|path| newest(&path)).max().unwrap_or(SystemTime::UNIX_EPOCH);
    }
    fs::metadata(path).unwrap().modified().unwrap()
}
