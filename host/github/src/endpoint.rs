//! Where GitHub is: github.com, a GitHub Enterprise Server, or a simulator on this machine.

use std::fmt;

use url::{Host, Url};

/// The root of the REST API and the address of the GraphQL API.
///
/// Tokens are sent to both, so both are `https`, or plain `http` to this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    rest: Url,
    graphql: Url,
}

/// Why an address can't be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{variable}: {reason}")]
pub struct EndpointError {
    /// The variable that holds the address.
    pub variable: &'static str,
    /// What is wrong with it. Does not repeat an address that holds a password.
    pub reason: String,
}

const REST: &str = "GITHUB_API_URL";
const GRAPHQL: &str = "GITHUB_GRAPHQL_URL";

impl Endpoint {
    /// `https://api.github.com`.
    pub fn github() -> Self {
        #[expect(clippy::expect_used, reason = "a constant that a test parses")]
        let rest = checked(REST, "https://api.github.com").expect("github.com's address is valid");
        Self { graphql: beside(&rest), rest }
    }

    /// `GITHUB_API_URL` and `GITHUB_GRAPHQL_URL`, or github.com where they are unset or empty.
    ///
    /// Without `GITHUB_GRAPHQL_URL` GraphQL is expected where the REST root suggests it: `/api/v3` (GitHub Enterprise
    /// Server) has `/api/graphql` beside it, any other root has `/graphql` below it.
    ///
    /// # Errors
    /// If an address is no `https` URL (plain `http` is for loopback only), or holds a user, a query or a fragment.
    pub fn from_env(env: &dyn Fn(&str) -> Option<String>) -> Result<Self, EndpointError> {
        let set =
            |name: &str| env(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
        let mut endpoint = Self::github();
        if let Some(text) = set(REST) {
            endpoint.rest = checked(REST, &text)?;
            endpoint.graphql = beside(&endpoint.rest);
        }
        if let Some(text) = set(GRAPHQL) {
            let mut url = checked(GRAPHQL, &text)?;
            // `checked` ends a root with a slash; this one is an address, not a root.
            let path = url.path().trim_end_matches('/').to_owned();
            url.set_path(&path);
            endpoint.graphql = url;
        }
        Ok(endpoint)
    }

    /// The REST root. Its path ends with a slash, so that `join("repos/o/r")` stays below it.
    pub fn rest(&self) -> &Url {
        &self.rest
    }

    /// The address that GraphQL queries are posted to.
    pub fn graphql(&self) -> &Url {
        &self.graphql
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.rest.fmt(f)
    }
}

fn checked(variable: &'static str, text: &str) -> Result<Url, EndpointError> {
    let wrong = |reason: String| EndpointError { variable, reason };
    // The text is not repeated: an address that fails to parse may hold a password as well.
    let mut url = Url::parse(text).map_err(|error| wrong(format!("not a URL ({error})")))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("the URL must not hold a user or a password".to_owned()));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(wrong(format!("`{url}` must not have a query or a fragment")));
    }
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&url) => {}
        "http" => {
            return Err(wrong(format!(
                "`{url}` would send tokens in the clear: use https (plain http is for this machine only)"
            )));
        }
        other => return Err(wrong(format!("`{other}` is not a scheme for GitHub's API, use https"))),
    }
    if !url.path().ends_with('/') {
        let path = format!("{}/", url.path());
        url.set_path(&path);
    }
    Ok(url)
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Where the GraphQL API is, going by the REST root.
fn beside(rest: &Url) -> Url {
    let mut url = rest.clone();
    let root = rest.path().trim_end_matches('/');
    let path = match root.strip_suffix("/api/v3") {
        Some(server) => format!("{server}/api/graphql"),
        None => format!("{root}/graphql"),
    };
    url.set_path(&path);
    url
}

#[cfg(test)]
mod tests {
    use super::{Endpoint, EndpointError};

    fn from(rest: &str, graphql: &str) -> Result<(String, String), EndpointError> {
        let env = |name: &str| match name {
            "GITHUB_API_URL" => Some(rest.to_owned()),
            "GITHUB_GRAPHQL_URL" => Some(graphql.to_owned()),
            _ => None,
        };
        Endpoint::from_env(&env).map(|endpoint| (endpoint.rest().to_string(), endpoint.graphql().to_string()))
    }

    #[test]
    fn github_is_where_nothing_else_is_said() {
        let github = Endpoint::github();
        assert_eq!(github.rest().as_str(), "https://api.github.com/");
        assert_eq!(github.graphql().as_str(), "https://api.github.com/graphql");
        assert_eq!(Endpoint::from_env(&|_| None), Ok(github.clone()));
        assert_eq!(Endpoint::from_env(&|_| Some(" ".to_owned())), Ok(github));
    }

    #[test]
    fn an_enterprise_server_has_graphql_beside_its_rest_root() {
        let (rest, graphql) = from("https://ghe.example.org/api/v3", "").unwrap();
        assert_eq!(
            (rest.as_str(), graphql.as_str()),
            ("https://ghe.example.org/api/v3/", "https://ghe.example.org/api/graphql")
        );
        let (rest, graphql) = from("https://proxy.example.org/github/", "").unwrap();
        assert_eq!(
            (rest.as_str(), graphql.as_str()),
            ("https://proxy.example.org/github/", "https://proxy.example.org/github/graphql")
        );
    }

    #[test]
    fn a_graphql_address_of_its_own_wins() {
        let (_, graphql) = from("https://ghe.example.org/api/v3", "https://graph.example.org/q").unwrap();
        assert_eq!(graphql, "https://graph.example.org/q");
    }

    #[test]
    fn plain_http_stays_on_this_machine() {
        for here in ["http://127.0.0.1:8080", "http://localhost:1", "http://[::1]:9/api"] {
            assert!(from(here, "").is_ok(), "{here}");
        }
        for away in
            ["http://ghe.example.org", "http://10.0.0.1", "http://localhost.example.org", "http://0.0.0.0"]
        {
            let error = from(away, "").unwrap_err().to_string();
            assert!(error.starts_with("GITHUB_API_URL: ") && error.contains("use https"), "{error}");
        }
        assert!(
            from("", "http://ghe.example.org/graphql")
                .unwrap_err()
                .to_string()
                .starts_with("GITHUB_GRAPHQL_URL: ")
        );
    }

    #[test]
    fn what_is_no_api_root_is_refused() {
        for odd in [
            "api.github.com",
            "ftp://ghe.example.org",
            "https://",
            "https://e.org/?a=b",
            "https://e.org/#x",
            "file:///x",
        ] {
            assert!(from(odd, "").is_err(), "{odd}");
        }
        let error = from("https://me:secret@ghe.example.org", "").unwrap_err().to_string();
        assert!(!error.contains("secret"), "{error}");
    }
}
