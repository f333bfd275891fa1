//! The crate in a plugin folder, as Cargo sees it.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::cargo::Cargo;
use crate::error::BuildError;

/// The crate to build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Package {
    /// Its manifest, absolute.
    pub(crate) manifest: PathBuf,
    /// Where Cargo keeps what it builds: of the crate's workspace, wherever that begins.
    pub(crate) target_folder: PathBuf,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Described>,
    target_directory: PathBuf,
}

#[derive(Deserialize)]
struct Described {
    name: String,
    manifest_path: PathBuf,
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Target {
    crate_types: Vec<String>,
}

impl Package {
    /// Reads the crate whose manifest this is.
    pub(crate) fn read(cargo: &Cargo, dir: &Path, manifest: &Path) -> Result<Self, BuildError> {
        let manifest = std::fs::canonicalize(manifest)
            .map_err(BuildError::io(format!("reading {}", manifest.display())))?;
        let text = cargo.metadata(dir, &manifest)?;
        let metadata: Metadata = serde_json::from_slice(&text)
            .map_err(|error| BuildError::Cargo { dir: dir.to_owned(), output: error.to_string() })?;
        let described = metadata.packages.into_iter().find(|package| package.manifest_path == manifest);
        let Some(package) = described else { return Err(BuildError::NoPackage(manifest)) };
        if !package.targets.iter().any(|target| target.crate_types.iter().any(|kind| kind == "cdylib")) {
            return Err(BuildError::NoLibrary { package: package.name, manifest });
        }
        Ok(Self { manifest, target_folder: metadata.target_directory })
    }
}
