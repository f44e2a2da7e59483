//! The audit trail in the catalog.

use super::desk::{CASE, NODE, desks, event, on_disk};
use casegate::{
    audit::{Act, BEGINNING, ChainFault, Checkpoint, verify},
    domain::time::Instant,
};
use rusqlite::Connection;

/// Proves that each change has its event, without gaps, and that pages join to the whole.
#[tokio::test]
async fn each_change_has_its_event() {
    for desk in desks().await {
        desk.receive(&desk.entry(1)).await.unwrap();
        desk.catalog.append_audit(event(Act::LedgerRead)).await.unwrap();
        let events = desk.catalog.audit(1, 100).await.unwrap();
        let acts: Vec<&str> = events.iter().map(|event| event.act.as_str()).collect();
        assert_eq!(acts, ["case-opened", "arrival-opened", "entry-received", "ledger-read"]);
        assert_eq!((events[0].before, events[0].case), (BEGINNING, Some(CASE)));
        let mut pages = desk.catalog.audit(1, 2).await.unwrap();
        pages.extend(desk.catalog.audit(3, 2).await.unwrap());
        assert_eq!(pages, events);
        desk.check().await;
    }
}

/// T19: proves that the database itself refuses to change, delete, replace or skip an audit row.
#[tokio::test]
async fn t19_nobody_edits_or_deletes_an_audit_row() {
    let desk = on_disk().await;
    let db = Connection::open(desk.file()).unwrap();
    db.pragma_update(None, "recursive_triggers", "ON").unwrap();
    let copy =
        "SELECT node, seq, 'x', at, act, case_id, subject, detail, sealed, before, hash FROM audit WHERE seq = 1";
    for sql in [
        "UPDATE audit SET actor = 'x' WHERE seq = 1".to_owned(),
        "DELETE FROM audit WHERE seq = 2".to_owned(),
        "DELETE FROM audit".to_owned(),
        format!("INSERT OR REPLACE INTO audit {copy}"),
        format!("INSERT INTO audit {}", copy.replace("seq, 'x'", "seq + 9, 'x'")),
    ] {
        assert!(db.execute_batch(&sql).is_err(), "{sql}");
    }
    desk.check().await;
}

/// T24: proves that whoever gets past the database's refusal is found against a checkpoint kept elsewhere.
#[tokio::test]
async fn t24_truncation_and_edits_are_found_against_a_checkpoint() {
    let desk = on_disk().await;
    for _ in 0..3 {
        desk.catalog.append_audit(event(Act::LedgerRead)).await.unwrap();
    }
    let line = Checkpoint { head: desk.catalog.audit_head().await.unwrap(), at: Instant(1) }.to_line();
    let point = Checkpoint::from_line(&line).unwrap();
    let trail = async || desk.catalog.audit(1, 100).await.unwrap();
    assert!(verify(NODE, &trail().await, Some(&point)).is_ok());
    let db = Connection::open(desk.file()).unwrap();
    db.execute_batch("DROP TRIGGER audit_is_never_changed; DROP TRIGGER audit_is_never_deleted").unwrap();
    db.execute("DELETE FROM audit WHERE seq = 5", []).unwrap();
    let fault = ChainFault::Truncated { expected: 5, found: 4 };
    assert_eq!(verify(NODE, &trail().await, Some(&point)), Err(fault));
    db.execute("UPDATE audit SET actor = 'os:0' WHERE seq = 2", []).unwrap();
    assert_eq!(verify(NODE, &trail().await, Some(&point)), Err(ChainFault::Edited { seq: 2 }));
}
