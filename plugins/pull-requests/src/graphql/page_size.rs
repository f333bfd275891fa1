//! How many pull requests one query asks for: fewer after one that took too long, then more again.

use std::cell::Cell;

/// A size that follows what GitHub can do in ten seconds.
#[derive(Debug)]
pub(super) struct PageSize {
    now: Cell<usize>,
    most: usize,
    /// Good answers in a row.
    good: Cell<usize>,
}

/// So many good answers in a row let the size grow.
const PATIENCE: usize = 3;

impl PageSize {
    pub(super) fn new(most: usize) -> Self {
        Self { now: Cell::new(most), most, good: Cell::new(0) }
    }

    pub(super) fn now(&self) -> usize {
        self.now.get()
    }

    /// A query for so many took too long.
    pub(super) fn too_slow(&self, asked: usize) {
        self.good.set(0);
        self.now.set(self.now.get().min(asked / 2).max(1));
    }

    /// A query was answered in time.
    pub(super) fn in_time(&self) {
        self.good.set(self.good.get() + 1);
        if self.good.get() >= PATIENCE {
            self.good.set(0);
            self.now.set((self.now.get() * 2).min(self.most));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_halves_at_once_and_doubles_after_a_while() {
        let size = PageSize::new(24);
        size.too_slow(24);
        assert_eq!(size.now(), 12);
        size.too_slow(12);
        size.in_time();
        size.in_time();
        assert_eq!(size.now(), 6);
        size.in_time();
        assert_eq!(size.now(), 12);
        (0..6).for_each(|_| size.in_time());
        assert_eq!(size.now(), 24);
    }

    #[test]
    fn a_late_answer_to_an_older_larger_query_does_not_enlarge_it() {
        let size = PageSize::new(24);
        size.too_slow(3);
        size.too_slow(24);
        assert_eq!(size.now(), 1);
        size.too_slow(1);
        assert_eq!(size.now(), 1);
    }
}
