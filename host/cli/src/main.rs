//! `host`: runs seeding jobs.
//!
//! The rooms, in the order in which a run passes them: [`cli`], [`manifest`], [`environment`], [`prepare`] (with
//! [`plan`]), [`schedule`] (with [`task`] and [`progress`]), [`summary`] and [`receipt`].

mod cli;
mod commands;
mod environment;
mod exit;
mod logging;
mod manifest;
mod outcome;
mod paths;
mod plan;
mod prepare;
mod progress;
mod receipt;
mod schedule;
mod signals;
mod summary;
mod task;
mod terminal;

use std::any::Any;
use std::io::IsTerminal;
use std::panic::PanicHookInfo;
use std::process::ExitCode;

use anyhow::Context;
use clap::Parser;

use cli::Cli;
use exit::{Exit, Failure};

fn main() -> ExitCode {
    std::panic::set_hook(Box::new(told));
    messages();
    let cli = Cli::parse();
    match start(cli) {
        Ok(exit) => exit.into(),
        Err(failure) => failure.report().into(),
    }
}

fn start(cli: Cli) -> Result<Exit, Failure> {
    logging::start(cli.global.log.as_deref(), cli.global.quiet)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("can't start the async runtime")?;
    runtime.block_on(commands::run(cli))
}

/// How mistakes are drawn: wrapped for people, unbroken for files and scripts.
fn messages() {
    let people = std::io::stderr().is_terminal();
    // Only fails if there is one already.
    drop(miette::set_hook(Box::new(move |_| {
        Box::new(miette::MietteHandlerOpts::new().wrap_lines(people).context_lines(1).build())
    })));
}

fn told(panic: &PanicHookInfo<'_>) {
    let message = literal(panic.payload());
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    terminal::say(format_args!("error inside host at {place}: {message}\nplease report this: it is a bug"));
}

/// A panic's message is only repeated where it is a literal of the source: anything else may hold a secret.
fn literal(payload: &dyn Any) -> &'static str {
    payload
        .downcast_ref::<&'static str>()
        .copied()
        .unwrap_or("(the message is withheld: it could hold a secret)")
}

#[cfg(test)]
mod tests {
    use super::literal;

    #[test]
    fn a_panic_repeats_what_stands_in_the_source_and_nothing_else() {
        assert_eq!(literal(&"an index is out of bounds"), "an index is out of bounds");
        assert!(literal(&"ghp_secret".to_owned()).contains("withheld"));
    }
}
