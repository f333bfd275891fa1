//! Which owner serves: a pure choice among candidates.
//!
//! It stays with the owner in use. Something momentary (pace, concurrency) sends only the overflow on to the next one;
//! something lasting (a spent window, a cool-down) ends the use. Rotating on every request would start all windows at
//! once and look like abuse; but where more is to be done than one window holds, that is what saves an hour.

use std::cmp::Reverse;
use std::time::Duration;

use crate::policy::Strategy;
use crate::time::Timestamp;

/// Why an owner can't serve a request now. The times are steady ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// It is left alone until then: a secondary limit, or a token that is too fresh.
    Cooling { until: Duration },
    /// Nothing is left of the window until it ends.
    Spent { until: Duration },
    /// It has been asked too fast.
    Paced { until: Duration },
    /// What is in flight is in the way: its answers help, or the end of the window that it is counted in.
    Busy { until: Option<Duration> },
    /// The first answer about the window is on its way; until then it is worth waiting for.
    Probing { until: Duration },
}

impl Stop {
    /// Whether the use of the owner ends with it.
    pub(crate) fn is_lasting(self) -> bool {
        matches!(self, Self::Cooling { .. } | Self::Spent { .. })
    }

    /// When it ends by itself.
    pub(crate) fn until(self) -> Option<Duration> {
        match self {
            Self::Cooling { until } | Self::Spent { until } | Self::Paced { until } => Some(until),
            Self::Probing { until } => Some(until),
            Self::Busy { until } => until,
        }
    }
}

/// One owner that may see what is asked for, as it stands for one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Candidate {
    pub(crate) owner: usize,
    pub(crate) stop: Option<Stop>,
    /// Points that may still be sent in the window.
    pub(crate) usable: u64,
    /// When the window ends; `None` if it has not begun.
    pub(crate) reset: Option<Timestamp>,
    /// Whether the window has begun, or is about to.
    pub(crate) open: bool,
}

/// Who serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    /// This owner, now.
    Take(usize),
    /// Nobody now.
    Wait(Wait),
}

/// What a request waits for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wait {
    /// The earliest steady time at which time alone makes an owner free.
    pub(crate) until: Option<Duration>,
    /// Whether an answer that is on its way may do so before.
    pub(crate) for_an_answer: bool,
    /// Whether an owner only has to be asked more slowly: it will serve, so its quota is not spent.
    pub(crate) paced: bool,
}

impl Wait {
    /// Takes one more stopped owner into account.
    pub(crate) fn note(&mut self, stop: Stop) {
        self.for_an_answer |= matches!(stop, Stop::Busy { .. } | Stop::Probing { .. });
        self.paced |= matches!(stop, Stop::Paced { .. });
        self.until = match (self.until, stop.until()) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
    }
}

/// Chooses among the owners `in_use`, in the order in which they came into use, and the `others`, which are only
/// looked at when they are needed. `demand` is how many points are known to be wanted.
pub(crate) fn choose(
    strategy: Strategy,
    demand: u64,
    in_use: impl IntoIterator<Item = Candidate>,
    others: impl IntoIterator<Item = Candidate>,
) -> Choice {
    let (mut chosen, mut wait, mut usable, mut probing) = (None, Wait::default(), 0_u64, false);
    for candidate in in_use {
        match candidate.stop {
            None => {
                chosen = chosen.or(Some(candidate.owner));
                usable = usable.saturating_add(candidate.usable);
            }
            Some(stop) => {
                wait.note(stop);
                // A momentary stop does not make its window smaller.
                if !stop.is_lasting() {
                    usable = usable.saturating_add(candidate.usable);
                }
                probing |= chosen.is_none() && matches!(stop, Stop::Probing { .. });
            }
        }
        if usable >= demand && (chosen.is_some() || probing) {
            return chosen.map_or(Choice::Wait(wait), Choice::Take);
        }
    }
    // From here on either nobody in use is free, or there is more to do than they can.
    let opening = usable < demand;
    let mut best: Option<Candidate> = None;
    for candidate in others {
        match candidate.stop {
            Some(stop) => wait.note(stop),
            None if chosen.is_some() && candidate.open => {}
            None => best = Some(best.map_or(candidate, |best| better(strategy, opening, best, candidate))),
        }
    }
    let owner = best.map(|best| best.owner).or(chosen);
    owner.map_or(Choice::Wait(wait), Choice::Take)
}

/// The better of two; the first if they are equal.
fn better(strategy: Strategy, opening: bool, one: Candidate, other: Candidate) -> Candidate {
    let rank = |candidate: &Candidate| {
        let unopened = opening && !candidate.open;
        let sooner = match strategy {
            Strategy::HighestRemaining => Reverse(u64::MAX),
            // A window that has not begun does not expire.
            Strategy::EarliestReset => Reverse(candidate.reset.map_or(u64::MAX, Timestamp::seconds)),
        };
        (unopened, sooner, candidate.usable)
    };
    if rank(&other) > rank(&one) { other } else { one }
}

#[cfg(test)]
mod tests {
    use super::{Candidate, Choice, Stop, Wait, choose};
    use crate::policy::Strategy::{self, EarliestReset, HighestRemaining};
    use crate::time::Timestamp;
    use std::time::Duration;

    fn free(owner: usize, usable: u64, reset: u64) -> Candidate {
        Candidate { owner, stop: None, usable, reset: Some(Timestamp::from_seconds(reset)), open: true }
    }

    fn unopened(owner: usize) -> Candidate {
        Candidate { owner, stop: None, usable: 4_950, reset: None, open: false }
    }

    fn stopped(owner: usize, stop: Stop) -> Candidate {
        Candidate { stop: Some(stop), ..free(owner, 100, 9_000) }
    }

    const SOON: Duration = Duration::from_secs(7);
    const LATER: Duration = Duration::from_secs(70);

    fn pick(strategy: Strategy, in_use: &[Candidate], others: &[Candidate]) -> Choice {
        choose(strategy, 0, in_use.iter().copied(), others.iter().copied())
    }

    #[test]
    fn the_owner_in_use_serves_although_another_has_more() {
        assert_eq!(pick(HighestRemaining, &[free(0, 10, 1)], &[free(1, 4_000, 1)]), Choice::Take(0));
    }

    #[test]
    fn the_others_are_not_even_looked_at() {
        let others = std::iter::from_fn(|| panic!("looked at"));
        assert_eq!(choose(HighestRemaining, 10, [free(0, 10, 1)], others), Choice::Take(0));
    }

    #[test]
    fn what_a_pace_or_a_cool_down_holds_up_goes_to_the_next() {
        for stop in [
            Stop::Paced { until: SOON },
            Stop::Busy { until: None },
            Stop::Cooling { until: SOON },
            Stop::Spent { until: SOON },
        ] {
            assert_eq!(
                pick(HighestRemaining, &[stopped(0, stop)], &[free(1, 5, 1)]),
                Choice::Take(1),
                "{stop:?}"
            );
        }
        let second_in_use = [stopped(0, Stop::Busy { until: None }), free(2, 1, 1)];
        assert_eq!(pick(HighestRemaining, &second_in_use, &[free(1, 500, 1)]), Choice::Take(2));
    }

    #[test]
    fn a_first_answer_is_waited_for_rather_than_opening_another_window() {
        let probing = stopped(0, Stop::Probing { until: SOON });
        let wait = Wait { until: Some(SOON), for_an_answer: true, paced: false };
        assert_eq!(pick(HighestRemaining, &[probing], &[unopened(1)]), Choice::Wait(wait));
    }

    #[test]
    fn the_strategies_differ_in_whom_they_open_next() {
        let others = [free(0, 100, 500), free(1, 4_000, 900), unopened(2), free(3, 4_000, 500)];
        assert_eq!(pick(HighestRemaining, &[], &others), Choice::Take(2));
        assert_eq!(pick(HighestRemaining, &[], &others[..2]), Choice::Take(1));
        assert_eq!(pick(EarliestReset, &[], &others), Choice::Take(3), "the sooner, then the fuller");
        assert_eq!(pick(EarliestReset, &[], &[unopened(0), free(1, 1, 9_999)]), Choice::Take(1));
    }

    #[test]
    fn with_more_to_do_than_one_window_holds_all_are_opened_at_once() {
        let demand = 12_000;
        let take = |in_use: &[Candidate], others: &[Candidate]| {
            choose(HighestRemaining, demand, in_use.iter().copied(), others.iter().copied())
        };
        assert_eq!(take(&[free(0, 4_900, 1)], &[free(1, 4_990, 1), unopened(2)]), Choice::Take(2));
        assert_eq!(take(&[free(0, 4_900, 1)], &[free(1, 4_990, 1)]), Choice::Take(0), "it runs already");
        assert_eq!(take(&[free(0, 12_000, 1)], &[unopened(1)]), Choice::Take(0), "there is enough");
    }

    #[test]
    fn the_wait_is_for_whoever_is_free_first() {
        let choice = pick(
            HighestRemaining,
            &[stopped(0, Stop::Spent { until: LATER })],
            &[stopped(1, Stop::Cooling { until: SOON })],
        );
        assert_eq!(choice, Choice::Wait(Wait { until: Some(SOON), for_an_answer: false, paced: false }));
        assert_eq!(pick(EarliestReset, &[], &[]), Choice::Wait(Wait::default()));
    }
}
