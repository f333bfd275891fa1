//! A guest's text, made fit for a terminal and a log.
//!
//! What a guest says is printed beside what the host says. It must not be able to move the cursor, to colour, to ring, to
//! reorder letters, or to begin a line that looks like the host's own.

/// One line of at most `longest` bytes: line feeds and tabs become spaces, other control characters go.
pub(crate) fn line(text: &str, longest: usize) -> String {
    let mut out = String::with_capacity(text.len().min(longest + 4));
    for c in text.chars() {
        let c = match c {
            '\n' | '\t' | '\r' | '\u{2028}' | '\u{2029}' => ' ',
            c if unfit(c) => continue,
            c => c,
        };
        if out.len() + c.len_utf8() > longest {
            out.push('…');
            break;
        }
        out.push(c);
    }
    out
}

/// At most `most` lines, each as [`line()`] makes it.
pub(crate) fn lines(text: &str, most: usize, longest: usize) -> impl Iterator<Item = String> {
    text.lines().take(most).map(move |part| line(part, longest))
}

/// Several lines as one text: a guest's error may have some, and they are its own.
pub(crate) fn block(text: &str, most: usize, longest: usize) -> String {
    lines(text, most, longest).collect::<Vec<_>>().join("\n")
}

/// Control characters (C0, C1, DEL), those that change the direction of writing, and those that can't be seen at all.
fn unfit(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn escapes_lose_their_power_and_text_stays() {
        assert_eq!(line("\u{1b}[2J\u{7}all \u{9b}31mgone\u{202e}!", 80), "[2Jall 31mgone!");
        assert_eq!(line("one\r\nhost: error", 80), "one  host: error");
        assert_eq!(line("żółw 🐢", 80), "żółw 🐢");
    }

    #[test]
    fn long_text_is_cut_between_letters() {
        assert_eq!(line("ąąąą", 5), "ąą…");
        assert_eq!(block("a\nb\nc", 2, 10), "a\nb");
    }

    proptest! {
        #[test]
        fn nothing_unfit_ever_passes(text in ".*", longest in 0usize..200) {
            let told = line(&text, longest);
            prop_assert!(told.len() <= longest + '…'.len_utf8());
            prop_assert!(!told.chars().any(unfit));
        }
    }
}
