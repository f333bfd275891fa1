//! What the plugin asks by GraphQL, and what the simulator serves, against GitHub's public schema.

use apollo_compiler::ast::{FieldDefinition, InputValueDefinition, Type};
use apollo_compiler::collections::IndexMap;
use apollo_compiler::schema::{Component, ExtendedType};
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Name, Schema};
use seedbed_tests::program::repository;
use seedbed_tests::schema_types::public_schema;

#[test]
fn every_query_of_the_plugin_is_valid_at_github() {
    let schema = public_schema();
    let queries = pull_requests::queries();
    assert!(queries.len() > 10);
    let mut deprecated = Vec::new();
    for (name, query) in queries {
        let document = ExecutableDocument::parse_and_validate(&schema, &query, &name)
            .unwrap_or_else(|invalid| panic!("{name}: {}\n{query}", invalid.errors));
        assert!(document.operations.iter().all(|operation| operation.is_query()), "{name} changes something");
        for operation in document.operations.iter() {
            let fields = operation.all_fields(&document);
            let old = fields.filter(|field| field.definition.directives.has("deprecated"));
            deprecated.extend(old.map(|field| format!("{name}: {}", field.name)));
        }
    }
    assert_eq!(deprecated, Vec::<String>::new(), "these fields will go away");
}

#[test]
fn the_simulator_serves_every_query_of_the_plugin() {
    let sdl =
        std::fs::read_to_string(repository().join("tests/github-sim/src/graphql/schema.graphql")).unwrap();
    let served = Schema::parse_and_validate(sdl, "schema.graphql").unwrap();
    for (name, query) in pull_requests::queries() {
        ExecutableDocument::parse_and_validate(&served, &query, &name)
            .unwrap_or_else(|invalid| panic!("{name}: {}\n{query}", invalid.errors));
    }
}

#[test]
fn no_query_of_the_plugin_asks_for_an_e_mail_address() {
    for (name, query) in pull_requests::queries() {
        assert!(!query.to_lowercase().contains("email"), "{name}");
    }
}

#[test]
fn every_graphql_file_of_the_plugin_is_part_of_a_query() {
    let queries: String = pull_requests::queries().into_iter().map(|(_, query)| query).collect();
    let mut folders = vec![repository().join("plugins/pull-requests/src")];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "graphql") {
                let text = std::fs::read_to_string(&path).unwrap();
                assert!(queries.contains(text.trim()), "{} is validated by nothing", path.display());
                files += 1;
            }
        }
    }
    assert!(files > 0);
}

#[test]
fn what_the_simulator_serves_is_a_part_of_the_public_schema() {
    let public = public_schema();
    let sdl =
        std::fs::read_to_string(repository().join("tests/github-sim/src/graphql/schema.graphql")).unwrap();
    let served = Schema::parse_and_validate(sdl, "schema.graphql").unwrap();
    let mut misfits = Vec::new();
    let mut types = 0;
    for (name, ours) in served.types.iter().filter(|(_, definition)| !definition.is_built_in()) {
        types += 1;
        match public.types.get(name) {
            Some(theirs) => compare(&public, name, ours, theirs, &mut misfits),
            None => misfits.push(format!("{name} is not GitHub's")),
        }
    }
    assert_eq!(misfits, Vec::<String>::new());
    assert!(types > 50);
}

/// Notes where ours is not a part of theirs.
fn compare(
    public: &Valid<Schema>,
    name: &Name,
    ours: &ExtendedType,
    theirs: &ExtendedType,
    misfits: &mut Vec<String>,
) {
    let mut subset = |what: &str, ours: Vec<&Name>, theirs: Vec<&Name>| {
        for missing in ours.into_iter().filter(|name| !theirs.contains(name)) {
            misfits.push(format!("{name}: {what} {missing} is not GitHub's"));
        }
    };
    match (ours, theirs) {
        (ExtendedType::Object(ours), ExtendedType::Object(theirs)) => {
            let names = |set: &'_ apollo_compiler::schema::ObjectType| -> Vec<Name> {
                set.implements_interfaces.iter().map(|i| i.name.clone()).collect()
            };
            subset("interface", names(ours).iter().collect(), names(theirs).iter().collect());
            fields(name, &ours.fields, &theirs.fields, misfits);
        }
        (ExtendedType::Interface(ours), ExtendedType::Interface(theirs)) => {
            fields(name, &ours.fields, &theirs.fields, misfits);
        }
        (ExtendedType::Union(ours), ExtendedType::Union(theirs)) => {
            let theirs = theirs.members.iter().map(|member| &member.name).collect();
            subset("member", ours.members.iter().map(|member| &member.name).collect(), theirs);
        }
        (ExtendedType::Enum(ours), ExtendedType::Enum(theirs)) => {
            // Enums are whole: a client that matches on all values must meet all of them.
            subset("value", ours.values.keys().collect(), theirs.values.keys().collect());
            subset("missing value", theirs.values.keys().collect(), ours.values.keys().collect());
        }
        (ExtendedType::InputObject(ours), ExtendedType::InputObject(theirs)) => {
            for (field, ours) in &ours.fields {
                let same = theirs.fields.get(field).is_some_and(|theirs| same_input(ours, theirs));
                if !same {
                    misfits.push(format!("{name}.{field} is not GitHub's"));
                }
            }
        }
        (ExtendedType::Scalar(_), ExtendedType::Scalar(_)) => {}
        _ => misfits.push(format!("{name} is another kind of type at GitHub")),
    }
    let _ = public;
}

fn fields(
    of: &Name,
    ours: &IndexMap<Name, Component<FieldDefinition>>,
    theirs: &IndexMap<Name, Component<FieldDefinition>>,
    misfits: &mut Vec<String>,
) {
    for (name, ours) in ours {
        let Some(theirs) = theirs.get(name) else {
            misfits.push(format!("{of}.{name} is not GitHub's"));
            continue;
        };
        if same_type(&ours.ty, &theirs.ty)
            && ours.directives.has("deprecated") == theirs.directives.has("deprecated")
        {
            let same = |argument: &&apollo_compiler::Node<InputValueDefinition>| {
                theirs.argument_by_name(&argument.name).is_some_and(|theirs| same_input(argument, theirs))
            };
            for argument in ours.arguments.iter().filter(|argument| !same(argument)) {
                misfits.push(format!("{of}.{name}({}:) is not GitHub's", argument.name));
            }
            if ours.arguments.len() != theirs.arguments.len() {
                misfits.push(format!("{of}.{name} has not all of GitHub's arguments"));
            }
        } else {
            misfits.push(format!("{of}.{name}: {} is {} at GitHub", ours.ty, theirs.ty));
        }
    }
}

fn same_type(ours: &Type, theirs: &Type) -> bool {
    ours.to_string() == theirs.to_string()
}

fn same_input(ours: &InputValueDefinition, theirs: &InputValueDefinition) -> bool {
    let default =
        |definition: &InputValueDefinition| definition.default_value.as_ref().map(ToString::to_string);
    same_type(&ours.ty, &theirs.ty) && default(ours) == default(theirs)
}
