#!/usr/bin/env bash
# Builds every plugin that ships, and the guests that tests run, into components.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

for manifest in plugins/*/Cargo.toml tests/plugins/*/Cargo.toml; do
    [ -e "$manifest" ] || continue
    # A component is a cdylib; what only serves others (a library of guests) is none.
    grep -q cdylib "$manifest" || continue
    target/debug/host build "$(dirname "$manifest")"
done
