//! Reviews, threads and comments of a pull request.

use super::oddities::Oddity;
use super::people::People;
use super::{AllIds, skewed, text};
use crate::model::{
    Author, Commit, FileChange, IssueComment, Review, ReviewComment, ReviewState, ReviewThread, Time,
};

/// What is said on one pull request.
#[derive(Debug, Default)]
pub(super) struct Talk {
    pub reviews: Vec<Review>,
    pub threads: Vec<ReviewThread>,
    pub comments: Vec<IssueComment>,
}

/// Where and when it is said.
pub(super) struct Scene<'a> {
    pub people: &'a People,
    pub commits: &'a [Commit],
    pub files: &'a [FileChange],
    pub from: Time,
    pub until: Time,
}

impl Scene<'_> {
    fn moment(&self, rng: &mut fastrand::Rng) -> Time {
        Time(rng.u64(self.from.0..=self.until.0.max(self.from.0)))
    }

    fn commit(&self, rng: &mut fastrand::Rng) -> String {
        self.commits.get(rng.usize(..self.commits.len().max(1))).map(|c| c.sha.clone()).unwrap_or_default()
    }
}

/// Everything said, in ascending ids and times.
pub(super) fn talk(rng: &mut fastrand::Rng, ids: &mut AllIds, scene: &Scene<'_>, odd: Oddity) -> Talk {
    let mut talk = Talk::default();
    let reviews = odd.reviews.unwrap_or_else(|| skewed(rng, 1.3, 0.9, 40));
    let mut moments: Vec<Time> = (0..reviews).map(|_| scene.moment(rng)).collect();
    moments.sort_unstable();
    for at in moments {
        let author = scene.people.voice(rng);
        review(rng, ids, scene, &mut talk, author, at);
    }
    let threads =
        odd.threads.unwrap_or_else(|| if talk.reviews.is_empty() { 0 } else { skewed(rng, 0.8, 1.0, 40) });
    for index in 0..threads {
        let replies = match (index, odd.replies) {
            (0, Some(replies)) => replies,
            _ => skewed(rng, 0.6, 0.8, 12),
        };
        thread(rng, ids, scene, &mut talk, replies);
    }
    if odd.replies.is_some() && threads == 0 {
        thread(rng, ids, scene, &mut talk, odd.replies.unwrap_or(0));
    }
    // A draft of a review, which nobody but its author may see.
    if rng.u8(0..12) == 0 {
        let at = scene.moment(rng);
        let author = Some(scene.people.user(rng));
        review(rng, ids, scene, &mut talk, author, at);
        if let Some(draft) = talk.reviews.last_mut() {
            draft.state = ReviewState::Pending;
            let (review_id, author) = (draft.id, draft.author.clone());
            let comment = comment(rng, ids, scene, review_id, author, at, None);
            let pending = ReviewComment { pending: true, ..comment };
            talk.threads.push(new_thread(rng, ids, scene, pending));
        }
    }
    let comments = odd.comments.unwrap_or_else(|| skewed(rng, 1.6, 0.9, 60));
    let mut moments: Vec<Time> = (0..comments).map(|_| scene.moment(rng)).collect();
    moments.sort_unstable();
    for created_at in moments {
        let body = if rng.u8(0..60) == 0 { String::new() } else { text::paragraph(rng, 4) };
        let updated_at = edited(rng, created_at, scene.until);
        let author = scene.people.voice(rng);
        talk.comments.push(IssueComment { id: ids.comment.take(rng), author, body, created_at, updated_at });
    }
    talk
}

fn edited(rng: &mut fastrand::Rng, created_at: Time, until: Time) -> Time {
    if rng.u8(0..6) == 0 { Time(rng.u64(created_at.0..=until.0.max(created_at.0))) } else { created_at }
}

fn review(
    rng: &mut fastrand::Rng,
    ids: &mut AllIds,
    scene: &Scene<'_>,
    talk: &mut Talk,
    author: Author,
    at: Time,
) {
    let state = match rng.u8(0..10) {
        0..4 => ReviewState::Approved,
        4..6 => ReviewState::ChangesRequested,
        6..9 => ReviewState::Commented,
        _ => ReviewState::Dismissed,
    };
    let body = if rng.u8(0..5) < 3 { String::new() } else { text::paragraph(rng, 3) };
    // The commit of a review can be gone after a force-push.
    let commit_sha = (rng.u8(0..40) != 0).then(|| scene.commit(rng));
    talk.reviews.push(Review { id: ids.review.take(rng), author, state, body, submitted_at: at, commit_sha });
}

fn comment(
    rng: &mut fastrand::Rng,
    ids: &mut AllIds,
    scene: &Scene<'_>,
    review_id: u64,
    author: Author,
    at: Time,
    in_reply_to: Option<u64>,
) -> ReviewComment {
    ReviewComment {
        id: ids.review_comment.take(rng),
        review_id,
        pending: false,
        author,
        body: text::paragraph(rng, 3),
        created_at: at,
        updated_at: edited(rng, at, scene.until),
        in_reply_to,
        commit_sha: scene.commit(rng),
    }
}

fn new_thread(
    rng: &mut fastrand::Rng,
    ids: &mut AllIds,
    scene: &Scene<'_>,
    first: ReviewComment,
) -> ReviewThread {
    let file = scene.files.get(rng.usize(..scene.files.len().max(1)));
    ReviewThread {
        id: ids.thread.take(rng),
        path: file.map_or_else(|| "README.md".to_owned(), |f| f.path.clone()),
        line: rng.u64(1..400),
        resolved: rng.bool(),
        outdated: rng.u8(0..4) == 0,
        comments: vec![first],
    }
}

/// A thread on one of the reviews; each reply brings a review of its own with an empty body, as on GitHub.
fn thread(rng: &mut fastrand::Rng, ids: &mut AllIds, scene: &Scene<'_>, talk: &mut Talk, replies: u64) {
    if talk.reviews.is_empty() {
        let author = scene.people.voice(rng);
        let at = scene.moment(rng);
        review(rng, ids, scene, talk, author, at);
    }
    let Some(origin) = talk.reviews.get(rng.usize(..talk.reviews.len())) else { return };
    let (review_id, author, mut at) = (origin.id, origin.author.clone(), origin.submitted_at);
    let first = comment(rng, ids, scene, review_id, author, at, None);
    let first_id = first.id;
    let mut thread = new_thread(rng, ids, scene, first);
    for _ in 0..replies {
        at = Time((at.0 + rng.u64(20..4_000)).min(scene.until.0));
        let author = scene.people.voice(rng);
        let reply = Review {
            id: ids.review.take(rng),
            author: author.clone(),
            state: ReviewState::Commented,
            body: String::new(),
            submitted_at: at,
            commit_sha: Some(scene.commit(rng)),
        };
        thread.comments.push(comment(rng, ids, scene, reply.id, author, at, Some(first_id)));
        talk.reviews.push(reply);
    }
    talk.threads.push(thread);
}
