//! The `Link` header (RFC 8288), as far as pages need it: where `rel="next"` points to.

use http::HeaderMap;
use http::header::LINK;

/// The target of `rel="next"`, as it stands there; `None` if there is none.
pub(crate) fn next(headers: &HeaderMap) -> Option<String> {
    headers.get_all(LINK).iter().filter_map(|value| value.to_str().ok()).find_map(next_in)
}

/// Reads one header's value. What does not parse ends the reading: a wrong page is worse than none.
fn next_in(value: &str) -> Option<String> {
    let mut rest = value;
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        let (target, parameters) = rest.strip_prefix('<')?.split_once('>')?;
        let (is_next, after) = parameters_of(parameters)?;
        if is_next {
            return Some(target.trim().to_owned());
        }
        rest = after;
    }
}

/// Reads `; name=value` pairs up to the comma that ends this link: whether one says `rel=next`, and what follows.
fn parameters_of(text: &str) -> Option<(bool, &str)> {
    let (mut rest, mut is_next, mut rel_seen) = (text.trim_start(), false, false);
    loop {
        let Some(parameter) = rest.strip_prefix(';') else {
            return (rest.is_empty() || rest.starts_with(',')).then_some((is_next, rest));
        };
        let end_of_name = parameter.find(['=', ';', ',']).unwrap_or(parameter.len());
        let name = parameter[..end_of_name].trim();
        rest = &parameter[end_of_name..];
        if let Some(after) = rest.strip_prefix('=') {
            let (value, after) = value_of(after.trim_start())?;
            // Only the first `rel` counts (RFC 8288, 3.3); it can name several relations.
            if name.eq_ignore_ascii_case("rel") && !rel_seen {
                rel_seen = true;
                is_next =
                    value.split_ascii_whitespace().any(|relation| relation.eq_ignore_ascii_case("next"));
            }
            rest = after;
        }
        rest = rest.trim_start();
    }
}

/// A quoted string or a token, and what follows it.
fn value_of(text: &str) -> Option<(&str, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([';', ',']).unwrap_or(text.len());
        return Some((text[..end].trim_end(), &text[end..]));
    };
    let mut escaped = false;
    for (at, character) in quoted.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some((&quoted[..at], &quoted[at + 1..])),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{next, next_in};
    use http::HeaderMap;
    use proptest::prelude::*;

    #[test]
    fn the_next_page_is_found_among_the_others() {
        let github = "<https://api.github.com/repositories/1300192/issues?page=2>; rel=\"prev\", \
                      <https://api.github.com/repositories/1300192/issues?page=4>; rel=\"next\", \
                      <https://api.github.com/repositories/1300192/issues?page=515>; rel=\"last\"";
        assert_eq!(
            next_in(github).as_deref(),
            Some("https://api.github.com/repositories/1300192/issues?page=4")
        );
    }

    #[test]
    fn the_last_page_has_no_next() {
        assert_eq!(next_in("<https://a/?page=1>; rel=\"first\", <https://a/?page=2>; rel=\"prev\""), None);
        assert_eq!(next(&HeaderMap::new()), None);
    }

    #[test]
    fn commas_and_semicolons_inside_a_target_or_a_string_part_nothing() {
        assert_eq!(next_in("<https://a/?q=x,y;z>; rel=next").as_deref(), Some("https://a/?q=x,y;z"));
        assert_eq!(next_in("<b>; title=\"a, <c>; rel=\\\"next\"; rel=\"next\"").as_deref(), Some("b"));
        assert_eq!(
            next_in("<b>; title=\"rel=next, <c>\"; rel=last, <d>; REL=\"last NEXT\"").as_deref(),
            Some("d")
        );
    }

    #[test]
    fn the_first_rel_counts() {
        assert_eq!(next_in("<b>; rel=last; rel=next"), None);
    }

    #[test]
    fn nonsense_has_no_next() {
        for odd in
            ["", "<", "<>", "next", "<a; rel=next", "<a>; rel=\"next", "<a> rel=next", ",,,", "<a>;;;=,"]
        {
            assert_eq!(next_in(odd), None, "{odd:?}");
        }
    }

    proptest! {
        #[test]
        fn no_header_makes_it_panic(value in "[<>;,=\"\\\\ a-z]{0,60}") {
            let _ = next_in(&value);
        }
    }
}
