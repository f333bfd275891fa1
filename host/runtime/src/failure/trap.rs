//! From a wasmtime error to what an author can use: the guest's own words first, then the trap, then function names.

use wasmtime::{Trap, WasmBacktrace};
use wasmtime_wasi::I32Exit;

use super::Failure;
use crate::{
    host::{HostPanicked, TooMuch},
    sandbox::Inside,
};

/// Deeper ones say little, and a recursion has thousands.
const FRAMES: usize = 12;
/// A mangled name of generics can fill a screen.
const NAME: usize = 160;

/// What functions of a panic's own machinery are called; the frames of interest come after them.
const MACHINERY: [&str; 11] = [
    "abort",
    "alloc::alloc::",
    "begin_unwind",
    "core::option::",
    "core::panicking::",
    "core::result::",
    "handle_alloc_error",
    "rust_",
    "std::panicking::",
    "std::process::",
    "std::sys::",
];

/// How wasmtime says that a guest handed over more than `set_hostcall_fuel` lets it. The error's type is private.
const TOO_MUCH_AT_ONCE: &str = "fuel allocated for hostcalls has been exhausted";

/// What `error` is to the author of the guest that was [`Inside`] the store.
pub(crate) fn tell(error: &wasmtime::Error, inside: &Inside) -> Failure {
    let Inside { journal, memory, .. } = inside;
    if let Some(TooMuch { what, budget, advice }) = error.downcast_ref::<TooMuch>() {
        return Failure::Over { what, budget: *budget, advice };
    }
    if let Some(HostPanicked(message)) = error.downcast_ref::<HostPanicked>() {
        return Failure::Internal(message.clone());
    }
    let words = journal.last_words();
    let trap = describe(error, words.is_none());
    if trap.contains(TOO_MUCH_AT_ONCE) {
        return Failure::Over {
            what: "bytes in one call",
            budget: inside.at_once(),
            advice: "hand over less at once",
        };
    }
    if let Some(message) = words {
        return Failure::Panic { message, trap };
    }
    // A refused growth is no trap: a guest may live with it. One that doesn't aborts without a word.
    if let Some((wanted, budget)) = memory.refused() {
        return Failure::OverMemory { used: memory.peak(), wanted, budget };
    }
    Failure::Trap(trap)
}

/// The trap and where it happened; with a guess at the cause where the guest said nothing.
fn describe(error: &wasmtime::Error, guess: bool) -> String {
    let mut told = match (error.downcast_ref::<Trap>(), error.downcast_ref::<I32Exit>()) {
        (Some(Trap::CannotBlockSyncTask), _) => {
            "it waited for a door where it may not: only `run` can wait, `describe` can't".to_owned()
        }
        (Some(trap), _) if guess => explain(*trap),
        (Some(trap), _) => trap.to_string(),
        (None, Some(I32Exit(code))) => format!("it called exit({code}); a job ends by returning from `run`"),
        (None, None) => reason(error),
    };
    for frame in frames(error) {
        told.push_str("\n  at ");
        told.push_str(&frame);
    }
    told
}

fn explain(trap: Trap) -> String {
    let hint = match trap {
        Trap::StackOverflow => ": a recursion without an end?",
        Trap::UnreachableCodeReached => ": it aborted without a word",
        Trap::AsyncDeadlock => ": it waits for something that can't happen any more",
        Trap::NoAsyncResult => ": it ended without a result",
        _ => "",
    };
    format!("{trap}{hint}")
}

/// The chain of causes in one line, without the backtrace that wasmtime puts into it.
fn reason(error: &wasmtime::Error) -> String {
    let mut parts: Vec<String> = Vec::new();
    for cause in error.chain() {
        let text = cause.to_string();
        let first = text.split("error while executing at wasm backtrace").next().unwrap_or_default().trim();
        if !first.is_empty() && parts.last().is_none_or(|last| !last.contains(first)) {
            parts.push(first.to_owned());
        }
    }
    crate::plain::line(&parts.join(": "), 600)
}

/// The functions that the guest was in, innermost first, with file and line where the component has them.
fn frames(error: &wasmtime::Error) -> Vec<String> {
    let Some(backtrace) = error.downcast_ref::<WasmBacktrace>() else { return Vec::new() };
    let mut names = Vec::new();
    for frame in backtrace.frames() {
        if frame.symbols().is_empty() {
            let name =
                frame.func_name().map_or_else(|| format!("function {}", frame.func_index()), demangled);
            names.push(name);
        }
        let last = frame.symbols().len().saturating_sub(1);
        for (at, symbol) in frame.symbols().iter().enumerate() {
            // The last one is the function itself, the others are inlined into it. The name section knows its full name;
            // debug information may only know the end of it.
            let own = frame.func_name().filter(|_| at == last);
            let name = own.or(symbol.name()).map_or_else(|| "?".to_owned(), demangled);
            names.push(match (symbol.file(), symbol.line()) {
                (Some(file), Some(line)) => format!("{name} ({}:{line})", short_path(file)),
                _ => name,
            });
        }
    }
    let own = names.iter().position(|name| !MACHINERY.iter().any(|part| name.contains(part))).unwrap_or(0);
    let more = names.len().saturating_sub(own + FRAMES);
    let mut shown: Vec<_> =
        names.into_iter().skip(own).take(FRAMES).map(|name| crate::plain::line(&name, NAME)).collect();
    if more > 0 {
        shown.push(format!("… and {more} more"));
    }
    shown
}

/// A Rust name as its author wrote it, without the hash.
fn demangled(name: &str) -> String {
    format!("{:#}", rustc_demangle::demangle(name))
}

/// The end of a path: where in whose home a component was built is nobody's business.
fn short_path(path: &str) -> &str {
    let cut = path.rmatch_indices('/').nth(2).map_or(0, |(at, _)| at + 1);
    &path[cut..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_as_their_author_wrote_them() {
        assert_eq!(demangled("_ZN5probe5spin017h0123456789abcdefE"), "probe::spin0");
        assert_eq!(demangled("canonical_abi_realloc"), "canonical_abi_realloc");
        assert_eq!(short_path("/home/ann/work/jobs/src/lib.rs"), "jobs/src/lib.rs");
        assert_eq!(short_path("src/lib.rs"), "src/lib.rs");
    }
}
