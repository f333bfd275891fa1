//! How long to wait before asking again after something that may pass.

use std::time::Duration;

use http::HeaderMap;
use http::header::RETRY_AFTER;

use crate::time::Timestamp;

/// Exponential back-off with full jitter: before retry `n` a random part of `min(cap, base * 2^(n-1))`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// The longest wait before the first retry.
    pub base: Duration,
    /// The longest wait before any retry.
    pub cap: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { base: Duration::from_millis(500), cap: Duration::from_secs(20) }
    }
}

impl Backoff {
    /// The wait after the `failures`th failure (from 1); `chance` is random, from 0 to 1.
    ///
    /// What the server asked for is kept to, as long as it is not much longer than we would wait ourselves.
    pub(crate) fn after(&self, failures: u32, asked: Option<Duration>, chance: f64) -> Duration {
        let doubled =
            self.base.saturating_mul(1_u32.checked_shl(failures.saturating_sub(1)).unwrap_or(u32::MAX));
        let jittered = doubled.min(self.cap).mul_f64(chance.clamp(0.0, 1.0));
        let asked = asked.unwrap_or_default().min(self.cap.saturating_mul(3));
        jittered.max(asked)
    }
}

/// `Retry-After` of a server that failed: seconds, or a date.
pub(crate) fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = Timestamp::from(httpdate::parse_http_date(text).ok()?);
    Some(Duration::from_secs(date.seconds_since(now)))
}

#[cfg(test)]
mod tests {
    use super::{Backoff, retry_after};
    use crate::time::Timestamp;
    use http::HeaderMap;
    use std::time::Duration;

    const fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn the_wait_doubles_up_to_its_cap() {
        let backoff = Backoff { base: seconds(1), cap: seconds(20) };
        let waits = [1, 2, 3, 4, 5, 6, 40, 400].map(|failures| backoff.after(failures, None, 1.0).as_secs());
        assert_eq!(waits, [1, 2, 4, 8, 16, 20, 20, 20]);
        assert_eq!(backoff.after(5, None, 0.0), seconds(0), "full jitter");
        assert_eq!(backoff.after(5, None, 0.5), seconds(8));
    }

    #[test]
    fn a_server_s_wish_is_kept_within_reason() {
        let backoff = Backoff { base: seconds(1), cap: seconds(20) };
        assert_eq!(backoff.after(1, Some(seconds(30)), 1.0), seconds(30));
        assert_eq!(backoff.after(1, Some(seconds(3_600)), 1.0), seconds(60));
    }

    #[test]
    fn retry_after_has_two_forms() {
        let now = Timestamp::from_seconds(784_111_777);
        let read = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert("retry-after", value.parse().unwrap());
            retry_after(&headers, now)
        };
        assert_eq!(read("120"), Some(seconds(120)));
        assert_eq!(read("Sun, 06 Nov 1994 08:50:37 GMT"), Some(seconds(60)));
        assert_eq!(read("Sun, 06 Nov 1994 08:40:37 GMT"), Some(seconds(0)));
        assert_eq!(read("soon"), None);
    }
}
