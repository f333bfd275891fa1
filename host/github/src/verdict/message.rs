//! What GitHub says in words: whether it is a limit, whose, and the text that a user may be shown.
//!
//! The wording has changed over the years and differs between APIs; these are the parts that stayed.

use serde::Deserialize;
use serde_json::Value;

use super::{Answer, OwnerId};

/// A limit, told in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Limit {
    Primary,
    Secondary,
}

/// What a body says: its message, or its text where there is no JSON.
pub(super) struct Said {
    /// In lower case, for looking things up.
    words: String,
    /// The link to the documentation names the kind of limit where the message does not.
    documentation: String,
    shown: String,
}

/// Nobody reads more than this of an error, and a page of HTML is no message.
const LONGEST_SHOWN: usize = 300;
/// A limit's message stands at the start of whatever it stands in.
const LONGEST_READ: usize = 4_096;

#[derive(Deserialize)]
struct Body {
    message: Option<Value>,
    documentation_url: Option<Value>,
    errors: Option<Value>,
}

const SECONDARY: [&str; 8] = [
    "secondary rate limit",
    "abuse detection",
    "temporarily blocked from content creation",
    "temporarily being throttled",
    "wait a few minutes before you try again",
    "maximum number of login attempts exceeded",
    "submitting requests too quickly",
    "too many requests from your network",
];
const PRIMARY: [&str; 3] =
    ["api rate limit exceeded", "rate limit already exceeded", "rate limit exceeded for"];

impl Said {
    /// Reads the body of an answer that is not a success.
    pub(super) fn of(answer: &Answer<'_>) -> Self {
        if let Ok(body) = serde_json::from_slice::<Body>(answer.body) {
            let text = |value: Option<Value>| value.as_ref().and_then(Value::as_str).map(str::to_owned);
            let details = body.errors.as_ref().map(details).unwrap_or_default();
            let message = match text(body.message) {
                Some(message) if details.is_empty() => message,
                Some(message) => format!("{message}: {details}"),
                None => details,
            };
            return Self::new(&message, &text(body.documentation_url).unwrap_or_default());
        }
        let start = &answer.body[..answer.body.len().min(LONGEST_READ)];
        let text = String::from_utf8_lossy(start);
        let mut said = Self::new(&text, "");
        if is_html(answer) {
            said.shown = "an HTML page where JSON was expected".to_owned();
        }
        said
    }

    /// A message that was found elsewhere.
    pub(super) fn new(message: &str, documentation: &str) -> Self {
        Self {
            words: message.to_lowercase(),
            documentation: documentation.to_lowercase(),
            shown: presentable(message),
        }
    }

    /// The limit that the words tell of.
    pub(super) fn limit(&self) -> Option<Limit> {
        if SECONDARY.iter().any(|part| self.words.contains(part)) {
            return Some(Limit::Secondary);
        }
        if PRIMARY.iter().any(|part| self.words.contains(part)) {
            return Some(Limit::Primary);
        }
        let secondary = ["secondary-rate-limits", "abuse-rate-limits"];
        secondary.iter().any(|part| self.documentation.contains(part)).then_some(Limit::Secondary)
    }

    /// The owner that a limit's message names: `... for user ID 123.`, `... for installation ID 123.`
    pub(super) fn owner(&self) -> Option<OwnerId> {
        let number_after = |marker: &str| {
            let (_, rest) = self.words.split_once(marker)?;
            let digits = rest.trim_start().split(|c: char| !c.is_ascii_digit()).next()?;
            digits.parse::<u64>().ok()
        };
        number_after("for user id")
            .map(OwnerId::User)
            .or_else(|| number_after("for installation id").map(OwnerId::Installation))
    }

    /// Whether the words contain `part`, which is in lower case.
    pub(super) fn contains(&self, part: &str) -> bool {
        self.words.contains(part)
    }

    /// The account name between backticks, as in "the `octo-org` organization has an IP allow list enabled".
    pub(super) fn quoted_name(&self) -> Option<String> {
        let name = self.words.split('`').nth(1)?;
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        (!name.is_empty() && name.chars().all(fits)).then(|| name.to_owned())
    }

    /// The message, for people; what it stands for if it is empty.
    pub(super) fn shown(&self, otherwise: &str) -> String {
        if self.shown.is_empty() { otherwise } else { &self.shown }.to_owned()
    }
}

/// Whether the body is a web page: from a load balancer or a proxy, not from the API.
pub(super) fn is_html(answer: &Answer<'_>) -> bool {
    let declared = answer.headers.get(http::header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let start: Vec<u8> = answer.body.trim_ascii_start().iter().take(9).map(u8::to_ascii_lowercase).collect();
    declared.is_some_and(|value| value.trim_start().to_ascii_lowercase().starts_with("text/html"))
        || start.starts_with(b"<html")
        || start.starts_with(b"<!doctype")
}

/// What the `errors` of a validation error or a GraphQL answer say, in one line.
fn details(errors: &Value) -> String {
    let text = |error: &Value, key: &str| error.get(key).and_then(Value::as_str).map(str::to_owned);
    let one = |error: &Value| match error {
        Value::String(text) => Some(text.clone()),
        _ => text(error, "message").or_else(|| {
            let parts: Vec<_> =
                ["resource", "field", "code"].iter().filter_map(|key| text(error, key)).collect();
            (!parts.is_empty()).then(|| parts.join(" "))
        }),
    };
    let list: Vec<_> = errors.as_array().into_iter().flatten().take(5).filter_map(one).collect();
    list.join("; ")
}

/// One line without control characters, which a terminal would obey.
fn presentable(text: &str) -> String {
    let mut line = String::new();
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()) {
        if line.chars().count() + word.chars().count() >= LONGEST_SHOWN {
            let room = LONGEST_SHOWN.saturating_sub(line.chars().count() + 1);
            line.extend(word.chars().take(room));
            line.push('…');
            break;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::{Limit, Said, presentable};
    use crate::verdict::OwnerId;

    #[test]
    fn the_wordings_of_the_years_are_told_apart() {
        let limit = |text: &str| Said::new(text, "").limit();
        for primary in [
            "API rate limit exceeded for user ID 583231.",
            "API Rate Limit Exceeded for 203.0.113.7",
            "API rate limit already exceeded for user ID 583231.",
            "API rate limit exceeded for 203.0.113.7. (But here's the good news: Authenticated requests get a higher rate limit.)",
        ] {
            assert_eq!(limit(primary), Some(Limit::Primary), "{primary}");
        }
        for secondary in [
            "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
            "You have exceeded a secondary rate limit and have been temporarily blocked from content creation.",
            "You have triggered an abuse detection mechanism. Please wait a few minutes before you try again.",
            "Maximum number of login attempts exceeded. Please try again later.",
        ] {
            assert_eq!(limit(secondary), Some(Limit::Secondary), "{secondary}");
        }
        assert_eq!(limit("Must have admin rights to Repository."), None);
        let linked = Said::new("Slow down.", "https://docs.github.com/rest/overview#secondary-rate-limits");
        assert_eq!(linked.limit(), Some(Limit::Secondary));
    }

    #[test]
    fn the_message_names_the_owner() {
        let owner = |text: &str| Said::new(text, "").owner();
        assert_eq!(owner("API rate limit exceeded for user ID 583231."), Some(OwnerId::User(583_231)));
        assert_eq!(owner("API rate limit exceeded for installation ID 12."), Some(OwnerId::Installation(12)));
        assert_eq!(owner("API rate limit exceeded for 203.0.113.7."), None);
        assert_eq!(owner("API rate limit exceeded for user ID 99999999999999999999999."), None);
    }

    #[test]
    fn what_is_shown_is_one_short_line_without_control_characters() {
        assert_eq!(presentable("Not\u{1b}[31m\r\n  Found\u{7}"), "Not [31m Found");
        let long = presentable(&"é".repeat(5_000));
        assert!(long.chars().count() <= 300 && long.ends_with('…'));
    }
}
