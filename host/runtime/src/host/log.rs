//! `log`: into the journal, which bounds it.

use crate::{Level, bindings::seedbed::job::log as wit, sandbox::Inside};

impl wit::Host for Inside {
    fn write(&mut self, level: wit::Level, message: String) -> wasmtime::Result<()> {
        let level = match level {
            wit::Level::Debug => Level::Debug,
            wit::Level::Info => Level::Info,
            wit::Level::Warn => Level::Warn,
            wit::Level::Error => Level::Error,
        };
        self.journal.say(level, &message);
        Ok(())
    }
}
