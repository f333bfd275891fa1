//! Running Cargo and the compiler in a cleared environment.

use std::ffi::{OsStr, OsString};
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;

use serde::Deserialize;

use crate::error::BuildError;
use crate::package::Package;
use crate::toolchain::{TARGET, Toolchain};

/// Cargo, and all that it may see of this process' environment.
#[derive(Debug)]
pub(crate) struct Cargo {
    program: PathBuf,
    environment: Vec<(OsString, OsString)>,
}

/// A core module that Cargo made.
#[derive(Debug)]
pub(crate) struct Module {
    pub(crate) path: PathBuf,
    /// Whether it was up to date already.
    pub(crate) fresh: bool,
}

/// A line of `--message-format=json`, as far as it is read.
#[derive(Deserialize)]
struct Message {
    #[serde(default)]
    manifest_path: PathBuf,
    #[serde(default)]
    filenames: Vec<PathBuf>,
    #[serde(default)]
    fresh: bool,
}

/// One line that Cargo wrote.
enum Line {
    Out(String),
    Err(String),
}

impl Cargo {
    /// Finds Cargo by this environment's `PATH`, else where rustup puts it.
    pub(crate) fn find(mut environment: Vec<(OsString, OsString)>) -> Result<Self, BuildError> {
        let variable =
            |name: &str| environment.iter().find(|(n, _)| n == name).map(|(_, value)| value.clone());
        let path = variable("PATH").unwrap_or_default();
        let home = variable("CARGO_HOME").map(PathBuf::from).or_else(|| {
            Some(Path::new(&variable("HOME").or_else(|| variable("USERPROFILE"))?).join(".cargo"))
        });
        let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
        folders.extend(home.map(|home| home.join("bin")));
        let file = format!("cargo{}", std::env::consts::EXE_SUFFIX);
        let folder = folders.iter().find(|folder| folder.join(&file).is_file()).ok_or(BuildError::NoCargo)?;
        let program = folder.join(&file);
        // Its compiler and linker stand beside it, even where a service's PATH leaves it out.
        environment.retain(|(name, _)| name != "PATH");
        environment.push(("PATH".into(), std::env::join_paths(&folders).unwrap_or(path)));
        Ok(Self { program, environment })
    }

    fn command(&self, program: &OsStr, dir: &Path) -> Command {
        let mut command = Command::new(program);
        command.env_clear().envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.current_dir(dir).stdin(Stdio::null());
        command
    }

    /// What a compiler says of itself; `None` if it is not there or refuses.
    pub(crate) fn ask_rustc(&self, rustc: &Path, dir: &Path, arguments: &[&str]) -> Option<String> {
        let output = self.command(rustc.as_os_str(), dir).args(arguments).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    /// `cargo metadata` of one manifest, without its dependencies.
    pub(crate) fn metadata(&self, dir: &Path, manifest: &Path) -> Result<Vec<u8>, BuildError> {
        let mut command = self.command(self.program.as_os_str(), dir);
        command.args(["metadata", "--no-deps", "--format-version", "1", "--manifest-path"]).arg(manifest);
        let output = command.output().map_err(BuildError::io("running cargo"))?;
        if output.status.success() {
            Ok(output.stdout)
        } else {
            let output = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            Err(BuildError::Cargo { dir: dir.to_owned(), output })
        }
    }

    /// Compiles the crate to a core module.
    pub(crate) fn build(
        &self,
        toolchain: &Toolchain,
        package: &Package,
        dir: &Path,
        report: &mut dyn FnMut(&str),
    ) -> Result<Module, BuildError> {
        let mut command = self.command(self.program.as_os_str(), dir);
        command.args(["build", "--release", "--lib", "--target", TARGET]);
        command
            .args(["--message-format", "json-render-diagnostics", "--manifest-path"])
            .arg(&package.manifest);
        command.env("CARGO_TERM_COLOR", "never").env("CARGO_TERM_PROGRESS_WHEN", "never");
        if let Toolchain::WithSource { rustc, linker_folder } = toolchain {
            self.build_the_standard_library(&mut command, rustc, linker_folder, package);
        }
        let mut module = None;
        let mut other = String::new();
        let succeeded = run(command, |line| match line {
            Line::Out(line) => {
                if let Some(made) = made_module(&line, &package.manifest) {
                    module = Some(made);
                }
            }
            Line::Err(line) if is_a_step(&line) => report(line.trim()),
            Line::Err(line) => {
                other.push_str(&line);
                other.push('\n');
            }
        })
        .map_err(BuildError::io("running cargo"))?;
        if !succeeded {
            return Err(BuildError::Cargo { dir: dir.to_owned(), output: other.trim().to_owned() });
        }
        other.trim().lines().for_each(report);
        module.ok_or_else(|| BuildError::NoModule(dir.to_owned()))
    }

    /// Makes Cargo use another compiler and build the standard library from its source. It keeps what it builds apart:
    /// the two compilers would throw away each other's work.
    fn build_the_standard_library(
        &self,
        command: &mut Command,
        rustc: &Path,
        linker_folder: &Path,
        package: &Package,
    ) {
        let path = self.environment.iter().find(|(name, _)| name == "PATH").map(|(_, path)| path);
        let folders =
            std::iter::once(linker_folder.to_owned()).chain(path.into_iter().flat_map(std::env::split_paths));
        command
            .env("PATH", std::env::join_paths(folders).unwrap_or_default())
            .env("RUSTC", rustc)
            // A stable Cargo and a stable compiler: this lets both take `-Z`.
            .env("RUSTC_BOOTSTRAP", "1")
            .env("RUSTFLAGS", "-C linker=rust-lld")
            .arg("-Zbuild-std=std,panic_abort")
            .arg("--target-dir")
            .arg(package.target_folder.join("build-std"));
    }
}

/// Runs a command and hands over its lines as they come; whether it succeeded.
fn run(mut command: Command, mut on: impl FnMut(Line)) -> std::io::Result<bool> {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let (lines, received) = mpsc::channel();
    let readers = [
        child.stdout.take().map(|pipe| read_lines(pipe, lines.clone(), Line::Out)),
        child.stderr.take().map(|pipe| read_lines(pipe, lines, Line::Err)),
    ];
    received.iter().for_each(&mut on);
    // They have hung up, or the loop above would still run.
    readers.into_iter().flatten().for_each(|reader| drop(reader.join()));
    Ok(child.wait()?.success())
}

fn read_lines(
    pipe: impl Read + Send + 'static,
    lines: mpsc::Sender<Line>,
    of: fn(String) -> Line,
) -> thread::JoinHandle<()> {
    thread::spawn(move || {
        let mut pipe = BufReader::new(pipe);
        let mut line = Vec::new();
        while pipe.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
            let text = String::from_utf8_lossy(&line).trim_end().to_owned();
            line.clear();
            if lines.send(of(text)).is_err() {
                return;
            }
        }
    })
}

/// The module that this line tells of, if it is the one of this manifest.
fn made_module(line: &str, manifest: &Path) -> Option<Module> {
    let message: Message = serde_json::from_str(line).ok()?;
    if message.manifest_path != manifest {
        return None;
    }
    let path = message.filenames.into_iter().find(|file| file.extension().is_some_and(|e| e == "wasm"))?;
    Some(Module { path, fresh: message.fresh })
}

/// Whether Cargo tells of a step that needs no attention; it indents these, in a column of verbs.
fn is_a_step(line: &str) -> bool {
    const STEPS: [&str; 12] = [
        "Adding",
        "Blocking",
        "Building",
        "Compiling",
        "Creating",
        "Downloaded",
        "Downloading",
        "Finished",
        "Locking",
        "Replacing",
        "Updating",
        "Downgrading",
    ];
    line.starts_with(' ') && line.trim_start().split_once(' ').is_some_and(|(verb, _)| STEPS.contains(&verb))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_is_found_beside_path_where_rustup_puts_it() {
        let home = tempfile::tempdir().unwrap();
        let bin = home.path().join(".cargo/bin");
        std::fs::create_dir_all(&bin).unwrap();
        let environment = || vec![("PATH".into(), "/nowhere".into()), ("HOME".into(), home.path().into())];
        assert!(matches!(Cargo::find(environment()), Err(BuildError::NoCargo)));
        let file = bin.join(format!("cargo{}", std::env::consts::EXE_SUFFIX));
        std::fs::write(&file, "").unwrap();
        assert_eq!(Cargo::find(environment()).unwrap().program, file);
    }

    #[test]
    fn steps_are_told_apart_from_warnings_and_code() {
        assert!(is_a_step("   Compiling serde v1.0.0"));
        assert!(is_a_step("    Finished `release` profile [optimized] target(s) in 0.05s"));
        assert!(!is_a_step("warning: unused variable"));
        assert!(!is_a_step(" 3 | Compiling"));
        assert!(!is_a_step("error: could not compile"));
    }
}
