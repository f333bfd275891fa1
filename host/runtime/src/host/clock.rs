//! `clock`: one time for the whole task.

use crate::{bindings::seedbed::job::clock as wit, sandbox::Inside};

impl wit::Host for Inside {
    fn now(&mut self) -> wasmtime::Result<u64> {
        Ok(self.doors.clock)
    }
}
