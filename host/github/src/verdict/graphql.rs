//! What GraphQL answers mean: most of it stands in the body of a 200.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::message::{Limit, Said, is_html};
use super::{Answer, OwnerId, Reach, Ruling, refusal, rest};

#[derive(Deserialize)]
struct Body<'a> {
    #[serde(borrow)]
    data: Option<&'a RawValue>,
    errors: Option<Value>,
    message: Option<Value>,
}

/// One entry of `errors`, as far as its kind matters.
struct Flaw {
    kind: String,
    said: Said,
    /// Of what was asked for itself (`["repository"]`), not of something inside it.
    at_root: bool,
    single_sign_on: bool,
}

impl Flaw {
    fn is(&self, kinds: &[&str]) -> bool {
        kinds.contains(&self.kind.as_str())
    }
}

/// The owner that the answer names, its ruling, and whether it may hide what another credential would see.
pub(super) fn judge(answer: &Answer<'_>) -> (Option<OwnerId>, Ruling, bool) {
    match answer.status {
        200..=299 => judge_body(answer),
        403 | 429 => {
            // A 403 may tell its limit in `errors`, by type alone.
            let by_type = serde_json::from_slice::<Body<'_>>(answer.body)
                .ok()
                .and_then(|body| limit(answer, &flaws(&body)));
            let (owner, ruling) = by_type.unwrap_or_else(|| refusal::judge(answer));
            (owner, ruling, false)
        }
        304 => (None, Ruling::Unchanged, false),
        300..=399 => (None, rest::moved(answer), false),
        // GitHub stops a query after 10 s, and charges extra for it: the same query again would end the same.
        408 | 502 | 504 => (
            None,
            Ruling::TooSlow { reason: format!("status {}: the query took too long", answer.status) },
            false,
        ),
        _ => (None, rest::failed(answer), false),
    }
}

fn judge_body(answer: &Answer<'_>) -> (Option<OwnerId>, Ruling, bool) {
    let transient = |reason: &str| (None, Ruling::Transient { reason: reason.to_owned() }, false);
    if !answer.whole {
        return transient("the body was cut short");
    }
    let text = std::str::from_utf8(answer.body).unwrap_or_default();
    let Ok(body) = serde_json::from_str::<Body<'_>>(text) else {
        return transient(if is_html(answer) {
            "an HTML page where JSON was expected"
        } else {
            "a body that is not JSON"
        });
    };
    let flaws = flaws(&body);
    let data = body.data.filter(|data| data.get() != "null");
    if data.is_some() && flaws.is_empty() {
        return (None, Ruling::Success, false);
    }
    if let Some((owner, limited)) = limit(answer, &flaws) {
        return (owner, limited, false);
    }
    let nothing = data.is_none_or(is_all_null);
    if nothing {
        if let Some((owner, limited)) = limit_in_words(answer, &body, &flaws) {
            return (owner, limited, false);
        }
        if let Some(ruling) = failure(&flaws) {
            return (None, ruling, false);
        }
    }
    let missing = flaws.iter().find(|flaw| flaw.at_root && flaw.is(&["NOT_FOUND"]));
    let hidden = nothing && missing.is_some();
    if data.is_some() {
        return (None, Ruling::Success, hidden);
    }
    if flaws.is_empty() {
        return transient("neither data nor errors");
    }
    let status = if missing.is_some() { 404 } else { answer.status };
    let message = Said::of(answer).shown("the query was refused");
    if missing.is_some() {
        return (None, Ruling::Absent { status, message }, hidden);
    }
    (None, Ruling::Rejected { status, message }, false)
}

fn flaws(body: &Body<'_>) -> Vec<Flaw> {
    let list = body.errors.as_ref().and_then(Value::as_array);
    let flaw = |error: &Value| {
        let text = |key: &str| error.get(key).and_then(Value::as_str).unwrap_or_default();
        Flaw {
            kind: text("type").to_owned(),
            said: Said::new(text("message"), ""),
            at_root: error.get("path").and_then(Value::as_array).is_none_or(|path| path.len() == 1),
            single_sign_on: error.pointer("/extensions/saml_failure") == Some(&Value::Bool(true)),
        }
    };
    list.into_iter().flatten().map(flaw).collect()
}

/// A limit by its type. Whatever data stands beside it: the limit has cut something off.
fn limit(answer: &Answer<'_>, flaws: &[Flaw]) -> Option<(Option<OwnerId>, Ruling)> {
    let flaw = flaws.iter().find(|flaw| flaw.is(&["RATE_LIMITED", "RATE_LIMIT"]))?;
    let limit = flaw.said.limit().unwrap_or(Limit::Primary);
    Some((flaw.said.owner(), refusal::limited(limit, answer.headers)))
}

/// A limit without a type. Only where there is no data, and no type: other messages quote what was asked for.
fn limit_in_words(answer: &Answer<'_>, body: &Body<'_>, flaws: &[Flaw]) -> Option<(Option<OwnerId>, Ruling)> {
    let message = body.message.as_ref().and_then(Value::as_str).map(|text| Said::new(text, ""));
    let untyped = flaws.iter().filter(|flaw| flaw.kind.is_empty()).map(|flaw| &flaw.said);
    let (said, limit) = message.iter().chain(untyped).find_map(|said| Some((said, said.limit()?)))?;
    Some((said.owner(), refusal::limited(limit, answer.headers)))
}

/// What it means that there is nothing but errors, where that is more than a plain no.
fn failure(flaws: &[Flaw]) -> Option<Ruling> {
    for flaw in flaws {
        let said = &flaw.said;
        let message = || said.shown("refused");
        let slow = [
            "something went wrong while executing",
            "timedout",
            "timed out",
            "timeout on ",
            "result of a timeout",
        ];
        let quotes_the_query = flaw.is(&["NOT_FOUND", "FORBIDDEN", "INSUFFICIENT_SCOPES"]);
        if flaw.is(&["RESOURCE_LIMITS_EXCEEDED", "TIMEOUT"])
            || !quotes_the_query && slow.iter().any(|part| said.contains(part))
        {
            return Some(Ruling::TooSlow { reason: message() });
        }
        if flaw.single_sign_on {
            return Some(Ruling::NoAccess { message: message(), reach: Reach::Owner(said.quoted_name()) });
        }
        if flaw.is(&["FORBIDDEN", "INSUFFICIENT_SCOPES"]) {
            let reach = refusal::without_access(said).unwrap_or(Reach::Topic);
            return Some(Ruling::NoAccess { message: message(), reach });
        }
        if flaw.is(&["SERVICE_UNAVAILABLE", "INTERNAL", "INTERNAL_SERVER_ERROR"]) {
            return Some(Ruling::Transient { reason: message() });
        }
    }
    None
}

/// `{"repository": null}`: an object, and nothing in it. What the query asks about its own cost does not count.
fn is_all_null(data: &RawValue) -> bool {
    serde_json::from_str::<BTreeMap<String, &RawValue>>(data.get()).is_ok_and(|fields| {
        fields
            .iter()
            .all(|(name, value)| value.get() == "null" || matches!(name.as_str(), "rateLimit" | "__typename"))
    })
}
