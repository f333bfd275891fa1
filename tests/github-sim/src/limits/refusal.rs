//! The words of GitHub's refusals.

use std::time::{Duration, SystemTime};

use serde_json::json;

use super::owner::{Owner, OwnerKind};
use super::secondary::{Cooling, RetryAfter, SecondaryBody};

const RATE_DOCS: &str =
    "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits";
const ROOT_DOCS: &str = "https://docs.github.com/rest";

/// An answer that refuses: its status, body and further headers.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub status: u16,
    pub body: Vec<u8>,
    pub headers: Vec<(&'static str, String)>,
    /// Whether it carries `x-ratelimit-*`.
    pub rate_headers: bool,
}

impl Refusal {
    fn json(status: u16, body: &serde_json::Value) -> Self {
        Self { status, body: body.to_string().into_bytes(), headers: Vec::new(), rate_headers: true }
    }

    /// An error with GitHub's three fields.
    pub(crate) fn message(status: u16, message: &str, documentation: &str) -> Self {
        let body =
            json!({"message": message, "documentation_url": documentation, "status": status.to_string()});
        Self::json(status, &body)
    }

    /// 404, which says nothing about why.
    pub(crate) fn not_found() -> Self {
        Self::message(404, "Not Found", ROOT_DOCS)
    }

    /// 401.
    pub(crate) fn bad_credentials() -> Self {
        Self::message(401, "Bad credentials", ROOT_DOCS)
    }

    /// 403 to everyone, after too many 401s.
    pub(crate) fn too_many_bad() -> Self {
        Self::message(403, "Maximum number of login attempts exceeded. Please try again later.", ROOT_DOCS)
    }

    /// 403 without a `User-Agent`: a page, not JSON.
    pub(crate) fn no_user_agent() -> Self {
        Self {
            status: 403,
            body: b"\r\nRequest forbidden by administrative rules. Please make sure your request has a User-Agent header (https://docs.github.com/en/rest/overview/resources-in-the-rest-api#user-agent-required). Check https://developer.github.com for other possible causes.\r\n".to_vec(),
            headers: vec![("content-type", "text/html; charset=utf-8".to_owned())],
            rate_headers: false,
        }
    }

    /// 403 by an organisation's single sign-on.
    pub(crate) fn sso(organisation: &str) -> Self {
        let mut refusal = Self::message(
            403,
            "Resource protected by organization SAML enforcement. You must grant your Personal Access token access to this organization.",
            "https://docs.github.com/articles/authenticating-to-a-github-organization-with-saml-single-sign-on/",
        );
        let url = format!("https://github.com/orgs/{organisation}/sso?authorization_request=A0B1C2D3E4F5");
        refusal.headers.push(("x-github-sso", format!("required; url={url}")));
        refusal
    }

    /// 403 for a token that lacks a permission.
    pub(crate) fn not_accessible(kind: OwnerKind) -> Self {
        let who = if kind == OwnerKind::Installation { "integration" } else { "personal access token" };
        let mut refusal = Self::message(
            403,
            &format!("Resource not accessible by {who}"),
            "https://docs.github.com/rest/pulls/pulls#list-pull-requests",
        );
        refusal.headers.push(("x-accepted-github-permissions", "pull_requests=read".to_owned()));
        refusal
    }

    /// The primary limit: 403 or 429 for REST, 200 with `errors` for GraphQL.
    pub(crate) fn primary(owner: &Owner, graphql: bool, status: u16) -> Self {
        let message = match owner.kind {
            OwnerKind::User => format!("API rate limit exceeded for user ID {}.", owner.id),
            OwnerKind::Installation => format!("API rate limit exceeded for installation ID {}.", owner.id),
            OwnerKind::Address => format!(
                "API rate limit exceeded for {}. (But here's the good news: Authenticated requests get a higher rate limit. Check out the documentation for more details.)",
                owner.login
            ),
        };
        if graphql {
            // Both spellings of the type are seen.
            let kind = if status == 429 { "RATE_LIMIT" } else { "RATE_LIMITED" };
            return Self::json(200, &json!({"errors": [{"type": kind, "message": message}]}));
        }
        let docs = "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api";
        let mut refusal = Self::message(status, &message, docs);
        if owner.kind == OwnerKind::Address {
            // The anonymous refusal has no `status` field, as the older ones.
            let body = json!({"message": message, "documentation_url": docs});
            refusal.body = body.to_string().into_bytes();
        }
        refusal
    }

    /// A secondary limit in its form. `now` in milliseconds since the Unix epoch.
    pub(crate) fn secondary(cooling: &Cooling, graphql: bool, now: u64) -> Self {
        let form = cooling.form;
        let (message, docs) = match form.body {
            SecondaryBody::RateLimit => (
                "You have exceeded a secondary rate limit. Please wait a few minutes before you try again. For more on scraping GitHub and how it may affect your rights, please review our Terms of Service (https://docs.github.com/en/site-policy/github-terms/github-terms-of-service) If you reach out to GitHub Support for help, please include the request ID 0A1B:2C3D:4E5F.",
                RATE_DOCS,
            ),
            SecondaryBody::ContentCreation => (
                "You have exceeded a secondary rate limit and have been temporarily blocked from content creation. Please retry your request again later.",
                RATE_DOCS,
            ),
            SecondaryBody::AbuseDetection => (
                "You have triggered an abuse detection mechanism. Please wait a few minutes before you try again.",
                "https://developer.github.com/v3/#abuse-rate-limits",
            ),
        };
        let mut refusal = match (graphql, form.status) {
            (true, 200) => Self::json(200, &json!({"data": null, "errors": [{"message": message}]})),
            (_, 429) => Self::json(429, &json!({"documentation_url": docs, "message": message})),
            _ => Self::json(403, &json!({"documentation_url": docs, "message": message})),
        };
        refusal.rate_headers = form.rate_headers;
        // Whole seconds, rounded up: waiting as told must be enough.
        let at = cooling.until.div_ceil(1_000);
        let told = match form.retry_after {
            RetryAfter::Seconds => {
                Some((cooling.until.saturating_sub(now)).div_ceil(1_000).max(1).to_string())
            }
            RetryAfter::Date => {
                Some(httpdate::fmt_http_date(SystemTime::UNIX_EPOCH + Duration::from_secs(at)))
            }
            RetryAfter::Absent => None,
        };
        refusal.headers.extend(told.map(|t| ("retry-after", t)));
        refusal
    }
}
