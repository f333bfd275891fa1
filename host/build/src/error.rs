//! Why there is no component.

use std::io;
use std::path::PathBuf;

/// Why a plugin folder could not be built. Each message says what to do where something is to be done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The path is no folder.
    #[error("there is no folder {}", .0.display())]
    NoFolder(PathBuf),
    /// The folder holds no crate.
    #[error("no Cargo.toml in {}: a plugin folder holds a Rust crate", .0.display())]
    NoManifest(PathBuf),
    /// The manifest is only a workspace.
    #[error("{} describes a workspace and no crate: name the folder of one of its members", .0.display())]
    NoPackage(PathBuf),
    /// The crate makes no dynamic library, so no module either.
    #[error("the crate {package} makes no module: add `[lib]` with `crate-type = [\"cdylib\"]` to {}", .manifest.display())]
    NoLibrary {
        /// The crate's name.
        package: String,
        /// Its manifest.
        manifest: PathBuf,
    },
    /// Cargo is nowhere.
    #[error("cargo is neither in PATH nor in ~/.cargo/bin: install Rust from https://rustup.rs")]
    NoCargo,
    /// Neither the target nor the source to build it from is there.
    #[error(
        "Rust's target {target} is missing. Install it with one of these:\n  \
         rustup target add {target}\n  \
         apt-get install -y --no-install-recommends rustc-web rust-web-src    # Debian, as root"
    )]
    MissingTarget {
        /// The target's name.
        target: &'static str,
    },
    /// Debian's compiler would do, but the linker of the ordinary toolchain is not there.
    #[error("the linker rust-lld is not at {}, so Debian's compiler can't link a module: `rustup target add {target}` avoids it", .expected.display())]
    MissingLinker {
        /// Where it should be.
        expected: PathBuf,
        /// The target that would make it unnecessary.
        target: &'static str,
    },
    /// Cargo, or the compiler, failed.
    #[error("cargo could not build {}:\n{output}", .dir.display())]
    Cargo {
        /// The plugin folder.
        dir: PathBuf,
        /// What cargo wrote to standard error.
        output: String,
    },
    /// Cargo succeeded and there is no module.
    #[error("cargo made no module of {}", .0.display())]
    NoModule(PathBuf),
    /// The module does not say which world it is made for.
    #[error("{} is a module but no job: it exports no world. Does the crate call `seedbed_sdk::export!`?", .0.display())]
    NotAJob(PathBuf),
    /// The module is not what it says it is.
    #[error("{} can't become a component: {reason}", .module.display())]
    Component {
        /// The core module.
        module: PathBuf,
        /// The encoder's reason.
        reason: String,
    },
    /// The file system or a process failed.
    #[error("{what}: {source}")]
    Io {
        /// What was being done.
        what: String,
        /// The reason.
        source: io::Error,
    },
}

impl BuildError {
    /// For `map_err`: what was being done.
    pub(crate) fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let what = what.into();
        move |source| Self::Io { what, source }
    }
}
