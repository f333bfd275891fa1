//! Commits and files of a pull request.

use super::people::People;
use super::{skewed, text};
use crate::model::{Author, Commit, FileChange, FileStatus, Time};

/// A random commit id.
pub(crate) fn sha(rng: &mut fastrand::Rng) -> String {
    format!("{:016x}{:016x}{:08x}", rng.u64(..), rng.u64(..), rng.u32(..))
}

/// `count` commits by mostly one author, from `start` on, a few minutes apart.
pub(super) fn commits(
    rng: &mut fastrand::Rng,
    people: &People,
    count: u64,
    author: &Author,
    base_sha: &str,
    start: Time,
    end: Time,
) -> Vec<Commit> {
    let step = (end.0.saturating_sub(start.0) / count.max(1)).clamp(1, 40_000);
    let mut parent = base_sha.to_owned();
    (0..count)
        .map(|i| {
            let date = start.plus(i * step);
            let account = match rng.u8(0..20) {
                0..16 => author.clone(),
                16..18 => Some(people.user(rng)),
                _ => None,
            };
            let author = people.git_actor(rng, account, date);
            let committer =
                if rng.u8(0..3) == 0 { people.web_committer(date.plus(30)) } else { author.clone() };
            let mut parents = vec![parent.clone()];
            if i > 0 && rng.u8(0..15) == 0 {
                parents.push(sha(rng));
            }
            let message = match rng.u8(0..4) {
                0 => format!("{}\n\n{}", text::title(rng), text::paragraph(rng, 2)),
                _ => text::title(rng),
            };
            let own = sha(rng);
            parent.clone_from(&own);
            Commit {
                sha: own,
                message,
                author,
                committer,
                parents,
                additions: skewed(rng, 12.0, 1.3, 20_000),
                deletions: skewed(rng, 4.0, 1.3, 20_000),
                checks: Vec::new(),
                statuses: Vec::new(),
            }
        })
        .collect()
}

/// `count` files by ascending path.
pub(super) fn files(rng: &mut fastrand::Rng, count: u64, renames: bool) -> Vec<FileChange> {
    let mut all: Vec<_> = (0..count as usize)
        .map(|i| {
            let path = text::path(rng, i);
            let status = match rng.u8(0..100) {
                _ if renames => FileStatus::Renamed,
                0..60 => FileStatus::Modified,
                60..84 => FileStatus::Added,
                84..92 => FileStatus::Removed,
                92..97 => FileStatus::Renamed,
                97 => FileStatus::Copied,
                _ => FileStatus::Changed,
            };
            let binary = path.ends_with(".png");
            let lines = |rng: &mut fastrand::Rng, none: bool, median| {
                if none || binary { 0 } else { skewed(rng, median, 1.4, 30_000) }
            };
            let previous = matches!(status, FileStatus::Renamed | FileStatus::Copied);
            FileChange {
                previous_path: previous.then(|| format!("old/{path}")),
                additions: lines(rng, status == FileStatus::Removed, 9.0),
                deletions: lines(rng, status == FileStatus::Added, 3.0),
                path,
                status,
                binary,
            }
        })
        .collect();
    all.sort_by(|a, b| a.path.cmp(&b.path));
    all
}
