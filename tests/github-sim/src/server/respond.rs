//! An answer on its way out: status, body, validator, headers.

use std::time::SystemTime;

use axum::body::Body;
use axum::response::Response;
use http::HeaderValue;
use http::header::{HeaderMap, HeaderName};

use super::head::Head;
use super::state::App;
use crate::etag;
use crate::ledger::End;
use crate::limits::WindowView;
use crate::limits::refusal::Refusal;

/// GitHub's page for a server error.
pub(super) const UNICORN: &[u8] = b"<!DOCTYPE html>\n<html>\n  <head><title>Unicorn! &middot; GitHub</title></head>\n  <body><p><strong>We had issues producing the response to your request.</strong></p><p>Sorry about that. Please try refreshing and contact us if the problem persists.</p></body>\n</html>\n";

const JSON: &str = "application/json; charset=utf-8";

/// One answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
    pub end: End,
    /// The window it tells, with the resource's name.
    pub window: Option<(&'static str, WindowView)>,
    headers: Vec<(&'static str, String)>,
    rate_headers: bool,
    tag: Option<String>,
    validated: bool,
}

impl Answer {
    fn new(status: u16, body: Vec<u8>) -> Self {
        Self {
            status,
            body,
            end: End::Answered,
            window: None,
            headers: Vec::new(),
            rate_headers: true,
            tag: None,
            validated: false,
        }
    }

    /// 200, with a validator.
    pub(super) fn found(body: Vec<u8>, link: Option<String>) -> Self {
        let mut answer = Self::new(200, body);
        answer.validated = true;
        answer.headers.extend(link.map(|link| ("link", link)));
        answer
    }

    /// A GraphQL answer; it has no validator.
    pub(super) fn graphql(status: u16, body: Vec<u8>) -> Self {
        let html = body.starts_with(b"<");
        let mut answer = Self::new(status, body);
        if html {
            answer.headers.push(("content-type", "text/html; charset=utf-8".to_owned()));
        }
        answer
    }

    /// 301 within the API.
    pub(super) fn moved(to: String) -> Self {
        let mut answer = Self::new(301, Vec::new());
        answer.redirect(301, &to);
        answer
    }

    pub(super) fn refusal(refusal: Refusal) -> Self {
        let mut answer = Self::new(refusal.status, refusal.body);
        answer.headers = refusal.headers;
        answer.rate_headers = refusal.rate_headers;
        answer
    }

    /// Without the headers of a window: nobody's request.
    pub(super) fn without_owner(mut self) -> Self {
        self.rate_headers = false;
        self
    }

    /// Whether the client is told how the window stands.
    pub(super) fn tells_window(&self) -> bool {
        self.rate_headers
    }

    /// Computes the validator, and makes it a 304 if the client has these bytes.
    pub(super) fn validate(&mut self, head: &Head) {
        if head.wants_pretty()
            && let Ok(value) = serde_json::from_slice::<serde_json::Value>(&self.body)
            && let Ok(pretty) = serde_json::to_vec_pretty(&value)
        {
            self.body = pretty;
        }
        if !self.validated {
            return;
        }
        let tag = etag::tag(head.seen(), &self.body);
        if head.if_none_match().is_some_and(|sent| etag::matches(sent, &tag)) {
            self.status = 304;
            self.body.clear();
            self.headers.retain(|(name, _)| *name != "link");
        }
        self.tag = Some(tag);
    }

    /// Another status and body, as a broken server would send.
    pub(super) fn replace(&mut self, status: u16, body: &[u8], content_type: &str) {
        self.status = status;
        self.body = body.to_vec();
        self.tag = None;
        self.headers = vec![("content-type", content_type.to_owned())];
    }

    /// Half of the body, as if that were all of it.
    pub(super) fn cut(&mut self) {
        self.body.truncate(self.body.len() / 2);
    }

    /// A redirect.
    pub(super) fn redirect(&mut self, status: u16, to: &str) {
        let body = serde_json::json!({
            "message": "Moved Permanently",
            "url": to,
            "documentation_url": "https://docs.github.com/rest/guides/best-practices-for-using-the-rest-api#follow-redirects",
        });
        self.replace(status, body.to_string().as_bytes(), JSON);
        self.headers.push(("location", to.to_owned()));
    }

    /// The response. Takes the body.
    pub(super) fn build(&mut self, app: &App, head: &Head) -> Response {
        let mut headers = HeaderMap::with_capacity(24);
        let mut put = |name: &'static str, value: &str| {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(HeaderName::from_static(name), value);
            }
        };
        let moment = SystemTime::UNIX_EPOCH + std::time::Duration::from_millis(app.now_ms());
        put("server", "github.com");
        put("date", &httpdate::fmt_http_date(moment));
        if self.status != 304 {
            put("content-type", JSON);
        }
        let shared = if head.token().is_some() { "private" } else { "public" };
        put("cache-control", &format!("{shared}, max-age=60, s-maxage=60"));
        put("vary", "Accept, Authorization, Cookie, X-GitHub-OTP,Accept-Encoding, Accept, X-Requested-With");
        put("x-github-media-type", "github.v3; format=json");
        put("x-github-api-version-selected", head.version());
        put("x-github-request-id", &app.request_id());
        put(
            "access-control-expose-headers",
            "ETag, Link, Location, Retry-After, X-GitHub-OTP, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Used, X-RateLimit-Resource, X-RateLimit-Reset",
        );
        put("access-control-allow-origin", "*");
        put("x-content-type-options", "nosniff");
        if let (true, Some((resource, window))) = (self.rate_headers, self.window) {
            put("x-ratelimit-limit", &window.limit.to_string());
            put("x-ratelimit-remaining", &window.remaining.to_string());
            put("x-ratelimit-used", &window.used.to_string());
            put("x-ratelimit-reset", &window.reset.to_string());
            put("x-ratelimit-resource", resource);
        }
        if let Some(tag) = &self.tag {
            put("etag", &format!("W/\"{tag}\""));
        }
        for (name, value) in &self.headers {
            put(name, value);
        }
        let mut response = Response::new(Body::from(std::mem::take(&mut self.body)));
        *response.status_mut() =
            http::StatusCode::from_u16(self.status).unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR);
        *response.headers_mut() = headers;
        response
    }
}
