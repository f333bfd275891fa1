//! Reading TOML key by key, collecting what is wrong instead of stopping at the first.
//!
//! Each section knows which keys it was asked for; whatever else stands in it is an unknown key.

use std::cell::RefCell;
use std::ops::Range;
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::problem::{Problem, Source};

/// A manifest being read: its text and the mistakes found so far.
pub(super) struct Reading {
    pub(super) source: Source,
    problems: RefCell<Vec<Problem>>,
}

impl Reading {
    pub(super) fn of(source: &Source) -> Self {
        Self { source: Arc::clone(source), problems: RefCell::default() }
    }

    /// Notes a mistake.
    pub(super) fn wrong(&self, problem: Problem) {
        self.problems.borrow_mut().push(problem);
    }

    /// A mistake at `at`, to be completed and given to [`wrong`](Self::wrong).
    pub(super) fn problem(&self, at: Range<usize>, message: impl Into<String>) -> Problem {
        Problem::at(&self.source, at, message)
    }

    /// All mistakes, in the order of the text.
    pub(super) fn problems(self) -> Vec<Problem> {
        self.problems.into_inner()
    }
}

/// One table of the manifest.
pub(super) struct Section<'r, 'i> {
    reading: &'r Reading,
    /// Empty for the top of the file.
    name: &'static str,
    table: &'r DeTable<'i>,
    at: Range<usize>,
    asked: RefCell<Vec<&'static str>>,
}

impl<'r, 'i> Section<'r, 'i> {
    pub(super) fn top(reading: &'r Reading, table: &'r DeTable<'i>) -> Self {
        // The end of the first line is where a missing key is told.
        let at = 0..0;
        Self { reading, name: "", table, at, asked: RefCell::default() }
    }

    /// The value of `key`, whatever it is.
    pub(super) fn value(&self, key: &'static str) -> Option<&'r Spanned<DeValue<'i>>> {
        self.asked.borrow_mut().push(key);
        self.table.get(key)
    }

    /// The table `key`; `None` if it is missing or no table.
    pub(super) fn section(&self, key: &'static str) -> Option<Section<'r, 'i>> {
        let value = self.value(key)?;
        let Some(table) = value.get_ref().as_table() else {
            return self.mistyped(key, value, "a table");
        };
        Some(Section { reading: self.reading, name: key, table, at: value.span(), asked: RefCell::default() })
    }

    /// The string `key`.
    pub(super) fn string(&self, key: &'static str) -> Option<Spanned<String>> {
        let value = self.value(key)?;
        match value.get_ref().as_str() {
            Some(text) => Some(Spanned::new(value.span(), text.to_owned())),
            None => self.mistyped(key, value, "a string"),
        }
    }

    /// The list of strings `key`.
    pub(super) fn strings(&self, key: &'static str) -> Option<Vec<Spanned<String>>> {
        let value = self.value(key)?;
        let Some(list) = value.get_ref().as_array() else {
            return self.mistyped(key, value, "a list of strings");
        };
        let mut strings = Vec::new();
        for entry in list.iter() {
            match entry.get_ref().as_str() {
                Some(text) => strings.push(Spanned::new(entry.span(), text.to_owned())),
                None => {
                    self.mistyped::<()>(key, entry, "a list of strings");
                }
            }
        }
        Some(strings)
    }

    /// The whole number `key`, at least 1.
    pub(super) fn count(&self, key: &'static str) -> Option<u64> {
        let value = self.value(key)?;
        let Some(number) = value.get_ref().as_integer() else {
            return self.mistyped(key, value, "a whole number");
        };
        match u64::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) if number > 0 => Some(number),
            _ => {
                let message = format!("{} must be a whole number above zero", self.full(key));
                self.reading.wrong(self.reading.problem(value.span(), message));
                None
            }
        }
    }

    /// The string `key`, turned into something else; the error of `parse` is told at the value.
    pub(super) fn parsed<T>(
        &self,
        key: &'static str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let value = self.value(key)?;
        let Some(text) = value.get_ref().as_str() else {
            // `cpu = 60`: show how the string should look.
            let wanted = parse("").err().unwrap_or_else(|| "expected a string".to_owned());
            let message = format!("{}: {wanted}", self.full(key));
            self.reading.wrong(self.found(value, message));
            return None;
        };
        match parse(text) {
            Ok(parsed) => Some(parsed),
            Err(why) => {
                let message = format!("{}: {why}", self.full(key));
                self.reading.wrong(self.reading.problem(value.span(), message));
                None
            }
        }
    }

    /// Says that `key` should be there, with an example of it.
    pub(super) fn missing(&self, key: &'static str, example: &str) {
        if self.table.contains_key(key) {
            return; // it is there, and was told as mistyped
        }
        let message = format!("{} is missing", self.full(key));
        let problem = self.reading.problem(self.at.clone(), message);
        let place = if self.name.is_empty() { String::new() } else { format!(" in [{}]", self.name) };
        self.reading
            .wrong(problem.label(format!("no `{key}`{place}")).help(format!("write `{example}`{place}")));
    }

    /// Tells every key that nobody asked for.
    pub(super) fn finish(self) {
        let mut known = self.asked.take();
        known.dedup();
        for key in self.table.keys() {
            let name: &str = key.get_ref();
            if known.contains(&name) {
                continue;
            }
            let place =
                if self.name.is_empty() { "at the top".to_owned() } else { format!("in [{}]", self.name) };
            let problem = self.reading.problem(key.span(), format!("unknown key `{name}` {place}"));
            self.reading.wrong(problem.label("not known").suggest(name, &known));
        }
    }

    /// The keys and values of a table whose keys are the user's own.
    pub(super) fn entries(
        &self,
    ) -> impl Iterator<Item = (Spanned<String>, &'r Spanned<DeValue<'i>>)> + use<'r, 'i> {
        let mut entries: Vec<_> = self.table.iter().collect();
        // In the order of the text, so that messages and matrices follow it.
        entries.sort_by_key(|(key, _)| key.span().start);
        entries.into_iter().map(|(key, value)| (Spanned::new(key.span(), key.get_ref().to_string()), value))
    }

    pub(super) fn reading(&self) -> &'r Reading {
        self.reading
    }

    /// Where the section stands.
    pub(super) fn span(&self) -> Range<usize> {
        self.at.clone()
    }

    fn mistyped<T>(&self, key: &str, value: &Spanned<DeValue<'_>>, wanted: &str) -> Option<T> {
        let message = format!("{} must be {wanted}", self.full(key));
        self.reading.wrong(self.found(value, message));
        None
    }

    fn found(&self, value: &Spanned<DeValue<'_>>, message: String) -> Problem {
        let kind = match value.get_ref() {
            DeValue::String(_) => "a string",
            DeValue::Integer(_) => "a whole number",
            DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        self.reading.problem(value.span(), message).label(format!("this is {kind}"))
    }

    fn full(&self, key: &str) -> String {
        if self.name.is_empty() { format!("`{key}`") } else { format!("`{}.{key}`", self.name) }
    }
}
