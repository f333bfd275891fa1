//! Paths below a repository that a grant to read it does not open.
//!
//! A grant is about what the repository holds: code, issues, pull requests, runs. Its administration holds secrets (a
//! secret-scanning alert quotes the secret it found), and one kind of path names other people's repositories.

/// First segments below a repository that are administration.
const ADMINISTRATION: [&str; 6] =
    ["codespaces", "hooks", "invitations", "keys", "secret-scanning", "security-advisories"];

/// Segments that are administration wherever they stand below these.
const SECRETIVE_ROOTS: [&str; 3] = ["actions", "dependabot", "environments"];
const SECRETIVE: [&str; 6] =
    ["oidc", "organization-secrets", "organization-variables", "runners", "secrets", "variables"];

/// `below` are the decoded segments after the repository.
pub(super) fn check(below: &[String]) -> Result<(), String> {
    let first = below.first().map(String::as_str).unwrap_or_default();
    let secretive = SECRETIVE_ROOTS.contains(&first)
        && below[1..].iter().any(|segment| SECRETIVE.contains(&segment.as_str()));
    if ADMINISTRATION.contains(&first) || secretive {
        return Err(format!(
            "`{first}` below a repository is its administration, which no `read` grant opens"
        ));
    }
    let compared = match below {
        [first, rest @ ..] if first == "compare" => rest,
        [first, second, rest @ ..] if first == "dependency-graph" && second == "compare" => rest,
        _ => &[],
    };
    // `main...someone:branch` compares with someone else's repository.
    if compared.iter().any(|segment| segment.contains(':')) {
        return Err(
            "comparing with another owner's branch (`owner:branch`) leads to a repository that is not \
                    granted: compare branches, tags or commits of this one"
                .to_owned(),
        );
    }
    Ok(())
}
