//! The one secret that GitHub puts into a repository's description: `temp_clone_token`, with which its holder could
//! clone a private repository. No job sees it.

use bytes::Bytes;
use memchr::memmem;

const KEY: &[u8] = b"\"temp_clone_token\"";

/// The body with the token's value replaced by an empty string; the same bytes where there is none.
pub(crate) fn redact(body: &Bytes) -> Bytes {
    let mut from = 0;
    let mut clean: Option<Vec<u8>> = None;
    while let Some(key) = memmem::find(&body[from..], KEY) {
        let after = from + key + KEY.len();
        let Some((start, end)) = value(body, after) else {
            from = after;
            continue;
        };
        // Overwritten with spaces, so that nothing moves.
        let bytes = clean.get_or_insert_with(|| body.to_vec());
        bytes[start..end].fill(b' ');
        bytes[start] = b'"';
        bytes[start + 1] = b'"';
        from = end;
    }
    clean.map_or_else(|| body.clone(), Bytes::from)
}

/// Where the string after the key stands, quotes included; `None` if the value is no string.
fn value(body: &[u8], after: usize) -> Option<(usize, usize)> {
    let blank = |at: usize| at + body[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    let colon = blank(after);
    if body.get(colon) != Some(&b':') {
        return None;
    }
    let start = blank(colon + 1);
    if body.get(start) != Some(&b'"') {
        return None;
    }
    let mut at = start + 1;
    while let Some(byte) = body.get(at) {
        match byte {
            b'\\' => at += 2,
            b'"' => return Some((start, at + 1)),
            _ => at += 1,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::redact;
    use bytes::Bytes;
    use serde_json::{Value, json};

    fn redacted(text: &str) -> String {
        String::from_utf8(redact(&Bytes::from(text.to_owned())).to_vec()).unwrap()
    }

    #[test]
    fn the_token_is_gone_and_the_rest_stays() {
        let body = r#"{"id":1,"temp_clone_token":"ABC\"DEF","parent":{"temp_clone_token" : "XYZ","a":[1]},"z":"temp_clone_token"}"#;
        let clean: Value = serde_json::from_str(&redacted(body)).unwrap();
        assert_eq!(
            clean,
            json!({"id": 1, "temp_clone_token": "", "parent": {"temp_clone_token": "", "a": [1]}, "z": "temp_clone_token"})
        );
    }

    #[test]
    fn what_has_no_token_is_not_touched() {
        for body in [
            r#"{"temp_clone_token":null}"#,
            r#"{"temp_clone_token":"#,
            r#""temp_clone_token""#,
            "",
            "[1,2]",
            r#"{"temp_clone_token":"x"#,
        ] {
            assert_eq!(redacted(body), body);
        }
    }
}
