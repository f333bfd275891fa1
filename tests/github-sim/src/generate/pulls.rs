//! The pull requests of a repository.

use std::sync::Arc;

use super::activity::{self, Scene};
use super::oddities::{self, Oddity};
use super::people::People;
use super::{AllIds, checks, code, hash_of, skewed, text};
use crate::config::{Detail, RepoConfig};
use crate::model::{Author, PullRequest, Repository, Reviewer, Time};

const DAY: u64 = 86_400;

/// All pull requests by ascending number, each updated within the last 85 days.
pub(super) fn generate(
    rng: &mut fastrand::Rng,
    now: Time,
    wanted: &RepoConfig,
    repository: &Repository,
    people: &People,
) -> Vec<Arc<PullRequest>> {
    let count = wanted.pull_requests;
    let slim = wanted.detail == Detail::Slim;
    let mut ids = AllIds::new(hash_of(&wanted.full_name));
    let odd = if slim {
        vec![Oddity::default(); count]
    } else {
        oddities::spread(rng, count, wanted.beyond_commit_cap, wanted.beyond_file_cap)
    };
    let mut opened: Vec<Time> = (0..count)
        .map(|i| {
            // One in twenty was opened long ago and is still talked about.
            let days = if i % 20 == 7 { rng.u64(90..200) } else { 0 };
            let seconds = if days > 0 { days * DAY + rng.u64(0..DAY) } else { rng.u64(3_600..84 * DAY) };
            now.minus(seconds)
        })
        .collect();
    opened.sort_unstable();
    let mut number = 1_000 + repository.id % 900;
    let shared = now.minus(20 * DAY + 17);
    opened
        .into_iter()
        .zip(odd)
        .enumerate()
        .map(|(index, (created_at, odd))| {
            // Issues take numbers in between.
            number += rng.u64(1..4);
            let mut pull = pull(rng, &mut ids, now, (number, created_at), repository, people, odd, slim);
            // A robot once labelled many at the same second: a bookmark must live with that.
            if index % 8 == 3 && pull.updated_at < shared {
                pull.updated_at = shared;
            }
            Arc::new(pull)
        })
        .collect()
}

/// Who opens a pull request.
fn opener(rng: &mut fastrand::Rng, people: &People) -> Author {
    match rng.u8(0..100) {
        0..8 => Some(Arc::clone(&people.dependabot)),
        8..10 => Some(Arc::clone(&people.renovate)),
        _ => people.author(rng),
    }
}

#[expect(clippy::too_many_arguments, reason = "the pieces of one generator, called once")]
fn pull(
    rng: &mut fastrand::Rng,
    ids: &mut AllIds,
    now: Time,
    (number, created_at): (u64, Time),
    repository: &Repository,
    people: &People,
    odd: Oddity,
    slim: bool,
) -> PullRequest {
    let author = opener(rng, people);
    let oldest = now.minus(85 * DAY - 3_600);
    let age = now.0 - created_at.0;
    let open = rng.u8(0..100) < 14;
    let lived = if open { age } else { skewed(rng, 30.0, 1.6, 60 * 24 * 80).max(3) * 60 };
    let ended = Time((created_at.0 + lived).min(now.0 - 60)).max(if created_at < oldest {
        oldest
    } else {
        created_at
    });
    let merged = !open && rng.u8(0..100) < 82;

    let base_sha = code::sha(rng);
    let commit_count = odd.commits.unwrap_or_else(|| if slim { 1 } else { skewed(rng, 2.2, 0.9, 60).max(1) });
    let mut commits =
        code::commits(rng, people, commit_count, &author, &base_sha, created_at.minus(7_200), created_at);
    let file_count = odd.files.unwrap_or_else(|| if slim { 1 } else { skewed(rng, 3.2, 1.2, 95).max(1) });
    let files = code::files(rng, file_count, odd.renames);
    if !slim && let Some(head) = commits.last_mut() {
        let count = odd.checks.unwrap_or_else(|| checks::count(rng));
        head.checks = checks::runs(rng, ids, count, created_at, now);
        head.statuses = checks::statuses(rng, ids, created_at);
    }
    let scene = Scene { people, commits: &commits, files: &files, from: created_at.plus(1), until: ended };
    let talk = if slim && rng.u8(0..5) != 0 {
        activity::Talk::default()
    } else {
        activity::talk(rng, ids, &scene, odd)
    };
    let mut former_commits = Vec::new();
    if !slim && rng.u8(0..15) == 0 {
        let start = created_at.minus(9_000);
        former_commits = code::commits(rng, people, 1, &author, &base_sha, start, created_at);
    }

    let spoken = talk
        .reviews
        .iter()
        .map(|r| r.submitted_at)
        .chain(talk.comments.iter().map(|c| c.updated_at))
        .chain(talk.threads.iter().flat_map(|t| t.comments.iter().map(|c| c.updated_at)))
        .max();
    let last_word = if open { created_at } else { ended };
    let updated_at = spoken.unwrap_or(last_word).max(last_word).max(oldest);
    let closed_at = (!open).then_some(ended);
    let labels = repository.labels.iter().filter(|_| rng.u8(0..9) == 0).cloned().collect();
    let assignees = distinct(rng, people, &[0, 0, 0, 1, 1, 2, 4]);
    let mut requested_reviewers = Vec::new();
    if open || rng.u8(0..10) == 0 {
        requested_reviewers =
            distinct(rng, people, &[0, 1, 1, 3]).into_iter().map(Reviewer::Account).collect();
        if rng.u8(0..3) == 0 {
            let team = &repository.teams[rng.usize(..repository.teams.len())];
            // Between people on purpose: GraphQL gives one list, REST two.
            requested_reviewers.insert(requested_reviewers.len() / 2, Reviewer::Team(Arc::clone(team)));
        }
    }
    let body = match rng.u8(0..100) {
        0..8 => None,
        8..15 => Some(String::new()),
        _ => Some(text::paragraph(rng, 8)),
    };
    // Of an open pull request a test merge, unless it is still being made or there is a conflict.
    let has_merge = merged || rng.u8(0..7) != 0;
    let merge_sha = code::sha(rng);
    let head_sha = commits.last().map_or_else(|| base_sha.clone(), |c| c.sha.clone());
    PullRequest {
        id: ids.pull.take(rng),
        number,
        title: text::title(rng),
        body,
        head_fork: author.clone().filter(|a| a.is_user() && rng.u8(0..5) == 0),
        author,
        open,
        draft: open && rng.u8(0..6) == 0,
        created_at,
        updated_at,
        closed_at,
        merged_at: closed_at.filter(|_| merged),
        merged_by: if merged { people.author(rng) } else { None },
        base_ref: if rng.u8(0..20) == 0 {
            "release/2.x".to_owned()
        } else {
            repository.default_branch.clone()
        },
        base_sha,
        head_ref: text::branch(rng),
        head_sha,
        merge_commit_sha: has_merge.then_some(merge_sha),
        labels,
        assignees,
        requested_reviewers,
        commits,
        former_commits,
        files,
        reviews: talk.reviews,
        threads: talk.threads,
        comments: talk.comments,
    }
}

/// Some different people; how many is drawn from the list.
fn distinct(rng: &mut fastrand::Rng, people: &People, sizes: &[usize]) -> Vec<Arc<crate::model::Account>> {
    let mut all: Vec<Arc<crate::model::Account>> = Vec::new();
    for _ in 0..sizes[rng.usize(..sizes.len())] {
        let one = people.user(rng);
        if !all.iter().any(|a| a.id == one.id) {
            all.push(one);
        }
    }
    all
}
