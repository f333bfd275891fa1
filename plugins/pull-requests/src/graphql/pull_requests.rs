//! Reading pull requests: first pages together, then further pages of the longer lists together.

use std::collections::VecDeque;

use futures::StreamExt;
use seedbed_sdk::{Error, Host, Level, fan_out_in_order};
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::ask::ask;
use super::draft::Draft;
use super::queries::{self, ListKind, More, Sizes};
use super::{Graphql, Named, types};
use crate::source::{Listed, Unit, concerns_the_run};

/// Queries for first pages at once, of one call of [`read`].
const QUERIES_AT_ONCE: usize = 2;
/// So many lists are read on in one query.
const LISTS_IN_A_QUERY: usize = 20;
/// GitHub's largest page.
const LARGEST_PAGE: u32 = 100;
/// If a page of so few items takes too long, it is given up.
const SMALLEST_PAGE: u32 = 6;

type Drafts = Vec<Result<Draft, Error>>;
/// A list to be read on, and whose it is.
type Open = VecDeque<(usize, More)>;

/// Reads these pull requests: one answer for each, in order.
pub(super) async fn read<H: Host>(api: &Graphql<'_, H>, these: &[Listed]) -> Vec<Result<Unit, Error>> {
    let groups: Vec<&[Listed]> = these.chunks(api.size.now()).collect();
    let mut answers = Vec::with_capacity(these.len());
    let mut reading =
        std::pin::pin!(fan_out_in_order(QUERIES_AT_ONCE, groups, |group| first_pages(api, group)));
    while let Some(group) = reading.next().await {
        answers.extend(group);
    }
    let (mut drafts, mut open) = (Drafts::with_capacity(answers.len()), Open::new());
    for (place, answer) in answers.into_iter().enumerate() {
        drafts.push(answer.map(|(draft, more)| {
            open.extend(more.into_iter().map(|more| (place, more)));
            draft
        }));
    }
    further_pages(api, &mut drafts, open).await;
    drafts.into_iter().map(|draft| draft?.into_unit(&api.full_name, api.wanted)).collect()
}

/// The first pages of a group. A query that takes too long is halved, down to one pull request with short lists.
async fn first_pages<H: Host>(
    api: &Graphql<'_, H>,
    group: &[Listed],
) -> Vec<Result<(Draft, Vec<More>), Error>> {
    let mut answers = Vec::with_capacity(group.len());
    // The next part is on top. Halves keep the order.
    let mut parts = vec![(group, Sizes::ORDINARY)];
    while let Some((part, sizes)) = parts.pop() {
        match first_page(api, part, sizes).await {
            Ok(drafts) => {
                api.size.in_time();
                answers.extend(drafts);
            }
            Err(Error::TooSlow(why)) if part.len() > 1 => {
                api.size.too_slow(part.len());
                api.host
                    .log(Level::Info, &format!("{} pull requests in one query: {why}; halving", part.len()));
                let (first, second) = part.split_at(part.len() / 2);
                parts.push((second, sizes));
                parts.push((first, sizes));
            }
            Err(Error::TooSlow(_)) if sizes != Sizes::THIN => parts.push((part, Sizes::THIN)),
            Err(error) => {
                answers.extend(part.iter().map(|_| Err(error.clone())));
                if concerns_the_run(&error) {
                    let rest = parts.drain(..).map(|(part, _)| part.len()).sum();
                    answers.extend(std::iter::repeat_with(|| Err(error.clone())).take(rest));
                }
            }
        }
    }
    answers
}

async fn first_page<H: Host>(
    api: &Graphql<'_, H>,
    part: &[Listed],
    sizes: Sizes,
) -> Result<Vec<Result<(Draft, Vec<More>), Error>>, Error> {
    let numbers: Vec<i64> = part.iter().map(|listed| listed.number).collect();
    let query = queries::pull_requests(&numbers, api.wanted, sizes);
    let answers = ask(api.host, &query, &Named::new(api.wanted), 'p', part.len()).await?;
    let drafted = answers.into_iter().map(|answer| {
        let answer = answer?;
        Ok(Draft::new(parse(&answer)?, parse(&answer)?, api.wanted))
    });
    Ok(drafted.collect())
}

/// Reads all open lists to their end.
async fn further_pages<H: Host>(api: &Graphql<'_, H>, drafts: &mut Drafts, mut open: Open) {
    let (mut together, mut first) = (LISTS_IN_A_QUERY, LARGEST_PAGE);
    while !open.is_empty() {
        let mut batch: Vec<(usize, More)> = open.drain(..together.min(open.len())).collect();
        // What belongs to a pull request that failed meanwhile is not needed any more.
        batch.retain(|(place, _)| drafts.get(*place).is_some_and(Result::is_ok));
        if batch.is_empty() {
            continue;
        }
        match ask_more(api, &batch, first).await {
            Ok(answers) => {
                for ((place, more), answer) in batch.into_iter().zip(answers) {
                    let Some(Ok(draft)) = drafts.get_mut(place) else { continue };
                    match answer.and_then(|answer| take(draft, &more, answer.as_deref())) {
                        Ok(further) => open.extend(further.into_iter().map(|more| (place, more))),
                        Err(error) => fail(drafts, place, &more, error),
                    }
                }
            }
            Err(Error::TooSlow(_)) if batch.len() > 1 || first > SMALLEST_PAGE => {
                if batch.len() > 1 {
                    together = batch.len() / 2;
                } else {
                    first /= 2;
                }
                batch.into_iter().rev().for_each(|list| open.push_front(list));
            }
            Err(error) => {
                if concerns_the_run(&error) {
                    batch.extend(open.drain(..));
                }
                for (place, more) in &batch {
                    fail(drafts, *place, more, error.clone());
                }
            }
        }
    }
}

/// Notes that a list could not be read on: its part is lacking, or the whole pull request.
fn fail(drafts: &mut Drafts, place: usize, more: &More, error: Error) {
    let Some(slot) = drafts.get_mut(place) else { return };
    match (slot.as_mut(), more.list.part()) {
        (Ok(draft), Some(part)) if !concerns_the_run(&error) => draft.lacks(part, error.to_string()),
        (Ok(_), _) => *slot = Err(error),
        (Err(_), _) => {}
    }
}

async fn ask_more<H: Host>(
    api: &Graphql<'_, H>,
    batch: &[(usize, More)],
    first: u32,
) -> Result<Vec<Result<Option<Box<RawValue>>, Error>>, Error> {
    let lists: Vec<More> = batch.iter().map(|(_, more)| more.clone()).collect();
    let (owner, name) = api.wanted.owner_and_name();
    let mut variables =
        Map::from_iter([("owner".to_owned(), owner.into()), ("name".to_owned(), name.into())]);
    for (place, more) in lists.iter().enumerate() {
        variables.insert(format!("a{place}"), more.after.clone().map_or(Value::Null, Value::from));
        if let ListKind::ReviewComments { before, .. } = &more.list {
            variables.insert(format!("b{place}"), before.clone().map_or(Value::Null, Value::from));
        }
    }
    let query = queries::more(&lists, api.wanted, first);
    let answers = ask(api.host, &query, &variables, 'm', lists.len()).await?;
    // A head commit that is gone is null, and then there are no checks; a pull request can't be.
    let gone = |more: &More, error: &Error| {
        matches!((&more.list, error), (ListKind::Checks { .. }, Error::Absent { .. }))
    };
    let answers = lists.iter().zip(answers).map(|(more, answer)| match answer {
        Err(error) if gone(more, &error) => Ok(None),
        other => other.map(Some),
    });
    Ok(answers.collect())
}

/// Takes an answer into its draft; gives what is still to be read.
fn take(draft: &mut Draft, more: &More, answer: Option<&RawValue>) -> Result<Vec<More>, Error> {
    let Some(answer) = answer else { return Ok(Vec::new()) };
    match &more.list {
        ListKind::Checks { .. } => Ok(draft.take_checks(parse(answer)?).into_iter().collect()),
        ListKind::ReviewComments { review, .. } => {
            let lists: types::Lists = parse(answer)?;
            let page = lists.reviews.ok_or_else(|| Error::Other("GitHub gave no reviews".to_owned()))?;
            draft.take_review_comments(more, *review, page)
        }
        _ => Ok(draft.take(parse(answer)?)),
    }
}

fn parse<T: DeserializeOwned>(answer: &RawValue) -> Result<T, Error> {
    serde_json::from_str(answer.get())
        .map_err(|error| Error::Other(format!("the answer of /graphql is not what was expected: {error}")))
}
