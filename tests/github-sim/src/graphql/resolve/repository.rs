//! A repository, its branches and labels, and its list of pull requests.

use std::sync::Arc;

use super::{Asked, Out, Planned, Thing, name, resource, url};
use crate::graphql::connection::{Key, List};
use crate::graphql::refusal::Failure;
use crate::graphql::thing::{Bare, In};
use crate::limits::Sight;
use crate::model::{AccountKind, Label, PullRequest, Repository, node_id};

pub(super) fn repository<'w>(
    repository: &'w Repository,
    planned: &Planned<'_>,
    asked: &Asked<'w>,
) -> Out<'w> {
    let arguments = &planned.arguments;
    match name(planned) {
        "archivedAt" | "homepageUrl" | "mirrorUrl" | "parent" => Out::Null,
        "createdAt" => repository.created_at.into(),
        "databaseId" => Out::small_id(repository.id),
        // Null until something was pushed, though REST names a default branch all the same.
        "defaultBranchRef" => {
            let branch = (!repository.empty).then_some(&repository.default_branch);
            Out::maybe(branch.map(|name| Thing::Branch(repository, name, head(repository))))
        }
        "description" => repository.description.as_ref().into(),
        "diskUsage" => Out::Number(if repository.empty { 0 } else { 48_000 }),
        "forkCount" | "stargazerCount" => Out::Number(repository.id % 5_000),
        "hasIssuesEnabled" => true.into(),
        "hasDiscussionsEnabled" | "hasProjectsEnabled" | "hasWikiEnabled" => false.into(),
        "id" => repository.node_id().into(),
        "isArchived" | "isDisabled" | "isFork" | "isLocked" | "isMirror" | "isTemplate" => false.into(),
        "isEmpty" => repository.empty.into(),
        "isInOrganization" => (repository.owner.kind == AccountKind::Organization).into(),
        "isPrivate" => repository.private.into(),
        "label" => {
            let wanted = arguments.text("name").unwrap_or_default();
            let found = repository.labels.iter().find(|label| label.name.eq_ignore_ascii_case(wanted));
            Out::maybe(found.map(|label| Thing::Label(repository, label)))
        }
        "labels" => labels(repository, &repository.labels, planned),
        "name" => (&repository.name).into(),
        "nameWithOwner" => repository.full_name().into(),
        "object" => {
            let sha = arguments.text("oid").or(arguments.text("expression")).unwrap_or_default();
            let found = repository.commit(sha);
            Out::maybe(found.map(|(pull, commit)| Thing::Commit(In { repository, pull }, commit)))
        }
        "owner" => Out::One(Thing::Account(&repository.owner)),
        "primaryLanguage" => Out::maybe(repository.language.as_deref().map(Thing::Language)),
        "pullRequest" | "pullRequests" if asked.viewer.sight(repository) == Sight::MetadataOnly => {
            Out::Failed(Failure::not_accessible())
        }
        "pullRequest" => {
            let number = arguments.integer("number").unwrap_or(0);
            match u64::try_from(number).ok().and_then(|n| repository.pull(n)) {
                Some(pull) => Out::One(Thing::Pull(In { repository, pull })),
                None => Out::Failed(Failure::not_found(format!(
                    "Could not resolve to a PullRequest with the number of {number}."
                ))),
            }
        }
        "pullRequests" => pulls(repository, planned),
        "pushedAt" => repository.pushed_at.into(),
        "ref" => {
            let wanted = arguments.text("qualifiedName").unwrap_or_default();
            let wanted = wanted.trim_start_matches("refs/heads/");
            let found = !repository.empty && wanted == repository.default_branch;
            Out::maybe(found.then(|| Thing::Branch(repository, &repository.default_branch, head(repository))))
        }
        "resourcePath" => resource(repository, format_args!("")),
        "updatedAt" => repository.updated_at.into(),
        "url" => url(repository, format_args!("")),
        "visibility" => if repository.private { "PRIVATE" } else { "PUBLIC" }.into(),
        _ => Out::Unserved,
    }
}

/// The default branch's newest commit: the merge of the pull request that was merged last.
fn head(repository: &Repository) -> Option<Bare<'_>> {
    let merged = repository.pulls.iter().filter_map(|pull| Some((pull.merged_at?, pull.merge_commit()?)));
    merged.max().map(|(date, sha)| Bare { repository, sha, date })
}

fn pulls<'w>(repository: &'w Repository, planned: &Planned<'_>) -> Out<'w> {
    let arguments = &planned.arguments;
    let states = arguments.texts("states");
    let labels = arguments.texts("labels");
    let (base, head) = (arguments.text("baseRefName"), arguments.text("headRefName"));
    let (field, descending) = arguments.order("orderBy").unwrap_or(("CREATED_AT", false));
    let wanted = |pull: &&Arc<PullRequest>| {
        states.as_ref().is_none_or(|states| states.contains(&pull.graphql_state()))
            && labels
                .as_ref()
                .is_none_or(|l| pull.labels.iter().any(|label| l.contains(&label.name.as_str())))
            && base.is_none_or(|base| pull.base_ref == base)
            && head.is_none_or(|head| pull.head_ref == head)
    };
    let key = |pull: &PullRequest| match field {
        "UPDATED_AT" => Key(pull.updated_at.0, pull.id),
        "COMMENTS" => Key(pull.comments.len() as u64, pull.id),
        _ => Key(pull.created_at.0, pull.id),
    };
    let items = repository.pulls.iter().filter(wanted).map(|pull| (key(pull), pull.as_ref())).collect();
    List { of: ("PullRequestConnection", "PullRequestEdge"), items, descending }
        .page(planned, |pull| Thing::Pull(In { repository, pull }))
}

/// Labels of a repository or of a pull request.
pub(super) fn labels<'w>(
    repository: &'w Repository,
    labels: &'w [Arc<Label>],
    planned: &Planned<'_>,
) -> Out<'w> {
    let (field, descending) = planned.arguments.order("orderBy").unwrap_or(("CREATED_AT", false));
    let wanted = planned.arguments.text("query").map(str::to_lowercase);
    let wanted = |label: &&Label| wanted.as_ref().is_none_or(|w| label.name.to_lowercase().contains(w));
    let mut all: Vec<&Label> = labels.iter().map(Arc::as_ref).filter(wanted).collect();
    if field == "NAME" {
        all.sort_by_key(|label| label.name.to_lowercase());
    }
    if descending {
        all.reverse();
    }
    List::in_order(("LabelConnection", "LabelEdge"), all)
        .page(planned, |label| Thing::Label(repository, label))
}

pub(super) fn label<'w>(repository: &'w Repository, label: &'w Label, planned: &Planned<'_>) -> Out<'w> {
    match name(planned) {
        "color" => (&label.color).into(),
        "createdAt" | "updatedAt" => repository.created_at.into(),
        "description" => label.description.as_ref().into(),
        "id" => label.node_id().into(),
        "isDefault" => false.into(),
        "name" => (&label.name).into(),
        "resourcePath" => resource(repository, format_args!("/labels/{}", label.name)),
        "url" => url(repository, format_args!("/labels/{}", label.name)),
        _ => Out::Unserved,
    }
}

pub(super) fn language<'w>(language: &'w str, planned: &Planned<'_>) -> Out<'w> {
    match name(planned) {
        "color" => "#3178c6".into(),
        "id" => node_id("LANG", language.bytes().map(u64::from).sum()).into(),
        "name" => language.into(),
        _ => Out::Unserved,
    }
}

pub(super) fn branch<'w>(
    repository: &'w Repository,
    branch: &'w str,
    head: Option<Bare<'w>>,
    planned: &Planned<'_>,
) -> Out<'w> {
    match name(planned) {
        "id" => format!("REF_{}_{branch}", repository.node_id()).into(),
        "name" => branch.into(),
        "prefix" => "refs/heads/".into(),
        "repository" => Out::One(Thing::Repository(repository)),
        "target" => Out::maybe(head.map(Thing::BareCommit)),
        _ => Out::Unserved,
    }
}
