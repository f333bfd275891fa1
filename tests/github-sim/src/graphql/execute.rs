//! Runs a planned query: writes the answer's JSON straight from the world, and collects errors.
//!
//! A field that fails becomes null; if it may not be null, its parent does, up to `data` itself (the specification's
//! "handling field errors"). What was written of such a parent is cut off again.

use apollo_compiler::ast::Type;
use apollo_compiler::parser::SourceMap;
use serde_json::{Value, json};

use super::plan::Planned;
use super::refusal::{Failure, location};
use super::resolve::{self, Asked};
use super::thing::{Out, Thing};

/// The parent must become null.
struct Nulled;

#[derive(Clone, Copy)]
enum Step<'q> {
    Key(&'q str),
    Index(usize),
}

/// One run of one query.
pub(super) struct Run<'q, 'w> {
    asked: &'q Asked<'w>,
    sources: &'q SourceMap,
    written: Vec<u8>,
    path: Vec<Step<'q>>,
    errors: Vec<Value>,
}

impl<'q, 'w> Run<'q, 'w> {
    /// Answers the query: the whole body.
    pub(super) fn answer(asked: &'q Asked<'w>, sources: &'q SourceMap, fields: &'q [Planned<'q>]) -> Vec<u8> {
        let mut run =
            Self { asked, sources, written: Vec::with_capacity(4_096), path: Vec::new(), errors: Vec::new() };
        run.written.extend_from_slice(b"{\"data\":");
        let mark = run.written.len();
        if run.object(&Thing::Query, fields).is_err() {
            run.written.truncate(mark);
            run.written.extend_from_slice(b"null");
        }
        if !run.errors.is_empty() {
            run.written.extend_from_slice(b",\"errors\":");
            run.written.extend_from_slice(Value::Array(run.errors).to_string().as_bytes());
        }
        run.written.push(b'}');
        run.written
    }

    fn object(&mut self, thing: &Thing<'w>, fields: &'q [Planned<'q>]) -> Result<(), Nulled> {
        self.written.push(b'{');
        for (index, field) in fields.iter().enumerate() {
            if index > 0 {
                self.written.push(b',');
            }
            self.written.extend_from_slice(field.written_key.as_bytes());
            self.path.push(Step::Key(field.key));
            let done = match field.field.name.as_str() {
                "__typename" => self.value(field, field.ty, Out::Text(thing.type_name().into())),
                "__schema" | "__type" => {
                    let found = self.asked.introspection.get(field.key);
                    // Writing to a vector can't fail.
                    let _ = serde_json::to_writer(&mut self.written, &found);
                    Ok(())
                }
                _ => self.value(field, field.ty, resolve::field(thing, field, self.asked)),
            };
            self.path.pop();
            done?;
        }
        self.written.push(b'}');
        Ok(())
    }

    /// Writes one value; null in its place if it failed and may be null.
    fn value(&mut self, field: &'q Planned<'q>, ty: &Type, out: Out<'w>) -> Result<(), Nulled> {
        let mark = self.written.len();
        let done = self.complete(field, ty, out);
        if done.is_err() && !ty.is_non_null() {
            self.written.truncate(mark);
            self.written.extend_from_slice(b"null");
            return Ok(());
        }
        done
    }

    fn complete(&mut self, field: &'q Planned<'q>, ty: &Type, out: Out<'w>) -> Result<(), Nulled> {
        match out {
            Out::Null if ty.is_non_null() => {
                let message = format!("Cannot return null for non-nullable field {}", field.field.name);
                return self.failed(field, Failure::new("INTERNAL", message));
            }
            Out::Null => self.written.extend_from_slice(b"null"),
            Out::Flag(value) => self.written.extend_from_slice(if value { b"true" } else { b"false" }),
            Out::Number(number) => self.written.extend_from_slice(number.to_string().as_bytes()),
            Out::Text(text) => self.string(&text),
            Out::Capitals(text) => self.string(&text.to_ascii_uppercase()),
            Out::Moment(time) => {
                self.written.push(b'"');
                self.written.extend_from_slice(time.to_string().as_bytes());
                self.written.push(b'"');
            }
            Out::One(thing) => {
                let type_name = thing.type_name();
                let below = field.below.iter().find(|(name, _)| *name == type_name);
                return self.object(&thing, below.map_or(&[], |(_, fields)| fields.as_slice()));
            }
            Out::Many(items) => {
                self.written.push(b'[');
                for (index, item) in items.into_iter().enumerate() {
                    if index > 0 {
                        self.written.push(b',');
                    }
                    self.path.push(Step::Index(index));
                    let done = self.value(field, ty.item_type(), item);
                    self.path.pop();
                    done?;
                }
                self.written.push(b']');
            }
            Out::Failed(failure) => return self.failed(field, failure),
            Out::Unserved => {
                let message = format!("the simulator does not serve {}", field.field.name);
                return self.failed(field, Failure::new("INTERNAL", message));
            }
        }
        Ok(())
    }

    fn string(&mut self, text: &str) {
        // Writing to a vector can't fail.
        let _ = serde_json::to_writer(&mut self.written, text);
    }

    fn failed(&mut self, field: &Planned<'_>, failure: Failure) -> Result<(), Nulled> {
        let path = self.path.iter().map(|step| match step {
            Step::Key(key) => json!(key),
            Step::Index(index) => json!(index),
        });
        let place = field.field.name.line_column_range(self.sources).map(|range| range.start);
        let mut error = json!({
            "type": failure.kind,
            "path": path.collect::<Vec<_>>(),
            "locations": [location(place)],
            "message": failure.message,
        });
        if let Some(extensions) = failure.extensions {
            error["extensions"] = extensions;
        }
        self.errors.push(error);
        Err(Nulled)
    }
}
