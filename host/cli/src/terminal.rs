//! The one way to stderr: whole messages, without tearing the progress bars apart.

use std::fmt::Arguments;
use std::io::Write;
use std::sync::OnceLock;

use indicatif::MultiProgress;

static BARS: OnceLock<MultiProgress> = OnceLock::new();

/// The progress bars of this program. Nothing is drawn until one is added.
pub(crate) fn bars() -> &'static MultiProgress {
    BARS.get_or_init(MultiProgress::new)
}

/// Prints a message and a line feed. A closed stderr is no reason to stop.
pub(crate) fn say(message: Arguments<'_>) {
    write(format!("{message}\n").as_bytes());
}

/// Prints bytes that end a line, with the bars taken away meanwhile.
pub(crate) fn write(bytes: &[u8]) {
    let print = || drop(std::io::stderr().lock().write_all(bytes));
    match BARS.get() {
        Some(bars) => bars.suspend(print),
        None => print(),
    }
}

/// Text of a stranger, fit for a terminal: no control characters but line feeds and tabs, at most `most` characters.
pub(crate) fn plain(text: &str, most: usize) -> String {
    let mut plain: String =
        text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).take(most).collect();
    if plain.len() < text.len() && text.chars().count() > most {
        plain.push('…');
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn a_strangers_text_can_not_steer_the_terminal() {
        assert_eq!(plain("\u{1b}[2Jgone\r\u{7}\u{9b}", 100), "[2Jgone");
        assert_eq!(plain("a\n\tb", 100), "a\n\tb");
        assert_eq!(plain("abcdef", 3), "abc…");
    }
}
