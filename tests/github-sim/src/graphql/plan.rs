//! A query made ready to run: for each selection and each concrete type it can meet, the fields in order, with
//! fragments spread, `@skip` and `@include` decided and arguments filled in.
//!
//! Done once a query, so that a page of pull requests costs a walk over plain vectors. The same tree gives the cost.

use apollo_compiler::ExecutableDocument;
use apollo_compiler::Name;
use apollo_compiler::ast::{Type, Value};
use apollo_compiler::executable::{Field, Selection, SelectionSet};
use apollo_compiler::response::JsonMap;
use apollo_compiler::schema::ObjectType;
use apollo_compiler::validation::Valid;

use super::arguments::Arguments;
use super::schema::Served;

/// One field of an object's answer.
pub(super) struct Planned<'d> {
    /// The name in the answer: the alias, if there is one.
    pub key: &'d str,
    /// The key as it is written, with quotes and colon.
    pub written_key: String,
    /// The field, where it stands in the query.
    pub field: &'d Field,
    /// Its type on this object.
    pub ty: &'d Type,
    /// Its arguments.
    pub arguments: Arguments,
    /// What is selected below, for each concrete type that the field can give.
    pub below: Vec<(&'d str, Vec<Planned<'d>>)>,
}

impl Planned<'_> {
    /// Whether the field gives a connection: a list that must be paged.
    pub(super) fn is_connection(&self) -> bool {
        self.ty.inner_named_type().ends_with("Connection")
    }

    /// Whether the items of the connection are asked for, and not only their number.
    pub(super) fn asks_for_items(&self) -> bool {
        let fields = self.below.iter().flat_map(|(_, fields)| fields);
        fields.into_iter().any(|f| matches!(f.field.name.as_str(), "nodes" | "edges" | "pageInfo"))
    }
}

/// What planning needs to know.
pub(super) struct Planner<'d> {
    pub served: &'d Served,
    pub document: &'d Valid<ExecutableDocument>,
    pub variables: &'d JsonMap,
}

impl<'d> Planner<'d> {
    /// The fields that these selections ask of an object of this type.
    pub(super) fn fields(&self, object: &'d ObjectType, selections: &[&'d SelectionSet]) -> Vec<Planned<'d>> {
        let mut grouped: Vec<(&'d Name, Vec<&'d Field>)> = Vec::new();
        let mut spread = Vec::new();
        for set in selections {
            self.collect(object, set, &mut spread, &mut grouped);
        }
        let planned = grouped.into_iter().filter_map(|(key, fields)| self.field(object, key, &fields));
        planned.collect()
    }

    fn field(&self, object: &'d ObjectType, key: &'d Name, fields: &[&'d Field]) -> Option<Planned<'d>> {
        let field = *fields.first()?;
        let definition = self.served.schema.type_field(&object.name, &field.name).ok()?;
        let selections: Vec<_> = fields.iter().map(|f| &f.selection_set).collect();
        let below = self.served.concrete(definition.ty.inner_named_type()).iter();
        Some(Planned {
            key: key.as_str(),
            written_key: format!("\"{key}\":"),
            field,
            ty: &definition.ty,
            arguments: Arguments::of(field, self.variables),
            below: below.map(|o| (o.name.as_str(), self.fields(o, &selections))).collect(),
        })
    }

    fn collect(
        &self,
        object: &ObjectType,
        set: &'d SelectionSet,
        spread: &mut Vec<&'d Name>,
        grouped: &mut Vec<(&'d Name, Vec<&'d Field>)>,
    ) {
        for selection in &set.selections {
            if self.condition(selection, "skip") == Some(true)
                || self.condition(selection, "include") == Some(false)
            {
                continue;
            }
            match selection {
                Selection::Field(field) => {
                    let key = field.response_key();
                    match grouped.iter_mut().find(|(k, _)| *k == key) {
                        Some((_, fields)) => fields.push(field),
                        None => grouped.push((key, vec![field])),
                    }
                }
                Selection::InlineFragment(inline) => {
                    if inline.type_condition.as_ref().is_none_or(|c| self.served.applies(object, c)) {
                        self.collect(object, &inline.selection_set, spread, grouped);
                    }
                }
                Selection::FragmentSpread(name) => {
                    let Some(fragment) = self.document.fragments.get(&name.fragment_name) else { continue };
                    if spread.contains(&&name.fragment_name) {
                        continue;
                    }
                    spread.push(&name.fragment_name);
                    if self.served.applies(object, fragment.type_condition()) {
                        self.collect(object, &fragment.selection_set, spread, grouped);
                    }
                }
            }
        }
    }

    /// The `if` of a directive, where the selection has it.
    fn condition(&self, selection: &Selection, directive: &str) -> Option<bool> {
        match selection.directives().get(directive)?.specified_argument_by_name("if")?.as_ref() {
            Value::Boolean(value) => Some(*value),
            Value::Variable(name) => self.variables.get(name.as_str())?.as_bool(),
            _ => None,
        }
    }
}
