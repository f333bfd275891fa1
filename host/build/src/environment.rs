//! The environment a build may see: enough to find the toolchain and the registry, and no secret.

use std::ffi::OsString;

/// Variables that pass by name.
const PASS: [&str; 29] = [
    "PATH",
    "HOME",
    "TMPDIR",
    "USER",
    "LANG",
    "CARGO_HOME",
    "RUSTUP_HOME",
    "RUSTUP_TOOLCHAIN",
    "RUSTUP_DIST_SERVER",
    "RUSTUP_UPDATE_ROOT",
    "RUSTUP_AUTO_INSTALL",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "no_proxy",
    // Windows finds its own libraries and folders by these.
    "SystemRoot",
    "SYSTEMROOT",
    "TEMP",
    "TMP",
    "USERPROFILE",
    "APPDATA",
    "LOCALAPPDATA",
    "ProgramData",
];

/// Cargo's settings of the network, by the beginning of their names.
const PASS_BEGINNINGS: [&str; 4] = ["CARGO_HTTP_", "CARGO_NET_", "CARGO_REGISTRIES_", "CARGO_SOURCE_"];

/// Whatever its name begins with, this does not pass (`CARGO_REGISTRIES_MINE_TOKEN`).
const HOLD_BACK: [&str; 4] = ["TOKEN", "SECRET", "PASSWORD", "CREDENTIAL"];

/// The variables that a build gets.
pub(crate) fn cleared(
    variables: impl IntoIterator<Item = (OsString, OsString)>,
) -> Vec<(OsString, OsString)> {
    variables.into_iter().filter(|(name, _)| name.to_str().is_some_and(passes)).collect()
}

fn passes(name: &str) -> bool {
    let known = PASS.contains(&name) || PASS_BEGINNINGS.iter().any(|beginning| name.starts_with(beginning));
    known && !HOLD_BACK.iter().any(|word| name.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_toolchain_passes_and_no_secret_does() {
        let all = [
            "PATH",
            "CARGO_HOME",
            "CARGO_NET_OFFLINE",
            "https_proxy",
            "CARGO_REGISTRIES_MINE_INDEX",
            "CARGO_REGISTRIES_MINE_TOKEN",
            "CARGO_REGISTRY_TOKEN",
            "GITHUB_TOKEN",
            "GITHUB_SEEDING_TOKENS",
            "GH_TOKEN",
            "AWS_SECRET_ACCESS_KEY",
            "RUSTFLAGS",
            "RUSTC_WRAPPER",
        ];
        let passed = cleared(all.map(|name| (name.into(), "x".into())));
        let names: Vec<_> = passed.iter().filter_map(|(name, _)| name.to_str()).collect();
        assert_eq!(
            names,
            ["PATH", "CARGO_HOME", "CARGO_NET_OFFLINE", "https_proxy", "CARGO_REGISTRIES_MINE_INDEX"]
        );
    }
}
