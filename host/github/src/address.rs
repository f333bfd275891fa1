//! A REST request that has been read: a path, a query and a media type, all checked for what they are.
//!
//! Whether it is granted is not decided here. URLs from GitHub (redirects, links) and positions from a job's checkpoint
//! are read back into an address by the same rules as a job's own request.

use url::{Url, form_urlencoded};

use crate::endpoint::Endpoint;
use crate::error::Error;
use crate::grants::rest::RestPath;
use crate::media_type::MediaType;
use crate::request::Request;

/// Where a `GET` goes, and what it accepts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Address {
    pub(crate) path: RestPath,
    query: Vec<(String, String)>,
    pub(crate) accept: MediaType,
}

/// The longest query, in bytes when encoded.
const LONGEST_QUERY: usize = 8_192;

/// Names in a query that would be credentials, another method, or an answer that is no JSON.
const FORBIDDEN: [&str; 5] = ["access_token", "client_id", "client_secret", "_method", "callback"];

impl Address {
    /// Reads a caller's request.
    pub(crate) fn of(request: &Request) -> Result<Self, Error> {
        let path = RestPath::parse(&request.path).map_err(Error::Malformed)?;
        check_query(&request.query).map_err(Error::Malformed)?;
        let accept = MediaType::of(request.media_type.as_deref())?;
        Ok(Self { path, query: request.query.clone(), accept })
    }

    /// The repository itself, as JSON.
    pub(crate) fn of_repository(owner: &str, name: &str) -> Result<Self, Error> {
        let path = RestPath::of_repository(owner, name);
        Ok(Self { path, query: Vec::new(), accept: MediaType::of(None)? })
    }

    /// The same query at another path.
    pub(crate) fn at(&self, path: RestPath) -> Self {
        Self { path, ..self.clone() }
    }

    /// The same list with another query: the encoded one of a page's address.
    pub(crate) fn with_query(&self, encoded: &str) -> Result<Self, String> {
        let query: Vec<_> = form_urlencoded::parse(encoded.as_bytes()).into_owned().collect();
        check_query(&query)?;
        Ok(Self { query, ..self.clone() })
    }

    /// Where `target` (a `Location` or a link) leads from here: only to the same API, or the text says where to.
    pub(crate) fn leading_to(&self, target: &str, endpoint: &Endpoint) -> Result<Self, String> {
        let unreadable = || "it leads to something that is no URL".to_owned();
        let url = self.url(endpoint).map_err(|_| unreadable())?.join(target).map_err(|_| unreadable())?;
        let root = endpoint.rest();
        if url.origin() != root.origin() || !url.username().is_empty() || url.password().is_some() {
            // Never the whole URL: signed ones are as good as a password.
            return Err(format!("it leads to another host, `{}`", url.host_str().unwrap_or("?")));
        }
        let below = url.path().strip_prefix(root.path().trim_end_matches('/'));
        let path = below.filter(|below| below.starts_with('/')).ok_or("it leads out of the API")?;
        let path = RestPath::parse(path)?;
        self.at(path).with_query(url.query().unwrap_or_default())
    }

    /// The URL to send it to.
    pub(crate) fn url(&self, endpoint: &Endpoint) -> Result<Url, Error> {
        let mut url = endpoint.rest().clone();
        let path = format!("{}{}", url.path().trim_end_matches('/'), self.path);
        url.set_path(&path);
        url.set_query(self.encoded_query().as_deref());
        // The checked path and the sent one are the same, or nothing is sent.
        if url.path() == path {
            Ok(url)
        } else {
            Err(Error::Malformed(format!("`{}` is no plain path", self.path)))
        }
    }

    /// The query as it is sent.
    pub(crate) fn encoded_query(&self) -> Option<String> {
        if self.query.is_empty() {
            return None;
        }
        Some(form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.query).finish())
    }

    /// How it is called in a report: path and query.
    pub(crate) fn label(&self) -> String {
        let query = self.encoded_query().map(|query| format!("?{query}")).unwrap_or_default();
        format!("GET {}{query}", self.path)
    }
}

fn check_query(query: &[(String, String)]) -> Result<(), String> {
    let length: usize = query.iter().map(|(name, value)| name.len() + value.len() + 2).sum();
    if length > LONGEST_QUERY {
        return Err(format!("the query is longer than {LONGEST_QUERY} bytes"));
    }
    let forbidden = |name: &str| FORBIDDEN.iter().any(|other| name.trim().eq_ignore_ascii_case(other));
    match query.iter().find(|(name, _)| forbidden(name)) {
        Some((name, _)) => Err(format!("`{}` is not for a job to set", name.trim())),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::Address;
    use crate::endpoint::Endpoint;
    use crate::error::Error;
    use crate::request::Request;

    fn enterprise() -> Endpoint {
        let env =
            |name: &str| (name == "GITHUB_API_URL").then(|| "https://ghe.example.org/api/v3".to_owned());
        Endpoint::from_env(&env).unwrap()
    }

    fn pulls() -> Address {
        Address::of(&Request::get("/repos/o/r/pulls").with("state", "all").with("q", "a b&c=d")).unwrap()
    }

    #[test]
    fn a_request_becomes_a_url_below_the_api_root() {
        let url = |endpoint| pulls().url(&endpoint).unwrap().to_string();
        assert_eq!(url(Endpoint::github()), "https://api.github.com/repos/o/r/pulls?state=all&q=a+b%26c%3Dd");
        assert_eq!(
            url(enterprise()),
            "https://ghe.example.org/api/v3/repos/o/r/pulls?state=all&q=a+b%26c%3Dd"
        );
    }

    #[test]
    fn a_link_is_read_back() {
        for endpoint in [Endpoint::github(), enterprise()] {
            let target = format!("{}repositories/7/pulls?page=2&after=Y%3D%3D", endpoint.rest());
            let next = pulls().leading_to(&target, &endpoint).unwrap();
            assert_eq!(next.label(), "GET /repositories/7/pulls?page=2&after=Y%3D%3D");
            let relative = pulls().leading_to("?page=3", &endpoint).unwrap();
            assert_eq!(relative.label(), "GET /repos/o/r/pulls?page=3");
        }
    }

    #[test]
    fn a_link_out_of_the_api_is_told_without_its_secrets() {
        for target in [
            "https://evil.example/repositories/7?sig=secret",
            "http://ghe.example.org/api/v3/repositories/7?sig=secret",
            "https://ghe.example.org:444/api/v3/repositories/7?sig=secret",
            "https://me:secret@ghe.example.org/api/v3/repositories/7",
            "//evil.example/api/v3/x?sig=secret",
            "/api/v30/repositories/7?sig=secret",
            "/login?sig=secret",
            "file:///etc/secret",
            "https://",
        ] {
            let error = pulls().leading_to(target, &enterprise()).unwrap_err();
            assert!(!error.contains("secret"), "{error}");
        }
    }

    #[test]
    fn a_query_is_no_way_to_send_credentials_of_ones_own() {
        for name in ["access_token", "Client_Secret", "callback", " _method"] {
            let request = Request::get("/repos/o/r").with(name, "x");
            assert!(matches!(Address::of(&request), Err(Error::Malformed(_))), "{name}");
        }
        let long = Request::get("/repos/o/r").with("x", "y".repeat(9_000));
        assert!(matches!(Address::of(&long), Err(Error::Malformed(_))));
    }
}
