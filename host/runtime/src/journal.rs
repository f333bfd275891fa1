//! What a guest says and does, kept within bounds: its lines go on to the log door, the last of them and its last calls
//! are kept to be told when it fails.

use std::{
    collections::VecDeque,
    fmt::{self, Write},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::{Level, Log, plain};

/// One message has at most this many lines ...
const MESSAGE_LINES: usize = 64;
/// ... of at most this many bytes.
const LINE: usize = 4_096;
/// How many of the last calls and lines are kept.
const KEPT: usize = 6;
/// Bytes that are told of one call.
const CALL: usize = 120;
/// How many lines of standard error may be a guest's last words: a Python traceback has two for each call.
const LAST_WORDS: usize = 24;
/// How a panic's message begins, as Rust's panic hooks write it.
const PANIC: &str = "panicked at";

/// The last that was heard of a guest, for its author.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trail {
    /// Its last calls through a door, newest last.
    pub calls: Vec<String>,
    /// Its last lines of log, newest last.
    pub log: Vec<String>,
    /// How many lines were not shown, because there were too many.
    pub suppressed: u64,
}

/// One sandbox's journal; clones share it.
#[derive(Clone)]
pub(crate) struct Journal {
    log: Arc<dyn Log>,
    pages: Arc<Mutex<Pages>>,
}

#[derive(Default)]
struct Pages {
    lines_left: u64,
    bytes_left: u64,
    suppressed: u64,
    calls: VecDeque<String>,
    lines: VecDeque<String>,
    panic: Option<String>,
    errors: VecDeque<String>,
}

impl Journal {
    pub(crate) fn new(log: Arc<dyn Log>, lines: u64, bytes: u64) -> Self {
        let pages = Pages { lines_left: lines, bytes_left: bytes, ..Pages::default() };
        Self { log, pages: Arc::new(Mutex::new(pages)) }
    }

    /// A message through the log door; one with several lines stays several lines.
    pub(crate) fn say(&self, level: Level, message: &str) {
        if level == Level::Error && message.starts_with(PANIC) {
            self.pages().panic = Some(plain::block(message, LAST_WORDS, LINE));
        }
        for line in plain::lines(message, MESSAGE_LINES, LINE) {
            self.line(level, line);
        }
    }

    /// A line of standard output or error.
    pub(crate) fn print(&self, level: Level, line: &str) {
        let line = plain::line(line, LINE);
        if level >= Level::Warn {
            keep(&mut self.pages().errors, line.clone(), LAST_WORDS);
        }
        self.line(level, line);
    }

    fn line(&self, level: Level, line: String) {
        let mut pages = self.pages();
        let fits = pages.lines_left > 0 && pages.bytes_left >= line.len() as u64;
        let first_too_many = !fits && pages.suppressed == 0;
        if fits {
            pages.lines_left -= 1;
            pages.bytes_left -= line.len() as u64;
        } else {
            // Once something is left out, everything after it is: a log with holes misleads.
            pages.lines_left = 0;
            pages.suppressed += 1;
        }
        keep(&mut pages.lines, line.clone(), KEPT);
        // The door is not ours: it is called without the lock.
        drop(pages);
        if fits {
            self.log.write(level, &line);
        } else if first_too_many {
            self.log.write(Level::Warn, "this task logs too much: what follows is left out");
        }
    }

    /// A call through a door. There are many, so this takes the oldest one's memory and leaves tidying to whoever reads.
    pub(crate) fn called(&self, call: fmt::Arguments<'_>) {
        let calls = &mut self.pages().calls;
        let oldest = if calls.len() == KEPT { calls.pop_front() } else { None };
        let mut start = Start(oldest.unwrap_or_default());
        start.0.clear();
        // It fails when there is enough.
        let _ = start.write_fmt(call);
        calls.push_back(start.0);
    }

    /// What the guest said of its own end: a panic's message, or what it wrote to standard error last.
    pub(crate) fn last_words(&self) -> Option<String> {
        let pages = self.pages();
        let errors = || Vec::from_iter(pages.errors.clone()).join("\n");
        let words = pages.panic.clone().unwrap_or_else(errors);
        let words = words.trim();
        (!words.is_empty()).then(|| words.to_owned())
    }

    pub(crate) fn trail(&self) -> Trail {
        let pages = self.pages();
        let list = |kept: &VecDeque<String>| kept.iter().cloned().collect();
        let calls = pages.calls.iter().map(|call| plain::line(call.trim_end(), CALL)).collect();
        Trail { calls, log: list(&pages.lines), suppressed: pages.suppressed }
    }

    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The start of a text, enough for [`CALL`] bytes.
struct Start(String);

impl fmt::Write for Start {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        let room = (CALL + 8).saturating_sub(self.0.len());
        self.0.push_str(&part[..part.floor_char_boundary(room)]);
        if part.len() > room { Err(fmt::Error) } else { Ok(()) }
    }
}

fn keep(list: &mut VecDeque<String>, item: String, most: usize) {
    if list.len() == most {
        list.pop_front();
    }
    list.push_back(item);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Heard(Mutex<Vec<(Level, String)>>);
    impl Log for Heard {
        fn write(&self, level: Level, line: &str) {
            self.0.lock().unwrap().push((level, line.to_owned()));
        }
    }

    fn heard(lines: u64, bytes: u64, say: impl Fn(&Journal)) -> (Vec<String>, Journal) {
        let log = Arc::new(Heard::default());
        let journal = Journal::new(log.clone(), lines, bytes);
        say(&journal);
        let lines = log.0.lock().unwrap().iter().map(|(_, line)| line.clone()).collect();
        (lines, journal)
    }

    #[test]
    fn a_flood_is_cut_once_and_counted() {
        let (lines, journal) = heard(3, 1_000, |journal| {
            for n in 0..100 {
                journal.say(Level::Info, &format!("line {n}"));
            }
        });
        assert_eq!(lines.len(), 4);
        assert_eq!(lines[3], "this task logs too much: what follows is left out");
        assert_eq!(journal.trail().suppressed, 97);
        assert_eq!(journal.trail().log.last().unwrap(), "line 99");
    }

    #[test]
    fn bytes_count_as_well_as_lines() {
        let (lines, _) = heard(100, 10, |journal| {
            journal.say(Level::Info, "0123456789");
            journal.say(Level::Info, "x");
        });
        assert_eq!(lines, ["0123456789", "this task logs too much: what follows is left out"]);
    }

    #[test]
    fn a_message_cannot_forge_a_line_of_the_host() {
        let (lines, _) = heard(100, 1_000, |journal| journal.say(Level::Info, "fine\nhost: \u{1b}[31mowned"));
        assert_eq!(lines, ["fine", "host: [31mowned"]);
    }

    #[test]
    fn a_panic_is_remembered_even_after_a_flood() {
        let (_, journal) = heard(1, 1_000, |journal| {
            journal.say(Level::Info, "a");
            journal.say(Level::Info, "b");
            journal.say(Level::Error, "panicked at src/lib.rs:7:5:\nno pull requests?");
        });
        assert_eq!(journal.last_words().unwrap(), "panicked at src/lib.rs:7:5:\nno pull requests?");
    }

    #[test]
    fn the_last_calls_are_kept_short_and_plain() {
        let (_, journal) = heard(1, 1_000, |journal| {
            for n in 0..10 {
                journal.called(format_args!("github.get /{n}\u{1b}{}", "ż".repeat(1_000)));
            }
        });
        let calls = journal.trail().calls;
        assert_eq!(calls.len(), KEPT);
        assert!(calls[0].starts_with("github.get /4żż"), "{calls:?}");
        assert!(calls[0].ends_with('…') && calls[0].len() <= CALL + '…'.len_utf8(), "{calls:?}");
    }

    #[test]
    fn a_traceback_on_standard_error_is_a_guests_last_words() {
        let (_, journal) = heard(10, 1_000, |journal| {
            journal.print(Level::Info, "hello");
            journal.print(Level::Warn, "Traceback (most recent call last):");
            journal.print(Level::Warn, "KeyError: 'id'");
        });
        assert_eq!(journal.last_words().unwrap(), "Traceback (most recent call last):\nKeyError: 'id'");
    }
}
