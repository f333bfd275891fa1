//! Which pull requests get lists longer than a page: few, but always the same kinds, so that no test passes by luck.

/// The lists of one pull request that are longer than usual.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Oddity {
    /// Commits, if not as usual.
    pub commits: Option<u64>,
    /// Files, if not as usual.
    pub files: Option<u64>,
    /// Every file is renamed.
    pub renames: bool,
    /// Comments, if not as usual.
    pub comments: Option<u64>,
    /// Reviews, if not as usual.
    pub reviews: Option<u64>,
    /// Threads, if not as usual.
    pub threads: Option<u64>,
    /// Replies in the first thread, if not as usual.
    pub replies: Option<u64>,
    /// Checks on the head, if not as usual.
    pub checks: Option<u64>,
}

/// The oddities of a repository of so many pull requests, by index.
pub(super) fn spread(
    rng: &mut fastrand::Rng,
    pulls: usize,
    beyond_commit_cap: bool,
    beyond_file_cap: bool,
) -> Vec<Oddity> {
    let mut all = vec![Oddity::default(); pulls];
    if pulls == 0 {
        return all;
    }
    let mut indices: Vec<usize> = (0..pulls).collect();
    rng.shuffle(&mut indices);
    let mut free = indices.into_iter();
    // How many of 919; a smaller repository has fewer, but one of each from 30 pull requests on.
    let share = |of_919: usize| match pulls {
        0..30 => 0,
        _ => (of_919 * pulls / 919).max(1),
    };
    let mut give = |count: usize, set: &mut dyn FnMut(&mut fastrand::Rng, &mut Oddity)| {
        for index in free.by_ref().take(count) {
            set(rng, &mut all[index]);
        }
    };
    let one = usize::from(pulls >= 30);
    give(share(5), &mut |rng, o| o.commits = Some(rng.u64(101..240)));
    give(if beyond_commit_cap { one } else { 0 }, &mut |rng, o| o.commits = Some(rng.u64(255..280)));
    give(share(12), &mut |rng, o| o.files = Some(rng.u64(101..420)));
    give(share(2), &mut |rng, o| o.files = Some(rng.u64(600..900)));
    give(one, &mut |rng, o| (o.files, o.renames) = (Some(rng.u64(110..150)), true));
    give(usize::from(beyond_file_cap), &mut |_, o| o.files = Some(3_050));
    give(share(3), &mut |rng, o| o.comments = Some(rng.u64(101..230)));
    give(share(2), &mut |rng, o| o.reviews = Some(rng.u64(101..180)));
    give(share(2), &mut |rng, o| o.threads = Some(rng.u64(101..140)));
    give(one, &mut |rng, o| o.replies = Some(rng.u64(101..120)));
    give(share(2), &mut |rng, o| o.checks = Some(rng.u64(104..160)));
    all
}
