//! The skin: real tasks, real (short) time.

use std::time::Duration;

use super::world::{core_want, credentials, good, patient, ruled};
use super::{NoLease, Pool};
use crate::policy::Policy;
use crate::resource::Resource;
use crate::verdict::{Ruling, Verdict};

fn plenty() -> Verdict {
    ruled(Ruling::Success)
}

#[tokio::test]
async fn a_lease_that_is_dropped_lets_the_next_one_in() {
    let pool = Pool::new(credentials(1), Policy { in_flight: 1, ..Policy::unpaced() });
    pool.lease(&core_want()).await.unwrap().settle(&plenty());
    let held = pool.lease(&core_want()).await.unwrap();
    let other = tokio::spawn({
        let pool = pool.clone();
        async move { pool.lease(&patient(10)).await.map(drop) }
    });
    tokio::task::yield_now().await;
    assert!(!other.is_finished());
    drop(held);
    assert_eq!(other.await.unwrap(), Ok(()));
    assert_eq!(pool.snapshot()[0].in_flight, 0);
}

#[tokio::test]
async fn a_waiter_wakes_up_by_itself_when_the_pace_allows() {
    let policy = Policy { rest_points_per_minute: 2_400, rest_burst: 1, ..Policy::unpaced() };
    let pool = Pool::new(credentials(1), policy);
    pool.lease(&core_want()).await.unwrap().settle(&plenty());
    let started = std::time::Instant::now();
    pool.lease(&patient(10)).await.unwrap().settle(&plenty());
    assert!(started.elapsed() >= Duration::from_millis(15), "one each 25 ms");
}

#[tokio::test]
async fn a_cancelled_waiter_leaves_no_trace() {
    let pool = Pool::new(credentials(1), Policy { in_flight: 1, ..Policy::unpaced() });
    pool.lease(&core_want()).await.unwrap().settle(&plenty());
    let held = pool.lease(&core_want()).await.unwrap();
    let want = patient(10);
    let cancelled = tokio::time::timeout(Duration::from_millis(5), pool.lease(&want)).await;
    assert!(cancelled.is_err());
    held.settle(&plenty());
    pool.lease(&core_want()).await.unwrap().unused();
    assert_eq!((pool.snapshot()[0].in_flight, pool.snapshot()[0].credentials[0].requests), (0, 2));
}

#[tokio::test]
async fn patience_ends_with_the_time_to_come_back() {
    let pool = Pool::new(credentials(1), Policy { in_flight: 1, ..Policy::unpaced() });
    let _held = pool.lease(&core_want()).await.unwrap();
    let want = super::Want { patience: Duration::from_millis(20), ..core_want() };
    assert!(matches!(pool.lease(&want).await, Err(NoLease::Exhausted { .. })));
}

#[tokio::test]
async fn stopping_wakes_everyone() {
    let pool = Pool::new(credentials(1), Policy { in_flight: 1, ..Policy::unpaced() });
    let _held = pool.lease(&core_want()).await.unwrap();
    let want = patient(60);
    let (waited, ()) = tokio::join!(pool.lease(&want), async { pool.stop() });
    assert_eq!(waited.map(drop), Err(NoLease::Stopped));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_tasks_share_a_few_places_and_all_are_served() {
    let pool = Pool::new(credentials(2), Policy { in_flight: 3, ..Policy::unpaced() });
    let task = |pool: Pool| async move {
        for turn in 0..50 {
            let lease = pool.lease(&patient(60)).await.unwrap();
            assert!(pool.snapshot().iter().all(|owner| owner.in_flight <= 3));
            tokio::task::yield_now().await;
            if turn % 7 == 0 { drop(lease) } else { lease.settle(&plenty()) }
        }
    };
    let tasks: Vec<_> = (0..20).map(|_| tokio::spawn(task(pool.clone()))).collect();
    for task in tasks {
        task.await.unwrap();
    }
    let sent: u64 =
        pool.snapshot().iter().flat_map(|owner| &owner.credentials).map(|seat| seat.requests).sum();
    assert_eq!((sent, pool.snapshot().iter().map(|owner| owner.in_flight).sum::<u32>()), (1_000, 0));
}

#[tokio::test]
async fn nothing_that_is_shown_holds_a_token() {
    let pool = Pool::new(credentials(1), Policy::default());
    let lease = pool.lease(&core_want()).await.unwrap();
    let shown = format!("{pool:?} {lease:?} {:?} {:?}", pool.snapshot(), core_want());
    assert!(!shown.contains("ghp_0000"), "{shown}");
    lease.settle(&good(&Resource::CORE, 5_000, 4_999, 3_600));
    let json = serde_json::to_string(&pool.snapshot()).unwrap();
    assert!(json.contains("ghp_…0000") && !json.contains("ghp_0000"), "{json}");
}
