//! What the surroundings give: GitHub's address and the credentials. Asks nobody.

use seedbed_github::{Client, Endpoint, Loaded, Policy, Sources, load_credentials};

use crate::cli::Global;
use crate::exit::Failure;
use crate::manifest::Problem;
use crate::terminal;

/// Where GitHub is, and as whom it is asked.
pub(crate) struct Environment {
    /// GitHub's address.
    pub(crate) endpoint: Endpoint,
    /// The credentials and where they come from.
    pub(crate) loaded: Loaded,
    policy: Policy,
}

impl Environment {
    /// # Errors
    /// An address or a token that makes no sense, or a tokens file that can't be read.
    pub(crate) fn read(global: &Global) -> Result<Self, Problem> {
        // A value that is no UTF-8 stays visible as a wrong one, rather than pass for unset.
        let env = |name: &str| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned());
        let endpoint = Endpoint::from_env(&env).map_err(|error| {
            Problem::new(error.to_string()).help("for GitHub itself leave GITHUB_API_URL unset")
        })?;
        let sources = Sources { tokens_file: global.tokens_file.as_deref(), env: &env };
        let loaded = load_credentials(&sources).map_err(|error| Problem::new(error.to_string()))?;
        let policy = if global.unpaced { unpaced(&endpoint)? } else { Policy::default() };
        Ok(Self { endpoint, loaded, policy })
    }

    /// Says what the user should know of the credentials before they are used.
    pub(crate) fn warn(&self, quiet: bool) {
        if quiet {
            return;
        }
        if self.loaded.credentials.iter().all(|credential| credential.is_anonymous()) {
            terminal::say(format_args!(
                "warning: no token found, so GitHub is asked anonymously: 60 requests an hour, and no GraphQL.\n\
                 Set GITHUB_SEEDING_TOKENS (comma-separated) or GITHUB_TOKEN, or give --tokens-file FILE."
            ));
        }
        if self.loaded.duplicates > 0 {
            terminal::say(format_args!(
                "warning: {} of the tokens from {} are there twice; each counts once",
                self.loaded.duplicates, self.loaded.origin
            ));
        }
    }

    /// The one client of this program.
    ///
    /// # Errors
    /// The HTTP client can't be set up.
    pub(crate) fn client(&self) -> Result<Client, Failure> {
        let builder = Client::builder(self.endpoint.clone());
        let builder = builder.credentials(self.loaded.credentials.clone()).policy(self.policy.clone());
        builder
            .build()
            .map_err(|error| anyhow::Error::from(error).context("can't set up the HTTP client").into())
    }
}

/// GitHub bans who asks without any pace, so this is for simulators.
fn unpaced(endpoint: &Endpoint) -> Result<Policy, Problem> {
    let here = |url: &url::Url| match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    if here(endpoint.rest()) && here(endpoint.graphql()) {
        return Ok(Policy::unpaced());
    }
    Err(Problem::new("--unpaced is for a server on this machine: GitHub bans clients that keep no pace"))
}
