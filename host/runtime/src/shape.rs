//! A file looked at before anything is compiled: whether it is a component at all, and what it asks for.

use wasmparser::{ComponentTypeRef, Encoding, Parser, Payload};

use crate::{JOB_PACKAGE_VERSION, plugin::LoadError};

/// Names at the outside of a component.
pub(crate) struct Shape {
    pub(crate) imports: Vec<String>,
    pub(crate) exports: Vec<String>,
}

/// What our own package offers.
const DOORS: [&str; 6] = ["github", "records", "progress", "log", "clock", "types"];
/// What is linked of WASI, with nothing behind it.
const WASI: [&str; 6] = ["cli", "clocks", "filesystem", "io", "random", "sockets"];

/// Reads the outside of a component.
pub(crate) fn read(bytes: &[u8]) -> Result<Shape, LoadError> {
    kind(bytes)?;
    let broken = |e: wasmparser::BinaryReaderError| {
        LoadError::Invalid(format!("the file is cut short or damaged: {}", e.message()))
    };
    let mut shape = Shape { imports: Vec::new(), exports: Vec::new() };
    let mut depth = 0_u32;
    for payload in Parser::new(0).parse_all(bytes) {
        match payload.map_err(broken)? {
            Payload::Version { encoding, .. } if depth == 0 && encoding == Encoding::Module => {
                return Err(core_module());
            }
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::ComponentImportSection(section) if depth == 0 => {
                for import in section {
                    let import = import.map_err(broken)?;
                    // A type that the world `use`s is only a name for one of an interface: nothing is asked for.
                    if !matches!(import.ty, ComponentTypeRef::Type(_)) {
                        shape.imports.push(import.name.name.to_owned());
                    }
                }
            }
            Payload::ComponentExportSection(section) if depth == 0 => {
                for export in section {
                    shape.exports.push(export.map_err(broken)?.name.name.to_owned());
                }
            }
            _ => {}
        }
    }
    Ok(shape)
}

/// Refuses what is no component, and says what it is instead.
fn kind(bytes: &[u8]) -> Result<(), LoadError> {
    let why = match bytes {
        [] => "it is empty",
        [0, b'a', b's', b'm', 1, 0, 0, 0, ..] => return Err(core_module()),
        [0, b'a', b's', b'm', _, 0, 1, 0, ..] => return Ok(()),
        [0, b'a', b's', b'm', ..] => {
            "it is WebAssembly of a version that this host does not know, or cut short"
        }
        [0x7f, b'E', b'L', b'F', ..] => {
            "it is a native program or compiled code; build a .wasm with `host build`"
        }
        _ if bytes.trim_ascii_start().starts_with(b"(") => {
            "it is WebAssembly text; turn it into a binary first (`wasm-tools parse`)"
        }
        _ => "it is not WebAssembly",
    };
    Err(LoadError::NotAComponent(why.to_owned()))
}

fn core_module() -> LoadError {
    let why = "it is a core module, not a component: build it with `host build`";
    LoadError::NotAComponent(why.to_owned())
}

/// The imports that no door answers.
pub(crate) fn unknown(imports: &[String]) -> Vec<String> {
    imports.iter().filter(|name| !offered(name)).cloned().collect()
}

/// What would offer them, where that can be said: a newer host, for a later version of our own package.
pub(crate) fn needed_version(imports: &[String]) -> Option<String> {
    let versions = imports.iter().filter_map(|name| {
        let (package, version) = name.split_once('@')?;
        package.starts_with("seedbed:job/").then_some(version)
    });
    versions
        .filter(|version| numbers(version) > numbers(JOB_PACKAGE_VERSION))
        .max_by_key(|version| numbers(version))
        .map(str::to_owned)
}

fn offered(import: &str) -> bool {
    let Some((interface, version)) = import.split_once('@') else { return false };
    let Some((package, name)) = interface.split_once('/') else { return false };
    let Some((major, minor, _)) = numbers(version) else { return false };
    match package.split_once(':') {
        // Within 0.1 only additions may come, so the linker takes any 0.1.x whose functions it has.
        Some(("seedbed", "job")) => DOORS.contains(&name) && (major, minor) == (0, 1),
        Some(("wasi", package)) => WASI.contains(&package) && major == 0 && matches!(minor, 2 | 3),
        _ => false,
    }
}

/// A version as numbers; what comes after a `-` is left out.
fn numbers(version: &str) -> Option<(u64, u64, u64)> {
    let plain = version.split(['-', '+']).next()?;
    let mut parts = plain.split('.').map(str::parse);
    let mut next = || parts.next()?.ok();
    Some((next()?, next()?, next()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(list: &[&str]) -> Vec<String> {
        list.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn our_doors_and_an_empty_wasi_are_offered_and_nothing_else() {
        let imports = names(&[
            "seedbed:job/github@0.1.0",
            "seedbed:job/types@0.1.3",
            "seedbed:job/secrets@0.1.0",
            "seedbed:job/github@0.2.0",
            "wasi:clocks/monotonic-clock@0.2.6",
            "wasi:cli/stderr@0.3.0",
            "wasi:http/outgoing-handler@0.2.0",
            "evil",
        ]);
        assert_eq!(
            unknown(&imports),
            [
                "seedbed:job/secrets@0.1.0",
                "seedbed:job/github@0.2.0",
                "wasi:http/outgoing-handler@0.2.0",
                "evil"
            ]
        );
    }

    #[test]
    fn a_later_package_is_told_as_the_host_it_needs() {
        let imports = names(&["seedbed:job/github@0.2.0", "seedbed:job/log@0.10.1", "wasi:io/poll@0.2.0"]);
        assert_eq!(needed_version(&imports).as_deref(), Some("0.10.1"));
        assert_eq!(needed_version(&names(&["seedbed:job/github@0.1.0"])), None);
    }

    #[test]
    fn what_is_no_component_is_named() {
        let why = |bytes: &[u8]| match read(bytes) {
            Err(LoadError::NotAComponent(why)) => why,
            _ => "a component".to_owned(),
        };
        assert!(why(b"").contains("empty"));
        assert!(why(b"\0asm\x01\0\0\0").contains("core module, not a component"));
        assert!(why(b"(component)").contains("text"));
        assert!(why(b"\x7fELF....").contains("native program"));
        assert!(why(b"PK\x03\x04").contains("not WebAssembly"));
        assert!(why(b"\0asm").contains("cut short"));
    }
}
