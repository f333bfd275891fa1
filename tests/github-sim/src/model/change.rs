//! Changes to the world, as people make them: each stamps what GitHub would stamp, and nothing else.
//!
//! Every change moves the clock of the data one second, so that no two share a moment by accident.

use std::sync::Arc;

use super::{
    AccountKind, Author, Commit, IssueComment, PullRequest, Repository, Review, ReviewState, Time, World,
};
use crate::generate::sha;

impl World {
    fn tick(&mut self) -> Time {
        self.now = self.now.plus(1);
        self.now
    }

    fn repository_mut(&mut self, full_name: &str) -> Option<&mut Repository> {
        let found = self.repositories.iter_mut().find(|r| r.full_name().eq_ignore_ascii_case(full_name))?;
        let repository = Arc::make_mut(found);
        // It shows counts of pull requests.
        repository.rest_json.take();
        repository.update_order.take();
        Some(repository)
    }

    /// Changes a pull request. `updated_at` moves only if the closure moves it. None if there is no such pull request.
    pub fn change_pull<T>(
        &mut self,
        full_name: &str,
        number: u64,
        change: impl FnOnce(&mut PullRequest, Time) -> T,
    ) -> Option<T> {
        let now = self.tick();
        let repository = self.repository_mut(full_name)?;
        let at = repository.pulls.binary_search_by_key(&number, |p| p.number).ok()?;
        let done = change(Arc::make_mut(&mut repository.pulls[at]), now);
        repository.index_commits(number);
        Some(done)
    }

    fn someone(&self, number: u64) -> Author {
        let people: Vec<_> = self.accounts.iter().filter(|a| a.kind == AccountKind::User).collect();
        people.get(number as usize % people.len().max(1)).map(|a| Arc::clone(a))
    }

    fn rng(&self) -> fastrand::Rng {
        fastrand::Rng::with_seed(self.now.0)
    }

    /// Gives a pull request another title.
    pub fn retitle(&mut self, full_name: &str, number: u64, title: &str) -> Option<()> {
        self.change_pull(full_name, number, |pull, now| {
            title.clone_into(&mut pull.title);
            pull.updated_at = now;
        })
    }

    /// Comments on a pull request; gives the comment's id.
    pub fn comment(&mut self, full_name: &str, number: u64, body: &str) -> Option<u64> {
        let author = self.someone(number);
        let id =
            1 + self.repository(full_name)?.pulls.iter().flat_map(|p| &p.comments).map(|c| c.id).max()?;
        self.change_pull(full_name, number, |pull, now| {
            pull.comments.push(IssueComment {
                id,
                author,
                body: body.to_owned(),
                created_at: now,
                updated_at: now,
            });
            pull.updated_at = now;
            id
        })
    }

    /// Edits a comment. That does not move the pull request's `updated_at` on GitHub's lists for sure, so it does not here.
    pub fn edit_comment(&mut self, full_name: &str, number: u64, id: u64, body: &str) -> Option<()> {
        self.change_pull(full_name, number, |pull, now| {
            let comment = pull.comments.iter_mut().find(|c| c.id == id)?;
            body.clone_into(&mut comment.body);
            comment.updated_at = now;
            Some(())
        })?
    }

    /// Deletes a comment or a review comment. Nothing tells of it: `updated_at` stays.
    pub fn delete_comment(&mut self, full_name: &str, number: u64, id: u64) -> Option<()> {
        self.change_pull(full_name, number, |pull, _| {
            pull.comments.retain(|c| c.id != id);
            for thread in &mut pull.threads {
                thread.comments.retain(|c| c.id != id);
            }
            pull.threads.retain(|t| !t.comments.is_empty());
        })
    }

    /// Reviews a pull request; gives the review's id.
    pub fn review(&mut self, full_name: &str, number: u64, state: ReviewState, body: &str) -> Option<u64> {
        let author = self.someone(number + 1);
        let id = 1 + self.repository(full_name)?.pulls.iter().flat_map(|p| &p.reviews).map(|r| r.id).max()?;
        self.change_pull(full_name, number, |pull, now| {
            let commit_sha = Some(pull.head_sha.clone());
            pull.reviews.push(Review {
                id,
                author,
                state,
                body: body.to_owned(),
                submitted_at: now,
                commit_sha,
            });
            pull.updated_at = now;
            id
        })
    }

    /// Replaces all commits by one new one: the checks of the old head are gone from view.
    pub fn force_push(&mut self, full_name: &str, number: u64) -> Option<String> {
        let new = sha(&mut self.rng());
        self.change_pull(full_name, number, |pull, now| {
            let mut commit = pull.commits.last()?.clone();
            commit.sha.clone_from(&new);
            commit.parents = vec![pull.base_sha.clone()];
            commit.committer.date = now;
            commit.checks.clear();
            commit.statuses.clear();
            pull.former_commits.append(&mut pull.commits);
            pull.commits.push(commit);
            pull.head_sha.clone_from(&new);
            pull.updated_at = now;
            Some(new)
        })?
    }

    /// Runs the head's checks again: new attempts in the same suites. `updated_at` stays, and so may the rollup.
    pub fn rerun_checks(&mut self, full_name: &str, number: u64, conclusion: &'static str) -> Option<usize> {
        let checks =
            |p: &Arc<PullRequest>| p.commits.iter().flat_map(|c| c.checks.iter().map(|r| r.id)).max();
        let mut id = self.repository(full_name)?.pulls.iter().filter_map(checks).max()?;
        self.change_pull(full_name, number, |pull, now| {
            let head: &mut Commit = pull.commits.last_mut()?;
            let latest: Vec<_> = head.latest_checks().into_iter().cloned().collect();
            for mut run in latest.iter().cloned() {
                id += 7;
                run.id = id;
                (run.status, run.conclusion) = ("completed", Some(conclusion));
                (run.started_at, run.completed_at) = (Some(now), Some(now));
                head.checks.push(run);
            }
            Some(latest.len())
        })?
    }

    /// Merges an open pull request.
    pub fn merge(&mut self, full_name: &str, number: u64) -> Option<()> {
        let merged_by = self.someone(number + 2);
        let commit = sha(&mut self.rng());
        self.change_pull(full_name, number, |pull, now| {
            pull.open = false;
            (pull.closed_at, pull.merged_at) = (Some(now), Some(now));
            (pull.merged_by, pull.merge_commit_sha) = (merged_by, Some(commit));
            pull.updated_at = now;
        })
    }

    /// Opens a new pull request, like the newest one but with a commit of its own and nothing said; gives its number.
    pub fn open_pull(&mut self, full_name: &str, title: &str) -> Option<u64> {
        let now = self.tick();
        let author = self.someone(now.0);
        let mut rng = self.rng();
        let repository = self.repository_mut(full_name)?;
        let newest = repository.pulls.last()?;
        let id = 1 + repository.pulls.iter().map(|p| p.id).max()?;
        let mut commit = newest.commits.last()?.clone();
        commit.sha = sha(&mut rng);
        commit.checks.clear();
        commit.statuses.clear();
        let pull = PullRequest {
            id,
            number: newest.number + 1,
            title: title.to_owned(),
            body: None,
            author,
            open: true,
            draft: false,
            created_at: now,
            updated_at: now,
            closed_at: None,
            merged_at: None,
            merged_by: None,
            head_sha: commit.sha.clone(),
            commits: vec![commit],
            former_commits: Vec::new(),
            merge_commit_sha: None,
            reviews: Vec::new(),
            threads: Vec::new(),
            comments: Vec::new(),
            ..newest.as_ref().clone()
        };
        let number = pull.number;
        repository.pulls.push(Arc::new(pull));
        repository.index_commits(number);
        Some(number)
    }

    /// Renames a repository. Its old name leads to it by id.
    pub fn rename(&mut self, full_name: &str, name: &str) -> Option<()> {
        let now = self.tick();
        let repository = self.repository_mut(full_name)?;
        let old = repository.full_name();
        repository.former_names.push(old);
        name.clone_into(&mut repository.name);
        repository.updated_at = now;
        Some(())
    }
}
