//! What of a token may be shown.

/// The prefixes that GitHub gives its tokens; they say what kind it is and are no secret.
const PREFIXES: [&str; 6] = ["github_pat_", "ghp_", "gho_", "ghu_", "ghs_", "ghr_"];

/// A token whose own part is shorter than this shows nothing: four characters would be too much of it.
const SHORTEST_SHOWN: usize = 20;

/// Type prefix and last four characters (`ghp_…abcd`); only `…` for a short token.
pub(super) fn mask(token: &str) -> String {
    let prefix = PREFIXES.into_iter().find(|prefix| token.starts_with(prefix)).unwrap_or("");
    let own = &token[prefix.len()..];
    // Tokens are visible ASCII by now, but a mask must not be what panics if one is not.
    match own.len().checked_sub(4).and_then(|at| own.get(at..)) {
        Some(last) if own.len() >= SHORTEST_SHOWN => format!("{prefix}…{last}"),
        _ => "…".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::mask;

    #[test]
    fn a_mask_shows_the_prefix_and_the_last_four() {
        assert_eq!(mask("ghp_0123456789abcdefghij0123456789wxyz"), "ghp_…wxyz");
        assert_eq!(mask("github_pat_11AAAAAAA0123456789_abcdefghijklmnop"), "github_pat_…mnop");
        assert_eq!(mask("ghs_a_very_much_longer_one_with_dots.and-more.0123456789"), "ghs_…6789");
        assert_eq!(
            mask("0123456789abcdef0123456789abcdef01234567"),
            "…4567",
            "a classic token without a prefix"
        );
    }

    #[test]
    fn a_short_token_shows_nothing() {
        assert_eq!(["ghp_short", "x", "", "ghp_0123456789abcdefghi"].map(mask), ["…", "…", "…", "…"]);
    }
}
