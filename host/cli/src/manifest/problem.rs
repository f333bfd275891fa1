//! One thing that is wrong with what the user wrote, and where.

use std::ops::Range;
use std::sync::Arc;

use miette::{Diagnostic, NamedSource, SourceSpan};

/// A manifest's text under the name that the user gave it.
pub(crate) type Source = Arc<NamedSource<String>>;

/// One mistake: what it is, where it stands (if it stands in a file), and what to write instead.
#[derive(Debug, Clone, thiserror::Error, Diagnostic)]
#[error("{message}")]
pub(crate) struct Problem {
    message: String,
    #[source_code]
    text: Option<Source>,
    #[label("{label}")]
    at: Option<SourceSpan>,
    label: String,
    #[help]
    help: Option<String>,
}

impl Problem {
    /// A mistake that stands in no file: in an environment variable, on the command line, on the disk.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), text: None, at: None, label: "here".to_owned(), help: None }
    }

    /// A mistake at `at` of a manifest.
    pub(crate) fn at(source: &Source, at: Range<usize>, message: impl Into<String>) -> Self {
        Self { text: Some(Arc::clone(source)), at: Some(at.into()), ..Self::new(message) }
    }

    /// What stands beside the caret, instead of "here".
    #[must_use]
    pub(crate) fn label(self, label: impl Into<String>) -> Self {
        Self { label: label.into(), ..self }
    }

    /// What to do about it.
    #[must_use]
    pub(crate) fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    /// "did you mean ...?" if one of `known` is close to `wrong`, else a list of `known`.
    #[must_use]
    pub(crate) fn suggest(self, wrong: &str, known: &[&str]) -> Self {
        match closest(wrong, known) {
            Some(near) => self.help(format!("did you mean `{near}`?")),
            None if known.is_empty() => self,
            None => self.help(format!("expected one of: {}", known.join(", "))),
        }
    }
}

#[cfg(test)]
impl Problem {
    /// The text under the caret.
    pub(crate) fn marked(&self) -> Option<&str> {
        let (text, at) = (self.text.as_ref()?, self.at?);
        text.inner().get(at.offset()..at.offset() + at.len())
    }

    /// The help, empty if there is none.
    pub(crate) fn advice(&self) -> &str {
        self.help.as_deref().unwrap_or_default()
    }
}

/// The word of `known` that somebody who typed `wrong` most likely meant.
fn closest<'a>(wrong: &str, known: &[&'a str]) -> Option<&'a str> {
    let likeness = |word: &str| strsim::jaro_winkler(&wrong.to_lowercase(), &word.to_lowercase());
    known
        .iter()
        .map(|word| (likeness(word), *word))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, word)| word)
}

#[cfg(test)]
mod tests {
    use super::closest;

    #[test]
    fn a_slip_of_the_finger_is_recognised_and_another_word_is_not() {
        let known = ["max_requests", "on_exhausted", "read"];
        assert_eq!(closest("max_request", &known), Some("max_requests"));
        assert_eq!(closest("on-exhausted", &known), Some("on_exhausted"));
        assert_eq!(closest("Raed", &known), Some("read"));
        assert_eq!(closest("colour", &known), None);
    }
}
