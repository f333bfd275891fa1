//! The headers that tell quota and time: `x-ratelimit-*`, `Retry-After`, `Date`.
//!
//! Header names are case-insensitive (and lower case in HTTP/2); `HeaderMap` sees to that. A header that does not
//! parse counts as missing: a wrong number is worse than none.

use http::HeaderMap;
use http::header::{DATE, RETRY_AFTER};

use super::{Api, Pause, Reading};
use crate::resource::Resource;
use crate::time::Timestamp;

/// The window that an answer speaks of; `None` unless limit, remaining and reset are all there.
pub(super) fn of(headers: &HeaderMap, api: Api) -> Option<Reading> {
    let limit = number(headers, "x-ratelimit-limit")?;
    let remaining = number(headers, "x-ratelimit-remaining")?.min(limit);
    let reset = Timestamp::from_seconds(number(headers, "x-ratelimit-reset")?);
    let used = number(headers, "x-ratelimit-used").unwrap_or(limit - remaining);
    let named = text(headers, "x-ratelimit-resource").and_then(Resource::from_header);
    let resource = named.or((api == Api::Graphql).then_some(Resource::GRAPHQL));
    Some(Reading { resource, limit, remaining, used, reset })
}

/// Whether the answer says that nothing remains, even where the other headers are missing. A limit of 0 is no limit.
pub(super) fn nothing_remains(headers: &HeaderMap) -> bool {
    number(headers, "x-ratelimit-remaining") == Some(0) && number(headers, "x-ratelimit-limit") != Some(0)
}

/// When the window ends.
pub(super) fn reset(headers: &HeaderMap) -> Option<Timestamp> {
    number(headers, "x-ratelimit-reset").map(Timestamp::from_seconds)
}

/// The server's clock.
pub(super) fn server_time(headers: &HeaderMap) -> Option<Timestamp> {
    text(headers, DATE.as_str()).and_then(date)
}

/// Whether there is a `Retry-After` at all, readable or not.
pub(super) fn has_retry_after(headers: &HeaderMap) -> bool {
    headers.contains_key(RETRY_AFTER)
}

/// `Retry-After` in either form; a fraction of a second is rounded up.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Pause> {
    let value = text(headers, RETRY_AFTER.as_str())?;
    if let Ok(seconds) = value.parse::<u64>() {
        return Some(Pause::Seconds(seconds));
    }
    if let Some((whole, fraction)) = value.split_once('.')
        && let (Ok(whole), true) = (whole.parse::<u64>(), fraction.bytes().all(|byte| byte.is_ascii_digit()))
    {
        return Some(Pause::Seconds(whole.saturating_add(1)));
    }
    date(value).map(Pause::Until)
}

fn date(value: &str) -> Option<Timestamp> {
    httpdate::parse_http_date(value).ok().map(Timestamp::from)
}

fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    text(headers, name)?.parse().ok()
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}
