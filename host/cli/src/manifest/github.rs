//! `[github]`: what a job may read, and what happens when the quota is spent.

use clap::ValueEnum;
use seedbed_github::Grants;

use super::problem::Problem;
use super::reading::Section;

/// What a job does when no credential can serve it any more.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum OnExhausted {
    /// Keep what there is and end; the next run goes on (exit 75).
    #[default]
    Partial,
    /// Wait for the earliest reset, at most as long as the job's `wall`.
    Wait,
    /// Keep what there is and call it a failure (exit 1).
    Fail,
}

impl OnExhausted {
    /// As it is written.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Partial => "partial",
            Self::Wait => "wait",
            Self::Fail => "fail",
        }
    }
}

/// A job's way to GitHub.
#[derive(Debug, Clone)]
pub(crate) struct GitHub {
    /// The grants, as written.
    pub(crate) read: Vec<String>,
    /// The grants, understood.
    pub(crate) grants: Grants,
    /// What happens when the quota is spent.
    pub(crate) on_exhausted: OnExhausted,
    /// Requests that the job may send in one run, over all of its tasks.
    pub(crate) max_requests: Option<u64>,
    /// GraphQL points that the job may spend in one run, over all of its tasks.
    pub(crate) max_points: Option<u64>,
    /// Requests of one task in flight at once.
    pub(crate) in_flight: usize,
}

/// The default of `in_flight`; an owner takes 80 at once, so two or three tasks use one up.
const IN_FLIGHT: usize = 32;

impl GitHub {
    /// A job without the section asks GitHub for nothing.
    pub(super) fn none() -> Self {
        Self {
            read: Vec::new(),
            grants: Grants::none(),
            on_exhausted: OnExhausted::default(),
            max_requests: None,
            max_points: None,
            in_flight: IN_FLIGHT,
        }
    }

    /// `None` if something in it is wrong, which has then been told.
    pub(super) fn read(section: Section<'_, '_>) -> Option<Self> {
        let reading = section.reading();
        let mut whole = true;
        let mut read = Vec::new();
        for grant in section.strings("read").unwrap_or_default() {
            if let Err(why) = Grants::parse(std::slice::from_ref(grant.get_ref())) {
                reading.wrong(bad_grant(reading.problem(grant.span(), why.to_string())));
                whole = false;
            }
            read.push(grant.into_inner());
        }
        let on_exhausted = section.parsed("on_exhausted", |text| {
            OnExhausted::from_str(text, false)
                .map_err(|_| format!("expected \"partial\", \"wait\" or \"fail\", not {text:?}"))
        });
        let (max_requests, max_points) = (section.count("max_requests"), section.count("max_points"));
        let in_flight =
            section.count("in_flight").map_or(Some(IN_FLIGHT), |count| usize::try_from(count).ok());
        section.finish();
        let grants = if whole { Grants::parse(&read).ok()? } else { return None };
        Some(Self {
            read,
            grants,
            on_exhausted: on_exhausted.unwrap_or_default(),
            max_requests,
            max_points,
            in_flight: in_flight?,
        })
    }
}

fn bad_grant(problem: Problem) -> Problem {
    problem
        .label("not a grant")
        .help("write \"owner/name\" for one repository, or \"owner/*\" for all repositories of an owner")
}
