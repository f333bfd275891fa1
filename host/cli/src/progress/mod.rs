//! Progress on stderr: bars on a terminal, plain lines, JSON lines, or nothing.
//!
//! A display is a thread that looks at the [`Board`] now and then; running tasks never wait for it.

mod bars;
mod board;
mod view;

use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

pub(crate) use board::{Board, Entry};
pub(crate) use view::{counted, grouped};

use crate::cli::Progress;
use crate::terminal;
use bars::Bars;
use view::View;

/// Shows a board until it is dropped.
pub(crate) struct Display {
    done: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

enum Form {
    Bars(Bars),
    /// What was said last, so that nothing is said twice.
    Plain(String),
    Json,
}

impl Display {
    /// Starts to show `board`, as `how` says.
    pub(crate) fn start(board: Arc<Board>, how: Progress, quiet: bool) -> Self {
        let terminal = || std::io::stderr().is_terminal();
        let (mut form, every) = match how {
            _ if quiet => return Self { done: None, thread: None },
            Progress::None => return Self { done: None, thread: None },
            Progress::Json => (Form::Json, Duration::from_secs(1)),
            Progress::Auto if terminal() => (Form::Bars(Bars::new()), Duration::from_millis(100)),
            Progress::Auto | Progress::Plain => (Form::Plain(String::new()), Duration::from_secs(5)),
        };
        let (done, told) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            while told.recv_timeout(every) == Err(RecvTimeoutError::Timeout) {
                form.show(&board.view());
            }
            form.end(&board.view());
        });
        Self { done: Some(done), thread: Some(thread) }
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        drop(self.done.take());
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

impl Form {
    fn show(&mut self, view: &View) {
        match self {
            Self::Bars(bars) => bars.show(view, seconds()),
            Self::Plain(last) => {
                let line = view.line(seconds());
                if *last != line {
                    terminal::say(format_args!("{line}"));
                    *last = line;
                }
            }
            Self::Json => {
                if let Ok(line) = serde_json::to_string(view) {
                    terminal::say(format_args!("{line}"));
                }
            }
        }
    }

    fn end(mut self, view: &View) {
        match self {
            Self::Bars(bars) => bars.clear(),
            Self::Plain(_) | Self::Json => self.show(view),
        }
    }
}

fn seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
