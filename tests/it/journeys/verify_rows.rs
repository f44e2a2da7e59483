//! `casegate verify` misses every row that is deleted, whatever goes along with it, and finds waivers that nobody gave.

use super::{
    shell::Shell,
    verify::{assert_named, make_whole, shown, site_with_a_link, wrong},
};
use rusqlite::Connection;

/// The catalog, by somebody who knows no rules.
fn tampering(shell: &Shell) -> Connection {
    let db = Connection::open(shell.data().join("catalog.db")).unwrap();
    db.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
    db
}

/// A row that is deleted: a query for the id that is to be named (one column, one row), what is deleted where `{}` stands
/// for that row's key, and the sentence.
struct Loss {
    which: &'static str,
    deletes: &'static [&'static str],
    sentence: &'static str,
}

/// A document with everything that names it, but for its audit events.
const WHOLE_DOCUMENT: &[&str] = &[
    "DELETE FROM parts WHERE object IN (SELECT id FROM objects WHERE entry = ?1)",
    "DELETE FROM objects WHERE entry = ?1",
    "DELETE FROM findings WHERE entry = (SELECT seq FROM entries WHERE id = ?1)",
    "DELETE FROM first_verdicts WHERE entry = (SELECT seq FROM entries WHERE id = ?1)",
    "DELETE FROM rulings WHERE entry = ?1",
    "DELETE FROM entries WHERE id = ?1",
];

const LOSSES: &[Loss] = &[
    Loss {
        which: "SELECT id FROM cases",
        deletes: &["DELETE FROM cases WHERE id = ?1"],
        sentence: "case {}: it was opened",
    },
    Loss {
        which: "SELECT id FROM links",
        deletes: &["DELETE FROM links WHERE id = ?1"],
        sentence: "link {}: the audit",
    },
    Loss {
        which: "SELECT id FROM arrivals ORDER BY seq LIMIT 1",
        deletes: &["DELETE FROM arrivals WHERE id = ?1"],
        sentence: "arrival {}: the audit trail speaks of it",
    },
    Loss {
        which: "SELECT id FROM uploads",
        deletes: &["DELETE FROM uploads WHERE id = ?1"],
        sentence: "upload {}: the audit trail speaks of it",
    },
    Loss {
        which: "SELECT id FROM entries WHERE kind = 'text' AND parent IS NULL ORDER BY seq LIMIT 1",
        deletes: &["DELETE FROM entries WHERE id = ?1"],
        sentence: "entry {}: the audit trail speaks of it",
    },
    Loss {
        which: "SELECT id FROM entries WHERE kind = 'text' AND object IS NOT NULL ORDER BY seq LIMIT 1",
        deletes: WHOLE_DOCUMENT,
        sentence: "entry {}: the audit trail speaks of it",
    },
    Loss {
        which: "SELECT id FROM entries WHERE parent IS NOT NULL LIMIT 1",
        deletes: WHOLE_DOCUMENT,
        sentence: "entry {}: the audit trail speaks of it",
    },
    Loss {
        which: "SELECT id FROM entries WHERE outcome = 'duplicate_of'",
        deletes: &["DELETE FROM entries WHERE id = ?1"],
        sentence: "entry {}: the audit trail speaks of it",
    },
    Loss {
        which: "SELECT id FROM entries WHERE object IS NOT NULL LIMIT 1",
        deletes: &[
            "DELETE FROM parts WHERE object = (SELECT object FROM entries WHERE id = ?1)",
            "DELETE FROM objects WHERE id = (SELECT object FROM entries WHERE id = ?1)",
        ],
        sentence: "entry names bytes that are not there: {}",
    },
    Loss {
        which: "SELECT id FROM entries WHERE text IS NOT NULL LIMIT 1",
        deletes: &[
            "DELETE FROM parts WHERE object = (SELECT text FROM entries WHERE id = ?1)",
            "DELETE FROM objects WHERE id = (SELECT text FROM entries WHERE id = ?1)",
        ],
        sentence: "entry names a text that is not there: {}",
    },
    Loss {
        which: "SELECT id FROM objects WHERE role = 'text' LIMIT 1",
        deletes: &["DELETE FROM parts WHERE object = ?1"],
        sentence: "object has no parts: {}",
    },
    Loss {
        which: "SELECT id FROM objects WHERE role = 'index' LIMIT 1",
        deletes: &["DELETE FROM objects WHERE id = ?1"],
        sentence: "part belongs to no object that is there; of object: {}",
    },
    Loss {
        which: "SELECT id FROM entries WHERE seq IN (SELECT entry FROM first_verdicts) LIMIT 1",
        deletes: &[
            "DELETE FROM findings WHERE verdict = 1 AND entry = (SELECT seq FROM entries WHERE id = ?1)",
            "DELETE FROM first_verdicts WHERE entry = (SELECT seq FROM entries WHERE id = ?1)",
        ],
        sentence: "entry {}: it was judged again, and its first verdict is not there",
    },
    Loss {
        which: "SELECT entries.id FROM entries JOIN findings ON entry = seq WHERE verdict = verdicts LIMIT 1",
        deletes: &["DELETE FROM findings WHERE entry = (SELECT seq FROM entries WHERE id = ?1)"],
        sentence: "entry {}: its findings are not the ones of its verdict",
    },
    Loss {
        which: "SELECT case_id FROM indexes",
        deletes: &["DELETE FROM indexes WHERE case_id = ?1"],
        sentence: "case {}: its gate is not the one of the audit trail",
    },
    Loss {
        which: "SELECT case_id FROM index_objects LIMIT 1",
        deletes: &["DELETE FROM index_objects WHERE case_id = ?1"],
        sentence: "case {}: the objects of its index",
    },
    Loss {
        which: "SELECT case_id FROM case_findings LIMIT 1",
        deletes: &["DELETE FROM case_findings WHERE case_id = ?1"],
        sentence: "case {}: its findings are not the ones of its overlay",
    },
    Loss {
        which: "SELECT case_id FROM passwords",
        deletes: &["DELETE FROM passwords WHERE case_id = ?1"],
        sentence: "case {}: 1 passwords were supplied, and 0 are there",
    },
    Loss {
        which: "SELECT id FROM rulings WHERE kind = 'waived'",
        deletes: &["DELETE FROM rulings WHERE id = ?1"],
        sentence: "waiver {}: the audit trail speaks of it",
    },
    Loss {
        which: "SELECT id FROM rulings WHERE kind = 'flagged'",
        deletes: &["DELETE FROM rulings WHERE id = ?1"],
        sentence: "flag {}: the audit trail speaks of it",
    },
    Loss {
        which: "SELECT object FROM parts WHERE epoch = (SELECT epoch FROM parts LIMIT 1) LIMIT 1",
        deletes: &["DELETE FROM epochs WHERE id = (SELECT epoch FROM parts WHERE object = ?1)"],
        sentence: "object was written by a process that is not registered: {}",
    },
];

/// Proves that, whichever kind of row is deleted, alone or with all that hangs on it, it is missed and named.
#[test]
fn every_deleted_row_is_missed_and_named() {
    let (shell, _) = site_with_a_link();
    for loss in LOSSES {
        make_whole(&shell);
        let db = tampering(&shell);
        let id: Vec<u8> =
            db.query_row(loss.which, [], |row| row.get(0)).unwrap_or_else(|e| panic!("{}: {e}", loss.which));
        let gone: usize = loss.deletes.iter().map(|sql| db.execute(sql, [&id]).unwrap()).sum();
        assert!(gone > 0, "{:?}", loss.deletes);
        drop(db);
        assert_named(&wrong(&shell, 1), &loss.sentence.replace("{}", &shown(&id)));
    }
    make_whole(&shell);
    let db = tampering(&shell);
    db.execute_batch("DROP TRIGGER audit_is_never_deleted; DELETE FROM audit WHERE seq = 5").unwrap();
    drop(db);
    assert_named(&wrong(&shell, 1), "audit event 5 is expected, 6 is there");
}

/// Proves that a job that is lost is missed: a document that was received and would never be read is named.
#[test]
fn lost_work_is_missed() {
    let shell = Shell::init();
    shell.write("letter.txt", &b"The biopsy was benign, and the child may go home tomorrow.\n".repeat(4));
    let case = shell.open_case();
    shell.run(["ingest", "--case", &case, "--until", "received", "letter.txt"]).ended(0);
    let db = tampering(&shell);
    assert!(db.execute("DELETE FROM jobs", []).unwrap() > 0);
    let entry: Vec<u8> = db.query_row("SELECT id FROM entries", [], |row| row.get(0)).unwrap();
    drop(db);
    assert_named(&wrong(&shell, 1), &format!("entry {}: it was never read", shown(&entry)));
}

/// Proves that a waiver or a flag that was edited, invented, brought back or made the other is found and named.
#[test]
fn tampered_rulings_are_found() {
    let (shell, _) = site_with_a_link();
    let edits = [
        ("SET record = zeroblob(80)", "its seal does not hold"),
        ("SET code = 'not_english'", "its seal does not hold"),
        ("SET entry = NULL", "it is not as it was given"),
        ("SET given_seq = given_seq - 1", "it names another audit event"),
        ("SET given_hash = zeroblob(32)", "it names another audit event"),
        ("SET ended_seq = 3, ended_hash = zeroblob(32)", "whether it was taken back"),
    ];
    for (kind, noun, other) in [("waived", "waiver", "flagged"), ("flagged", "flag", "waived")] {
        let only = format!("SELECT id FROM rulings WHERE kind = '{kind}'");
        let id: Vec<u8> = tampering(&shell).query_row(&only, [], |row| row.get(0)).unwrap();
        for (edit, sentence) in edits {
            make_whole(&shell);
            let db = tampering(&shell);
            assert_eq!(db.execute(&format!("UPDATE rulings {edit} WHERE kind = '{kind}'"), []).unwrap(), 1, "{edit}");
            drop(db);
            assert_named(&wrong(&shell, 1), &format!("{noun} {}: {sentence}", shown(&id)));
        }
        make_whole(&shell);
        let db = tampering(&shell);
        assert_eq!(db.execute("UPDATE rulings SET kind = ?1 WHERE id = ?2", (other, &id)).unwrap(), 1);
        drop(db);
        assert_named(&wrong(&shell, 1), &format!("{noun} {}: the audit trail speaks of it", shown(&id)));
        make_whole(&shell);
        let db = tampering(&shell);
        let copied = "INSERT INTO rulings (id, case_id, kind, entry, code, record, given_seq, given_hash)
            SELECT zeroblob(16), case_id, kind, entry, code, record, given_seq, given_hash FROM rulings WHERE id = ?1";
        assert_eq!(db.execute(copied, [&id]).unwrap(), 1);
        drop(db);
        assert_named(&wrong(&shell, 1), &format!("{noun} aaaaaaaaaaaaaaaaaaaaaaaaaa: "));
    }
}
