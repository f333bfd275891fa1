//! Compiled code on disk, so that a component is compiled once and not at every run.
//!
//! Loading compiled code means running it, outside any sandbox: whoever can write a file here owns the process. So the
//! folder is private to the user (0700, files 0600, owners and modes checked at every use), the code is never taken from
//! anywhere else, and each file carries a digest, because wasmtime trusts what it loads not to be torn or rotten. A file is
//! named by what was compiled and by how: the SHA-256 of the component and the engine's compatibility hash.
//!
//! Nothing here is an error to a user: what can't be used is compiled anew, and told through `tracing`.

mod folder;

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    path::PathBuf,
};

use sha2::{Digest, Sha256};
use wasmtime::{Engine, component::Component};

use folder::Folder;

/// All files together; the least recently used go first.
const CAPACITY: u64 = 1 << 30;
/// SHA-256 of the code, in front of it.
const DIGEST: usize = 32;

/// The cache of one engine.
pub(crate) struct CodeCache {
    folder: Folder,
    engine: String,
}

impl CodeCache {
    /// Opens the folder, making it if it is missing; `None` (and a warning) if it can't be trusted or used.
    pub(crate) fn open(path: PathBuf, engine: &Engine) -> Option<Self> {
        let shown = path.display().to_string();
        let folder = Folder::open(path, CAPACITY)
            .inspect_err(|why| tracing::warn!("compiled code is not kept: {shown}: {why}"))
            .ok()?;
        // A `Hash` has no stable bytes of its own; this hasher has fixed keys, and a collision would need two
        // configurations of this very program.
        let mut hasher = DefaultHasher::new();
        engine.precompile_compatibility_hash().hash(&mut hasher);
        Some(Self { folder, engine: format!("{:016x}", hasher.finish()) })
    }

    /// The compiled form of the component with this SHA-256 (in hex), if it is there and whole.
    pub(crate) fn load(&self, engine: &Engine, sha256: &str) -> Option<Component> {
        let name = self.name(sha256);
        let file = self
            .folder
            .read(&name)
            .inspect_err(|why| tracing::warn!("compiled code is not used: {name}: {why}"))
            .ok()??;
        let Some((digest, code)) = file.split_at_checked(DIGEST) else {
            tracing::warn!("compiled code is not used: {name}: cut short");
            return None;
        };
        if Sha256::digest(code).as_slice() != digest {
            tracing::warn!("compiled code is not used: {name}: damaged");
            return None;
        }
        #[expect(
            unsafe_code,
            reason = "wasmtime can't check compiled code: it is ours, whole, and from a folder only we can write"
        )]
        // SAFETY: `store` wrote these bytes as `Component::serialize` gave them. The folder and the file belong to this
        // user and nobody else can write them; the digest rules out damage; wasmtime checks version and configuration.
        let component = unsafe { Component::deserialize(engine, code) };
        component.inspect_err(|why| tracing::warn!("compiled code is not used: {name}: {why:#}")).ok()
    }

    /// Keeps a compiled component.
    pub(crate) fn store(&self, component: &Component, sha256: &str) {
        let name = self.name(sha256);
        let kept = component.serialize().map_err(|why| format!("{why:#}")).and_then(|code| {
            let digest = Sha256::digest(&code);
            self.folder.write(&name, &[&digest, &code]).map_err(|why| why.to_string())
        });
        if let Err(why) = kept {
            tracing::warn!("compiled code is not kept: {name}: {why}");
        }
    }

    fn name(&self, sha256: &str) -> String {
        format!("{sha256}-{}.cwasm", self.engine)
    }
}
