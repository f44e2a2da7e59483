//! Rulings, and the jobs of a case.

use super::desk::{CASE, Desk, desks, event, is_refused};
use casegate::{
    audit::Act,
    catalog::{NewRuling, RulingKind, RulingRow, Witness},
    domain::{
        case::CaseState,
        entry::Sealed,
        ids::{CaseId, EntryId, RulingId},
        job::Work,
        reason::Reason,
    },
};

fn waiver(desk: &Desk, entry: Option<EntryId>) -> NewRuling {
    let id = RulingId::from_bytes(desk.bytes());
    NewRuling {
        id,
        case: CASE,
        kind: RulingKind::Waived,
        entry,
        code: Reason::WrongPatient,
        record: Sealed(vec![6; 5]),
    }
}

async fn add(desk: &Desk, waiver: &NewRuling) -> casegate::catalog::Result<()> {
    desk.catalog.add_ruling(waiver.clone(), event(Act::FindingWaived)).await
}

async fn end(desk: &Desk, waiver: &NewRuling) -> casegate::catalog::Result<()> {
    desk.catalog.end_ruling(waiver.id, event(Act::WaiverEnded)).await
}

/// The last event of the trail, as a row names it.
async fn last(desk: &Desk) -> Witness {
    let head = desk.catalog.audit_head().await.unwrap();
    Witness { seq: head.seq, hash: head.hash }
}

async fn only(desk: &Desk) -> RulingRow {
    let mut rows = desk.catalog.rulings(CASE).await.unwrap();
    assert_eq!(rows.len(), 1);
    rows.remove(0)
}

/// Proves that a waiver's row names the event by which it was given and the one by which it was taken back, that each is
/// for the gate to see, and that either given again changes nothing.
#[tokio::test]
async fn a_row_names_its_events() {
    for desk in desks().await {
        let entry = desk.entry(1);
        desk.receive(&entry).await.unwrap();
        let (new, before) = (waiver(&desk, Some(entry.id)), desk.revision().await);
        assert_eq!(add(&desk, &new).await, Ok(()));
        let given = last(&desk).await;
        assert_eq!(only(&desk).await, RulingRow { ruling: new.clone(), given, ended: None });
        assert_eq!(desk.revision().await, before + 1);
        let lease = desk.lease("gate").await.unwrap();
        assert_eq!(lease.work, Work::Gate(CASE));
        assert_eq!(add(&desk, &new).await, Ok(()), "again");
        assert_eq!((last(&desk).await, desk.revision().await), (given, before + 1));
        assert_eq!(end(&desk, &new).await, Ok(()));
        let ended = last(&desk).await;
        assert_ne!(ended, given);
        let expected = RulingRow { ruling: new.clone(), given, ended: Some(ended) };
        assert_eq!(only(&desk).await, expected);
        assert_eq!(end(&desk, &new).await, Ok(()), "again");
        assert_eq!((only(&desk).await, last(&desk).await, desk.revision().await), (expected, ended, before + 2));
        desk.check().await;
    }
}

/// Proves that nothing is accepted of a document that is not in the case, nor in a case that takes nothing more; that what
/// was never given cannot be taken back; and that a row that is no entry can be accepted.
#[tokio::test]
async fn what_is_not_there_is_not_accepted() {
    for desk in desks().await {
        let stranger = waiver(&desk, Some(EntryId::from_bytes(desk.bytes())));
        assert!(add(&desk, &stranger).await.is_err());
        assert!(end(&desk, &stranger).await.is_err());
        let row = waiver(&desk, None);
        desk.set_state(CaseState::Closed).await;
        assert!(is_refused(&add(&desk, &row).await));
        desk.set_state(CaseState::Held).await;
        assert_eq!(add(&desk, &row).await, Ok(()), "a hold destroys nothing");
        desk.set_state(CaseState::Closed).await;
        assert!(is_refused(&end(&desk, &row).await));
        assert_eq!(only(&desk).await.ruling, row);
        assert_eq!(desk.catalog.rulings(CaseId::from_bytes([8; 16])).await, Ok(vec![]));
        desk.check().await;
    }
}

/// Proves that a waiver goes with its document and no other, and that waivers outlive the process.
#[tokio::test]
async fn a_waiver_goes_with_its_document() {
    for desk in desks().await {
        let (gone, kept) = (desk.entry(1), desk.entry(2));
        for entry in [&gone, &kept] {
            desk.receive(entry).await.unwrap();
            desk.file_next(|_| ()).await;
            add(&desk, &waiver(&desk, Some(entry.id))).await.unwrap();
        }
        desk.catalog.leave(CASE, vec![gone.id], event(Act::EntryMoved)).await.unwrap();
        assert_eq!(only(&desk).await.ruling.entry, Some(kept.id));
        desk.check().await;
    }
    let desk = super::desk::on_disk().await;
    let row = waiver(&desk, None);
    add(&desk, &row).await.unwrap();
    let desk = desk.reopened();
    assert_eq!(only(&desk).await.ruling, row);
}

/// Proves that waivers and flags are listed together in the order they were given, each as what it is, and that ending one
/// leaves the other.
#[tokio::test]
async fn both_kinds_are_kept_apart() {
    for desk in desks().await {
        let entry = desk.entry(1);
        desk.receive(&entry).await.unwrap();
        let flag = NewRuling { kind: RulingKind::Flagged, code: Reason::Illegible, ..waiver(&desk, Some(entry.id)) };
        let waiver = waiver(&desk, Some(entry.id));
        desk.catalog.add_ruling(flag.clone(), event(Act::FindingFlagged)).await.unwrap();
        add(&desk, &waiver).await.unwrap();
        desk.catalog.end_ruling(flag.id, event(Act::FlagEnded)).await.unwrap();
        let rows = desk.catalog.rulings(CASE).await.unwrap();
        let kept: Vec<_> = rows.into_iter().map(|row| (row.ruling, row.ended.is_some())).collect();
        assert_eq!(kept, [(flag, true), (waiver, false)]);
        desk.check().await;
    }
}

/// Proves that the jobs of a case are listed whether they wait or run, and no other case's.
#[tokio::test]
async fn jobs_of_a_case_are_listed() {
    for desk in desks().await {
        assert_eq!(desk.catalog.works(CASE).await, Ok(vec![]));
        let entry = desk.entry(1);
        desk.receive(&entry).await.unwrap();
        assert_eq!(desk.catalog.works(CASE).await, Ok(vec![Work::Examine(entry.id)]));
        let _lease = desk.lease("examine").await.unwrap();
        assert_eq!(desk.catalog.works(CASE).await, Ok(vec![Work::Examine(entry.id)]), "it runs");
        assert_eq!(desk.catalog.works(CaseId::from_bytes([8; 16])).await, Ok(vec![]));
    }
}
