//! What REST answers mean.

use http::header::LOCATION;
use serde::de::IgnoredAny;

use super::message::{Said, is_html};
use super::{Answer, OwnerId, Ruling, refusal};

/// The owner that the answer names, its ruling, and whether it may hide what another credential would see.
pub(super) fn judge(answer: &Answer<'_>) -> (Option<OwnerId>, Ruling, bool) {
    if matches!(answer.status, 403 | 429) {
        let (owner, ruling) = refusal::judge(answer);
        return (owner, ruling, false);
    }
    let ruling = match answer.status {
        202 => Ruling::Accepted,
        200..=299 => good(answer),
        304 => Ruling::Unchanged,
        300..=399 => moved(answer),
        _ => failed(answer),
    };
    let hidden = matches!(ruling, Ruling::Absent { status: 404, .. });
    (None, ruling, hidden)
}

/// 3xx: where to.
pub(super) fn moved(answer: &Answer<'_>) -> Ruling {
    let location = answer.headers.get(LOCATION).and_then(|value| value.to_str().ok());
    Ruling::Moved { location: location.map(str::to_owned) }
}

/// 4xx and 5xx, but for 403 and 429.
pub(super) fn failed(answer: &Answer<'_>) -> Ruling {
    let status = answer.status;
    let said = Said::of(answer);
    match status {
        // Before anything else: each further request with a bad token makes GitHub refuse its owner's good ones.
        401 => Ruling::BadCredential { message: said.shown("not authorised") },
        408 | 425 => Ruling::Transient { reason: said.shown("GitHub gave up waiting for the request") },
        400..=499 if is_html(answer) && answer.expects_json => {
            Ruling::Transient { reason: format!("an HTML page with status {status}") }
        }
        404 | 410 | 451 => Ruling::Absent { status, message: said.shown("not found") },
        400..=499 => Ruling::Rejected { status, message: said.shown("refused") },
        _ => Ruling::Transient { reason: format!("status {status}: {}", said.shown("GitHub failed")) },
    }
}

/// 2xx: only a whole body, that is JSON if JSON was asked for, is an answer.
fn good(answer: &Answer<'_>) -> Ruling {
    let transient = |reason: &str| Ruling::Transient { reason: reason.to_owned() };
    if !answer.whole {
        return transient("the body was cut short");
    }
    if matches!(answer.status, 204 | 205) || !answer.expects_json {
        return Ruling::Success;
    }
    let json = std::str::from_utf8(answer.body).ok().map(serde_json::from_str::<IgnoredAny>);
    match json {
        Some(Ok(_)) => Ruling::Success,
        _ if is_html(answer) => transient("an HTML page where JSON was expected"),
        _ if answer.body.is_empty() => transient("an empty body where JSON was expected"),
        _ => transient("a body that is not JSON"),
    }
}
