//! `host tokens`: the credentials, masked, and what is left of their quota.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use seedbed_github::OwnerView;
use seedbed_github::pool::WindowView;

use crate::cli::{Global, Tokens};
use crate::environment::Environment;
use crate::exit::{Exit, Failure};
use crate::manifest::unit::duration_shown;
use crate::progress::grouped;

pub(super) async fn run(args: &Tokens, global: &Global) -> Result<Exit, Failure> {
    let environment = Environment::read(global)?;
    let client = environment.client()?;
    if let Err(error) = client.refresh_windows().await {
        return Err(anyhow::Error::from(error).context("GitHub did not answer").into());
    }
    let owners = client.pool().snapshot();
    if args.json {
        let json = serde_json::to_string_pretty(&owners).map_err(anyhow::Error::from)?;
        super::print(&format!("{json}\n"))?;
    } else {
        environment.warn(global.quiet);
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        super::print(&format!("from {}\n{}", environment.loaded.origin, table(&owners, now)))?;
    }
    let usable =
        |owner: &OwnerView| owner.credentials.iter().any(|credential| credential.quarantined.is_none());
    Ok(if owners.iter().any(usable) { Exit::Complete } else { Exit::Failed })
}

/// `now` is in seconds since the Unix epoch.
fn table(owners: &[OwnerView], now: u64) -> String {
    let mut text = String::new();
    for owner in owners {
        for credential in &owner.credentials {
            let state =
                credential.quarantined.as_ref().map(|why| format!("  not usable: {why}")).unwrap_or_default();
            let name = &credential.credential;
            let of = if owner.owner == *name { String::new() } else { format!("  ({})", owner.owner) };
            text.push_str(&format!("{name}{of}{state}\n"));
        }
        if let Some(until) =
            owner.cooling_until.map(seedbed_github::Timestamp::seconds).filter(|at| *at > now)
        {
            let left = duration_shown(Duration::from_secs(until - now));
            text.push_str(&format!("  cooling down for {left}\n"));
        }
        for (resource, window) in
            owner.windows.iter().filter(|(resource, window)| is_worth_showing(resource, window))
        {
            let left = match (window.remaining, window.limit) {
                (Some(remaining), Some(limit)) => format!("{} of {}", grouped(remaining), grouped(limit)),
                _ => "not limited".to_owned(),
            };
            let reset = window.reset.map(seedbed_github::Timestamp::seconds).filter(|at| *at > now);
            let reset =
                reset.map(|at| format!(", resets in {}", duration_shown(Duration::from_secs(at - now))));
            text.push_str(&format!("  {resource:28} {left}{}\n", reset.unwrap_or_default()));
        }
    }
    text
}

/// GitHub has a dozen resources; what nobody here spends is noise.
fn is_worth_showing(resource: &str, window: &WindowView) -> bool {
    ["core", "graphql", "search"].contains(&resource) || window.used.is_some_and(|used| used > 0)
}
