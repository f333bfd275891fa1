//! The user's folders.

use std::ffi::OsString;
use std::path::PathBuf;

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

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(cached(&[("HOME", "/h"), ("XDG_CACHE_HOME", "c")], false), Some("/h/.cache/seedbed".into()));
        assert_eq!(cached(&[], false), None);
    }
}
