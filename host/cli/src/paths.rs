//! Paths: the user's folders, and paths as people read them.

use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};

/// Where compiled components are kept: `$XDG_CACHE_HOME/seedbed/code`, on macOS `~/Library/Caches/seedbed/code`.
/// `None` if the user has no home: then nothing is kept.
pub(crate) fn code_cache() -> Option<PathBuf> {
    cache(&|name| std::env::var_os(name), cfg!(target_os = "macos")).map(|folder| folder.join("code"))
}

fn cache(env: &dyn Fn(&str) -> Option<OsString>, macos: bool) -> Option<PathBuf> {
    // The XDG specification: a relative path counts as unset.
    let folder = |name| env(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let base = match folder("XDG_CACHE_HOME") {
        Some(base) => base,
        None if macos => folder("HOME")?.join("Library/Caches"),
        None => folder("HOME")?.join(".cache"),
    };
    Some(base.join("seedbed"))
}

/// `path`, relative to `folder`, and as short as it can be said: `jobs` and `../out/a.db` are `out/a.db`.
pub(crate) fn within(folder: &Path, path: &str) -> PathBuf {
    let mut short = PathBuf::new();
    for component in folder.join(path).components() {
        // `a/..` is where it began, unless `a` is a link to somewhere else.
        let is_step_back = component == Component::ParentDir
            && matches!(short.components().next_back(), Some(Component::Normal(_)))
            && !short.is_symlink();
        if is_step_back {
            short.pop();
        } else {
            short.push(component);
        }
    }
    if short.as_os_str().is_empty() { PathBuf::from(".") } else { short }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_relative_to_its_manifest_and_short() {
        let within = |folder, path| within(Path::new(folder), path).display().to_string();
        assert_eq!(within("jobs", "../out/a.db"), "out/a.db");
        assert_eq!(within("", "../out/a.db"), "../out/a.db");
        assert_eq!(within("../jobs", "../../a.db"), "../../a.db");
        assert_eq!(within("jobs", "/tmp/../a.db"), "/a.db");
        assert_eq!(within("jobs", ".."), ".");
    }

    #[test]
    fn a_step_back_out_of_a_link_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink("/usr/lib", folder.path().join("link")).unwrap();
        let path = within(folder.path(), "link/../a.db");
        assert_eq!(path, folder.path().join("link/../a.db"));
    }

    #[test]
    fn the_cache_is_where_each_system_keeps_such_things() {
        let cached = |pairs: &'static [(&str, &str)], macos| {
            cache(&|name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| value.into()), macos)
        };
        let home = &[("HOME", "/home/ada")];
        assert_eq!(cached(home, false), Some("/home/ada/.cache/seedbed".into()));
        assert_eq!(cached(home, true), Some("/home/ada/Library/Caches/seedbed".into()));
        let set = &[("HOME", "/home/ada"), ("XDG_CACHE_HOME", "/var/c")];
        assert_eq!(cached(set, true), Some("/var/c/seedbed".into()));
        assert_eq!(
            cached(&[("HOME", "/h"), ("XDG_CACHE_HOME", "c")], false),
            Some("/h/.cache/seedbed".into())
        );
        assert_eq!(cached(&[], false), None);
    }
}
