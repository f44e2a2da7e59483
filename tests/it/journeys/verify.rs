//! `casegate verify` finds what is wrong and names it; where nothing is, it says so.

use super::shell::{Shell, copy, tree};
use crate::support::{
    family::{PIECE, V},
    http,
    oracle::Oracle,
};
use data_encoding::BASE32_NOPAD;
use rusqlite::{Connection, params};
use std::{collections::BTreeSet, os::unix::fs::PermissionsExt};

/// Numbers from a seed, always the same.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % end
    }

    /// Flips one bit.
    fn flip(&mut self, bytes: &mut [u8]) {
        let at = self.below(bytes.len());
        bytes[at] ^= 1 << self.below(7);
    }
}

/// A site with a case that has documents, members, texts, an index, a password.
fn site() -> (Shell, String) {
    let shell = Shell::init();
    shell.write_upload();
    let case = shell.open_case();
    shell.write("passwords", b"correct horse battery\n");
    shell.run(["case", "password", &case, "--password-file", "passwords"]).ended(0);
    shell.ingest(&case, &["upload"]);
    shell.run(["verify", "--deep"]).ended(0);
    copy(&shell.data(), &shell.path("whole"));
    copy(&shell.keys(), &shell.path("whole.keys"));
    (shell, case)
}

/// The same with an instance that came in other bytes, so that its documents were judged twice, a finding that was accepted, one that
/// was set,
/// and a link through which something came.
pub(super) fn site_with_a_link() -> (Shell, String) {
    let shell = Shell::init();
    shell.write_upload();
    let mut same = crate::make::dicom::ct_slice(&crate::make::dicom::CHILD, 2);
    // Another preamble makes other bytes of the same instance.
    same[..8].copy_from_slice(b"preamble");
    shell.write("upload/same.dcm", &same);
    let case = shell.open_case();
    shell.write("passwords", b"correct horse battery\n");
    shell.run(["case", "password", &case, "--password-file", "passwords"]).ended(0);
    shell.ingest(&case, &["upload"]);
    let accepted =
        ["case", "waive", &case, "upload/empty.txt", "--finding", "empty_file", "--reason", "nothing is lost"];
    shell.run(accepted).ended(0);
    let set =
        ["case", "flag", &case, "upload/letter.txt", "--finding", "poor_translation", "--reason", "hard to follow"];
    shell.run(set).ended(0);
    let daemon = shell.serve();
    let made = shell.run(["link", "--case", &case, "--json"]).ended(0).lines().remove(0);
    let address = made["address"].as_str().unwrap().trim_start_matches("http://");
    let (listening, path) = address.split_at(address.find('/').unwrap());
    let headers = [V, PIECE, ("Upload-Length", "9")];
    let sent = http::ask(listening, ("POST", &format!("{path}/files")), &headers, b"a letter.");
    assert_eq!(sent.status, 201, "{sent:?}");
    Oracle::open(&shell.data()).settle();
    daemon.kill();
    shell.run(["verify", "--deep"]).ended(0);
    copy(&shell.data(), &shell.path("whole"));
    (shell, case)
}

/// The site as it was before anything was flipped.
pub(super) fn make_whole(shell: &Shell) {
    std::fs::remove_dir_all(shell.data()).unwrap();
    copy(&shell.path("whole"), &shell.data());
    let key = shell.keys().join("site.key");
    std::fs::set_permissions(key, std::fs::Permissions::from_mode(0o600)).unwrap();
}

pub(super) fn wrong(shell: &Shell, code: i32) -> Vec<String> {
    let said = shell.run(["verify", "--deep", "--json"]).ended(code).lines().remove(0);
    said["wrong"].as_array().unwrap().iter().map(|line| line.as_str().unwrap().to_owned()).collect()
}

#[track_caller]
pub(super) fn assert_named(wrong: &[String], name: &str) {
    assert!(wrong.iter().any(|line| line.contains(name)), "{name} is not named in {wrong:#?}");
}

pub(super) fn shown(id: &[u8]) -> String {
    BASE32_NOPAD.encode(id).to_lowercase()
}

/// A column of bytes and how a fault in it is named; `{}` is the row's id.
const SEALED: &[(&str, &str, &str, &str)] = &[
    ("entries", "record", "id", "entry {}"),
    ("arrivals", "origin", "id", "arrival {}"),
    ("cases", "patient", "id", "case {}: the seal of its patient"),
    ("indexes", "files", "case_id", "case {}: the seal of its overlay"),
    ("indexes", "overlay", "case_id", "case {}: the seal of its overlay"),
    ("passwords", "password", "case_id", "case {}: the seal of password 1"),
];

/// Flips a bit in every row of a column; the names to expect.
fn flip_column(db: &Connection, dice: &mut Dice, (table, column, key, name): (&str, &str, &str, &str)) -> Vec<String> {
    let mut query = db.prepare(&format!("SELECT {key}, {column} FROM {table}")).unwrap();
    let rows = query.query_map([], |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, Vec<u8>>(1)?))).unwrap();
    let mut names = Vec::new();
    for (id, mut bytes) in rows.map(Result::unwrap).filter(|(_, bytes)| !bytes.is_empty()).collect::<Vec<_>>() {
        dice.flip(&mut bytes);
        db.execute(&format!("UPDATE {table} SET {column} = ?2 WHERE {key} = ?1"), params![id, bytes]).unwrap();
        names.push(name.replace("{}", &shown(&id)));
    }
    names
}

/// The parts that the catalog names, with their sealed bytes. The index of before may still lie beside them: it is nobody's
/// from the moment the next one is named, and is deleted after that.
fn parts(shell: &Shell) -> Vec<(String, Vec<u8>)> {
    let db = Connection::open(shell.data().join("catalog.db")).unwrap();
    let mut query = db.prepare("SELECT name FROM parts").unwrap();
    let named = query.query_map([], |row| row.get::<_, Vec<u8>>(0)).unwrap().map(|name| shown(&name.unwrap()));
    let named: BTreeSet<String> = named.collect();
    let there = tree(&shell.data().join("objects")).into_iter().filter(|(path, _)| named.contains(part_name(path)));
    there.collect()
}

fn part_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap()
}

/// Flips a bit in every part; the parts.
fn flip_parts(shell: &Shell, dice: &mut Dice) -> BTreeSet<String> {
    let objects = shell.data().join("objects");
    let mut flipped = BTreeSet::new();
    for (path, mut bytes) in parts(shell) {
        dice.flip(&mut bytes);
        std::fs::write(objects.join(&path), bytes).unwrap();
        flipped.insert(part_name(&path).to_owned());
    }
    flipped
}

/// Flips a bit in every third audit event; their numbers.
fn flip_audit(db: &Connection, dice: &mut Dice) -> Vec<u64> {
    db.execute_batch("DROP TRIGGER audit_is_never_changed").unwrap();
    let count: u64 = db.query_row("SELECT max(seq) FROM audit", [], |row| row.get(0)).unwrap();
    let mut flipped = Vec::new();
    for seq in (2..count).step_by(3) {
        let column = ["actor", "act", "subject", "before", "hash"][dice.below(5)];
        let sql = format!("SELECT CAST({column} AS BLOB) FROM audit WHERE seq = ?1");
        let mut bytes: Vec<u8> = db.query_row(&sql, [seq], |row| row.get(0)).unwrap();
        dice.flip(&mut bytes);
        let cast = if matches!(column, "before" | "hash") { "?2" } else { "CAST(?2 AS TEXT)" };
        db.execute(&format!("UPDATE audit SET {column} = {cast} WHERE seq = ?1"), params![seq, bytes]).unwrap();
        flipped.push(seq);
    }
    flipped
}

/// Proof 7: proves, over several seeds, that each of far more than 100 flipped bits in parts, sealed columns and audit
/// events is found and named, that nothing untouched is, and that an untouched site has nothing wrong.
#[test]
fn every_flipped_bit_is_found_and_named() {
    let (shell, _) = site();
    assert!(wrong(&shell, 0).is_empty());
    let mut flips = 0;
    for seed in [0x5EED_0001, 0x5EED_0002, 0x5EED_0003] {
        eprintln!("seed {seed:#x}");
        let mut dice = Dice(seed);
        make_whole(&shell);
        let parts = flip_parts(&shell, &mut dice);
        let found = wrong(&shell, 1);
        parts.iter().for_each(|part| assert_named(&found, part));
        assert!(found.iter().all(|line| parts.iter().any(|part| line.contains(part.as_str()))), "{found:#?}");

        make_whole(&shell);
        let db = Connection::open(shell.data().join("catalog.db")).unwrap();
        let names: Vec<String> = SEALED.iter().flat_map(|column| flip_column(&db, &mut dice, *column)).collect();
        drop(db);
        let found = wrong(&shell, 1);
        names.iter().for_each(|name| assert_named(&found, name));
        assert!(found.iter().all(|line| names.iter().any(|name| line.starts_with(name.as_str()))), "{found:#?}");

        make_whole(&shell);
        let db = Connection::open(shell.data().join("catalog.db")).unwrap();
        let events = flip_audit(&db, &mut dice);
        drop(db);
        let found = wrong(&shell, 1);
        events.iter().for_each(|seq| assert_named(&found, &format!("event {seq} ")));
        flips += parts.len() + names.len() + events.len();
    }
    assert!(flips > 100, "{flips} bits were flipped");
}

/// Proves that edits of clear columns that matter contradict the trail or the record beside them, and are named.
#[test]
fn edited_clear_columns_are_found() {
    let (shell, case) = site_with_a_link();
    let edits = [
        (
            "UPDATE entries SET outcome = 'held' WHERE seq = (SELECT min(seq) FROM entries WHERE outcome = 'stored')",
            "kind or outcome",
        ),
        (
            "UPDATE entries SET kind = 'pdf' WHERE seq = (SELECT min(seq) FROM entries WHERE kind = 'text')",
            "kind or outcome",
        ),
        ("UPDATE entries SET kind = 'novel' WHERE seq = (SELECT min(seq) FROM entries)", "is not a word we use"),
        (
            "UPDATE entries SET language = 'xx' WHERE seq = (SELECT min(seq) FROM entries WHERE outcome = 'stored')",
            "readability or language",
        ),
        ("UPDATE entries SET bytes = bytes + 1 WHERE seq = (SELECT min(seq) FROM entries WHERE bytes > 0)", "size"),
        ("UPDATE entries SET ordinal = 7 WHERE parent IS NOT NULL", "not the member"),
        ("UPDATE entries SET object = NULL, fingerprint = NULL WHERE kind = 'archive'", "not named any more"),
        ("UPDATE parts SET header = zeroblob(32) WHERE ordinal = 1", "headers are not the ones"),
        ("UPDATE parts SET sealed_bytes = sealed_bytes - 1 WHERE ordinal = 0", "damaged"),
        ("UPDATE cases SET state = 'closed'", "state is not the one"),
        ("UPDATE indexes SET ready = 1 - ready", "gate is not the one"),
        ("UPDATE indexes SET blocking = 'wrong_patient'", "gate is not the one"),
        ("UPDATE findings SET code = 'blank' WHERE ordinal = 0", "findings are not the ones of its verdict"),
        ("DELETE FROM findings", "findings are not the ones of its verdict"),
        (
            "INSERT INTO findings SELECT entry, 1, 99, 'blank', 'info' FROM first_verdicts",
            "findings of its first verdict",
        ),
        ("UPDATE first_verdicts SET outcome = 'held'", "outcome of its first verdict"),
        ("UPDATE first_verdicts SET record = zeroblob(60)", "seal of its first verdict"),
        ("UPDATE entries SET fingerprint = randomblob(32) WHERE fingerprint IS NOT NULL", "not the one of its bytes"),
        ("UPDATE entries SET fingerprint = NULL WHERE outcome = 'stored'", "given up although its bytes are whole"),
        ("UPDATE entries SET instance = randomblob(32) WHERE instance IS NOT NULL", "its instance is not"),
        ("UPDATE entries SET instance = NULL WHERE instance IS NOT NULL", "its instance is not"),
        ("INSERT INTO case_findings SELECT id, 99, 'blank', 'info' FROM cases", "not the ones of its overlay"),
        ("DELETE FROM index_objects", "objects of its index"),
        ("UPDATE links SET audience = 'imaging'", "not as it was made"),
        ("UPDATE links SET expires = expires + 1", "not as it was made"),
        ("UPDATE links SET token_hash = randomblob(32)", "not as it was made"),
        ("UPDATE links SET revoked = 1", "whether it was ended"),
        ("UPDATE links SET files = 0", "more came through it"),
        ("UPDATE links SET bytes = bytes - 1", "more came through it"),
        ("UPDATE links SET open_uploads = 1", "other open uploads"),
    ];
    for (edit, sentence) in edits {
        make_whole(&shell);
        let db = Connection::open(shell.data().join("catalog.db")).unwrap();
        assert!(db.execute(edit, []).unwrap() > 0, "{edit}");
        drop(db);
        let found = wrong(&shell, 1);
        assert!(found.iter().any(|line| line.contains(sentence)), "{edit}: {found:#?}");
    }
    make_whole(&shell);
    let list = shell.data().join("contents").join(format!("{case}.age"));
    for (content, sentence) in
        [(None, "contents list is missing"), (Some(b"x".to_vec()), "contents list does not hold")]
    {
        match content {
            None => std::fs::remove_file(&list).unwrap(),
            Some(content) => std::fs::write(&list, content).unwrap(),
        }
        assert_named(&wrong(&shell, 1), sentence);
    }
}

/// T7: proves that swapped, cut, lengthened, deleted and replayed parts are found and named, that a part that nothing
/// names is no damage, and that documents that were not touched read on.
#[test]
fn t7_swapped_cut_deleted_and_replayed_parts_are_found() {
    let (shell, case) = site();
    let objects = shell.data().join("objects");
    let parts = parts(&shell);
    assert!(parts.len() >= 8);
    let write = |at: usize, bytes: &[u8]| std::fs::write(objects.join(&parts[at].0), bytes).unwrap();
    write(0, &parts[1].1);
    write(1, &parts[0].1);
    write(2, &parts[2].1[..parts[2].1.len() - 1]);
    write(3, &[&parts[3].1[..], b"more"].concat());
    std::fs::remove_file(objects.join(&parts[4].0)).unwrap();
    write(5, &parts[6].1);
    let nobodys = shown(&[7; 16]);
    let (epoch, _) = parts[7].0.split_once('/').unwrap();
    std::fs::write(objects.join(epoch).join(&nobodys), &parts[7].1).unwrap();
    let found = wrong(&shell, 1);
    for (name, _) in &parts[..6] {
        assert_named(&found, part_name(name));
    }
    for name in parts[6..].iter().map(|(path, _)| part_name(path)).chain([nobodys.as_str()]) {
        assert!(!found.iter().any(|line| line.contains(name)), "{name} was not touched: {found:#?}");
    }
    assert_eq!(shell.show(&case)["rows"].as_array().unwrap().len(), 14);
}
