//! Over random interleavings of requests, answers out of order, resets, cool-downs and drops, against a GitHub that
//! counts strictly.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use proptest::prelude::*;

use super::core::Grant;
use super::line::Ticket;
use super::want::Want;
use super::world::{START, World, credentials, reading, ruled, want};
use crate::policy::Policy;
use crate::resource::Resource;
use crate::time::Timestamp;
use crate::verdict::{Learnt, Pause, Reading, Ruling, Verdict};

const OWNERS: usize = 3;
const IN_FLIGHT: u32 = 4;
const RESERVE: u64 = 2;
const LIMIT: u64 = 12;
/// A window's length in seconds: short, so that many resets happen.
const WINDOW: u64 = 40;

#[derive(Clone, Debug)]
enum Step {
    Ask {
        graphql: bool,
        points: u32,
        patience: u64,
        skip: Option<usize>,
    },
    /// The answer to one of the requests in flight arrives.
    Answer {
        which: usize,
    },
    /// A secondary limit instead of it.
    Refuse {
        which: usize,
        pause: Option<u64>,
    },
    /// It is lost: GitHub has counted it, and nobody hears of it.
    Lose {
        which: usize,
    },
    /// It was never sent.
    Unused {
        which: usize,
    },
    /// A waiter gives up.
    Leave {
        which: usize,
    },
    Pass {
        millis: u64,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let ask = (any::<bool>(), 1_u32..5, 0_u64..120, prop::option::weighted(0.2, 0..OWNERS)).prop_map(
        |(graphql, points, patience, skip)| Step::Ask {
            graphql,
            points: if graphql { points } else { 1 },
            patience,
            skip,
        },
    );
    let which = || any::<prop::sample::Index>().prop_map(|index| index.index(1_000));
    prop_oneof![
        8 => ask,
        8 => which().prop_map(|which| Step::Answer { which }),
        1 => (which(), prop::option::of(0_u64..90)).prop_map(|(which, pause)| Step::Refuse { which, pause }),
        1 => which().prop_map(|which| Step::Lose { which }),
        1 => which().prop_map(|which| Step::Unused { which }),
        1 => which().prop_map(|which| Step::Leave { which }),
        3 => (1_u64..20_000).prop_map(|millis| Step::Pass { millis }),
    ]
}

/// GitHub's side: one window for each owner and resource, counted when a request is sent.
struct GitHub {
    /// Points used, and when the window ends.
    windows: BTreeMap<(usize, Resource), (u64, u64)>,
}

impl GitHub {
    /// The windows run already, and something is used of each.
    fn new(used: [u64; OWNERS]) -> Self {
        let resources = [Resource::CORE, Resource::GRAPHQL];
        let windows = used.into_iter().enumerate().flat_map(|(owner, used)| {
            resources.clone().map(|resource| ((owner, resource), (used, START + 10 + 7 * owner as u64)))
        });
        Self { windows: windows.collect() }
    }

    /// The answer that GitHub has decided on by the time the request is there.
    fn count(&mut self, grant: &Grant) -> Verdict {
        let now = grant.at.wall.as_secs();
        let (used, reset) = self.windows.get_mut(&(grant.seat, grant.resource.clone())).unwrap();
        if *reset <= now {
            (*used, *reset) = (0, now + WINDOW);
        }
        let fits = *used + grant.points <= LIMIT;
        *used += if fits { grant.points } else { 0 };
        let remaining = if fits { LIMIT - *used } else { 0 };
        let window = Reading { used: *used, ..reading(&grant.resource, LIMIT, remaining, *reset - START) };
        let ruling = if fits { Ruling::Success } else { Ruling::PrimaryLimit { reset: Some(window.reset) } };
        Verdict { ruling, learnt: Learnt { heard: true, window: Some(window), ..Learnt::default() } }
    }

    /// It was not sent after all.
    fn forget(&mut self, grant: &Grant, verdict: &Verdict) {
        let (used, reset) = self.windows.get_mut(&(grant.seat, grant.resource.clone())).unwrap();
        let counted_in = verdict.learnt.window.as_ref().map(|window| window.reset.seconds());
        if verdict.ruling == Ruling::Success && counted_in == Some(*reset) {
            *used -= grant.points;
        }
    }
}

struct Run {
    world: World,
    github: GitHub,
    /// Sent, each with the answer that is on its way.
    flying: Vec<(Grant, Verdict)>,
    asked: BTreeSet<Ticket>,
    /// What the pool has been told, and must keep to.
    cooling: BTreeMap<usize, Duration>,
    told: BTreeMap<(usize, Resource), (Timestamp, u64)>,
    /// Windows in which something was lost since the last answer about them.
    lost: BTreeSet<(usize, Resource)>,
}

impl Run {
    fn new(policy: Policy, used: [u64; OWNERS]) -> Self {
        let world = World::new(credentials(OWNERS), policy);
        Self {
            world,
            github: GitHub::new(used),
            flying: Vec::new(),
            asked: BTreeSet::new(),
            cooling: BTreeMap::new(),
            told: BTreeMap::new(),
            lost: BTreeSet::new(),
        }
    }

    fn take(&mut self, which: usize) -> Option<(Grant, Verdict)> {
        (!self.flying.is_empty()).then(|| self.flying.swap_remove(which % self.flying.len()))
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Ask { graphql, points, patience, skip } => {
                let resource = if *graphql { Resource::GRAPHQL } else { Resource::CORE };
                let skip = skip.map(|seat| credentials(OWNERS)[seat].id()).into_iter().collect();
                let patience = Duration::from_secs(*patience);
                let ticket = self.world.ask(&Want { points: *points, patience, skip, ..want(resource) });
                self.asked.insert(ticket);
            }
            Step::Answer { which } => {
                if let Some((grant, verdict)) = self.take(*which) {
                    self.hear(&grant, &verdict);
                    self.world.settle(grant, &verdict);
                }
            }
            Step::Refuse { which, pause } => {
                if let Some((grant, _)) = self.take(*which) {
                    let least = self.world.now.steady + Duration::from_secs(pause.unwrap_or(60).max(1));
                    let until = self.cooling.entry(grant.seat).or_default();
                    *until = (*until).max(least);
                    self.lost.insert((grant.seat, grant.resource.clone()));
                    let verdict = ruled(Ruling::SecondaryLimit { pause: pause.map(Pause::Seconds) });
                    self.world.settle(grant, &verdict);
                }
            }
            Step::Lose { which } => {
                if let Some((grant, _)) = self.take(*which) {
                    self.lost.insert((grant.seat, grant.resource.clone()));
                    self.world.lose(grant);
                }
            }
            Step::Unused { which } => {
                if let Some((grant, verdict)) = self.take(*which) {
                    self.github.forget(&grant, &verdict);
                    self.world.core.give_back(grant, self.world.now);
                    self.world.run();
                }
            }
            Step::Leave { which } => {
                if !self.asked.is_empty() {
                    let ticket = *self.asked.iter().nth(which % self.asked.len()).unwrap();
                    self.asked.remove(&ticket);
                    self.world.leave(ticket);
                }
            }
            Step::Pass { millis } => self.world.pass(Duration::from_millis(*millis)),
        }
        self.collect();
        self.check();
    }

    fn hear(&mut self, grant: &Grant, verdict: &Verdict) {
        let window = verdict.learnt.window.as_ref().unwrap();
        let key = (grant.seat, grant.resource.clone());
        self.lost.remove(&key);
        let told = self.told.entry(key).or_insert((window.reset, u64::MAX));
        if window.reset > told.0 {
            *told = (window.reset, window.remaining);
        } else if window.reset == told.0 {
            told.1 = told.1.min(window.remaining);
        }
    }

    /// Sends what has been leased, and checks that it was right to lease it.
    fn collect(&mut self) {
        for (ticket, outcome) in self.world.outcomes() {
            self.asked.remove(&ticket);
            let Ok(grant) = outcome else { continue };
            let cooling = self.cooling.get(&grant.seat).copied().unwrap_or_default();
            assert!(grant.at.steady >= cooling, "a lease of a cooling owner");
            let key = (grant.seat, grant.resource.clone());
            let told = self.told.get(&key);
            if let Some((reset, remaining)) = told
                && reset.since_epoch() > grant.at.wall
            {
                assert!(*remaining >= grant.points + RESERVE, "a lease of an exhausted owner");
            }
            let verdict = self.github.count(&grant);
            // Nobody else spends, and the clocks agree: so nothing is refused that the pool could have known of.
            // Where requests were lost, one at a time may go out to learn how many of them were counted.
            let alone = self.flying.iter().all(|(other, _)| (other.seat, &other.resource) != (key.0, &key.1));
            let finds_out = told.is_none() || self.lost.contains(&key) && alone;
            assert!(finds_out || verdict.ruling == Ruling::Success, "a wasted request");
            self.flying.push((grant, verdict));
        }
    }

    fn check(&mut self) {
        for (seat, owner) in self.world.core.owners.iter().enumerate() {
            assert!(owner.in_flight <= IN_FLIGHT, "{} in flight", owner.in_flight);
            for (resource, window) in &owner.windows {
                let told = self.told.get(&(seat, resource.clone()));
                if let (Some(known), Some((reset, remaining))) = (window.known(self.world.now), told)
                    && known.reset == Some(*reset)
                {
                    assert!(known.remaining <= *remaining, "counted up inside a window");
                }
            }
        }
        // Whoever could have gone on has been woken by now.
        self.world.core.serve(self.world.now);
        self.world.run();
        let forgotten = self.world.outcomes();
        assert!(forgotten.is_empty(), "forgotten: {forgotten:?}");
    }

    /// Answers everything, and lets time pass until nobody can still be waiting.
    fn finish(mut self) {
        for _ in 0..10_000 {
            while !self.flying.is_empty() {
                self.step(&Step::Answer { which: 0 });
            }
            if self.world.waiting() == 0 {
                break;
            }
            self.step(&Step::Pass { millis: 5_000 });
        }
        assert_eq!(self.world.waiting(), 0, "forgotten");
        assert!(self.asked.is_empty());
        for owner in &self.world.core.owners {
            assert_eq!(owner.in_flight, 0);
            assert!(
                owner.windows.values().all(|window| window.in_flight() == (0, 0)),
                "a lease never came back"
            );
        }
    }
}

fn policies() -> impl Strategy<Value = Policy> {
    let paced = Policy { rest_points_per_minute: 30, rest_burst: 3, ..Policy::unpaced() };
    let strict = |policy: Policy| Policy { in_flight: IN_FLIGHT, reserve: Some(RESERVE as u32), ..policy };
    let sooner = Policy { strategy: crate::policy::Strategy::EarliestReset, ..Policy::unpaced() };
    prop_oneof![Just(strict(Policy::unpaced())), Just(strict(paced)), Just(strict(sooner))]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_pool_keeps_its_promises(
        policy in policies(),
        used in prop::array::uniform3(0..=LIMIT),
        steps in prop::collection::vec(step(), 1..250),
    ) {
        let mut run = Run::new(policy, used);
        for step in &steps {
            run.step(step);
        }
        run.finish();
    }
}
