//! Where credentials come from: a tokens file, four environment variables, or nowhere (anonymous).
//!
//! The first source that has any wins; the others are not read, so that what is used is what the origin says.

use std::collections::HashSet;
use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use secrecy::SecretString;
use secrecy::zeroize::Zeroizing;

use super::{BadToken, Credential};

/// A tokens file longer than this is some other file.
const LONGEST_FILE: u64 = 1 << 20;

/// The variables, in the order in which they are looked at; the first holds several tokens, separated by commas.
const VARIABLES: [&str; 4] = ["GITHUB_SEEDING_TOKENS", "GITHUB_SEEDING_TOKEN", "GITHUB_TOKEN", "GH_TOKEN"];

/// Where to look for credentials.
pub struct Sources<'a> {
    /// `--tokens-file`: one token a line, `#` comments and blank lines dropped.
    pub tokens_file: Option<&'a Path>,
    /// The environment; a function, so that tests need not change their own.
    pub env: &'a dyn Fn(&str) -> Option<String>,
}

/// What was found.
#[derive(Debug)]
pub struct Loaded {
    /// At least one; exactly one anonymous credential if no source had a token.
    pub credentials: Vec<Credential>,
    /// Where they came from.
    pub origin: Origin,
    /// How many tokens stood there more than once (they count once).
    pub duplicates: usize,
}

/// The source that credentials came from. `Display` names it in a sentence's middle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// This tokens file.
    File(PathBuf),
    /// This environment variable.
    Variable(&'static str),
    /// No source had a token.
    Anonymous,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "the tokens file {}", path.display()),
            Self::Variable(name) => f.write_str(name),
            Self::Anonymous => f.write_str("no credential (anonymous: 60 requests an hour)"),
        }
    }
}

/// Why no credentials could be loaded. Names the source and the place, never a token.
#[derive(Debug, thiserror::Error)]
pub enum CredentialError {
    /// The tokens file could not be read.
    #[error("can't read the tokens file {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The tokens file is longer than a list of tokens can be.
    #[error("the tokens file {} is larger than 1 MiB: is it a list of tokens?", .0.display())]
    TooLong(PathBuf),
    /// The tokens file holds blank lines and comments only.
    #[error("the tokens file {} holds no token", .0.display())]
    Empty(PathBuf),
    /// One token can't be used.
    #[error("{origin}, {place}: {reason}")]
    Bad {
        /// The source it stands in.
        origin: Origin,
        /// `line N` of a file, `entry N` of a variable, counted from 1.
        place: String,
        /// What is wrong with it.
        reason: BadToken,
    },
}

/// Reads the first source that has any credential: the tokens file, `GITHUB_SEEDING_TOKENS`, `GITHUB_SEEDING_TOKEN`,
/// `GITHUB_TOKEN`, `GH_TOKEN`; anonymous if none has.
///
/// # Errors
/// If the tokens file can't be read or holds no token, or a token could not stand in a header.
pub fn load_credentials(sources: &Sources<'_>) -> Result<Loaded, CredentialError> {
    if let Some(path) = sources.tokens_file {
        return from_file(path);
    }
    for name in VARIABLES {
        let Some(value) = (sources.env)(name).map(Zeroizing::new) else { continue };
        let separators: &[char] = if name == "GITHUB_SEEDING_TOKENS" { &[','] } else { &[] };
        let entries = value.split(separators).enumerate().map(|(index, entry)| (index + 1, entry.as_bytes()));
        let (credentials, duplicates) = collect(&Origin::Variable(name), "entry", entries)?;
        if !credentials.is_empty() {
            return Ok(Loaded { credentials, origin: Origin::Variable(name), duplicates });
        }
    }
    Ok(Loaded { credentials: vec![Credential::anonymous()], origin: Origin::Anonymous, duplicates: 0 })
}

fn from_file(path: &Path) -> Result<Loaded, CredentialError> {
    let unreadable = |source| CredentialError::Unreadable { path: path.to_owned(), source };
    let mut text = Zeroizing::new(Vec::new());
    File::open(path)
        .map_err(unreadable)?
        .take(LONGEST_FILE + 1)
        .read_to_end(&mut text)
        .map_err(unreadable)?;
    if text.len() as u64 > LONGEST_FILE {
        return Err(CredentialError::TooLong(path.to_owned()));
    }
    let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&text);
    let lines =
        text.split(|&byte| byte == b'\n').enumerate().map(|(index, line)| (index + 1, uncommented(line)));
    let origin = Origin::File(path.to_owned());
    let (credentials, duplicates) = collect(&origin, "line", lines)?;
    if credentials.is_empty() {
        return Err(CredentialError::Empty(path.to_owned()));
    }
    Ok(Loaded { credentials, origin, duplicates })
}

/// The line without its comment: no token has a `#`.
fn uncommented(line: &[u8]) -> &[u8] {
    line.split(|&byte| byte == b'#').next().unwrap_or_default()
}

fn collect<'a>(
    origin: &Origin,
    unit: &str,
    entries: impl Iterator<Item = (usize, &'a [u8])>,
) -> Result<(Vec<Credential>, usize), CredentialError> {
    let (mut credentials, mut seen, mut duplicates) = (Vec::new(), HashSet::new(), 0);
    for (number, entry) in entries {
        let entry = entry.trim_ascii();
        if entry.is_empty() {
            continue;
        }
        let credential = std::str::from_utf8(entry)
            .map_err(|_| BadToken::NotVisibleAscii)
            .and_then(|token| Credential::token(SecretString::from(token)))
            .map_err(|reason| CredentialError::Bad {
                origin: origin.clone(),
                place: format!("{unit} {number}"),
                reason,
            })?;
        if seen.insert(credential.id()) {
            credentials.push(credential);
        } else {
            duplicates += 1;
        }
    }
    Ok((credentials, duplicates))
}

#[cfg(test)]
mod tests;
