//! A plugin folder to a WebAssembly component.
//!
//! [`build`] finds a toolchain, compiles the folder's crate to a core module with Cargo and encodes that as a component.
//! A build script is native code of a stranger, and Cargo runs it: so the environment is cleared first, and no
//! credential reaches it. Nothing here runs a job.

mod cargo;
mod component;
mod environment;
mod error;
mod package;
mod toolchain;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Instant;

pub use error::BuildError;

use cargo::Cargo;
use package::Package;
use toolchain::Toolchain;

/// A component that was built, or found up to date.
#[derive(Debug, Clone, PartialEq)]
pub struct Built {
    /// Where it is: [`component_path`] of the folder.
    pub component: PathBuf,
    /// How long it took, in seconds.
    pub seconds: f64,
}

/// Where the component of a plugin folder is kept: `<dir>/dist/<name of dir>.wasm`.
pub fn component_path(dir: &Path) -> PathBuf {
    // `.` has no name of its own.
    let named = std::fs::canonicalize(dir).or_else(|_| std::path::absolute(dir));
    let name = named.as_deref().unwrap_or(dir).file_name().unwrap_or("plugin".as_ref()).to_owned();
    let mut file = name;
    file.push(".wasm");
    dir.join("dist").join(file)
}

/// Builds the plugin in `dir`, a folder with a `Cargo.toml`. `report` gets a line for each step and each warning.
///
/// What is up to date stays as it is. The first build without rustup's target compiles the standard library too.
///
/// # Errors
/// No crate there, no toolchain (the message says what to install), code that does not compile (the message is
/// Cargo's), or a module that is no job.
pub fn build(dir: &Path, report: &mut dyn FnMut(&str)) -> Result<Built, BuildError> {
    build_in(std::env::vars_os(), dir, report)
}

/// [`build`] as from a process with these environment variables.
fn build_in(
    variables: impl IntoIterator<Item = (OsString, OsString)>,
    dir: &Path,
    report: &mut dyn FnMut(&str),
) -> Result<Built, BuildError> {
    let started = Instant::now();
    if !dir.is_dir() {
        return Err(BuildError::NoFolder(dir.to_owned()));
    }
    let manifest = dir.join("Cargo.toml");
    if !manifest.is_file() {
        return Err(BuildError::NoManifest(dir.to_owned()));
    }
    let cargo = Cargo::find(environment::cleared(variables))?;
    let package = Package::read(&cargo, dir, &manifest)?;
    let toolchain = Toolchain::find(&cargo, dir)?;
    build_with(&cargo, &toolchain, &package, dir, report)?;
    Ok(Built { component: component_path(dir), seconds: started.elapsed().as_secs_f64() })
}

fn build_with(
    cargo: &Cargo,
    toolchain: &Toolchain,
    package: &Package,
    dir: &Path,
    report: &mut dyn FnMut(&str),
) -> Result<(), BuildError> {
    if matches!(toolchain, Toolchain::WithSource { .. }) {
        report("no rustup target here: Debian's compiler builds the standard library too, once");
    }
    let module = cargo.build(toolchain, package, dir, report)?;
    let component = component_path(dir);
    if module.fresh && component::is_newer(&component, &module.path) {
        return Ok(());
    }
    component::encode(&module.path, &component)
}

#[cfg(test)]
mod tests;
