//! The served schema, parsed once: which concrete types a field can give, and the parsed SDL itself.

use std::collections::HashMap;
use std::sync::OnceLock;

use apollo_compiler::collections::HashMap as CompilerMap;
use apollo_compiler::schema::{ExtendedType, Implementers, ObjectType};
use apollo_compiler::validation::Valid;
use apollo_compiler::{Name, Node, Schema};

/// The SDL, a subset of GitHub's public schema.
pub(super) const SDL: &str = include_str!("schema.graphql");

/// The parsed schema with what is looked up in it at every query.
pub(super) struct Served {
    pub schema: Valid<Schema>,
    pub implementers: CompilerMap<Name, Implementers>,
    /// Of each output type that is no leaf, the object types a value of it can have.
    concrete: HashMap<Name, Vec<Node<ObjectType>>>,
}

impl Served {
    /// The object types that a value of this type can have: itself, its members, or its implementers. None for leaves.
    pub(super) fn concrete(&self, type_name: &Name) -> &[Node<ObjectType>] {
        self.concrete.get(type_name).map_or(&[], Vec::as_slice)
    }

    /// Whether a fragment on `condition` says something of objects of `object`.
    pub(super) fn applies(&self, object: &ObjectType, condition: &Name) -> bool {
        object.name == *condition || self.concrete(condition).iter().any(|o| o.name == object.name)
    }
}

/// The schema. It is part of the program, so it parses: a test says so.
#[expect(clippy::expect_used, reason = "the SDL is compiled in, and a test parses it")]
pub(super) fn served() -> &'static Served {
    static SERVED: OnceLock<Served> = OnceLock::new();
    SERVED.get_or_init(|| {
        let schema = Schema::parse_and_validate(SDL, "schema.graphql").expect("a valid schema");
        let implementers = schema.implementers_map();
        let object = |name: &Name| schema.get_object(name).cloned();
        let concrete = schema.types.iter().filter_map(|(name, definition)| {
            let objects: Vec<_> = match definition {
                ExtendedType::Object(object) => vec![object.clone()],
                ExtendedType::Interface(_) => {
                    implementers.get(name).iter().flat_map(|i| &i.objects).filter_map(object).collect()
                }
                ExtendedType::Union(union) => {
                    union.members.iter().filter_map(|member| object(&member.name)).collect()
                }
                _ => return None,
            };
            Some((name.clone(), objects))
        });
        let concrete = concrete.collect();
        Served { schema, implementers, concrete }
    })
}
