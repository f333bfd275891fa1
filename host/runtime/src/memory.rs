//! A guest's linear memory and tables: counted over the whole component, bounded, and the refusals remembered.

use wasmtime::ResourceLimiter;

use crate::limits::{ALL_TABLE_ELEMENTS, INSTANCES, MEMORIES, TABLE_ELEMENTS, TABLES};

/// The watch over one store's memory.
pub(crate) struct Memory {
    budget: u64,
    used: u64,
    peak: u64,
    /// What the growth allowed last added: undone if the growth fails all the same.
    last: u64,
    refused: Option<u64>,
    /// Elements of all tables.
    elements: usize,
}

impl Memory {
    pub(crate) fn new(budget: u64) -> Self {
        Self { budget, used: 0, peak: 0, last: 0, refused: None, elements: 0 }
    }

    /// The most that the guest ever had, in bytes.
    pub(crate) fn peak(&self) -> u64 {
        self.peak
    }

    /// What a guest wanted and did not get, and what it may have: both in bytes.
    pub(crate) fn refused(&self) -> Option<(u64, u64)> {
        self.refused.map(|wanted| (wanted, self.budget))
    }
}

impl ResourceLimiter for Memory {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        self.last = 0;
        if maximum.is_some_and(|most| desired > most) {
            // The memory's own declaration forbids it: fails without our help.
            return Ok(true);
        }
        let more = desired.saturating_sub(current) as u64;
        let wanted = self.used.saturating_add(more);
        if wanted > self.budget {
            self.refused = Some(wanted);
            return Ok(false);
        }
        self.used = wanted;
        self.last = more;
        self.peak = self.peak.max(wanted);
        Ok(true)
    }

    fn memory_grow_failed(&mut self, _: wasmtime::Error) -> wasmtime::Result<()> {
        self.used = self.used.saturating_sub(std::mem::take(&mut self.last));
        Ok(())
    }

    fn table_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        let elements = self.elements.saturating_add(desired.saturating_sub(current));
        let fits = desired <= TABLE_ELEMENTS && elements <= ALL_TABLE_ELEMENTS;
        if fits {
            self.elements = elements;
        }
        Ok(fits)
    }

    fn instances(&self) -> usize {
        INSTANCES
    }

    fn tables(&self) -> usize {
        TABLES
    }

    fn memories(&self) -> usize {
        MEMORIES
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_tables_share_one_budget() {
        let mut memory = Memory::new(100);
        let fitted = (0..20).filter(|_| memory.table_growing(0, TABLE_ELEMENTS, None).unwrap()).count();
        assert_eq!(fitted, ALL_TABLE_ELEMENTS / TABLE_ELEMENTS);
        assert!(!memory.table_growing(0, 1, None).unwrap());
        assert!(!Memory::new(100).table_growing(0, TABLE_ELEMENTS + 1, None).unwrap());
    }

    #[test]
    fn several_memories_share_one_budget() {
        let mut memory = Memory::new(100);
        assert!(memory.memory_growing(0, 60, None).unwrap());
        assert!(!memory.memory_growing(0, 60, None).unwrap());
        assert_eq!((memory.peak(), memory.refused()), (60, Some((120, 100))));
        assert!(memory.memory_growing(0, 40, None).unwrap());
        assert_eq!(memory.peak(), 100);
    }

    #[test]
    fn a_growth_that_failed_is_given_back_once() {
        let mut memory = Memory::new(100);
        assert!(memory.memory_growing(0, 80, None).unwrap());
        memory.memory_grow_failed(wasmtime::Error::msg("no")).unwrap();
        memory.memory_grow_failed(wasmtime::Error::msg("no")).unwrap();
        assert!(memory.memory_growing(0, 100, None).unwrap());
    }

    #[test]
    fn a_memorys_own_maximum_is_not_our_refusal() {
        let mut memory = Memory::new(100);
        assert!(memory.memory_growing(0, 90, Some(80)).unwrap());
        assert_eq!((memory.used, memory.refused()), (0, None));
    }
}
