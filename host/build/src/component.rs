//! A core module to a component.

use std::fs;
use std::path::Path;

use wit_component::ComponentEncoder;

use crate::error::BuildError;

/// Encodes the module as a component, checks it, and puts it in place at once: a run never sees half of it.
pub(crate) fn encode(module: &Path, component: &Path) -> Result<(), BuildError> {
    let bytes = fs::read(module).map_err(BuildError::io(format!("reading {}", module.display())))?;
    if !says_its_world(&bytes) {
        return Err(BuildError::NotAJob(module.to_owned()));
    }
    let reason = |error: &dyn std::fmt::Debug| BuildError::Component {
        module: module.to_owned(),
        // The whole chain: what is wrong stands at its end.
        reason: format!("{error:?}"),
    };
    let encoder = ComponentEncoder::default().validate(true).module(&bytes).map_err(|e| reason(&e))?;
    let encoded = { encoder }.encode().map_err(|e| reason(&e))?;
    put_in_place(component, &encoded)
}

/// wit-bindgen writes the world into custom sections with names that begin so.
fn says_its_world(module: &[u8]) -> bool {
    const NAME: &[u8] = b"component-type";
    module.windows(NAME.len()).any(|bytes| bytes == NAME)
}

fn put_in_place(path: &Path, bytes: &[u8]) -> Result<(), BuildError> {
    let doing = || BuildError::io(format!("writing {}", path.display()));
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(doing())?;
    let mut draft = path.as_os_str().to_owned();
    draft.push(format!(".{}", std::process::id()));
    let written = fs::write(&draft, bytes).and_then(|()| fs::rename(&draft, path));
    if written.is_err() {
        // What could not be put in place should not lie around; that it can't be removed adds nothing to the error.
        drop(fs::remove_file(&draft));
    }
    written.map_err(doing())
}

/// Whether `one` is there and not older than `other`.
pub(crate) fn is_newer(one: &Path, other: &Path) -> bool {
    let modified = |path: &Path| fs::metadata(path).and_then(|metadata| metadata.modified());
    matches!((modified(one), modified(other)), (Ok(one), Ok(other)) if one >= other)
}
