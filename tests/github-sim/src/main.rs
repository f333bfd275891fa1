//! `github-sim`: serves until it is stopped, or runs a command against itself and leaves with its exit code.
//!
//! ```text
//! github-sim --tokens 3 -- host run jobs/gumroad.toml
//! ```

use std::path::PathBuf;
use std::process::{ExitCode, ExitStatus};
use std::time::{Duration, SystemTime};

use anyhow::{Context, bail};
use clap::Parser;
use github_sim::model::Time;
use github_sim::{Config, Faults, Ledger, OwnerConfig, RepoConfig, SecondaryRules, Sim};

/// A strict simulator of GitHub's REST and GraphQL APIs.
#[derive(Debug, Parser)]
#[command(version)]
struct Cli {
    /// How many tokens, each of an owner of its own.
    #[arg(long, default_value_t = 3)]
    tokens: usize,
    /// How many pull requests each --repo has (without --repo: the first of the jobs' repositories).
    #[arg(long, default_value_t = 919)]
    prs: usize,
    /// Decides all data and tokens.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// A repository to serve instead of those that the jobs name; may be repeated.
    #[arg(long = "repo", value_name = "OWNER/NAME")]
    repos: Vec<String>,
    /// "Today" of the data: an RFC 3339 time or seconds since 1970. The current time unless given.
    #[arg(long, value_name = "TIME")]
    now: Option<String>,
    /// Requests (REST) and points (GraphQL) an hour and owner.
    #[arg(long, default_value_t = 5_000)]
    limit: u32,
    /// How much of it each owner has left at the start.
    #[arg(long)]
    remaining: Option<u32>,
    /// Milliseconds that an answer takes at least.
    #[arg(long, value_name = "MS", default_value_t = 0)]
    latency: u64,
    /// The probability (0 to 1) that an answer is broken: 502, HTML, reset, truncated, cut, slow.
    #[arg(long, value_name = "P", default_value_t = 0.0)]
    faults: f64,
    /// No secondary limits.
    #[arg(long)]
    no_secondary: bool,
    /// Windows and cool-downs pass so many times as fast as GitHub's.
    #[arg(long, value_name = "FACTOR", default_value_t = 1)]
    scale: u32,
    /// The port to listen on; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Writes the ledger here at the end, as JSON.
    #[arg(long, value_name = "FILE")]
    ledger: Option<PathBuf>,
    /// Writes the rows that a complete run must have stored here, as JSON.
    #[arg(long, value_name = "FILE")]
    truth: Option<PathBuf>,
    /// A command to run with `GITHUB_API_URL` and `GITHUB_SEEDING_TOKENS` set, and no other GitHub variable.
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<String>,
}

impl Cli {
    fn config(&self) -> anyhow::Result<Config> {
        let owner = OwnerConfig {
            core: self.limit,
            graphql: self.limit,
            core_remaining: self.remaining,
            graphql_remaining: self.remaining,
            ..OwnerConfig::default()
        };
        let scale = self.scale.max(1);
        Ok(Config {
            seed: self.seed,
            now: self.today()?,
            repositories: self.repositories()?,
            owners: vec![owner; self.tokens],
            latency: Duration::from_millis(self.latency),
            faults: Faults::mixed(self.faults),
            window: Duration::from_secs(3_600) / scale,
            secondary: (!self.no_secondary).then(|| SecondaryRules::default().scaled(scale)),
            port: self.port,
            ..Config::default()
        })
    }

    fn today(&self) -> anyhow::Result<u64> {
        let Some(text) = &self.now else {
            return Ok(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_secs());
        };
        if let Ok(seconds) = text.parse() {
            return Ok(seconds);
        }
        let time: Time = text.parse().with_context(|| format!("--now {text:?} is no time"))?;
        Ok(time.0)
    }

    fn repositories(&self) -> anyhow::Result<Vec<RepoConfig>> {
        if self.repos.is_empty() {
            let all = [
                ("antiwork/gumroad", self.prs),
                ("polarsource/polar", 180),
                ("PostHog/posthog", 220),
                ("fastapi/fastapi", 310),
            ];
            return Ok(all.into_iter().map(|(name, prs)| RepoConfig::new(name, prs)).collect());
        }
        for name in &self.repos {
            let mut parts = name.split('/');
            let good =
                parts.by_ref().take(2).filter(|p| !p.is_empty()).count() == 2 && parts.next().is_none();
            if !good {
                bail!("--repo {name:?} is no OWNER/NAME");
            }
        }
        Ok(self.repos.iter().map(|name| RepoConfig::new(name, self.prs)).collect())
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(&Cli::parse()).await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("github-sim: {error:#}");
            ExitCode::from(2)
        }
    }
}

async fn run(cli: &Cli) -> anyhow::Result<ExitCode> {
    let sim = Sim::listen(cli.config()?)?;
    if let Some(path) = &cli.truth {
        write(path, &sim.truth())?;
    }
    let code = if cli.command.is_empty() {
        println!("export GITHUB_API_URL={}", sim.url());
        println!("export GITHUB_SEEDING_TOKENS={}", sim.tokens().join(","));
        tokio::signal::ctrl_c().await.context("cannot wait for Ctrl-C")?;
        ExitCode::SUCCESS
    } else {
        exit_code(command(&sim, &cli.command).await?)
    };
    let ledger = sim.ledger();
    print(&ledger);
    if let Some(path) = &cli.ledger {
        write(path, &ledger)?;
    }
    Ok(code)
}

fn write(path: &std::path::Path, value: &impl serde::Serialize) -> anyhow::Result<()> {
    let text = serde_json::to_vec_pretty(value)?;
    std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

/// Runs the command to its end. Signals are its business: Ctrl-C reaches it by the terminal, SIGTERM is passed on.
async fn command(sim: &Sim, words: &[String]) -> anyhow::Result<ExitStatus> {
    use tokio::signal::unix::{SignalKind, signal};

    let (program, arguments) = words.split_first().context("no command")?;
    let mut command = tokio::process::Command::new(program);
    command.args(arguments);
    for (name, _) in std::env::vars_os() {
        // No real credential may come near the simulator, nor another API root.
        if name.to_str().is_some_and(|n| n.starts_with("GITHUB_") || n.starts_with("GH_")) {
            command.env_remove(name);
        }
    }
    // A proxy would not find the simulator.
    for name in ["NO_PROXY", "no_proxy"] {
        let others = std::env::var(name).unwrap_or_default();
        let separator = if others.is_empty() { "" } else { "," };
        command.env(name, format!("{others}{separator}127.0.0.1"));
    }
    command.env("GITHUB_API_URL", sim.url()).env("GITHUB_SEEDING_TOKENS", sim.tokens().join(","));
    let (mut interrupted, mut terminated) =
        (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let mut child = command.spawn().with_context(|| format!("cannot run {program}"))?;
    loop {
        tokio::select! {
            status = child.wait() => return status.context("cannot wait for the command"),
            _ = interrupted.recv() => {}
            _ = terminated.recv() => {
                let pid = child.id().and_then(|id| i32::try_from(id).ok()).and_then(rustix::process::Pid::from_raw);
                if let Some(pid) = pid {
                    let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
                }
            }
        }
    }
}

/// The command's code; a signal's as a shell gives it.
fn exit_code(status: ExitStatus) -> ExitCode {
    use std::os::unix::process::ExitStatusExt;

    let code = status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0));
    ExitCode::from(u8::try_from(code).unwrap_or(1))
}

fn print(ledger: &Ledger) {
    let by_bucket: Vec<String> =
        ledger.requests_by_resource.iter().map(|(name, n)| format!("{name} {n}")).collect();
    eprintln!(
        "github-sim: {} requests ({}), {} not modified, {} refused by a limit, {} broken on purpose",
        ledger.total,
        by_bucket.join(", "),
        ledger.not_modified,
        ledger.refused_primary + ledger.refused_secondary,
        ledger.faults,
    );
    for (token, requests) in &ledger.requests_by_token {
        eprintln!("github-sim:   {token}: {requests}");
    }
    eprintln!(
        "github-sim: sent although exhausted {}, during a cool-down {}, after a 401 {}, identical again {}",
        ledger.sent_although_exhausted,
        ledger.sent_during_cooldown,
        ledger.after_revocation,
        ledger.identical_repeated,
    );
}
