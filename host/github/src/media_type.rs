//! The `Accept` header that a caller may choose.

use crate::error::Error;

/// A checked media type: one of GitHub's own, and nothing that could be a second header.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct MediaType(String);

const JSON: &str = "application/vnd.github+json";
const LONGEST: usize = 100;

impl MediaType {
    /// Checks what a request asks for; GitHub's JSON if it asks for nothing.
    pub(crate) fn of(asked: Option<&str>) -> Result<Self, Error> {
        let Some(text) = asked else { return Ok(Self(JSON.to_owned())) };
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'+' | b'-' | b'_');
        let own = text == "application/json"
            || text.strip_prefix("application/vnd.github").is_some_and(|rest| {
                (rest.is_empty() || rest.starts_with(['.', '+'])) && rest.bytes().all(fits)
            });
        if own && text.len() <= LONGEST {
            return Ok(Self(text.to_owned()));
        }
        Err(Error::Malformed(format!(
            "`{}` is no media type of GitHub's: expected `application/json` or `application/vnd.github...`",
            crate::grants::shown(text)
        )))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the answer must be JSON. `raw`, `diff` and the like are not, or not always.
    pub(crate) fn promises_json(&self) -> bool {
        let other = ["raw", "html", "diff", "patch", "sha", "base64"];
        let is_other = self.0.split(['.', '+']).any(|part| other.contains(&part));
        !is_other && (self.0.ends_with("json") || self.0 == "application/vnd.github" || is_version(&self.0))
    }
}

/// `application/vnd.github.v3`.
fn is_version(text: &str) -> bool {
    text.strip_prefix("application/vnd.github.v")
        .is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::MediaType;

    #[test]
    fn github_s_json_is_the_default() {
        let default = MediaType::of(None).unwrap();
        assert_eq!(default.as_str(), "application/vnd.github+json");
        assert!(default.promises_json());
    }

    #[test]
    fn json_is_promised_by_json_only() {
        let promises = |text| MediaType::of(Some(text)).unwrap().promises_json();
        for json in [
            "application/json",
            "application/vnd.github.v3+json",
            "application/vnd.github.full+json",
            "application/vnd.github.v3",
        ] {
            assert!(promises(json), "{json}");
        }
        for other in [
            "application/vnd.github.diff",
            "application/vnd.github.v3.patch",
            "application/vnd.github.raw+json",
            "application/vnd.github.html",
        ] {
            assert!(!promises(other), "{other}");
        }
    }

    #[test]
    fn nothing_else_gets_into_the_header() {
        for odd in [
            "",
            "text/html",
            "application/vnd.github+json, */*",
            "application/json\r\nX: y",
            "application/vnd.github+json;q=1",
            "application/vnd.githubber",
            "application/octet-stream",
            "application/vnd.github.ü",
        ] {
            assert!(MediaType::of(Some(odd)).is_err(), "{odd:?}");
        }
    }
}
