//! Fields that fail while the rest of the answer stands, as GitHub's sometimes do.

use super::thing::Thing;

/// One field that never resolves: it becomes null (or its nearest parent that may be null), with an entry in `errors`.
#[derive(Debug, Clone)]
pub struct BrokenField {
    /// The object's type, such as `PullRequest`.
    pub on: String,
    /// The field, such as `reviews`.
    pub field: String,
    /// Only on the pull request of this number, and on what hangs on it.
    pub pull: Option<u64>,
    /// GitHub's `type` of the error, such as `RESOURCE_LIMITS_EXCEEDED` or `SERVICE_UNAVAILABLE`.
    pub kind: String,
    /// The error's message.
    pub message: String,
}

impl BrokenField {
    /// The field of one pull request that takes GitHub too much work.
    pub fn of_pull(number: u64, field: impl Into<String>) -> Self {
        Self {
            on: "PullRequest".to_owned(),
            field: field.into(),
            pull: Some(number),
            kind: "RESOURCE_LIMITS_EXCEEDED".to_owned(),
            message: "Resource limits for this query exceeded.".to_owned(),
        }
    }

    /// Whether this field of this object is meant.
    pub(super) fn hits(&self, thing: &Thing<'_>, field: &str) -> bool {
        self.field == field
            && self.on == thing.type_name()
            && self.pull.is_none_or(|number| thing.pull_number() == Some(number))
    }
}
