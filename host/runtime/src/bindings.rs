//! What wasmtime makes of `wit/job.wit`.
//!
//! Imports may end the guest with a trap (`trappable`); exports are `async`, even `describe`, so that a guest which
//! spins comes back at every tick and can be dropped.

#![allow(missing_docs, unsafe_code, unreachable_pub, clippy::all, reason = "generated")]

wasmtime::component::bindgen!({
    path: "../../wit",
    world: "job",
    imports: { default: trappable },
    exports: { default: async },
    with: { "seedbed:job/github.pager": crate::host::github::Pages },
});
