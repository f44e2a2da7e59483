//! The queue.

use super::desk::{ARRIVAL, CASE, Desk, EVERY_KIND, NOW, desks, event, filing, on_disk};
use casegate::{
    audit::Act,
    catalog::CatalogError,
    domain::{
        entry::Sealed,
        ids::{ArrivalId, EntryId},
        job::{Fate, Lease, OpenWork, Work},
        limits::{JOB_ATTEMPTS_MAX, JOB_EXPIRIES_MAX, LEASE_MS},
        time::Instant,
    },
};

async fn enqueue(desk: &Desk, number: u8) -> Work {
    let work = Work::Examine(EntryId::from_bytes([number; 16]));
    desk.catalog.enqueue(Some(CASE), work.clone(), NOW).await.unwrap();
    work
}

async fn lease_at(desk: &Desk, now: Instant) -> Option<Lease> {
    desk.catalog.lease(now, EVERY_KIND).await.unwrap()
}

/// Proves that jobs are leased oldest first, of the kinds asked for, not before their time, each once, under tokens that
/// only grow.
#[tokio::test]
async fn jobs_are_leased_in_order() {
    for desk in desks().await {
        let late = Work::Compare(EntryId::from_bytes([9; 16]));
        desk.catalog.enqueue(Some(CASE), late.clone(), NOW.plus_ms(5)).await.unwrap();
        let (one, two) = (enqueue(&desk, 1).await, enqueue(&desk, 2).await);
        assert_eq!(desk.catalog.lease(NOW, &["gate"]).await, Ok(None));
        assert_eq!(desk.catalog.lease(NOW, &[]).await, Ok(None));
        let first = lease_at(&desk, NOW).await.unwrap();
        let second = lease_at(&desk, NOW).await.unwrap();
        assert_eq!((&first.work, &second.work), (&one, &two));
        assert!(second.token > first.token);
        assert_eq!(lease_at(&desk, NOW).await, None);
        assert_eq!(lease_at(&desk, NOW.plus_ms(5)).await.unwrap().work, late);
        desk.catalog.complete(&first).await.unwrap();
        assert_eq!(desk.catalog.complete(&first).await, Err(CatalogError::Fenced));
        let expected = OpenWork { uploads: 0, arrivals: 1, jobs: 2, slow: 1, readings: 0, stuck: 0 };
        assert_eq!(desk.catalog.open_work(Some(CASE)).await, Ok(expected));
        assert_eq!(desk.catalog.open_work(None).await, Ok(expected));
    }
}

/// Proves that a gate which was put off is due once the sender is done, and that other work keeps its time.
#[tokio::test]
async fn the_end_of_an_arrival_makes_the_gate_due() {
    for desk in desks().await {
        let compare = Work::Compare(EntryId::from_bytes([9; 16]));
        for work in [Work::Gate(CASE), compare] {
            desk.catalog.enqueue(Some(CASE), work, NOW.plus_ms(60_000)).await.unwrap();
        }
        assert_eq!(lease_at(&desk, NOW).await, None);
        let before = desk.catalog.case(CASE).await.unwrap().revision;
        let open = desk.catalog.unclosed_arrivals(None).await.unwrap();
        assert_eq!(open.iter().map(|row| row.id).collect::<Vec<_>>(), [ARRIVAL]);
        let noted = Sealed(vec![7; 40]);
        desk.catalog.note_arrival(ARRIVAL, noted.clone()).await.unwrap();
        let open = desk.catalog.unclosed_arrivals(Some(CASE)).await.unwrap();
        assert_eq!(open.first().map(|row| &row.origin), Some(&noted));
        let nowhere = desk.catalog.note_arrival(ArrivalId::from_bytes([7; 16]), noted).await;
        assert_eq!(nowhere, Err(CatalogError::Missing("arrival")));
        desk.catalog.close_arrival(ARRIVAL, None).await.unwrap();
        let revision = desk.catalog.case(CASE).await.unwrap().revision;
        assert_eq!(revision, before + 1, "what the gate said while the sender was at work holds no longer");
        desk.catalog.close_arrival(ARRIVAL, None).await.unwrap();
        assert_eq!(desk.catalog.case(CASE).await.unwrap().revision, revision, "it ends once");
        assert_eq!(desk.catalog.open_work(Some(CASE)).await.unwrap().arrivals, 0);
        assert!(desk.catalog.unclosed_arrivals(Some(CASE)).await.unwrap().is_empty());
        assert_eq!(lease_at(&desk, NOW).await.unwrap().work, Work::Gate(CASE));
        assert_eq!(lease_at(&desk, NOW).await, None);
        assert_eq!(
            desk.catalog.close_arrival(ArrivalId::from_bytes([7; 16]), None).await,
            Err(CatalogError::Missing("arrival"))
        );
    }
}

/// Proves that a heartbeat holds a lease, and that a lease without one goes to the next who asks.
#[tokio::test]
async fn a_lease_lives_by_its_heartbeat() {
    for desk in desks().await {
        enqueue(&desk, 1).await;
        let lease = lease_at(&desk, NOW).await.unwrap();
        assert_eq!(lease.until, NOW.plus_ms(LEASE_MS));
        desk.catalog.heartbeat(&lease, lease.until).await.unwrap();
        assert_eq!(lease_at(&desk, lease.until.plus_ms(1)).await, None);
        let over = lease.until.plus_ms(LEASE_MS + 1);
        let next = lease_at(&desk, over).await.unwrap();
        assert_eq!((next.job, next.expiries, next.attempts), (lease.job, 1, 0));
        assert_eq!(desk.catalog.heartbeat(&lease, over).await, Err(CatalogError::Fenced));
        assert_eq!(desk.catalog.fail(&lease, over, Fate::Counted).await, Err(CatalogError::Fenced));
    }
}

/// Proves that a clock that is set back by years does not keep a job leased for years.
#[tokio::test]
async fn a_lease_does_not_outlive_a_clock_that_is_set_back() {
    for desk in desks().await {
        enqueue(&desk, 1).await;
        let lease = lease_at(&desk, NOW).await.unwrap();
        let years_ago = Instant(NOW.0 - 300_000_000_000);
        desk.catalog.enqueue(None, Work::Delete(vec![]), years_ago).await.unwrap();
        assert_eq!(
            lease_at(&desk, years_ago).await.unwrap().work,
            Work::Delete(vec![]),
            "{lease:?} waits for its time"
        );
        assert_eq!(lease_at(&desk, NOW).await.unwrap().job, lease.job);
    }
}

/// Proves that a failing job waits as told and is stuck after its attempts; that the gate then runs; and that doing
/// the work after all ends it.
#[tokio::test]
async fn a_failing_job_gets_stuck() {
    for desk in desks().await {
        let entry = desk.entry(1);
        desk.receive(&entry).await.unwrap();
        for attempt in 0..JOB_ATTEMPTS_MAX {
            let now = NOW.plus_ms(i64::from(attempt));
            if attempt > 0 {
                assert_eq!(desk.catalog.lease(now.plus_ms(-1), &["examine"]).await, Ok(None));
            }
            let lease = desk.catalog.lease(now, &["examine"]).await.unwrap();
            let Some(lease) = lease else { panic!("attempt {attempt} waits") };
            assert_eq!(lease.attempts, attempt);
            desk.catalog.fail(&lease, now.plus_ms(1), Fate::Counted).await.unwrap();
        }
        assert_eq!(desk.catalog.lease(NOW.plus_ms(1_000), &["examine"]).await, Ok(None));
        let stuck = OpenWork { arrivals: 1, stuck: 1, ..OpenWork::default() };
        assert_eq!(desk.catalog.open_work(Some(CASE)).await, Ok(stuck));
        assert!(desk.lease("gate").await.is_some());
        desk.catalog.enqueue(Some(CASE), Work::Examine(entry.id), NOW).await.unwrap();
        let again = desk.lease("examine").await.unwrap();
        desk.catalog.file(filing(entry.id), &again, event(Act::EntryFiled)).await.unwrap();
        assert_eq!(desk.catalog.open_work(Some(CASE)).await, Ok(OpenWork { arrivals: 1, ..OpenWork::default() }));
    }
}

/// Proves that what the world breaks is tried for as long as it takes.
#[tokio::test]
async fn the_worlds_faults_are_not_counted() {
    for desk in desks().await {
        enqueue(&desk, 1).await;
        for attempt in 0..3 * JOB_ATTEMPTS_MAX {
            let now = NOW.plus_ms(i64::from(attempt));
            let lease = lease_at(&desk, now).await.unwrap();
            assert_eq!(lease.attempts, 0);
            desk.catalog.fail(&lease, now.plus_ms(1), Fate::World).await.unwrap();
        }
        assert_eq!(desk.catalog.open_work(Some(CASE)).await.unwrap().stuck, 0);
    }
}

/// Proves that a job can be given up at once.
#[tokio::test]
async fn a_job_can_be_given_up_at_once() {
    for desk in desks().await {
        enqueue(&desk, 1).await;
        let lease = lease_at(&desk, NOW).await.unwrap();
        desk.catalog.fail(&lease, NOW, Fate::Stuck).await.unwrap();
        assert_eq!(desk.catalog.open_work(Some(CASE)).await.unwrap().stuck, 1);
    }
}

/// Lets the lease of the oldest job run out as often as it may before it has to run alone.
async fn run_out(desk: &Desk) -> Instant {
    let mut now = NOW;
    for expiries in 0..JOB_EXPIRIES_MAX {
        let lease = desk.catalog.lease(now, &["examine"]).await.unwrap().unwrap();
        assert_eq!(lease.expiries, expiries);
        now = lease.until.plus_ms(1);
    }
    now
}

/// Proves that a job whose leases ran out too often runs once while nothing else runs, that nothing else is begun
/// meanwhile, and that it is stuck if that lease runs out too.
#[tokio::test]
async fn a_job_that_kills_runs_alone_and_is_stuck_then() {
    for desk in desks().await {
        let deadly = enqueue(&desk, 1).await;
        let now = run_out(&desk).await;
        let harmless = enqueue(&desk, 2).await;
        let other = lease_at(&desk, now).await.unwrap();
        assert_eq!(other.work, harmless, "others go first");
        assert_eq!(lease_at(&desk, now).await, None, "it does not run beside another");
        desk.catalog.complete(&other).await.unwrap();
        while let Some(gate) = desk.catalog.lease(now, &["gate"]).await.unwrap() {
            desk.catalog.complete(&gate).await.unwrap();
        }
        let alone = lease_at(&desk, now).await.unwrap();
        assert_eq!((&alone.work, alone.expiries), (&deadly, JOB_EXPIRIES_MAX));
        let waiting = enqueue(&desk, 3).await;
        assert_eq!(lease_at(&desk, now).await, None, "nothing is begun beside it");
        let over = alone.until.plus_ms(1);
        assert_eq!(lease_at(&desk, over).await.unwrap().work, waiting);
        assert_eq!(desk.catalog.open_work(Some(CASE)).await.unwrap().stuck, 1);
    }
}

/// Proves that a waiting gate job takes further requests in, that one that runs does not, and that two gates of one
/// case never run at once.
#[tokio::test]
async fn the_gate_of_a_case_is_one_job_at_a_time() {
    for desk in desks().await {
        for _ in 0..3 {
            desk.catalog.enqueue(Some(CASE), Work::Gate(CASE), NOW).await.unwrap();
        }
        let running = desk.lease("gate").await.unwrap();
        assert!(desk.lease("gate").await.is_none());
        desk.catalog.enqueue(Some(CASE), Work::Gate(CASE), NOW).await.unwrap();
        assert!(desk.lease("gate").await.is_none(), "the lease is the case's writer lock");
        desk.catalog.complete(&running).await.unwrap();
        let next = desk.lease("gate").await.expect("what came while it ran is not lost");
        desk.catalog.complete(&next).await.unwrap();
        assert!(desk.lease("gate").await.is_none());
    }
}

/// Proves that giving leases back at an orderly end counts nothing against a job.
#[tokio::test]
async fn an_orderly_end_counts_nothing() {
    for desk in desks().await {
        enqueue(&desk, 1).await;
        let lease = lease_at(&desk, NOW).await.unwrap();
        desk.catalog.release_leases().await.unwrap();
        assert_eq!(desk.catalog.complete(&lease).await, Err(CatalogError::Fenced));
        assert_eq!(lease_at(&desk, NOW).await.unwrap().expiries, 0);
    }
}

/// Proves that leases of a process that died are given back at the next start, counted, under newer tokens.
#[tokio::test]
async fn leases_of_the_dead_are_given_back() {
    let desk = on_disk().await;
    enqueue(&desk, 1).await;
    let lost = lease_at(&desk, NOW).await.unwrap();
    let desk = desk.reopened();
    assert_eq!(lease_at(&desk, NOW).await, None);
    desk.catalog.release_leases().await.unwrap();
    let lease = lease_at(&desk, NOW).await.unwrap();
    assert_eq!((lease.job, lease.expiries), (lost.job, 1));
    assert!(lease.token > lost.token);
    assert_eq!(desk.catalog.complete(&lost).await, Err(CatalogError::Fenced));
}
