//! Links and resumable uploads.

use super::desk::{ARRIVAL, CASE, Desk, NOW, desks, event, is_refused};
use casegate::{
    audit::Act,
    catalog::{NewEntry, Received},
    domain::{
        case::CaseState,
        entry::{Parts, Sealed},
        ids::{EntryId, LinkId, ObjectId, UploadId},
        link::LinkRow,
        time::Instant,
        upload::{UploadRow, UploadState},
    },
};

const LATER: Instant = Instant(NOW.0 + 1_000);

async fn link(desk: &Desk) -> LinkRow {
    let link = LinkRow {
        id: LinkId::from_bytes(desk.bytes()),
        case: CASE,
        token_hash: [5; 32],
        audience: "family".into(),
        expires: LATER,
        revoked: false,
        files: 0,
        bytes: 0,
        open_uploads: 0,
    };
    desk.catalog.add_link(link.clone(), event(Act::LinkMade)).await.unwrap();
    link
}

fn upload(desk: &Desk, link: Option<LinkId>) -> UploadRow {
    UploadRow {
        id: UploadId::from_bytes(desk.bytes()),
        entry: EntryId::from_bytes(desk.bytes()),
        link,
        case: CASE,
        arrival: ARRIVAL,
        length: Some(10),
        offset: 0,
        object: ObjectId::from_bytes(desk.bytes()),
        parts: Parts::default(),
        record: Sealed(vec![2]),
        expires: LATER,
        state: UploadState::Open,
    }
}

async fn created(desk: &Desk, link: Option<LinkId>) -> UploadRow {
    let upload = upload(desk, link);
    desk.catalog.create_upload(upload.clone(), event(Act::UploadCreated)).await.unwrap();
    upload
}

fn entry_of(desk: &Desk, upload: &UploadRow) -> NewEntry {
    let mut entry = desk.entry(1);
    entry.id = upload.entry;
    entry.object = Some((upload.object, upload.parts.clone()));
    entry
}

async fn numbers(desk: &Desk) -> (u64, u64, u64) {
    let link = desk.catalog.link_by_token([5; 32]).await.unwrap().unwrap();
    (link.files, link.bytes, link.open_uploads)
}

/// Proves that an upload grows part by part, becomes an entry with those parts, and is counted against its link.
#[tokio::test]
async fn an_upload_becomes_an_entry() {
    for desk in desks().await {
        let link = link(&desk).await;
        let id = created(&desk, Some(link.id)).await.id;
        assert_eq!(numbers(&desk).await, (1, 0, 1));
        for (offset, plain_bytes) in [(0, 4), (4, 6)] {
            desk.catalog.append_part(id, offset, desk.part(plain_bytes), LATER).await.unwrap();
        }
        let upload = desk.catalog.upload(id).await.unwrap();
        assert_eq!((upload.offset, upload.parts.0.len()), (10, 2));
        assert!(desk.catalog.names_part(upload.parts.0[1].key).await.unwrap());
        assert_eq!(desk.catalog.open_work(Some(CASE)).await.unwrap().uploads, 1);

        let entry = entry_of(&desk, &upload);
        for expected in [Received::New, Received::Known] {
            let received = desk.catalog.receive(entry.clone(), Some(id), event(Act::EntryReceived)).await;
            assert_eq!(received, Ok(expected));
        }
        assert_eq!(desk.catalog.object(upload.object).await.unwrap().parts, upload.parts);
        assert_eq!(desk.catalog.upload(id).await.unwrap().state, UploadState::Finished);
        assert_eq!((numbers(&desk).await, desk.deleted().await), ((1, 10, 0), vec![]));
        desk.check().await;
    }
}

/// Proves that the parts of an upload whose bytes are there already go.
#[tokio::test]
async fn an_upload_of_known_bytes_leaves_no_parts() {
    for desk in desks().await {
        desk.receive(&desk.entry(1)).await.unwrap();
        let id = created(&desk, None).await.id;
        let part = desk.part(10);
        desk.catalog.append_part(id, 0, part, LATER).await.unwrap();
        let mut entry = entry_of(&desk, &desk.catalog.upload(id).await.unwrap());
        entry.object = None;
        let received = desk.catalog.receive(entry, Some(id), event(Act::EntryReceived)).await;
        assert!(matches!(received, Ok(Received::DuplicateOf(_))), "{received:?}");
        assert_eq!(desk.deleted().await, [part.key]);
        assert!(!desk.catalog.names_part(part.key).await.unwrap());
        desk.check().await;
    }
}

/// Proves that of two parts at one offset one is taken, that the same part again is no fault, and that no part reaches
/// beyond the end.
#[tokio::test]
async fn two_parts_at_one_offset() {
    for desk in desks().await {
        let id = created(&desk, None).await.id;
        let (one, other) = (desk.part(4), desk.part(4));
        desk.catalog.append_part(id, 0, one, LATER).await.unwrap();
        assert_eq!(desk.catalog.append_part(id, 0, one, LATER).await, Ok(()));
        assert!(is_refused(&desk.catalog.append_part(id, 0, other, LATER).await));
        assert!(!desk.catalog.names_part(other.key).await.unwrap());
        assert!(is_refused(&desk.catalog.append_part(id, 4, desk.part(7), LATER).await), "10 bytes were announced");
        assert!(is_refused(&desk.catalog.append_part(id, 4, desk.part(u64::MAX), LATER).await));
        assert_eq!(desk.catalog.upload(id).await.unwrap().offset, 4);
        desk.check().await;
    }
}

/// Proves that a deferred length is set once and not below what is there.
#[tokio::test]
async fn a_deferred_length_is_set_once() {
    for desk in desks().await {
        let mut row = upload(&desk, None);
        row.length = None;
        let id = row.id;
        desk.catalog.create_upload(row, event(Act::UploadCreated)).await.unwrap();
        desk.catalog.append_part(id, 0, desk.part(4), LATER).await.unwrap();
        assert!(is_refused(&desk.catalog.set_upload_length(id, 3).await));
        assert_eq!(desk.catalog.set_upload_length(id, 9).await, Ok(()));
        assert_eq!(desk.catalog.set_upload_length(id, 9).await, Ok(()));
        assert!(is_refused(&desk.catalog.set_upload_length(id, 8).await));
        assert_eq!(desk.catalog.upload(id).await.unwrap().length, Some(9));
    }
}

/// Proves that an upload that ends without an entry gives its parts up, stays listed, and takes nothing any more.
#[tokio::test]
async fn an_ended_upload_takes_nothing() {
    for desk in desks().await {
        let link = link(&desk).await;
        let id = created(&desk, Some(link.id)).await.id;
        let part = desk.part(4);
        desk.catalog.append_part(id, 0, part, LATER).await.unwrap();
        assert_eq!(desk.catalog.expired_uploads(NOW).await, Ok(vec![]));
        assert_eq!(desk.catalog.expired_uploads(LATER).await, Ok(vec![id]));
        let revision = desk.revision().await;
        for _ in 0..2 {
            let end = desk.catalog.end_upload(id, UploadState::Expired, event(Act::UploadEnded)).await;
            assert_eq!(end, Ok(()), "the second time changes nothing");
        }
        assert_eq!(desk.revision().await, revision + 1);
        assert_eq!(desk.deleted().await, [part.key]);
        assert_eq!(numbers(&desk).await, (1, 4, 0));
        assert_eq!(desk.catalog.uploads(CASE).await.unwrap()[0].state, UploadState::Expired);
        assert!(is_refused(&desk.catalog.append_part(id, 4, desk.part(1), LATER).await));
        let terminated = desk.catalog.end_upload(id, UploadState::Terminated, event(Act::UploadEnded)).await;
        assert!(is_refused(&terminated));
        assert_eq!(desk.catalog.expired_uploads(LATER).await, Ok(vec![]));
        desk.check().await;
    }
}

/// Proves that nothing a held case was sent is deleted, be it only the beginning of a file.
#[tokio::test]
async fn a_hold_keeps_what_an_upload_left() {
    for desk in desks().await {
        let id = created(&desk, None).await.id;
        let part = desk.part(4);
        desk.catalog.append_part(id, 0, part, LATER).await.unwrap();
        desk.set_state(CaseState::Held).await;
        desk.catalog.end_upload(id, UploadState::Terminated, event(Act::UploadEnded)).await.unwrap();
        assert_eq!(desk.deleted().await, []);
        assert!(desk.catalog.names_part(part.key).await.unwrap());
        desk.check().await;
    }
}

/// Proves that revoking a link ends what is open through it, gives up its parts and has the gate look again, and that
/// neither finished uploads nor those of other links are touched.
#[tokio::test]
async fn a_revoked_link_ends_its_uploads() {
    for desk in desks().await {
        let link = link(&desk).await;
        let (whole, half) = (created(&desk, Some(link.id)).await.id, created(&desk, Some(link.id)).await.id);
        let other = created(&desk, None).await.id;
        desk.catalog.append_part(whole, 0, desk.part(10), LATER).await.unwrap();
        let entry = entry_of(&desk, &desk.catalog.upload(whole).await.unwrap());
        desk.catalog.receive(entry, Some(whole), event(Act::EntryReceived)).await.unwrap();
        let part = desk.part(4);
        desk.catalog.append_part(half, 0, part, LATER).await.unwrap();
        let revision = desk.revision().await;
        for _ in 0..2 {
            desk.catalog.revoke_link(link.id, event(Act::LinkRevoked)).await.unwrap();
        }
        assert_eq!(desk.revision().await, revision + 1, "the gate is to see it, once");
        assert_eq!(desk.deleted().await, [part.key]);
        let mut states = Vec::new();
        for upload in [whole, half, other] {
            states.push(desk.catalog.upload(upload).await.unwrap().state);
        }
        assert_eq!(states, [UploadState::Finished, UploadState::Expired, UploadState::Open]);
        assert_eq!(numbers(&desk).await, (2, 14, 0));
        assert_eq!(desk.catalog.open_work(Some(CASE)).await.unwrap().uploads, 1);
        let trail = desk.catalog.audit(1, 100).await.unwrap();
        let ends = trail.iter().filter(|one| one.act == Act::UploadEnded.name() && one.subject == half.to_string());
        assert_eq!(ends.count(), 1);
        desk.check().await;
    }
}

/// Proves that a link that was revoked, has expired or is of another case takes nothing, from the next call on.
#[tokio::test]
async fn an_ended_link_takes_nothing() {
    for desk in desks().await {
        let link = link(&desk).await;
        let id = created(&desk, Some(link.id)).await.id;
        let mut late = event(Act::UploadCreated);
        late.at = LATER;
        assert!(is_refused(&desk.catalog.create_upload(upload(&desk, Some(link.id)), late).await));
        desk.catalog.revoke_link(link.id, event(Act::LinkRevoked)).await.unwrap();
        let create = desk.catalog.create_upload(upload(&desk, Some(link.id)), event(Act::UploadCreated)).await;
        assert!(is_refused(&create));
        assert!(is_refused(&desk.catalog.append_part(id, 0, desk.part(4), LATER).await));
        assert!(desk.catalog.links(CASE).await.unwrap()[0].revoked);
        assert_eq!(desk.catalog.link_by_token([6; 32]).await, Ok(None));
    }
}
