//! Which compiler can make a module here.

use std::path::{Path, PathBuf};

use crate::cargo::Cargo;
use crate::error::BuildError;

/// Plain WebAssembly: such a module imports only what the job's world names, no WASI.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// Where Debian keeps a compiler whose package for WebAssembly brings the standard library's source.
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";

/// A way to compile for [`TARGET`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Toolchain {
    /// The ordinary toolchain has the target's standard library.
    WithTarget,
    /// Another compiler has the standard library's source, and the ordinary toolchain brings the linker.
    WithSource {
        /// That compiler.
        rustc: PathBuf,
        /// The folder of `rust-lld`.
        linker_folder: PathBuf,
    },
}

impl Toolchain {
    /// Finds one, asking the toolchain that counts in `dir` (it may have a `rust-toolchain.toml`).
    pub(crate) fn find(cargo: &Cargo, dir: &Path) -> Result<Self, BuildError> {
        let libraries =
            cargo.ask_rustc("rustc".as_ref(), dir, &["--print", "target-libdir", "--target", TARGET]);
        if libraries.is_some_and(|folder| has_standard_library(Path::new(&folder))) {
            return Ok(Self::WithTarget);
        }
        Self::debian(cargo, dir)
    }

    /// Debian's compiler, if it is there.
    pub(crate) fn debian(cargo: &Cargo, dir: &Path) -> Result<Self, BuildError> {
        let missing = || BuildError::MissingTarget { target: TARGET };
        let rustc = PathBuf::from(DEBIAN_RUSTC);
        let sysroot = cargo.ask_rustc(&rustc, dir, &["--print", "sysroot"]).ok_or_else(missing)?;
        let source = Path::new(&sysroot).join("lib/rustlib/src/rust/library/Cargo.lock");
        if !source.is_file() {
            return Err(missing());
        }
        // Debian's own linker would be a package more; the ordinary toolchain has one already.
        let ordinary = cargo.ask_rustc("rustc".as_ref(), dir, &["--print", "sysroot"]).ok_or_else(missing)?;
        let version = cargo.ask_rustc("rustc".as_ref(), dir, &["-vV"]).ok_or_else(missing)?;
        let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or_default();
        let linker_folder = Path::new(&ordinary).join("lib/rustlib").join(host).join("bin");
        if !linker_folder.join("rust-lld").is_file() {
            return Err(BuildError::MissingLinker {
                expected: linker_folder.join("rust-lld"),
                target: TARGET,
            });
        }
        Ok(Self::WithSource { rustc, linker_folder })
    }
}

fn has_standard_library(folder: &Path) -> bool {
    let is_std = |name: &str| name.starts_with("libstd-") && name.ends_with(".rlib");
    std::fs::read_dir(folder)
        .is_ok_and(|entries| entries.flatten().any(|entry| entry.file_name().to_str().is_some_and(is_std)))
}
