//! Which part of the list is read already, so that a run neither loses a pull request nor reads one twice.
//!
//! The list is read by `updated_at`, newest first. While that goes on, pull requests move: whatever is touched
//! leaves its place and stands at the top. So what is known is kept as spans of time: *everything whose `updated_at`
//! is inside was read as it is now*. That stays true for ever, because an `updated_at` only grows: what was inside
//! and is touched later leaves the span, and nothing can enter a span in the past.
//!
//! A run walks from the top, skips what spans cover and reads the rest; the span it writes grows downwards and swallows
//! those it meets. A run that was stopped leaves its span behind and the next one starts a new span above it. Many
//! pull requests may share one second, so the two edges of a span keep the ids they hold.

use std::collections::BTreeSet;

use seedbed_sdk::Time;
use serde::{Deserialize, Serialize};

use crate::source::Listed;

/// What to do with an item of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// Not covered: read it.
    Read,
    /// Read already: go on below.
    Skip,
    /// Everything from here on is read or not wanted.
    End,
}

/// All that is read, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Coverage {
    /// In descending order. Neighbours may share the second of their edges, no more.
    spans: Vec<Span>,
    /// Whether the first span is the one that the present walk writes.
    #[serde(skip)]
    walking: bool,
}

/// A stretch of the list that is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Span {
    high: Time,
    /// Those of the second `high` that are read; others may have got the same `updated_at` since.
    at_high: BTreeSet<i64>,
    low: Time,
    /// Those of the second `low` that are read; others may stand below.
    at_low: BTreeSet<i64>,
    /// Nothing below is wanted: there the list, the days or the number of pull requests ended.
    bottom: bool,
}

impl Coverage {
    /// Starts a walk from the top of the list.
    pub(crate) fn start(&mut self) {
        self.walking = false;
    }

    /// Whether everything wanted was read once, down from the newest that was seen.
    pub(crate) fn is_whole(&self) -> bool {
        matches!(self.spans.as_slice(), [only] if only.bottom)
    }

    /// What to do with the next item of the walk.
    pub(crate) fn step(&self, item: &Listed) -> Step {
        if self.spans.last().is_some_and(|last| last.bottom && item.updated_at < last.high) {
            Step::End
        } else if self.spans.iter().any(|span| span.covers(item)) {
            Step::Skip
        } else {
            Step::Read
        }
    }

    /// Notes, in the order of the list, that this item was read, or met and skipped.
    pub(crate) fn passed(&mut self, item: &Listed) {
        if !self.walking {
            self.spans.insert(0, Span::of(item));
            self.walking = true;
        }
        self.swallow(item);
        if let Some(open) = self.spans.first_mut() {
            open.extend(item);
        }
    }

    /// Notes that the walk ended at this item, for which [`step`](Self::step) said [`Step::End`].
    pub(crate) fn ended_at(&mut self, item: &Listed) {
        if self.walking {
            self.swallow(item);
        }
    }

    /// Notes that the walk came to the end of what is wanted.
    pub(crate) fn reached_the_bottom(&mut self) {
        if !self.walking {
            return;
        }
        self.spans.truncate(1);
        if let Some(open) = self.spans.first_mut() {
            open.bottom = true;
        }
    }

    /// Forgets which pull requests of the second `now` or later were read.
    ///
    /// They may have been read in the very second of their change, and another change in it would not show.
    pub(crate) fn doubt_since(&mut self, now: &Time) {
        for span in &mut self.spans {
            if span.high >= *now {
                span.at_high.clear();
            }
            if span.low >= *now {
                span.at_low.clear();
            }
        }
    }

    /// Unites the walk's span with those that begin above `item`: what lay between them is walked over. Not sooner,
    /// because until then others of the second in which they begin may come.
    fn swallow(&mut self, item: &Listed) {
        while self.spans.get(1).is_some_and(|next| item.updated_at < next.high) {
            let older = self.spans.remove(1);
            if let Some(open) = self.spans.first_mut() {
                open.unite(older);
            }
        }
    }
}

impl Span {
    fn of(item: &Listed) -> Self {
        let (at, id) = (item.updated_at.clone(), BTreeSet::from([item.id]));
        Self { high: at.clone(), at_high: id.clone(), low: at, at_low: id, bottom: false }
    }

    fn covers(&self, item: &Listed) -> bool {
        let at = &item.updated_at;
        (self.low < *at && *at < self.high)
            || (*at == self.high && self.at_high.contains(&item.id))
            || (*at == self.low && self.at_low.contains(&item.id))
    }

    fn extend(&mut self, item: &Listed) {
        if item.updated_at == self.high {
            self.at_high.insert(item.id);
        }
        if item.updated_at < self.low {
            self.low = item.updated_at.clone();
            self.at_low.clear();
        }
        if item.updated_at == self.low {
            self.at_low.insert(item.id);
        }
    }

    fn unite(&mut self, older: Self) {
        if older.high > self.high {
            self.high = older.high;
            self.at_high = older.at_high;
        } else if older.high == self.high {
            self.at_high.extend(older.at_high);
        }
        if older.low < self.low {
            self.low = older.low;
            self.at_low = older.at_low;
        } else if older.low == self.low {
            self.at_low.extend(older.at_low);
        }
        self.bottom |= older.bottom;
    }
}

#[cfg(test)]
mod tests;
