//! `[limits]`: what one task may use of this machine.

use std::time::Duration;

use super::reading::Section;
use super::unit;

/// The most memory a 32-bit component can address.
const ADDRESSABLE: u64 = 4 << 30;

/// One task's limits; waiting for GitHub costs none but `wall`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    /// Bytes of the guest's memory.
    pub(crate) memory: u64,
    /// The guest's own computing.
    pub(crate) cpu: Duration,
    /// From the task's start to its end.
    pub(crate) wall: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { memory: 256 << 20, cpu: Duration::from_secs(60), wall: Duration::from_secs(2 * 3_600) }
    }
}

impl Limits {
    pub(super) fn read(section: Section<'_, '_>) -> Self {
        let usual = Self::default();
        let memory = section.parsed("memory", |text| match unit::size(text)? {
            bytes if bytes > ADDRESSABLE => Err("a component can't address more than 4 GiB".to_owned()),
            bytes => Ok(bytes),
        });
        let cpu = section.parsed("cpu", unit::duration);
        let wall = section.parsed("wall", unit::duration);
        section.finish();
        Self {
            memory: memory.unwrap_or(usual.memory),
            cpu: cpu.unwrap_or(usual.cpu),
            wall: wall.unwrap_or(usual.wall),
        }
    }
}
