//! One query for many things: each alias gets its own answer or its own error.

use std::collections::BTreeMap;

use seedbed_sdk::{Error, GraphqlError, Host, HostExt};
use serde::Serialize;
use serde_json::value::RawValue;

use super::types::Data;

/// What stands under each alias of `repository`.
pub(super) type Aliases = BTreeMap<String, Option<Box<RawValue>>>;

/// Asks a query whose fields of `repository` are the aliases `prefix0`, `prefix1`, ... and gives one result for each.
///
/// An error that GitHub attributes to an alias, or to something inside, takes that alias' answer away: data with a
/// hole in it must not pass for whole. An error it attributes to nothing takes all.
pub(super) async fn ask<H: Host>(
    host: &H,
    query: &str,
    variables: &impl Serialize,
    prefix: char,
    count: usize,
) -> Result<Vec<Result<Box<RawValue>, Error>>, Error> {
    let answer = host.graphql_json::<Option<Data<Aliases>>>(query, variables).await?;
    let Some(mut aliases) = answer.data.and_then(|data| data.repository) else {
        return Err(absent_or_other(&answer.errors));
    };
    let blamed = |error: &GraphqlError| error.path.get(1).and_then(|field| field.as_str()).map(str::to_owned);
    let of_all: Vec<GraphqlError> = answer.errors.iter().filter(|e| blamed(e).is_none()).cloned().collect();
    if !of_all.is_empty() {
        return Err(absent_or_other(&of_all));
    }
    let one = |place: usize| {
        let alias = format!("{prefix}{place}");
        let errors: Vec<GraphqlError> =
            answer.errors.iter().filter(|e| blamed(e).as_ref() == Some(&alias)).cloned().collect();
        match aliases.remove(&alias).flatten() {
            Some(value) if errors.is_empty() => Ok(value),
            _ => Err(absent_or_other(&errors)),
        }
    };
    Ok((0..count).map(one).collect())
}

/// The error for data that is not there.
pub(super) fn absent_or_other(errors: &[GraphqlError]) -> Error {
    match errors {
        [] => Error::Absent { status: 404, message: "GitHub gave null".to_owned() },
        [only] if only.kind.as_deref() == Some("NOT_FOUND") => {
            Error::Absent { status: 404, message: only.message.clone() }
        }
        [first, ..] => Error::Other(format!("GitHub gave only a part: {first}")),
    }
}
