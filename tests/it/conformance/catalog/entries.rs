//! Receiving and filing.

use super::desk::{ARRIVAL, CASE, Desk, NOW, desks, event, filing, is_refused, keys};
use casegate::{
    audit::{Act, header_mark},
    catalog::{CatalogError, NewEntry, Received},
    domain::{
        case::CaseState,
        entry::{Outcome, Parts, Sealed, Stage},
        facts::Readable,
        ids::{EntryId, Fingerprint, ObjectId},
        job::Work,
    },
};
use futures_util::future::join_all;

/// Proves that a receipt is one thing: row, object, job, audit event with the header's digest, revision.
#[tokio::test]
async fn a_received_entry_is_known_with_all_that_belongs_to_it() {
    for desk in desks().await {
        let before = desk.revision().await;
        let entry = desk.entry(1);
        assert_eq!(desk.receive(&entry).await, Ok(Received::New));
        let row = desk.row(entry.id).await;
        assert_eq!((row.stage, row.outcome, row.bytes, row.arrival), (Stage::Received, None, 10, ARRIVAL));
        let (object, parts) = entry.object.clone().unwrap();
        let named = desk.catalog.object(object).await.unwrap();
        assert_eq!((named.entry, &named.parts, named.damaged), (Some(entry.id), &parts, false));
        assert_eq!(desk.revision().await, before + 1);
        assert_eq!(desk.catalog.holder(CASE, Fingerprint([1; 32])).await, Ok(Some(entry.id)));
        assert_eq!(desk.catalog.holds_size(CASE, 10).await, Ok(true));
        assert_eq!(desk.catalog.holds_size(CASE, 11).await, Ok(false));
        let last = desk.catalog.audit(1, 100).await.unwrap().pop().unwrap();
        assert_eq!(last.detail, header_mark(&parts));
        assert_eq!(desk.lease("examine").await.unwrap().work, Work::Examine(entry.id));
        desk.check().await;
    }
}

/// Proves that a second run after a crash finds its entry, and that only what it sealed anew is deleted: a repeated
/// call never deletes the parts that were acknowledged.
#[tokio::test]
async fn an_entry_is_received_once() {
    for desk in desks().await {
        let entry = desk.entry(1);
        desk.receive(&entry).await.unwrap();
        let revision = desk.revision().await;
        assert_eq!(desk.receive(&entry).await, Ok(Received::Known));
        assert_eq!(desk.deleted().await, [], "the same call again brings the parts that are named");
        let mut again = desk.entry(1);
        again.id = entry.id;
        assert_eq!(desk.receive(&again).await, Ok(Received::Known));
        assert_eq!(desk.deleted().await, keys(&again));
        assert_eq!(desk.revision().await, revision);
        assert_eq!(desk.catalog.entries(CASE).await.unwrap().len(), 1);
        desk.check().await;
    }
}

/// Proves that the same bytes become a filed row without an object, a delete job and a gate job, and no examination.
#[tokio::test]
async fn the_same_bytes_are_a_duplicate() {
    for desk in desks().await {
        let first = desk.entry(1);
        desk.receive(&first).await.unwrap();
        let second = desk.entry(1);
        assert_eq!(desk.receive(&second).await, Ok(Received::DuplicateOf(first.id)));
        let row = desk.row(second.id).await;
        assert_eq!((row.stage, row.outcome), (Stage::Filed, Some(Outcome::DuplicateOf)));
        assert_eq!((row.twin, row.object, row.readable), (Some(first.id), None, Readable::Undetermined));
        assert_eq!(desk.deleted().await, keys(&second));
        assert!(desk.lease("gate").await.is_some());
        assert_eq!(desk.lease("examine").await.unwrap().work, Work::Examine(first.id));
        assert!(desk.lease("examine").await.is_none());
        desk.check().await;
    }
}

/// Proves that a duplicate shows what is known of its twin, whichever of the two is filed first, and is listed again.
#[tokio::test]
async fn a_duplicate_takes_over_what_is_known_of_its_twin() {
    for desk in desks().await {
        let (first, early, late) = (desk.entry(1), desk.entry(1), desk.entry(1));
        desk.receive(&first).await.unwrap();
        desk.receive(&early).await.unwrap();
        let (_, watermark) = desk.catalog.filed_since(CASE, 0).await.unwrap();
        desk.file_next(|filing| filing.language = "en+es".into()).await;
        desk.receive(&late).await.unwrap();
        for duplicate in [&early, &late] {
            let row = desk.row(duplicate.id).await;
            assert_eq!((row.readable, row.language.as_str()), (Readable::Yes, "en+es"));
        }
        let (again, _) = desk.catalog.filed_since(CASE, watermark).await.unwrap();
        let again: Vec<EntryId> = again.iter().map(|row| row.id).collect();
        assert_eq!(again, [first.id, early.id, late.id]);
    }
}

/// Proves that bytes found damaged are taken anew, and that an entry which relied on them is asked for its bytes.
#[tokio::test]
async fn damaged_bytes_are_replaced() {
    for desk in desks().await {
        let first = desk.entry(1);
        desk.receive(&first).await.unwrap();
        let object = first.object.clone().unwrap().0;
        let mut bare = desk.entry(1);
        bare.object = None;
        assert_eq!(desk.receive(&bare).await, Ok(Received::DuplicateOf(first.id)));
        desk.catalog.mark_damaged(object, event(Act::DamageFound)).await.unwrap();
        assert!(desk.catalog.object(object).await.unwrap().damaged);
        bare.id = EntryId::from_bytes(desk.bytes());
        assert_eq!(desk.receive(&bare).await, Err(CatalogError::Stale));
        assert_eq!(desk.receive(&desk.entry(1)).await, Ok(Received::New));
        let unknown = ObjectId::from_bytes(desk.bytes());
        let result = desk.catalog.mark_damaged(unknown, event(Act::DamageFound)).await;
        assert_eq!(result, Err(CatalogError::Missing("object")));
        desk.check().await;
    }
}

/// Proves that a closed or shredded case takes nothing and that nothing of a refused call remains.
#[tokio::test]
async fn a_closed_case_takes_nothing() {
    for desk in desks().await {
        for state in [CaseState::Closed, CaseState::Shredded] {
            desk.set_state(state).await;
            let events = desk.catalog.audit_head().await.unwrap();
            let entry = desk.entry(1);
            assert!(is_refused(&desk.receive(&entry).await));
            assert_eq!(desk.catalog.entry(entry.id).await, Ok(None));
            assert_eq!(desk.catalog.audit_head().await, Ok(events));
        }
        let reopening = desk.catalog.set_case_state(CASE, CaseState::Open, event(Act::CaseStateChanged)).await;
        assert!(is_refused(&reopening), "what is shredded stays shredded");
    }
}

/// Proves that filing sets the row, names the text, enqueues what follows, ends the job, and can be done again with
/// the text kept.
#[tokio::test]
async fn filing_and_filing_again() {
    for desk in desks().await {
        let entry = desk.entry(1);
        desk.receive(&entry).await.unwrap();
        let text = (ObjectId::from_bytes(desk.bytes()), Parts(vec![desk.part(5)]));
        let named = text.clone();
        desk.file_next(|filing| {
            filing.text = Some(named);
            filing.then = vec![Work::Compare(entry.id)];
        })
        .await;
        assert_eq!(desk.row(entry.id).await.outcome, Some(Outcome::Stored));
        assert_eq!(desk.catalog.text_object(entry.id).await, Ok(Some(text.0)));
        assert!(desk.lease("examine").await.is_none());
        let (_, watermark) = desk.catalog.filed_since(CASE, 0).await.unwrap();

        let compare = desk.lease("compare").await.unwrap();
        let mut second = filing(entry.id);
        second.outcome = Outcome::Held;
        desk.catalog.file(second, &compare, event(Act::EntryFiled)).await.unwrap();
        let (again, newer) = desk.catalog.filed_since(CASE, watermark).await.unwrap();
        assert_eq!((again.len(), again[0].outcome), (1, Some(Outcome::Held)));
        assert!(newer > watermark);
        assert_eq!(desk.catalog.filed_since(CASE, newer).await, Ok((vec![], newer)));
        assert_eq!(desk.catalog.text_object(entry.id).await, Ok(Some(text.0)));
        assert_eq!(desk.deleted().await, []);
        desk.check().await;
    }
}

/// Proves that an examination is told the entry, its case, its bytes, the outermost container and the passwords, and
/// nothing of an entry that is not there.
#[tokio::test]
async fn a_docket_has_all_that_an_examination_begins_with() {
    for desk in desks().await {
        let (outer, mut inner, mut innermost) = (desk.entry(1), desk.entry(2), desk.entry(3));
        (inner.parent, innermost.parent) = (Some(outer.id), Some(inner.id));
        (innermost.object, innermost.fingerprint, innermost.bytes) = (None, None, 0);
        let long = (ObjectId::from_bytes(desk.bytes()), Parts(vec![desk.part(70), desk.part(7)]));
        let outer = NewEntry { bytes: 77, object: Some(long), ..outer };
        for entry in [&outer, &inner, &innermost] {
            desk.receive(entry).await.unwrap();
        }
        for password in [[1; 4], [2; 4]] {
            desk.catalog.add_password(CASE, Sealed(password.to_vec()), event(Act::PasswordAdded)).await.unwrap();
        }
        for entry in [&outer, &inner, &innermost] {
            let docket = desk.catalog.docket(entry.id).await.unwrap().unwrap();
            assert_eq!(docket.entry, desk.row(entry.id).await);
            assert_eq!(docket.case, desk.catalog.case(CASE).await.unwrap());
            assert_eq!(docket.parts, entry.object.clone().map(|(_, parts)| parts).unwrap_or_default());
            assert_eq!(docket.root, (outer.id, 77));
            assert_eq!(docket.passwords, [Sealed(vec![1; 4]), Sealed(vec![2; 4])]);
        }
        assert_eq!(desk.catalog.docket(EntryId::from_bytes(desk.bytes())).await, Ok(None));
    }
}

/// Proves that the texts of several entries are found at once, and those without one are left out.
#[tokio::test]
async fn texts_are_found_together() {
    for desk in desks().await {
        let entries = [desk.entry(1), desk.entry(2), desk.entry(3)];
        for entry in &entries {
            desk.receive(entry).await.unwrap();
        }
        let mut wanted = std::collections::HashMap::new();
        for with_text in [true, false, true] {
            let text = (ObjectId::from_bytes(desk.bytes()), Parts(vec![desk.part(5), desk.part(6)]));
            let named = text.clone();
            let entry = desk.file_next(|filing| filing.text = with_text.then_some(named)).await;
            if with_text {
                wanted.insert(entry, text.1);
            }
        }
        assert_eq!(wanted.len(), 2);
        let asked = entries.iter().map(|entry| entry.id).chain([EntryId::from_bytes(desk.bytes())]).collect();
        assert_eq!(desk.catalog.texts(asked).await, Ok(wanted));
        assert_eq!(desk.catalog.texts(Vec::new()).await.unwrap().len(), 0);
    }
}

/// Proves that a new text takes the place of the old one, whose parts are deleted.
#[tokio::test]
async fn a_new_text_replaces_the_old() {
    for desk in desks().await {
        let entry = desk.entry(1);
        desk.receive(&entry).await.unwrap();
        let (old, new) = (desk.part(5), desk.part(6));
        let (first, second) = (ObjectId::from_bytes(desk.bytes()), ObjectId::from_bytes(desk.bytes()));
        desk.file_next(|filing| filing.text = Some((first, Parts(vec![old])))).await;
        desk.catalog.enqueue(Some(CASE), Work::Examine(entry.id), NOW).await.unwrap();
        desk.file_next(|filing| filing.text = Some((second, Parts(vec![new])))).await;
        assert_eq!(desk.catalog.text_object(entry.id).await, Ok(Some(second)));
        assert_eq!(desk.deleted().await, [old.key]);
        desk.check().await;
    }
}

/// Proves that an outdated lease files nothing.
#[tokio::test]
async fn an_outdated_lease_files_nothing() {
    for desk in desks().await {
        let entry = desk.entry(1);
        desk.receive(&entry).await.unwrap();
        let old = desk.lease("examine").await.unwrap();
        let later = old.until.plus_ms(1);
        let new = desk.catalog.lease(later, &["examine"]).await.unwrap().unwrap();
        assert!(new.token > old.token);
        let head = desk.catalog.audit_head().await;
        let result = desk.catalog.file(filing(entry.id), &old, event(Act::EntryFiled)).await;
        assert_eq!(result, Err(CatalogError::Fenced));
        assert_eq!(desk.row(entry.id).await.stage, Stage::Received);
        assert_eq!(desk.catalog.audit_head().await, head);
        desk.catalog.file(filing(entry.id), &new, event(Act::EntryFiled)).await.unwrap();
        let again = desk.catalog.file(filing(entry.id), &new, event(Act::EntryFiled)).await;
        assert_eq!(again, Err(CatalogError::Fenced));
    }
}

async fn drop_junk(desk: &Desk) -> NewEntry {
    let entry = desk.entry(1);
    desk.receive(&entry).await.unwrap();
    desk.file_next(|filing| {
        filing.outcome = Outcome::Junk;
        filing.drop_object = true;
    })
    .await;
    entry
}

/// Proves that junk keeps its row, gives its bytes up and its fingerprint with them; and that a hold blocks that.
#[tokio::test]
async fn junk_is_dropped_unless_the_case_is_held() {
    for desk in desks().await {
        let junk = drop_junk(&desk).await;
        assert_eq!((desk.row(junk.id).await.object, desk.deleted().await), (None, keys(&junk)));
        assert!(!desk.catalog.names_part(keys(&junk)[0]).await.unwrap());
        assert_eq!(desk.catalog.holder(CASE, Fingerprint([1; 32])).await, Ok(None));
        desk.set_state(CaseState::Held).await;
        let kept = drop_junk(&desk).await;
        assert!(desk.row(kept.id).await.object.is_some());
        assert_eq!(desk.deleted().await, []);
        assert!(desk.catalog.names_part(keys(&kept)[0]).await.unwrap());
        desk.check().await;
    }
}

/// Proves that entries of one instance are found, oldest first, without the one that asks and without duplicates.
#[tokio::test]
async fn instances_are_found() {
    for desk in desks().await {
        let instance = Fingerprint([8; 32]);
        let mut ids = Vec::new();
        for content in 1..=4 {
            desk.receive(&desk.entry(content)).await.unwrap();
            let first = ids.first().copied();
            let filed = desk.file_next(|filing| {
                filing.instance = Some(instance);
                if content == 3 {
                    (filing.outcome, filing.twin) = (Outcome::DuplicateOf, first);
                }
            });
            ids.push(filed.await);
        }
        assert_eq!(desk.catalog.instances(CASE, instance, ids[3]).await, Ok(vec![ids[0], ids[1]]));
        assert_eq!(desk.catalog.instances(CASE, instance, ids[0]).await, Ok(vec![ids[1], ids[3]]));
        assert_eq!(desk.catalog.instances(CASE, Fingerprint([0; 32]), ids[0]).await, Ok(vec![]));
    }
}

/// Proves that of many who bring the same bytes at once one is taken, and that no part of the others is left over.
#[tokio::test]
async fn fifty_at_once_are_one() {
    for desk in desks().await {
        let entries: Vec<_> = (0..50).map(|_| desk.entry(1)).collect();
        let received = join_all(entries.iter().map(|entry| desk.receive(entry))).await;
        let new: Vec<usize> = (0..50).filter(|i| received[*i] == Ok(Received::New)).collect();
        assert_eq!(new.len(), 1);
        let losers = entries.iter().enumerate().filter(|(i, _)| *i != new[0]);
        let mut expected: Vec<_> = losers.flat_map(|(_, entry)| keys(entry)).collect();
        expected.sort_unstable();
        assert_eq!(desk.deleted().await, expected);
        desk.check().await;
    }
}

/// Proves that a call that is refused does not take those with it that are committed together with it.
#[tokio::test]
async fn a_refused_call_harms_no_other() {
    for desk in desks().await {
        let entries: Vec<_> = (1..=40)
            .map(|content| {
                let mut entry = desk.entry(content);
                entry.bytes += u64::from(content % 2 == 0);
                entry
            })
            .collect();
        let received = join_all(entries.iter().map(|entry| desk.receive(entry))).await;
        for (entry, received) in entries.iter().zip(&received) {
            let whole = entry.bytes == 10;
            assert_eq!(received == &Ok(Received::New), whole);
            assert_eq!(is_refused(received), !whole);
            assert_eq!(desk.catalog.entry(entry.id).await.unwrap().is_some(), whole);
        }
        desk.check().await;
    }
}
