//! Connections: lists that are read by pages, with opaque cursors.
//!
//! Where a list is ordered by a time, a cursor names the time and the id, not a place: it stays right while the list
//! moves, as GitHub's does.

use std::cmp::Ordering;
use std::rc::Rc;

use super::plan::Planned;
use super::refusal::Failure;
use super::thing::{Out, Thing};

/// The most items of one page.
const PAGE_LIMIT: i64 = 100;

/// Where an item stands in its list: what it is ordered by, then its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key(pub u64, pub u64);

/// The page of a list that one query asked for.
pub(super) struct Page<'w> {
    /// `...Connection`.
    pub connection: &'static str,
    /// `...Edge`.
    pub edge: &'static str,
    /// The items.
    pub nodes: Vec<Thing<'w>>,
    /// Their keys.
    pub keys: Vec<Key>,
    /// How many the whole list has.
    pub total: usize,
    /// Whether there are more before it.
    pub previous: bool,
    /// Whether there are more behind it.
    pub next: bool,
    /// Of the contexts of a rollup: check runs and statuses.
    pub split: (usize, usize),
}

impl Page<'_> {
    /// The cursor of one item.
    pub(super) fn cursor(&self, index: usize) -> Option<String> {
        self.keys.get(index).map(|key| write_cursor(*key))
    }
}

/// A list before it is paged.
pub(super) struct List<T> {
    /// The name of its items' type, which names connection and edge.
    pub of: (&'static str, &'static str),
    /// The items with their keys, in any order.
    pub items: Vec<(Key, T)>,
    /// Whether the greatest key comes first.
    pub descending: bool,
}

impl<T> List<T> {
    /// A list in the order of the items; the cursor is the place.
    pub(super) fn in_order(of: (&'static str, &'static str), items: impl IntoIterator<Item = T>) -> Self {
        let items = items.into_iter().zip(1..).map(|(item, place)| (Key(place, 0), item));
        Self { of, items: items.collect(), descending: false }
    }

    /// The page that a field asks for.
    pub(super) fn page<'w>(self, planned: &Planned<'_>, thing: impl Fn(T) -> Thing<'w>) -> Out<'w> {
        let (connection, edge) = self.of;
        match self.cut(planned) {
            Ok(cut) => {
                let (keys, items): (Vec<_>, Vec<_>) = cut.items.into_iter().unzip();
                Out::One(Thing::Page(Rc::new(Page {
                    connection,
                    edge,
                    nodes: items.into_iter().map(thing).collect(),
                    keys,
                    total: cut.total,
                    previous: cut.previous,
                    next: cut.next,
                    split: (0, 0),
                })))
            }
            Err(failure) => Out::Failed(failure),
        }
    }

    fn cut(mut self, planned: &Planned<'_>) -> Result<Cut<T>, Failure> {
        let bounds = Bounds::of(planned)?;
        let total = self.items.len();
        let order = |a: &Key, b: &Key| if self.descending { b.cmp(a) } else { a.cmp(b) };
        let (mut previous, mut next) = (false, false);
        self.items.retain(|(key, _)| {
            let too_early = bounds.after.is_some_and(|after| order(key, &after) != Ordering::Greater);
            let too_late = bounds.before.is_some_and(|before| order(key, &before) != Ordering::Less);
            previous |= too_early;
            next |= too_late;
            !too_early && !too_late
        });
        if bounds.size < self.items.len() {
            let front = |a: &(Key, T), b: &(Key, T)| match bounds.from_end {
                false => order(&a.0, &b.0),
                true => order(&b.0, &a.0),
            };
            if bounds.size > 0 {
                self.items.select_nth_unstable_by(bounds.size - 1, front);
            }
            self.items.truncate(bounds.size);
            *(if bounds.from_end { &mut previous } else { &mut next }) = true;
        }
        self.items.sort_unstable_by(|a, b| order(&a.0, &b.0));
        Ok(Cut { items: self.items, total, previous, next })
    }
}

struct Cut<T> {
    items: Vec<(Key, T)>,
    total: usize,
    previous: bool,
    next: bool,
}

/// What `first`, `last`, `after` and `before` say.
struct Bounds {
    size: usize,
    from_end: bool,
    after: Option<Key>,
    before: Option<Key>,
}

impl Bounds {
    fn of(planned: &Planned<'_>) -> Result<Self, Failure> {
        let arguments = &planned.arguments;
        let name = planned.field.name.as_str();
        let (argument, asked) = match (arguments.integer("first"), arguments.integer("last")) {
            (Some(_), Some(_)) => {
                let message = format!(
                    "Passing both `first` and `last` to paginate the `{name}` connection is not supported."
                );
                return Err(Failure::new("INVALID_PAGINATION_BOUNDARIES", message));
            }
            (Some(first), None) => ("first", first),
            (None, Some(last)) => ("last", last),
            (None, None) if planned.asks_for_items() => {
                let message = format!(
                    "You must provide a `first` or `last` value to properly paginate the `{name}` connection."
                );
                return Err(Failure::new("MISSING_PAGINATION_BOUNDARIES", message));
            }
            (None, None) => ("first", 1),
        };
        if asked < 1 {
            let message = format!("`{argument}` on the `{name}` connection cannot be less than one.");
            return Err(Failure::new("INVALID_PAGINATION_BOUNDARIES", message));
        }
        if asked > PAGE_LIMIT {
            let message = format!(
                "Requesting {asked} records on the `{name}` connection exceeds the `{argument}` limit of {PAGE_LIMIT} records."
            );
            return Err(Failure::new("EXCESSIVE_PAGINATION", message));
        }
        let cursor = |argument| arguments.text(argument).map(read_cursor).transpose();
        let size = usize::try_from(asked).unwrap_or(0);
        Ok(Self { size, from_end: argument == "last", after: cursor("after")?, before: cursor("before")? })
    }
}

fn write_cursor(key: Key) -> String {
    hex::encode(format!("cursor:v2:{}:{}", key.0, key.1))
}

fn read_cursor(cursor: &str) -> Result<Key, Failure> {
    let read = || {
        let text = String::from_utf8(hex::decode(cursor).ok()?).ok()?;
        let (value, id) = text.strip_prefix("cursor:v2:")?.split_once(':')?;
        Some(Key(value.parse().ok()?, id.parse().ok()?))
    };
    read().ok_or_else(|| {
        Failure::new("INVALID_CURSOR_ARGUMENTS", format!("`{cursor}` does not appear to be a valid cursor."))
    })
}
