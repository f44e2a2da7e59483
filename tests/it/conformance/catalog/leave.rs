//! Taking documents out of a case.

use super::desk::{CASE, Desk, NOW, desks, event, filing, is_refused, keys};
use casegate::{
    audit::Act,
    catalog::{Account, Filing, IndexState, NewEntry},
    domain::{
        case::{CaseState, Gate},
        entry::{Outcome, Parts, Sealed},
        ids::{Fingerprint, ObjectId},
        job::Work,
        reason::{Reason, Severity},
    },
};

async fn leave(desk: &Desk, entries: &[&NewEntry]) -> casegate::catalog::Result<()> {
    let ids = entries.iter().map(|entry| entry.id).collect();
    desk.catalog.leave(CASE, ids, event(Act::EntryMoved)).await
}

/// An entry that is filed, with a text and a comparison that waits.
async fn filed(desk: &Desk, content: u8) -> (NewEntry, Parts) {
    let (entry, text) = (desk.entry(content), Parts(vec![desk.part(5)]));
    desk.receive(&entry).await.unwrap();
    let object = ObjectId::from_bytes(desk.bytes());
    desk.file_next(|filing| {
        filing.text = Some((object, text.clone()));
        filing.then = vec![Work::Compare(filing.entry)];
    })
    .await;
    (entry, text)
}

/// An index that names an object.
async fn commit_index(desk: &Desk) -> Parts {
    let parts = Parts(vec![desk.part(9)]);
    let gate = Gate { at: NOW, ready: false, blocking: vec![], work_open: 0, revision: desk.revision().await };
    let state = IndexState {
        files: Sealed(vec![1]),
        objects: vec![(ObjectId::from_bytes(desk.bytes()), parts.clone())],
        watermark: 9,
        overlay: Sealed(vec![2]),
        gate,
        findings: vec![],
        then: vec![],
    };
    let lease = desk.lease("gate").await.unwrap();
    desk.catalog.commit_index(CASE, state, &lease, event(Act::GateComputed)).await.unwrap();
    parts
}

/// Proves that what leaves is gone with bytes, text, jobs and fingerprint, that the index is forgotten with its files while
/// the gate stays until it is computed anew, and that the rest of the case is as it was.
#[tokio::test]
async fn what_leaves_leaves_nothing() {
    for desk in desks().await {
        let ((gone, text), (kept, _)) = (filed(&desk, 1).await, filed(&desk, 2).await);
        let index = commit_index(&desk).await;
        let (before, gate) = (desk.revision().await, desk.catalog.index(CASE).await.unwrap().gate);
        assert_eq!(leave(&desk, &[&gone]).await, Ok(()));
        assert_eq!(desk.catalog.entry(gone.id).await, Ok(None));
        assert_eq!(desk.catalog.account(gone.id).await, Ok(None));
        assert_eq!(desk.catalog.holder(CASE, Fingerprint([1; 32])).await, Ok(None));
        let mut expected = keys(&gone);
        expected.extend(text.0.iter().chain(&index.0).map(|part| part.key));
        expected.sort_unstable();
        assert_eq!(desk.deleted().await, expected);
        let state = desk.catalog.index(CASE).await.unwrap();
        assert_eq!((state.files, state.objects, state.watermark), (Sealed::default(), vec![], 0));
        assert_eq!(
            (state.overlay, state.gate),
            (Sealed(vec![2]), gate),
            "the gate is the one of the trail until it is new"
        );
        assert_eq!(desk.catalog.filed_since(CASE, 0).await.unwrap().0.len(), 1, "the rest is indexed anew");
        assert!(desk.revision().await > before);
        assert!(desk.lease("gate").await.is_some());
        assert_eq!(desk.lease("compare").await.unwrap().work, Work::Compare(kept.id));
        assert!(desk.lease("compare").await.is_none());
        assert_eq!(
            desk.receive(&desk.entry(1)).await,
            Ok(casegate::catalog::Received::New),
            "its bytes may come again"
        );
        desk.check().await;
    }
}

/// Proves that nothing leaves that others hang on, that is not filed, or whose case is on hold; and that of several all go
/// or none.
#[tokio::test]
async fn what_may_not_leave_stays() {
    for desk in desks().await {
        let (container, _) = filed(&desk, 1).await;
        let mut member = desk.entry(2);
        (member.parent, member.depth) = (Some(container.id), 1);
        desk.receive(&member).await.unwrap();
        assert!(is_refused(&leave(&desk, &[&container]).await), "its member would stay");
        assert!(is_refused(&leave(&desk, &[&container, &member]).await), "the member is not filed");
        desk.file_next(|_| ()).await;
        let copy = desk.entry(2);
        desk.receive(&copy).await.unwrap();
        assert_eq!(desk.row(copy.id).await.outcome, Some(Outcome::DuplicateOf));
        assert!(is_refused(&leave(&desk, &[&container, &member]).await), "a copy hangs on the member");
        desk.set_state(CaseState::Held).await;
        assert!(is_refused(&leave(&desk, &[&copy]).await), "the case is on hold");
        desk.set_state(CaseState::Open).await;
        assert_eq!(desk.catalog.entries(CASE).await.unwrap().len(), 3);
        assert_eq!(leave(&desk, &[&copy]).await, Ok(()));
        assert_eq!(leave(&desk, &[&container, &member]).await, Ok(()));
        assert_eq!(desk.catalog.entries(CASE).await, Ok(vec![]));
        assert!(leave(&desk, &[&copy]).await.is_err(), "it is gone already");
        desk.check().await;
    }
}

/// Proves that an account says, all of one moment, what stands beside a record: keyed hashes, damage, findings, and the
/// first verdict once there was a second.
#[tokio::test]
async fn an_account_says_what_stands_beside() {
    for desk in desks().await {
        let (entry, _) = filed(&desk, 1).await;
        let Account { row, fingerprint, instance, damaged, findings, first } =
            desk.catalog.account(entry.id).await.unwrap().unwrap();
        assert_eq!((row.id, fingerprint, instance), (entry.id, Some(Fingerprint([1; 32])), None));
        assert_eq!((damaged, findings, first), (false, vec![(Reason::Rotated, Severity::Info)], None));
        let lease = desk.lease("compare").await.unwrap();
        let again = Filing { instance: Some(Fingerprint([8; 32])), findings: vec![], ..filing(entry.id) };
        let again = Filing { outcome: Outcome::ConflictWith, record: Sealed(vec![5]), ..again };
        desk.catalog.file(again, &lease, event(Act::EntryFiled)).await.unwrap();
        let object = entry.object.clone().unwrap().0;
        desk.catalog.mark_damaged(object, event(Act::DamageFound)).await.unwrap();
        let account = desk.catalog.account(entry.id).await.unwrap().unwrap();
        assert_eq!((account.fingerprint, account.damaged), (None, true), "what is damaged gives its fingerprint up");
        assert_eq!((account.instance, account.findings), (Some(Fingerprint([8; 32])), vec![]));
        let first = account.first.unwrap();
        assert_eq!((first.outcome, first.record), (Outcome::Stored, Sealed(vec![4; 4])));
        assert_eq!(first.findings, vec![(Reason::Rotated, Severity::Info)]);
    }
}
