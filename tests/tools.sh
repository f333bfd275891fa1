#!/usr/bin/env bash
# Brings what building a plugin needs and a machine may lack: Rust's WebAssembly target, by rustup, or as root on
# Debian by apt (a compiler with the library's source). Otherwise says what to install. Never calls sudo.
set -euo pipefail

if ! command -v cargo >/dev/null; then
    echo "Rust is missing: install it from https://rustup.rs, then run this again." >&2
    exit 1
fi
if ! command -v cc >/dev/null; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends gcc libc6-dev
    else
        echo "A C compiler (cc) is missing: install gcc or clang, then run this again." >&2
        exit 1
    fi
fi

target=wasm32-unknown-unknown
has_target() { compgen -G "$(rustc --print sysroot)/lib/rustlib/$target/lib/libstd-*.rlib" >/dev/null; }
has_source() { [ -x /usr/bin/rustc ] && /usr/bin/rustc --version >/dev/null 2>&1 && compgen -G "/usr/lib/rustlib/src" >/dev/null \
    && dpkg -s rust-web-src >/dev/null 2>&1; }

if has_target || has_source; then
    exit 0
fi
echo "bringing Rust's $target target ..." >&2
# macOS has no `timeout`.
limit() { if command -v timeout >/dev/null; then timeout 300 "$@"; else "$@"; fi; }
if command -v rustup >/dev/null && limit rustup target add "$target" >&2 && has_target; then
    exit 0
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    if apt-get update -q >&2 && apt-get install -q -y --no-install-recommends rustc-web rust-web-src >&2 && has_source; then
        exit 0
    fi
fi
cat >&2 <<TELL
Rust's $target target is missing and could not be brought. Install it with one of these, then run this again:
  rustup target add $target
  apt-get install -y --no-install-recommends rustc-web rust-web-src    # Debian, as root
TELL
exit 1
