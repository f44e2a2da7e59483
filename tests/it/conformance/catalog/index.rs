//! The index and gate of a case.

use super::desk::{CASE, Desk, NOW, desks, event, is_refused};
use casegate::{
    audit::Act,
    catalog::{CatalogError, IndexState},
    domain::{
        case::Gate,
        entry::{Parts, Sealed},
        ids::{EntryId, ObjectId},
        job::Work,
        reason::{Reason, Severity},
    },
};

fn object(desk: &Desk) -> (ObjectId, Parts) {
    (ObjectId::from_bytes(desk.bytes()), Parts(vec![desk.part(7), desk.part(8)]))
}

async fn state(desk: &Desk, objects: Vec<(ObjectId, Parts)>) -> IndexState {
    IndexState {
        files: Sealed(vec![1, 2]),
        objects,
        watermark: 3,
        overlay: Sealed(vec![3]),
        gate: Gate {
            at: NOW,
            ready: false,
            blocking: vec![Reason::WrongPatient, Reason::MissingItem],
            work_open: 2,
            revision: desk.revision().await,
        },
        findings: vec![(Reason::MissingItem, Severity::Block), (Reason::SeriesIncomplete, Severity::Warn)],
        then: Vec::new(),
    }
}

async fn commit(desk: &Desk, state: &IndexState) -> Result<(), CatalogError> {
    desk.catalog.enqueue(Some(CASE), Work::Gate(CASE), NOW).await.unwrap();
    let lease = desk.lease("gate").await.unwrap();
    let result = desk.catalog.commit_index(CASE, state.clone(), &lease, event(Act::GateComputed)).await;
    if result.is_err() {
        desk.catalog.complete(&lease).await.unwrap();
    }
    result
}

/// Proves that index and gate read back as they were set, and that files no longer named are deleted, others kept.
#[tokio::test]
async fn an_index_is_replaced_as_a_whole() {
    for desk in desks().await {
        assert_eq!(desk.catalog.index(CASE).await, Ok(IndexState::default()));
        let (gone, kept, new) = (object(&desk), object(&desk), object(&desk));
        let first = state(&desk, vec![gone.clone(), kept.clone()]).await;
        assert_eq!(commit(&desk, &first).await, Ok(()));
        assert_eq!(desk.catalog.index(CASE).await, Ok(first));
        let second = state(&desk, vec![new, kept]).await;
        assert_eq!(commit(&desk, &second).await, Ok(()));
        assert_eq!(desk.catalog.index(CASE).await, Ok(second));
        assert_eq!(desk.deleted().await, gone.1.0.iter().map(|part| part.key).collect::<Vec<_>>());
        assert!(desk.lease("gate").await.is_none());
        desk.check().await;
    }
}

/// Proves that a gate computed before the case changed commits nothing, whatever the change was.
#[tokio::test]
async fn a_stale_gate_commits_nothing() {
    for desk in desks().await {
        let stale = state(&desk, vec![object(&desk)]).await;
        desk.receive(&desk.entry(1)).await.unwrap();
        assert_eq!(commit(&desk, &stale).await, Err(CatalogError::Stale));
        let stale = state(&desk, vec![object(&desk)]).await;
        let work = Work::Compare(EntryId::from_bytes(desk.bytes()));
        desk.catalog.enqueue(Some(CASE), work, NOW).await.unwrap();
        assert_eq!(commit(&desk, &stale).await, Err(CatalogError::Stale));
        assert_eq!(desk.catalog.index(CASE).await, Ok(IndexState::default()));
        assert_eq!(desk.catalog.named_objects(None, 10).await.unwrap().len(), 1);
        desk.check().await;
    }
}

/// Proves that what is filed while the gate runs makes it run again.
#[tokio::test]
async fn what_comes_while_the_gate_runs_is_not_lost() {
    for desk in desks().await {
        desk.receive(&desk.entry(1)).await.unwrap();
        desk.receive(&desk.entry(2)).await.unwrap();
        desk.file_next(|_| ()).await;
        let gate = desk.lease("gate").await.unwrap();
        desk.file_next(|_| ()).await;
        let now = state(&desk, vec![]).await;
        desk.catalog.commit_index(CASE, now, &gate, event(Act::GateComputed)).await.unwrap();
        assert!(desk.lease("gate").await.is_some());
    }
}

/// Proves that the slow work which comes of laying a case open is enqueued with its gate, leaves the gate as new as the
/// case, and is not enqueued by a gate that commits nothing.
#[tokio::test]
async fn work_comes_with_the_gate() {
    for desk in desks().await {
        let work = Work::Compare(EntryId::from_bytes(desk.bytes()));
        let stale = IndexState { then: vec![work.clone()], ..state(&desk, vec![]).await };
        desk.receive(&desk.entry(1)).await.unwrap();
        assert_eq!(commit(&desk, &stale).await, Err(CatalogError::Stale));
        assert!(desk.lease("compare").await.is_none());
        let fresh = IndexState { then: vec![work.clone()], ..state(&desk, vec![]).await };
        assert_eq!(commit(&desk, &fresh).await, Ok(()));
        assert_eq!(desk.revision().await, fresh.gate.revision);
        assert_eq!(desk.lease("compare").await.map(|lease| lease.work), Some(work));
    }
}

/// Proves that a lease on other work does not set an index, and an outdated one neither.
#[tokio::test]
async fn an_index_needs_the_lease_of_its_case() {
    for desk in desks().await {
        let state = state(&desk, vec![]).await;
        desk.catalog.enqueue(None, Work::Delete(vec![]), NOW).await.unwrap();
        let other = desk.lease("delete").await.unwrap();
        let commit = || desk.catalog.commit_index(CASE, state.clone(), &other, event(Act::GateComputed));
        assert!(is_refused(&commit().await));
        desk.catalog.complete(&other).await.unwrap();
        assert_eq!(commit().await, Err(CatalogError::Fenced));
    }
}
