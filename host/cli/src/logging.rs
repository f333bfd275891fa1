//! Logs go to stderr, between the progress bars. What a plugin logs has the target `job`.

use std::io::{self, IsTerminal, Write};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use crate::manifest::Problem;
use crate::terminal;

/// The target of what plugins log.
pub(crate) const JOB: &str = "job";

/// Starts logging.
///
/// # Errors
/// `filter` is none.
pub(crate) fn start(filter: Option<&str>, quiet: bool) -> Result<(), Problem> {
    let usual = if quiet { "error" } else { "warn,job=info" };
    let filter = filter.filter(|filter| !filter.trim().is_empty()).unwrap_or(usual);
    let filter = EnvFilter::try_new(filter)
        .map_err(|error| Problem::new(format!("the log filter {filter:?} makes no sense: {error}")))?;
    let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(!no_color && io::stderr().is_terminal())
        .with_writer(Lines)
        .init();
    Ok(())
}

struct Lines;

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Line;

    fn make_writer(&'a self) -> Line {
        Line(Vec::new())
    }
}

/// One event; printed when it is whole.
struct Line(Vec<u8>);

impl Write for Line {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if !self.0.is_empty() {
            terminal::write(&self.0);
        }
    }
}
