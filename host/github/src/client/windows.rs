//! Asking GitHub for every credential's windows, without spending any of them.

use std::collections::BTreeMap;

use serde::Deserialize;
use tokio::task::JoinSet;

use super::transport::Message;
use super::{Client, Inner};
use crate::credential::Credential;
use crate::error::Error;
use crate::media_type::MediaType;
use crate::resource::Resource;
use crate::time::Timestamp;
use crate::verdict::{Reading, Ruling};

/// The body of `GET /rate_limit`, as far as it is needed.
#[derive(Deserialize)]
struct Body {
    resources: BTreeMap<String, Window>,
}

#[derive(Deserialize)]
struct Window {
    limit: u64,
    remaining: u64,
    used: u64,
    reset: u64,
}

impl Client {
    /// Asks `GET /rate_limit` once with each credential, so that the [pool](Client::pool)'s snapshot knows all windows, and
    /// which credentials are refused. Costs no primary quota.
    ///
    /// # Errors
    /// What kept the first of those that did not answer; the others are learnt all the same. A server without limits
    /// (GitHub Enterprise Server answers 404) is no error.
    pub async fn refresh_windows(&self) -> Result<(), Error> {
        let mut asked = JoinSet::new();
        for credential in self.inner.pool.credentials() {
            let inner = std::sync::Arc::clone(&self.inner);
            asked.spawn(async move { inner.refresh_windows_of(&credential).await });
        }
        let all = asked.join_all().await;
        all.into_iter().collect()
    }
}

impl Inner {
    async fn refresh_windows_of(&self, credential: &Credential) -> Result<(), Error> {
        let mut url = self.endpoint.rest().clone();
        let path = format!("{}/rate_limit", url.path().trim_end_matches('/'));
        url.set_path(&path);
        let message = Message { url, accept: MediaType::of(None)?, query: None };
        let asked = self.pool.survey_begins();
        let received = self.transport.send(&message, credential).await?;
        let windows = match &received.verdict.ruling {
            Ruling::Success => readings(&received.body),
            Ruling::Transient { reason } => return Err(Error::Unavailable(reason.clone())),
            // Refused or not limited: the verdict says which.
            _ => Vec::new(),
        };
        self.pool.survey(credential.id(), &received.verdict, &windows, asked);
        Ok(())
    }
}

fn readings(body: &[u8]) -> Vec<Reading> {
    let Ok(body) = serde_json::from_slice::<Body>(body) else { return Vec::new() };
    let reading = |(name, window): (String, Window)| {
        // Limits of 0/0 mean "not limited" on GitHub Enterprise Server.
        let resource = Resource::from_header(&name).filter(|_| window.limit > 0)?;
        let reset = Timestamp::from_seconds(window.reset);
        let Window { limit, remaining, used, .. } = window;
        Some(Reading { resource: Some(resource), limit, remaining, used, reset })
    };
    body.resources.into_iter().filter_map(reading).collect()
}

#[cfg(test)]
mod tests {
    use super::readings;

    #[test]
    fn the_windows_of_a_body_are_read_and_the_unlimited_left_out() {
        let body = br#"{"resources": {
            "core": {"limit": 5000, "remaining": 4990, "used": 10, "reset": 1700000000},
            "search": {"limit": 0, "remaining": 0, "used": 0, "reset": 0}
        }, "rate": {}}"#;
        let read = readings(body);
        assert_eq!(read.len(), 1);
        assert_eq!(
            (read[0].limit, read[0].remaining, read[0].reset.seconds()),
            (5_000, 4_990, 1_700_000_000)
        );
        assert!(readings(b"<html>").is_empty());
    }
}
