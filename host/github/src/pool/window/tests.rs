use super::Window;
use crate::policy::Policy;
use crate::pool::clock::Moment;
use crate::pool::selection::Stop;
use crate::resource::Resource;
use crate::time::Timestamp;
use crate::verdict::Reading;
use std::time::Duration;

fn at(seconds: u64) -> Moment {
    Moment { wall: Duration::from_secs(seconds), steady: Duration::from_secs(seconds) }
}

fn reading(remaining: u64, reset: u64) -> Reading {
    Reading {
        resource: None,
        limit: 100,
        remaining,
        used: 100 - remaining,
        reset: Timestamp::from_seconds(reset),
    }
}

fn heard(readings: &[(u64, u64)], now: u64) -> Window {
    let mut window = Window::default();
    for (serial, (remaining, reset)) in (1..).zip(readings) {
        window.hear(&reading(*remaining, *reset), serial, at(now));
    }
    window
}

fn remaining(window: &Window, now: u64) -> (u64, Option<u64>) {
    let known = window.known(at(now)).unwrap();
    (known.remaining, known.reset.map(Timestamp::seconds))
}

fn usable(window: &Window, now: u64) -> u64 {
    window.usable(&Resource::CORE, &Policy { reserve: Some(10), ..Policy::unpaced() }, at(now))
}

fn stop(window: &Window, points: u64, now: u64) -> Option<Stop> {
    window.stop(points, &Resource::CORE, &Policy { reserve: Some(10), ..Policy::unpaced() }, at(now))
}

#[test]
fn answers_out_of_order_never_raise_what_remains() {
    let window = heard(&[(90, 1_000), (97, 1_000), (85, 1_000), (99, 1_000)], 5);
    assert_eq!(remaining(&window, 5), (85, Some(1_000)));
}

#[test]
fn resets_a_second_apart_are_one_window() {
    let window = heard(&[(90, 1_000), (95, 1_001), (93, 999)], 5);
    assert_eq!(remaining(&window, 5), (90, Some(1_001)));
}

#[test]
fn an_earlier_reset_is_stale_and_a_later_one_is_news() {
    let window = heard(&[(99, 4_000), (0, 1_000)], 5);
    assert_eq!(remaining(&window, 5), (99, Some(4_000)));
    let window = heard(&[(0, 1_000), (99, 4_000)], 5);
    assert_eq!(remaining(&window, 5), (99, Some(4_000)));
}

#[test]
fn a_window_is_full_again_after_its_reset() {
    let window = heard(&[(0, 1_000)], 5);
    assert_eq!(stop(&window, 1, 999), Some(Stop::Spent { until: Duration::from_secs(1_000) }));
    assert_eq!(remaining(&window, 1_000), (100, None));
    assert_eq!(stop(&window, 1, 1_000), None);
}

#[test]
fn an_answer_that_comes_after_the_reset_of_its_window_is_stale() {
    let mut window = heard(&[(3, 1_000)], 5);
    window.hear(&reading(0, 1_000), 9, at(1_002));
    assert_eq!(remaining(&window, 1_002), (100, None));
    window.hear(&reading(98, 4_602), 10, at(1_003));
    window.hear(&reading(0, 1_000), 8, at(1_003));
    assert_eq!(remaining(&window, 1_003), (98, Some(4_602)));
}

#[test]
fn what_is_in_flight_and_the_reserve_are_not_to_be_had() {
    let mut window = heard(&[(50, 1_000)], 5);
    window.reserve(15, at(5));
    assert_eq!(usable(&window, 5), 25);
    assert_eq!(stop(&window, 25, 5), None);
    assert_eq!(
        stop(&window, 26, 5),
        Some(Stop::Busy { until: Some(Duration::from_secs(1_000)) }),
        "an answer may say that it cost less"
    );
    assert_eq!(stop(&window, 41, 5), Some(Stop::Spent { until: Duration::from_secs(1_000) }));
    window.release(15, at(6));
    assert_eq!((usable(&window, 6), window.in_flight()), (40, (0, 0)));
}

#[test]
fn lost_points_come_back_with_the_answer_to_a_later_request() {
    let mut window = heard(&[(50, 1_000)], 5);
    window.lose(15, 20, at(5));
    window.hear(&reading(49, 1_000), 19, at(5));
    assert_eq!(usable(&window, 5), 24, "that one was sent before");
    window.hear(&reading(48, 1_000), 20, at(5));
    assert_eq!(usable(&window, 5), 38);
}

#[test]
fn points_lost_in_a_window_do_not_outlive_it() {
    let mut window = heard(&[(50, 1_000)], 5);
    window.lose(30, 20, at(5));
    assert_eq!((usable(&window, 5), usable(&window, 1_000)), (10, 90));
}

#[test]
fn losing_everything_does_not_close_a_window_for_good() {
    let mut window = heard(&[(50, 1_000)], 5);
    window.lose(500, 20, at(1_001));
    assert_eq!(stop(&window, 1, 1_002), None, "somebody has to find out");
}

#[test]
fn a_query_larger_than_any_window_waits_for_a_full_one() {
    let window = heard(&[(99, 1_000)], 5);
    assert_eq!(stop(&window, 5_000, 5), Some(Stop::Spent { until: Duration::from_secs(1_000) }));
    assert_eq!(stop(&window, 5_000, 1_000), None);
}

#[test]
fn a_primary_limit_lasts_until_the_reset_it_names_or_a_minute() {
    let mut window = heard(&[(50, 1_000)], 5);
    window.exhaust(Some(Timestamp::from_seconds(1_000)), at(5));
    assert_eq!(remaining(&window, 5), (0, Some(1_000)));
    let mut unknown = Window::default();
    unknown.exhaust(None, at(5));
    assert_eq!(stop(&unknown, 1, 5), Some(Stop::Spent { until: Duration::from_secs(65) }));
    assert_eq!(stop(&unknown, 1, 65), None);
    let mut known = heard(&[(50, 1_000)], 5);
    known.exhaust(None, at(5));
    assert_eq!(
        remaining(&known, 5),
        (0, Some(1_000)),
        "the reset is known, though the message does not say it"
    );
}

#[test]
fn a_primary_limit_of_the_window_before_is_stale() {
    let mut window = heard(&[(99, 4_600)], 1_005);
    window.exhaust(Some(Timestamp::from_seconds(1_000)), at(1_005));
    assert_eq!(stop(&window, 1, 1_005), None);
}

#[test]
fn a_primary_limit_whose_reset_has_just_passed_waits_a_moment() {
    let mut window = heard(&[(0, 1_000)], 5);
    window.exhaust(Some(Timestamp::from_seconds(1_000)), at(1_000));
    assert_eq!(stop(&window, 1, 1_000), Some(Stop::Spent { until: Duration::from_secs(1_001) }));
}

#[test]
fn two_windows_of_one_owner_are_as_poor_as_the_poorer() {
    let mut ours = heard(&[(50, 1_000)], 5);
    let mut theirs = heard(&[(40, 1_001)], 5);
    ours.reserve(3, at(5));
    theirs.reserve(4, at(5));
    ours.join(theirs, at(5));
    assert_eq!((remaining(&ours, 5), ours.in_flight()), ((40, Some(1_001)), (2, 7)));
}
