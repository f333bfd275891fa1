//! One file a command. Each gives the exit code or the failure; `main` prints failures.

mod build;
mod check;
mod completions;
mod inspect;
mod run;
mod tokens;

use std::io::Write;

use crate::cli::{Cli, Command};
use crate::exit::{Exit, Failure};

/// Does what the command line says.
pub(crate) async fn run(cli: Cli) -> Result<Exit, Failure> {
    let global = &cli.global;
    match cli.command {
        Command::Run(args) => run::run(args, global).await,
        Command::Check(args) => check::run(args, global).await,
        Command::Build(args) => build::run(&args),
        Command::Inspect(args) => inspect::run(&args),
        Command::Tokens(args) => tokens::run(&args, global).await,
        Command::Completions { shell } => completions::run(shell),
    }
}

/// Prints a command's result to stdout. A reader that went away (`host check | head`) is no error.
fn print(text: &str) -> Result<(), Failure> {
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(anyhow::Error::from(error).context("can't write to stdout").into())
        }
        _ => Ok(()),
    }
}
