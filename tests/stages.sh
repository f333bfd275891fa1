#!/usr/bin/env bash
# The stages of `make test`, each with its time. With names as arguments: only those.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

export CARGO_TERM_COLOR=${CARGO_TERM_COLOR:-auto}
all=(tools npm fmt lint build guests doc supply plugins test)

tools() { tests/tools.sh; }

# GitHub's own descriptions and recordings, which tests read.
npm() {
    [ -e tests/npm/package.json ] || return 0
    command -v npm >/dev/null || { echo "npm is missing: install Node.js 18 or newer" >&2; return 1; }
    (cd tests/npm && command npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
}

fmt() {
    cargo fmt --all --check
    each_workspace fmt --all --check
}

lint() {
    cargo clippy --workspace --all-targets --locked -- -D warnings
    each_workspace clippy --workspace --all-targets -- -D warnings
}

# All targets at once: features are then resolved once, and nothing is compiled twice.
build() { cargo build --workspace --all-targets --locked; }

guests() { tests/guests.sh; }

test() {
    cargo test --workspace --locked --doc
    if cargo nextest --version >/dev/null 2>&1; then
        cargo nextest run --workspace --locked --no-fail-fast
    else
        cargo test --workspace --locked --lib --bins --tests --no-fail-fast
    fi
}

# A plugin's logic runs natively. The guests for tests are tested by running them.
plugins() { cargo test --manifest-path plugins/Cargo.toml --workspace; }

doc() { RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked --document-private-items; }

# Both take minutes to compile from source, so they run where they are installed.
supply() {
    if cargo deny --version >/dev/null 2>&1; then cargo deny check bans licenses sources; else echo "cargo-deny is not installed: skipped"; fi
    if cargo machete --version >/dev/null 2>&1; then cargo machete; else echo "cargo-machete is not installed: skipped"; fi
}

bench() { cargo bench -p seedbed-tests --profile dev; }

# The plugins are workspaces of their own, with a target folder of their own.
each_workspace() {
    local manifest
    for manifest in plugins/Cargo.toml tests/plugins/Cargo.toml; do
        [ -e "$manifest" ] || continue
        cargo "$1" --manifest-path "$manifest" "${@:2}"
    done
}

began=$SECONDS
times=()
[ $# -gt 0 ] || set -- "${all[@]}"
for stage in "$@"; do
    echo "=== $stage"
    start=$SECONDS
    # Not `if "$stage"`: that would switch `set -e` off inside it.
    ( set -euo pipefail; "$stage" )
    times+=("$(printf '%-8s %4d s' "$stage" $((SECONDS - start)))")
done
echo "=== time of each stage"
printf '%s\n' "${times[@]}"
printf '%-8s %4d s\n' "all" $((SECONDS - began))
