//! One REST path, taken apart into decoded segments.

use std::fmt;

use super::Place;

/// A path under the API root. Every segment is decoded, not empty, and means only itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct RestPath {
    segments: Vec<String>,
}

/// The longest path that is looked at, in bytes. GitHub's own servers take about 8 KiB of URL.
const LONGEST: usize = 4_096;

impl RestPath {
    /// Takes `text` apart, or says why it is no path.
    ///
    /// Strict on purpose: whatever two servers could read in two ways (dot segments, empty segments, encoded
    /// separators, double encodings) is refused rather than tidied.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        if text.len() > LONGEST {
            return Err(format!("the path is longer than {LONGEST} bytes"));
        }
        let wrong = |what: &str| format!("`{}` {what}", crate::grants::shown(text));
        if text.contains("://") || text.starts_with("//") {
            return Err(wrong("is no path: scheme and host are the host's business"));
        }
        let Some(rest) = text.strip_prefix('/') else {
            return Err(wrong("must start with `/`"));
        };
        if rest.contains(['?', '#']) {
            return Err(wrong("must not hold a query or a fragment: they have a place of their own"));
        }
        let mut segments = Vec::new();
        for raw in rest.split('/') {
            let segment = decode(raw).ok_or_else(|| wrong("has an encoding that is not allowed"))?;
            match segment.as_str() {
                "" => return Err(wrong("has an empty segment")),
                "." | ".." => return Err(wrong("has a dot segment")),
                _ => {}
            }
            if segment.contains('\\') || segment.chars().any(char::is_control) {
                return Err(wrong("has a backslash or a control character"));
            }
            segments.push(segment);
        }
        Ok(Self { segments })
    }

    /// `/repos/{owner}/{name}`.
    pub(crate) fn of_repository(owner: &str, name: &str) -> Self {
        Self { segments: vec!["repos".to_owned(), owner.to_owned(), name.to_owned()] }
    }

    /// Whose resource it names.
    pub(crate) fn place(&self) -> Place<'_> {
        match self.segments.as_slice() {
            [repos, owner, name, below @ ..]
                if repos == "repos"
                    && crate::grants::is_owner(owner)
                    && crate::grants::is_repository(name) =>
            {
                Place::Named { owner, name, below }
            }
            [repositories, id, below @ ..] if repositories == "repositories" => match canonical_number(id) {
                Some(id) => Place::Numbered { id, below },
                None => Place::Elsewhere,
            },
            _ => Place::Elsewhere,
        }
    }

    /// Whether both name the same thing below their repositories.
    pub(crate) fn is_alike(&self, other: &Self) -> bool {
        match (self.place(), other.place()) {
            (
                Place::Named { owner, name, below },
                Place::Named { owner: other_owner, name: other_name, below: other_below },
            ) => {
                owner.eq_ignore_ascii_case(other_owner)
                    && name.eq_ignore_ascii_case(other_name)
                    && below == other_below
            }
            (Place::Named { below, .. }, Place::Numbered { below: other_below, .. })
            | (Place::Numbered { below, .. }, Place::Named { below: other_below, .. }) => {
                below == other_below
            }
            (a, b) => a == b,
        }
    }

    /// `owner/name` in lower case, where the path has them.
    pub(crate) fn repository(&self) -> Option<String> {
        match self.place() {
            Place::Named { owner, name, .. } => Some(format!("{owner}/{name}").to_ascii_lowercase()),
            _ => None,
        }
    }

    /// What kind of thing below a repository is asked for, without names and numbers: `pulls`, `commits/check-runs`.
    /// Permissions of tokens go by it.
    pub(crate) fn topic(&self) -> Option<String> {
        let (Place::Named { below, .. } | Place::Numbered { below, .. }) = self.place() else { return None };
        match below {
            [] => Some("metadata".to_owned()),
            [kind, _, part, ..] if matches!(kind.as_str(), "commits" | "issues" | "pulls" | "releases") => {
                Some(format!("{kind}/{part}"))
            }
            [kind, part, ..] if kind == "actions" => Some(format!("{kind}/{part}")),
            [kind, ..] => Some(kind.clone()),
        }
    }
}

/// The path, encoded anew: what is sent.
impl fmt::Display for RestPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for segment in &self.segments {
            f.write_str("/")?;
            for byte in segment.bytes() {
                // RFC 3986 `pchar` without the percent sign.
                let plain = byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@".contains(&byte);
                if plain { write!(f, "{}", char::from(byte)) } else { write!(f, "%{byte:02X}") }?;
            }
        }
        Ok(())
    }
}

/// Decodes `%XX`; `None` for broken ones and for those that hide what a path is made of: `/`, `.`, `\`, `%`, controls.
fn decode(raw: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(raw.len());
    let mut rest = raw.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit =
            |byte: Option<u8>| char::from(byte?).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        let decoded = digit(rest.next())? * 16 + digit(rest.next())?;
        if decoded.is_ascii_control() || b"/.\\%".contains(&decoded) {
            return None;
        }
        bytes.push(decoded);
    }
    String::from_utf8(bytes).ok()
}

/// A number that is written as GitHub writes it: no sign, no leading zero.
fn canonical_number(text: &str) -> Option<u64> {
    let number = text.parse::<u64>().ok()?;
    (number.to_string() == text).then_some(number)
}
