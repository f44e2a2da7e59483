//! What is on the disk: copies, checks, versions, lives of processes.

use super::desk::{CASE, EPOCH, NODE, NOW, case_row, desks, event, is_refused, keys, on_disk};
use casegate::{
    audit::Act,
    catalog::{Catalog, CatalogError, sqlite::SqliteCatalog},
    domain::{
        entry::Parts,
        ids::{CaseId, EpochId, ObjectId},
    },
};
use rusqlite::Connection;
use std::{os::unix::fs::PermissionsExt, time::Instant as Stopwatch};

/// Proves that a copy holds what the catalog held, checks as whole, is one file for its owner only, and that nothing
/// that exists is overwritten.
#[tokio::test]
async fn a_copy_is_a_catalog() {
    for desk in desks().await {
        let entry = desk.entry(1);
        desk.receive(&entry).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("copy.sqlite");
        desk.catalog.backup_to(&file).await.unwrap();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(is_refused(&desk.catalog.backup_to(&file).await));
        let copy = SqliteCatalog::open(&file, NODE).unwrap();
        assert_eq!(copy.entries(CASE).await, desk.catalog.entries(CASE).await);
        assert_eq!(copy.audit_head().await, desk.catalog.audit_head().await);
        assert_eq!(copy.self_check().await, Ok(vec![]));
        let nowhere = folder.path().join("missing/copy.sqlite");
        assert!(matches!(desk.catalog.backup_to(&nowhere).await, Err(CatalogError::World { .. })));
        desk.check().await;
    }
}

/// Proves that every named object is listed once over pages, with its entry, and that its parts are found by key.
#[tokio::test]
async fn every_named_object_is_listed() {
    for desk in desks().await {
        let text = (ObjectId::from_bytes(desk.bytes()), Parts(vec![desk.part(3)]));
        for content in 1..=3 {
            desk.receive(&desk.entry(content)).await.unwrap();
        }
        let named = text.clone();
        desk.file_next(|filing| filing.text = Some(named)).await;
        let (mut objects, mut after) = (Vec::new(), None);
        loop {
            let page = desk.catalog.named_objects(after, 3).await.unwrap();
            let Some(last) = page.last() else { break };
            after = Some(last.object);
            objects.extend(page);
        }
        assert_eq!(objects.len(), 4);
        assert_eq!(objects.iter().filter(|object| object.entry.is_some()).count(), 3);
        for part in objects.iter().flat_map(|object| &object.parts.0) {
            assert_eq!(desk.catalog.names_part(part.key).await, Ok(true));
        }
        assert_eq!(desk.catalog.names_part(desk.part(1).key).await, Ok(false));
        assert!(objects.iter().any(|object| (object.object, &object.parts) == (text.0, &text.1)));
    }
}

/// Proves that what breaks our own rules is found and named by id, though SQLite sees nothing wrong.
#[tokio::test]
async fn broken_rules_are_found() {
    let desk = on_disk().await;
    let entry = desk.entry(1);
    desk.receive(&entry).await.unwrap();
    let db = Connection::open(desk.file()).unwrap();
    db.pragma_update(None, "foreign_keys", "OFF").unwrap();
    let check = async |sql: &str, expected: &str| {
        db.execute_batch(sql).unwrap();
        let faults = desk.catalog.self_check().await.unwrap();
        assert!(faults.iter().any(|fault| fault.contains(expected)), "{expected}: {faults:?}");
    };
    check("UPDATE parts SET plain_bytes = 9", &format!("do not add up to its bytes: {}", entry.id)).await;
    check("UPDATE parts SET ordinal = 1", "parts have gaps").await;
    check("UPDATE entries SET stage = 'filed'", "filed without an outcome").await;
    check("UPDATE entries SET outcome = 'duplicate_of'", "duplicates or conflicts with nothing").await;
    check("UPDATE entries SET object = NULL", "object belongs to nothing").await;
    check("DELETE FROM arrivals", "names a row of arrivals").await;
}

/// Proves that a file of a newer version is refused rather than misread, and that the file is its owner's only.
#[tokio::test]
async fn a_newer_version_is_refused() {
    let desk = on_disk().await;
    let file = desk.file();
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    drop(desk.catalog.clone());
    Connection::open(&file).unwrap().pragma_update(None, "user_version", 9_999).unwrap();
    assert!(is_refused(&SqliteCatalog::open(&file, NODE)));
    let no_folder = file.join("catalog.sqlite");
    assert!(matches!(SqliteCatalog::open(&no_folder, NODE), Err(CatalogError::World { .. })));
}

/// Proves that epochs end when another life begins, and that a case or an epoch is made once.
#[tokio::test]
async fn lives_and_cases_are_unique() {
    for desk in desks().await {
        assert!(is_refused(&desk.catalog.begin_epoch(EPOCH, NOW).await));
        let next = EpochId::from_bytes([4; 16]);
        desk.catalog.begin_epoch(next, NOW).await.unwrap();
        assert_eq!(desk.catalog.ended_epochs().await, Ok(vec![]));
        assert_eq!(desk.catalog.end_other_epochs(next, NOW).await, Ok(vec![EPOCH]));
        assert_eq!(desk.catalog.end_other_epochs(next, NOW).await, Ok(vec![]));
        assert_eq!(desk.catalog.ended_epochs().await, Ok(vec![EPOCH]));

        assert!(is_refused(&desk.catalog.open_case(case_row(CASE), event(Act::CaseOpened)).await));
        let (mut holding, mut second) = (case_row(CaseId::from_bytes([8; 16])), case_row(CaseId::from_bytes([9; 16])));
        (holding.holding, second.holding) = (true, true);
        desk.catalog.open_case(holding, event(Act::CaseOpened)).await.unwrap();
        assert!(is_refused(&desk.catalog.open_case(second, event(Act::CaseOpened)).await));
        assert_eq!(desk.catalog.cases().await.unwrap().len(), 2);
        let unknown = desk.catalog.case(CaseId::from_bytes([0; 16])).await;
        assert_eq!(unknown, Err(CatalogError::Missing("case")));
    }
}

/// Proves that a part cannot be named by two objects, and that the fault says nothing of a row.
#[tokio::test]
async fn a_part_belongs_to_one_object() {
    for desk in desks().await {
        let (one, mut other) = (desk.entry(1), desk.entry(2));
        desk.receive(&one).await.unwrap();
        other.object = Some((ObjectId::from_bytes(desk.bytes()), one.object.clone().unwrap().1));
        let result = desk.receive(&other).await;
        let Err(CatalogError::World { act, detail }) = result else { panic!("{result:?}") };
        assert_eq!((act, detail.as_str()), ("receiving an entry", "UNIQUE constraint failed: parts.epoch, parts.name"));
        assert_eq!(desk.catalog.entry(other.id).await, Ok(None));
        assert!(desk.catalog.names_part(keys(&one)[0]).await.unwrap());
        desk.check().await;
    }
}

/// Measures receipts per second on this machine's disk: `cargo test receipts_per_second -- --ignored --nocapture`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement, not a proof"]
async fn receipts_per_second() {
    for callers in [1_usize, 4, 16, 64] {
        let desk = std::sync::Arc::new(on_disk().await);
        let each = 4_000 / callers.max(4);
        let begun = Stopwatch::now();
        let calls = (0..callers).map(|caller| {
            let desk = std::sync::Arc::clone(&desk);
            tokio::spawn(async move {
                for number in 0..each {
                    let mut entry = desk.entry(1);
                    let mut content = [u8::try_from(caller).unwrap(); 32];
                    content[..8].copy_from_slice(&number.to_be_bytes());
                    entry.fingerprint = Some(casegate::domain::ids::Fingerprint(content));
                    desk.receive(&entry).await.unwrap();
                }
            })
        });
        futures_util::future::join_all(calls.collect::<Vec<_>>()).await;
        let seconds = begun.elapsed().as_secs_f64();
        let count = u32::try_from(callers * each).unwrap();
        println!("{callers} callers: {:.0} receipts a second", f64::from(count) / seconds);
        desk.check().await;
    }
}
