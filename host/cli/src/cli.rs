//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::manifest::OnExhausted;
use crate::plan::Override;

/// Runs GitHub seeding jobs: sandboxed plugins ask, this program owns the credentials and keeps the rows.
#[derive(Debug, Parser)]
#[command(name = "host", version, propagate_version = true, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command takes.
#[derive(Debug, Args)]
pub(crate) struct Global {
    /// A file of tokens, one a line (`#` begins a comment). Otherwise GITHUB_SEEDING_TOKENS (comma-separated),
    /// GITHUB_SEEDING_TOKEN, GITHUB_TOKEN or GH_TOKEN; without any, GitHub allows 60 requests an hour
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) tokens_file: Option<PathBuf>,
    /// Print errors only
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
    /// What to log to stderr, such as `debug` or `warn,seedbed_github=trace`; RUST_LOG does the same
    #[arg(long, global = true, value_name = "FILTER", env = "RUST_LOG", hide_env = true)]
    pub(crate) log: Option<String>,
    /// Send as fast as possible: for benchmarks, against a server on this machine only
    #[arg(long, global = true, hide = true)]
    pub(crate) unpaced: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run one or more jobs on one shared pool of credentials
    Run(Run),
    /// Say what a job would do, and whether its manifest, plugin, parameters and grants are right
    Check(Check),
    /// Build a plugin's folder into a component
    Build(Build),
    /// Say what a component can ask for, without running it
    Inspect(Inspect),
    /// Show the credentials, masked, and what is left of their quota
    Tokens(Tokens),
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
}

/// Exit codes: 0 complete; 75 partial (run it again later to go on); 1 failed; 2 the manifest or the command line is
/// wrong.
#[derive(Debug, Args)]
pub(crate) struct Run {
    /// Manifests of the jobs
    #[arg(required = true, value_name = "JOB")]
    pub(crate) jobs: Vec<PathBuf>,
    /// Build the plugins that are folders first
    #[arg(long)]
    pub(crate) build: bool,
    /// Forget earlier checkpoints and rows, and start over
    #[arg(long)]
    pub(crate) fresh: bool,
    /// Set a parameter of the plugin; repeatable
    #[arg(long = "param", value_name = "NAME=VALUE")]
    pub(crate) params: Vec<Override>,
    /// What to do when every credential is used up, whatever the manifest says
    #[arg(long, value_name = "HOW")]
    pub(crate) on_exhausted: Option<OnExhausted>,
    /// The time that jobs see, as RFC 3339 or Unix seconds
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(crate) now: Option<u64>,
    /// Write what the run did and cost to FILE, as JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) receipt: Option<PathBuf>,
    /// How to show progress on stderr
    #[arg(long, value_name = "HOW", default_value = "auto")]
    pub(crate) progress: Progress,
    /// Sandboxes that run at once
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) parallel: u16,
}

#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Manifests of the jobs
    #[arg(required = true, value_name = "JOB")]
    pub(crate) jobs: Vec<PathBuf>,
    /// Set a parameter of the plugin; repeatable
    #[arg(long = "param", value_name = "NAME=VALUE")]
    pub(crate) params: Vec<Override>,
}

#[derive(Debug, Args)]
pub(crate) struct Build {
    /// The plugin's folder
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Inspect {
    /// The component
    #[arg(value_name = "COMPONENT")]
    pub(crate) component: PathBuf,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Tokens {
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// How progress is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Progress {
    /// Bars on a terminal, plain lines otherwise
    Auto,
    /// A line now and then
    Plain,
    /// A JSON object a line
    Json,
    /// Nothing
    None,
}

/// Seconds since the Unix epoch.
fn time(text: &str) -> Result<u64, String> {
    if let Ok(seconds) = text.parse() {
        return Ok(seconds);
    }
    let time: jiff::Timestamp = text
        .parse()
        .map_err(|_| "expected a time such as 2026-05-01T00:00:00Z, or Unix seconds".to_owned())?;
    u64::try_from(time.as_second()).map_err(|_| "expected a time after 1970".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_time_is_read_both_ways() {
        assert_eq!(time("2026-05-01T00:00:00Z"), Ok(1_777_593_600));
        assert_eq!(time("1777593600"), Ok(1_777_593_600));
        assert!(time("yesterday").is_err() && time("1950-01-01T00:00:00Z").is_err() && time("-5").is_err());
    }
}
