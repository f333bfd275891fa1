//! The list of a small world is walked while its pull requests move and the walks are cut off anywhere.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

const PAGE: usize = 3;

/// A world of pull requests with coarse time, so that many share a second.
struct World {
    clock: u64,
    updated: BTreeMap<i64, u64>,
    /// The `updated_at` each was last read at.
    read: BTreeMap<i64, u64>,
    reads: usize,
}

impl World {
    fn new(updated: &[u64]) -> Self {
        let clock = updated.iter().max().copied().unwrap_or(0);
        let updated = updated.iter().enumerate().map(|(id, at)| (id as i64, *at)).collect();
        Self { clock, updated, read: BTreeMap::new(), reads: 0 }
    }

    fn touch(&mut self, id: i64, later: u64) {
        self.clock += later;
        self.updated.insert(id, self.clock);
    }

    /// A page as GitHub gives it: of the list as it is now, equal seconds in no particular order.
    fn page(&self, number: usize, salt: u64) -> Vec<Listed> {
        let mut list: Vec<_> = self.updated.iter().collect();
        list.sort_by_key(|(id, at)| {
            (std::cmp::Reverse(**at), (**id as u64).wrapping_mul(2_654_435_761) ^ salt)
        });
        list.into_iter().skip(number * PAGE).take(PAGE).map(|(id, at)| listed(*id, *at)).collect()
    }

    /// One walk; `moves` says what happens before each item, and `None` there cuts the walk off.
    fn walk(&mut self, coverage: &mut Coverage, salt: u64, moves: &mut dyn Iterator<Item = Move>) {
        coverage.start();
        for number in 0.. {
            let page = self.page(number, salt);
            for item in &page {
                match moves.next() {
                    Some(Move::Touch(id, later)) => self.touch(id % self.updated.len() as i64, later),
                    Some(Move::CutOff) => return,
                    Some(Move::Nothing) | None => {}
                }
                match coverage.step(item) {
                    Step::End => return coverage.ended_at(item),
                    Step::Skip => {}
                    Step::Read => {
                        self.read.insert(item.id, self.updated[&item.id]);
                        self.reads += 1;
                    }
                }
                coverage.passed(item);
            }
            if page.len() < PAGE {
                return coverage.reached_the_bottom();
            }
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Move {
    Nothing,
    Touch(i64, u64),
    CutOff,
}

fn listed(id: i64, at: u64) -> Listed {
    Listed { id, number: id, updated_at: Time::from_unix(1_000_000_000 + at), head_sha: None }
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let one = prop_oneof![
        6 => Just(Move::Nothing),
        3 => (0..20i64, 0..3u64).prop_map(|(id, later)| Move::Touch(id, later)),
        1 => Just(Move::CutOff),
    ];
    prop::collection::vec(one, 0..60)
}

fn saved(coverage: &Coverage) -> Coverage {
    serde_json::from_str(&serde_json::to_string(coverage).unwrap()).unwrap()
}

proptest! {
    #[test]
    fn whatever_moves_and_wherever_it_stops_in_the_end_all_is_read_as_it_is(
        updated in prop::collection::vec(0..6u64, 1..20),
        runs in prop::collection::vec((any::<u64>(), moves()), 0..5),
    ) {
        let mut world = World::new(&updated);
        let mut coverage = Coverage::default();
        for (salt, moves) in runs {
            let mut moves = moves.into_iter();
            world.walk(&mut coverage, salt, &mut moves);
            coverage = saved(&coverage);
        }
        // Nobody disturbs the last two: the second would find what moved behind the first one's back.
        world.walk(&mut coverage, 1, &mut std::iter::empty());
        world.walk(&mut coverage, 2, &mut std::iter::empty());
        prop_assert_eq!(&world.read, &world.updated);
        prop_assert!(coverage.is_whole());

        // And then there is nothing to do.
        let reads = world.reads;
        world.walk(&mut coverage, 3, &mut std::iter::empty());
        prop_assert_eq!(world.reads, reads);
        prop_assert!(coverage.is_whole());
    }

    #[test]
    fn a_walk_that_is_cut_off_does_not_read_again_what_it_read(
        updated in prop::collection::vec(0..6u64, 1..20),
        cut_at in 0..20usize,
    ) {
        let mut world = World::new(&updated);
        let mut coverage = Coverage::default();
        let mut cut = (0..cut_at).map(|_| Move::Nothing).chain([Move::CutOff]);
        world.walk(&mut coverage, 7, &mut cut);
        coverage = saved(&coverage);
        world.walk(&mut coverage, 8, &mut std::iter::empty());
        prop_assert_eq!(&world.read, &world.updated);
        prop_assert_eq!(world.reads, updated.len());
    }
}

#[test]
fn another_pull_request_in_the_newest_second_is_still_seen() {
    let mut coverage = Coverage::default();
    coverage.passed(&listed(1, 50));
    coverage.passed(&listed(2, 40));
    coverage.reached_the_bottom();
    coverage.start();
    assert_eq!(coverage.step(&listed(3, 50)), Step::Read);
    assert_eq!(coverage.step(&listed(1, 50)), Step::Skip);
    assert_eq!(coverage.step(&listed(2, 40)), Step::End);
}

#[test]
fn what_was_read_in_the_second_of_its_change_is_doubted() {
    let mut coverage = Coverage::default();
    coverage.passed(&listed(1, 50));
    coverage.reached_the_bottom();
    coverage.doubt_since(&Time::from_unix(1_000_000_051));
    assert_eq!(coverage.step(&listed(1, 50)), Step::Skip);
    coverage.doubt_since(&Time::from_unix(1_000_000_050));
    assert_eq!(coverage.step(&listed(1, 50)), Step::Read);
}
