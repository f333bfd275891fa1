//! 403 and 429: a limit, a credential without access, or a plain no. Both APIs refuse alike.

use http::HeaderMap;

use super::message::{Limit, Said, is_html};
use super::{Answer, OwnerId, Reach, Ruling, reading};

/// The two forms of `X-GitHub-SSO`.
const SSO: &str = "x-github-sso";

/// What a 403 or a 429 means.
///
/// What it says comes before what its headers say: a 403 about a permission can be the request that used the last of
/// a window, and a primary limit can carry a `Retry-After`.
pub(super) fn judge(answer: &Answer<'_>) -> (Option<OwnerId>, Ruling) {
    if let Some(refused) = single_sign_on(answer) {
        return (None, refused);
    }
    let said = Said::of(answer);
    if let Some(limit) = said.limit() {
        return (said.owner(), limited(limit, answer.headers));
    }
    if let Some(reach) = without_access(&said) {
        return (None, Ruling::NoAccess { message: said.shown("no access"), reach });
    }
    if said.contains("account was suspended") || said.contains("installation has been suspended") {
        return (None, Ruling::BadCredential { message: said.shown("suspended") });
    }
    let ruling = if reading::has_retry_after(answer.headers) {
        limited(Limit::Secondary, answer.headers)
    } else if reading::nothing_remains(answer.headers) {
        limited(Limit::Primary, answer.headers)
    } else if answer.status == 429 {
        limited(Limit::Secondary, answer.headers)
    } else if !answer.whole {
        // The part that is missing may have been the one that says it is a limit.
        Ruling::Transient { reason: format!("a cut body of a {}", answer.status) }
    } else if is_html(answer) && answer.expects_json {
        Ruling::Transient { reason: format!("an HTML page with status {}", answer.status) }
    } else {
        Ruling::Rejected { status: answer.status, message: said.shown("forbidden") }
    };
    (None, ruling)
}

/// The ruling on a limit, with the wait that GitHub asks for: `Retry-After`; else the reset if nothing remains.
///
/// A reset beside a `remaining` that is not 0 belongs to a window that has nothing to do with a secondary limit.
pub(super) fn limited(limit: Limit, headers: &HeaderMap) -> Ruling {
    match limit {
        Limit::Primary => Ruling::PrimaryLimit { reset: reading::reset(headers) },
        Limit::Secondary => {
            let spent = || reading::reset(headers).filter(|_| reading::nothing_remains(headers));
            let pause = reading::retry_after(headers).or_else(|| {
                // An unreadable Retry-After says that there is a pause, not which: then the usual one.
                if reading::has_retry_after(headers) { None } else { spent().map(super::Pause::Until) }
            });
            Ruling::SecondaryLimit { pause }
        }
    }
}

/// How far a refusal reaches that is about this credential, going by its words; `None` if it is about something else.
pub(super) fn without_access(said: &Said) -> Option<Reach> {
    let topic = ["resource not accessible by", "must have admin", "must have push", "required scopes"];
    if topic.iter().any(|part| said.contains(part)) {
        return Some(Reach::Topic);
    }
    let owner = [
        "protected by organization saml",
        "appear to have the correct authorization credentials",
        "forbids access via a",
        "ip allow list",
    ];
    owner.iter().any(|part| said.contains(part)).then(|| Reach::Owner(said.quoted_name()))
}

/// `X-GitHub-SSO: required; url=https://github.com/orgs/ORG/sso?...`
fn single_sign_on(answer: &Answer<'_>) -> Option<Ruling> {
    let value = answer.headers.get(SSO)?.to_str().ok()?.trim_start();
    if !value.to_ascii_lowercase().starts_with("required") {
        return None;
    }
    let organisation = value.split_once("/orgs/").and_then(|(_, rest)| rest.split(['/', '?']).next());
    let organisation = organisation.filter(|name| !name.is_empty()).map(str::to_lowercase);
    // The link lets whoever follows it authorise the token, so it is not shown.
    let message = Said::of(answer).shown("the organisation requires single sign-on for this credential");
    Some(Ruling::NoAccess { message, reach: Reach::Owner(organisation) })
}

/// `X-GitHub-SSO: partial-results; organizations=...`
pub(super) fn partial_results(headers: &HeaderMap) -> bool {
    let value = headers.get(SSO).and_then(|value| value.to_str().ok());
    value.is_some_and(|value| value.trim_start().to_ascii_lowercase().starts_with("partial-results"))
}
