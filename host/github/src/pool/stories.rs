//! What the pool does, told step by step in virtual time.

use std::time::Duration;

use secrecy::SecretString;

use super::want::{NoLease, Want};
use super::world::{START, World, core_want, credentials, good, patient, ruled, spent, want};
use crate::credential::Credential;
use crate::policy::{Policy, Strategy};
use crate::resource::Resource;
use crate::time::Timestamp;
use crate::verdict::{Learnt, OwnerId, Pause, Reach, Ruling, Verdict};

fn exhausted_until(resource: Resource, seconds: u64) -> NoLease {
    NoLease::Exhausted { resource, retry_at: Timestamp::from_seconds(START + seconds) }
}

fn bad_credential() -> Verdict {
    ruled(Ruling::BadCredential { message: "Bad credentials".to_owned() })
}

#[test]
fn one_owner_serves_until_its_reserve_then_the_next() {
    let mut world = World::unpaced(3);
    let used: Vec<_> = [53, 52, 51, 50].map(|left| world.request(&core_want(), left, 3_600)).into();
    assert_eq!(used, [0, 0, 0, 0]);
    assert_eq!(world.request(&core_want(), 4_999, 3_600), 1, "50 are left to the first owner");
    assert_eq!(world.request(&core_want(), 4_998, 3_600), 1);
}

#[test]
fn an_owner_is_taken_back_after_its_reset() {
    let mut world = World::unpaced(1);
    world.request(&core_want(), 50, 100);
    assert_eq!(world.refusal(&core_want()), exhausted_until(Resource::CORE, 100));
    world.pass_seconds(100);
    assert_eq!(world.request(&core_want(), 4_999, 3_700), 0);
}

#[test]
fn the_first_request_finds_out_what_is_left_before_others_follow() {
    let mut world = World::unpaced(2);
    let first = world.lease(&patient(60));
    let others: Vec<_> = (0..3).map(|_| world.ask(&patient(60))).collect();
    assert_eq!(world.waiting(), 3);
    // It turns out to be spent, so that only one request was refused; the others go to the next owner, one first.
    world.settle(first, &spent(&Resource::CORE, 3_600));
    let probe = world.outcome(others[0]).unwrap().unwrap();
    assert_eq!((probe.seat, world.waiting()), (1, 2));
    world.settle(probe, &good(&Resource::CORE, 5_000, 4_999, 3_600));
    assert_eq!(world.waiting(), 0);
}

#[test]
fn a_first_answer_that_takes_its_time_does_not_hold_up_the_others_for_long() {
    let mut world = World::unpaced(2);
    let slow = world.lease(&patient(60));
    let other = world.ask(&patient(60));
    world.pass(Duration::from_millis(499));
    assert!(world.outcome(other).is_none());
    world.pass(Duration::from_millis(1));
    assert_eq!((slow.seat, world.outcome(other).unwrap().unwrap().seat), (0, 1));
}

#[test]
fn a_primary_limit_ends_one_window_and_no_other() {
    let mut world = World::unpaced(1);
    let search = world.lease(&want(Resource::SEARCH));
    world.settle(search, &spent(&Resource::SEARCH, 30));
    assert_eq!(world.refusal(&want(Resource::SEARCH)), exhausted_until(Resource::SEARCH, 30));
    assert_eq!(world.request(&core_want(), 4_999, 3_600), 0);
}

#[test]
fn the_answer_says_which_window_was_meant() {
    let mut world = World::unpaced(1);
    let guess = world.lease(&core_want());
    let other = Resource::from_header("integration_manifest").unwrap();
    world.settle(guess, &spent(&other, 3_600));
    world.request(&core_want(), 4_999, 3_600);
    assert_eq!(world.refusal(&want(other.clone())), exhausted_until(other, 3_600));
}

#[test]
fn exhausted_carries_the_earliest_time_of_all_owners_and_is_told_at_once() {
    let mut world = World::unpaced(3);
    for ends in [900, 300, 600] {
        let grant = world.lease(&core_want());
        world.settle(grant, &spent(&Resource::CORE, ends));
    }
    assert_eq!(world.refusal(&patient(299)), exhausted_until(Resource::CORE, 300));
    let waiter = world.ask(&patient(301));
    world.pass_seconds(299);
    assert!(world.outcome(waiter).is_none());
    world.pass_seconds(1);
    assert_eq!(world.outcome(waiter).unwrap().unwrap().seat, 1);
    assert_eq!(world.seconds(), 300);
}

#[test]
fn a_secondary_limit_cools_its_owner_and_the_others_go_on() {
    let mut world = World::unpaced(2);
    world.request(&core_want(), 4_999, 3_600);
    let grant = world.lease(&core_want());
    world.settle(grant, &ruled(Ruling::SecondaryLimit { pause: Some(Pause::Seconds(45)) }));
    assert_eq!(world.request(&core_want(), 4_900, 3_600), 1);
    assert_eq!(
        world.refusal(&Want { skip: vec![credentials(2)[1].id()], ..core_want() }),
        exhausted_until(Resource::CORE, 45)
    );
    // All of the owner's windows are left alone, not only the one that was told.
    assert_eq!(world.lease(&want(Resource::SEARCH)).seat, 1);
    world.pass_seconds(45);
    assert_eq!(world.request(&Want { skip: vec![credentials(2)[1].id()], ..core_want() }, 4_998, 3_600), 0);
}

#[test]
fn a_spent_and_cooling_owner_is_back_when_both_are_over() {
    let mut world = World::unpaced(1);
    world.request(&core_want(), 50, 100);
    let search = world.lease(&want(Resource::SEARCH));
    world.settle(search, &ruled(Ruling::SecondaryLimit { pause: Some(Pause::Seconds(150)) }));
    assert_eq!(world.refusal(&core_want()), exhausted_until(Resource::CORE, 150));
}

#[test]
fn a_bad_credential_is_not_used_again() {
    let mut world = World::unpaced(2);
    let grant = world.lease(&core_want());
    world.settle(grant, &bad_credential());
    assert_eq!(world.request(&core_want(), 4_999, 3_600), 1);
    let grant = world.lease(&core_want());
    world.settle(grant, &bad_credential());
    let NoLease::NoCredential(why) = world.refusal(&patient(60)) else { panic!() };
    assert_eq!(
        why,
        "GitHub refused every credential: ghp_…0000 (Bad credentials), ghp_…0001 (Bad credentials)"
    );
}

#[test]
fn a_fresh_installation_token_gets_five_seconds_to_become_good() {
    let token = SecretString::from("ghs_0123456789abcdefghijklmnop");
    let mut world = World::new(vec![Credential::token(token).unwrap()], Policy::unpaced());
    let grant = world.lease(&core_want());
    world.settle(grant, &bad_credential());
    let again = world.ask(&patient(10));
    world.pass_seconds(1);
    let grant = world.outcome(again).unwrap().unwrap();
    world.pass_seconds(5);
    world.settle(grant, &bad_credential());
    assert!(matches!(world.refusal(&core_want()), NoLease::NoCredential(_)));
}

#[test]
fn a_refusal_of_access_is_learnt_once() {
    let mut world = World::unpaced(2);
    let about = |repository: &str| Want { repository: Some(repository.to_owned()), ..core_want() };
    let grant = world.lease(&about("octo/private"));
    let sso = Ruling::NoAccess { message: "SSO".to_owned(), reach: Reach::Owner(Some("octo".to_owned())) };
    world.settle(grant, &ruled(sso));
    assert_eq!(world.request(&about("Octo/Other"), 4_999, 3_600), 1);
    assert_eq!(world.request(&about("free/repo"), 4_999, 3_600), 0, "elsewhere it is as good as before");
    let refused = Want { skip: vec![credentials(2)[1].id()], ..about("octo/private") };
    assert_eq!(world.refusal(&refused), NoLease::NoAccess);
    assert_eq!(world.core.views(world.now)[0].credentials[0].denied, ["octo"]);
}

#[test]
fn a_good_answer_proves_that_a_credential_sees_a_repository() {
    let mut world = World::unpaced(2);
    let ids = credentials(2).iter().map(Credential::id).collect::<Vec<_>>();
    let about = Want { repository: Some("octo/private".to_owned()), ..core_want() };
    world.request(&about, 4_999, 3_600);
    assert!(world.core.sees(ids[0], "Octo/Private") && !world.core.sees(ids[1], "octo/private"));
    world.core.deny(ids[0], "octo/private", world.now);
    assert_eq!(world.lease(&about).seat, 1);
}

#[test]
fn what_is_dropped_counts_as_spent_until_an_answer_says_otherwise() {
    let mut world = World::unpaced(1);
    world.request(&core_want(), 53, 3_600);
    for _ in 0..2 {
        let grant = world.lease(&core_want());
        world.lose(grant);
    }
    let last = world.lease(&core_want());
    assert!(matches!(world.refusal(&core_want()), NoLease::Exhausted { .. }), "53 less 2, 1 and the reserve");
    // GitHub never saw the two: its answer to a later request says that 52 are left.
    world.settle(last, &good(&Resource::CORE, 5_000, 52, 3_600));
    assert_eq!(world.request(&core_want(), 51, 3_600), 0);
}

#[test]
fn an_unchanged_answer_costs_nothing() {
    let mut world = World::unpaced(1);
    world.request(&core_want(), 51, 3_600);
    for _ in 0..5 {
        let grant = world.lease(&core_want());
        world.settle(grant, &ruled(Ruling::Unchanged));
    }
}

#[test]
fn two_credentials_of_one_user_are_one_owner_once_a_message_says_so() {
    let mut world = World::unpaced(3);
    let told = |verdict: Verdict| Verdict {
        learnt: Learnt { owner: Some(OwnerId::User(7)), ..verdict.learnt },
        ruling: verdict.ruling,
    };
    for _ in 0..2 {
        let grant = world.lease(&core_want());
        world.settle(grant, &told(spent(&Resource::CORE, 600)));
    }
    let owners = world.core.views(world.now);
    assert_eq!(owners.len(), 2);
    assert_eq!((owners[0].owner.as_str(), owners[0].credentials.len()), ("user 7", 2));
    assert_eq!(owners[1].owner, "ghp_…0002");
    // A cool-down told to one of them is both's.
    let first = Want { skip: vec![credentials(3)[1].id(), credentials(3)[2].id()], ..want(Resource::SEARCH) };
    let second =
        Want { skip: vec![credentials(3)[0].id(), credentials(3)[2].id()], ..want(Resource::SEARCH) };
    let grant = world.lease(&first);
    world.settle(grant, &ruled(Ruling::SecondaryLimit { pause: Some(Pause::Seconds(700)) }));
    assert_eq!(world.refusal(&second), exhausted_until(Resource::SEARCH, 700));
}

#[test]
fn a_server_without_limits_is_not_limited() {
    let mut world = World::unpaced(1);
    let grant = world.lease(&core_want());
    world.settle(grant, &good(&Resource::CORE, 0, 0, 0));
    let all: Vec<_> = (0..10_000).map(|_| world.lease(&core_want())).collect();
    assert_eq!(all.len(), 10_000);
    // Nor is one whose answers have no such headers at all.
    let mut world = World::unpaced(1);
    let grant = world.lease(&core_want());
    world.settle(grant, &ruled(Ruling::Success));
    let all: Vec<_> = (0..10_000).map(|_| world.lease(&core_want())).collect();
    assert_eq!(all.len(), 10_000);
}

#[test]
fn anonymous_access_has_no_graphql_and_survives_a_401() {
    let mut world = World::new(vec![Credential::anonymous()], Policy::unpaced());
    let NoLease::NoCredential(why) = world.refusal(&want(Resource::GRAPHQL)) else { panic!() };
    assert!(why.contains("needs a token"), "{why}");
    let grant = world.lease(&core_want());
    world.settle(grant, &bad_credential());
    assert_eq!(world.request(&core_want(), 59, 3_600), 0);
}

#[test]
fn concurrency_spills_over_and_comes_back() {
    let mut world = World::new(credentials(2), Policy { in_flight: 2, ..Policy::unpaced() });
    for skip in [1, 0] {
        world.request(&Want { skip: vec![credentials(2)[skip].id()], ..core_want() }, 4_999, 3_600);
    }
    let mut grants: Vec<_> = (0..4).map(|_| world.lease(&patient(60))).collect();
    assert_eq!(grants.iter().map(|grant| grant.seat).collect::<Vec<_>>(), [0, 0, 1, 1]);
    let waiter = world.ask(&patient(60));
    assert!(world.outcome(waiter).is_none());
    world.settle(grants.remove(0), &good(&Resource::CORE, 5_000, 4_998, 3_600));
    assert_eq!(world.outcome(waiter).unwrap().unwrap().seat, 0);
}

#[test]
fn a_paced_owner_serves_again_as_time_passes() {
    let policy = Policy { rest_points_per_minute: 60, rest_burst: 2, ..Policy::unpaced() };
    let mut world = World::new(credentials(1), policy);
    world.request(&core_want(), 4_999, 3_600);
    world.request(&core_want(), 4_998, 3_600);
    let waiters: Vec<_> = (0..3).map(|_| world.ask(&patient(60))).collect();
    let mut served = Vec::new();
    for _ in 0..3 {
        world.pass_seconds(1);
        served.extend(world.outcomes().into_keys());
    }
    assert_eq!(served, waiters, "one each second, first come, first served");
}

#[test]
fn a_waiter_that_leaves_passes_on_what_it_had_been_given() {
    let mut world = World::new(credentials(1), Policy { in_flight: 1, ..Policy::unpaced() });
    world.request(&core_want(), 4_999, 3_600);
    let held = world.lease(&core_want());
    let (gone, stays) = (world.core.ask(&patient(60), world.now), world.ask(&patient(60)));
    // `gone` was given the lease, but is cancelled before it looks.
    world.core.settle(&held, &good(&Resource::CORE, 5_000, 4_998, 3_600), world.now);
    world.core.leave(gone, world.now);
    world.run();
    assert!(world.outcome(stays).unwrap().is_ok());
}

#[test]
fn when_the_oldest_waiter_leaves_another_keeps_the_time() {
    let mut world = World::unpaced(1);
    world.request(&core_want(), 50, 100);
    let (oldest, next) = (world.ask(&patient(200)), world.ask(&patient(200)));
    world.leave(oldest);
    world.pass_seconds(100);
    assert!(world.outcome(next).unwrap().is_ok());
}

#[test]
fn nobody_overtakes_a_query_that_needs_more_points() {
    let mut world = World::unpaced(1);
    let graphql = |points, patience| Want {
        points,
        patience: Duration::from_secs(patience),
        ..want(Resource::GRAPHQL)
    };
    let first = world.lease(&graphql(1, 0));
    world.settle(first, &good(&Resource::GRAPHQL, 5_000, 80, 3_600));
    let held = world.lease(&graphql(20, 0));
    let (large, small) = (world.ask(&graphql(30, 60)), world.ask(&graphql(1, 60)));
    assert_eq!(world.waiting(), 2);
    world.settle(held, &good(&Resource::GRAPHQL, 5_000, 80, 3_600));
    assert!(world.outcome(large).unwrap().is_ok());
    assert!(world.outcome(small).is_none(), "nothing is left but the reserve");
}

#[test]
fn a_search_that_waits_holds_up_no_other_request() {
    let mut world = World::unpaced(1);
    let search = world.lease(&want(Resource::SEARCH));
    world.settle(search, &spent(&Resource::SEARCH, 30));
    let waiting = world.ask(&Want { bucket: Resource::SEARCH, ..patient(60) });
    world.request(&core_want(), 4_999, 3_600);
    world.pass_seconds(30);
    assert!(world.outcome(waiting).unwrap().is_ok());
}

#[test]
fn a_stopped_pool_sends_nothing_more() {
    let mut world = World::unpaced(1);
    world.request(&core_want(), 50, 100);
    let waiter = world.ask(&patient(200));
    world.core.stop();
    world.run();
    assert_eq!(world.outcome(waiter).unwrap().unwrap_err(), NoLease::Stopped);
    assert_eq!(world.refusal(&core_want()), NoLease::Stopped);
}

#[test]
fn more_work_than_one_window_holds_opens_all_of_them() {
    let mut world = World::unpaced(3);
    world.core.announce(Resource::CORE, 9_000);
    let used: Vec<_> =
        [4_999, 4_999, 4_999, 4_998].map(|left| world.request(&core_want(), left, 3_600)).into();
    assert_eq!(used[0], 0);
    assert_eq!(used[1], 1, "9,000 don't fit into one window: the second begins at once");
    assert_eq!(used[2], 0, "with two of them they do");
}

#[test]
fn the_earliest_reset_is_spent_first_if_that_is_the_strategy() {
    let policy = Policy { strategy: Strategy::EarliestReset, ..Policy::unpaced() };
    let mut world = World::new(credentials(3), policy);
    for (seat, ends) in [(0, 900), (1, 300), (2, 600)] {
        let skip =
            credentials(3).iter().enumerate().filter(|(at, _)| *at != seat).map(|(_, c)| c.id()).collect();
        world.request(&Want { skip, ..core_want() }, if seat == 0 { 50 } else { 4_000 }, ends);
    }
    let mut fresh =
        World::new(credentials(3), Policy { strategy: Strategy::EarliestReset, ..Policy::unpaced() });
    std::mem::swap(&mut fresh.core.owners, &mut world.core.owners);
    fresh.core.owners.iter_mut().for_each(|owner| owner.in_use.clear());
    assert_eq!(fresh.lease(&core_want()).seat, 1);
}

#[test]
fn a_clock_that_is_wrong_does_not_waste_requests() {
    let mut world = World::unpaced(1);
    // Our clock is 1,000 s ahead of GitHub's, so its resets seem to be over.
    let grant = world.lease(&core_want());
    let mut verdict = spent(&Resource::CORE, 0);
    verdict.learnt.server_time = Some(Timestamp::from_seconds(START - 1_000));
    world.settle(grant, &verdict);
    let NoLease::Exhausted { retry_at, .. } = world.refusal(&core_want()) else { panic!() };
    assert!((START + 999..=START + 1_000).contains(&retry_at.seconds()), "by our clock: {retry_at}");
}

#[test]
fn a_line_that_only_moves_slowly_is_no_spent_quota() {
    let policy = Policy { rest_points_per_minute: 60, rest_burst: 1, ..Policy::unpaced() };
    let mut world = World::new(credentials(1), policy);
    world.request(&core_want(), 4_999, 3_600);
    let tickets: Vec<_> = (0..10).map(|_| world.ask(&patient(3))).collect();
    let mut served = 0;
    for _ in 0..12 {
        world.pass_seconds(1);
        for &ticket in &tickets {
            if let Some(outcome) = world.outcome(ticket) {
                let grant = outcome.unwrap();
                world.settle(grant, &good(&Resource::CORE, 5_000, 4_900, 3_600));
                served += 1;
            }
        }
    }
    assert_eq!(served, 10, "each in its turn, the last after three times its patience");
}
