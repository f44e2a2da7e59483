//! A site that burns down comes back from its backup and its keys.

use super::shell::{Shell, copy, tree};
use serde_json::Value;

/// Rows of a case by path: what must be equal after a restore.
fn ledger(shown: &Value) -> Vec<(String, Value, Value, Value, Value)> {
    let row = |row: &Value| {
        let path = row["path"].as_str().unwrap().to_owned();
        (path, row["bytes"].clone(), row["kind"].clone(), row["reasons"].clone(), row["outcome"].clone())
    };
    let mut rows: Vec<_> = shown["rows"].as_array().unwrap().iter().map(row).collect();
    rows.sort_by(|a, b| a.0.cmp(&b.0));
    rows
}

/// Proves that a backup taken while the daemon takes in restores, with the keys, to a site whose every object, seal and
/// audit event holds, whose ledger is equal and whose search answers; that nothing replaces what is there; and that the
/// audit trail goes on.
#[test]
fn a_burnt_site_comes_back() {
    let shell = Shell::init();
    shell.write_upload();
    let daemon = shell.serve();
    let case = shell.open_case();
    shell.ingest(&case, &["upload"]);
    // More comes in while the backup copies.
    shell.write("late/late.txt", b"A late letter about the appointment in June, written by the family doctor.\n");
    let mut late = shell.command().args(["ingest", "--case", &case, "late"]).spawn().unwrap();
    shell.run(["backup", "--to", "backup"]).ended(0);
    assert!(late.wait().unwrap().code().is_some_and(|code| code <= 1));
    shell.run(["backup", "--to", "backup"]).ended(2);
    let before = shell.show(&case);
    daemon.kill();
    copy(&shell.keys(), &shell.path("keys-backup"));
    std::fs::remove_dir_all(shell.data()).unwrap();
    std::fs::remove_dir_all(shell.keys()).unwrap();

    let restored = shell.run(["restore", "--from", "backup"]).ended(0);
    assert!(restored.out.contains("The keys are not there yet"), "{}", restored.out);
    assert!(restored.out.contains("Next: casegate --data site verify --deep"), "{}", restored.out);
    std::fs::create_dir(shell.keys()).unwrap();
    copy(&shell.path("keys-backup"), &shell.keys());
    let key = shell.keys().join("site.key");
    std::fs::set_permissions(key, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    shell.run(["verify", "--deep", "--json"]).ended(0);
    let upload = |rows: Vec<(String, Value, Value, Value, Value)>| {
        rows.into_iter().filter(|row| !row.0.contains("late")).collect::<Vec<_>>()
    };
    assert_eq!(upload(ledger(&shell.show(&case))), upload(ledger(&before)));
    let hits = shell.run(["search", "--case", &case, "--json", "--reason", "test", "clinic"]).ended(0).lines();
    assert!(!hits.is_empty());
    let events = shell.run(["audit", "export"]).ended(0).lines();
    let acts: Vec<&str> = events.iter().map(|event| event["act"].as_str().unwrap()).collect();
    let at = |act: &str| acts.iter().position(|known| *known == act).unwrap_or_else(|| panic!("{act} is not there"));
    assert!(at("backed-up") < at("restored") && at("restored") < at("verified"));
    assert_eq!(shell.run(["restore", "--from", "backup"]).code, 2, "a data folder is never replaced");
}

/// Proves that each part is copied once, that the copy names nothing that is not there, and that what an interrupted
/// backup left is neither taken for a backup nor overwritten.
#[test]
fn a_backup_is_whole_or_has_another_name() {
    let shell = Shell::init();
    shell.write_upload();
    let case = shell.open_case();
    shell.ingest(&case, &["upload"]);
    std::fs::create_dir(shell.path("cut.partial")).unwrap();
    let refused = shell.run(["backup", "--to", "cut"]).ended(2);
    assert!(refused.err.contains("cut.partial"), "{}", refused.err);
    shell.run(["restore", "--from", "cut.partial"]).ended(2);
    // An orphan in the store is nobody's and stays behind.
    let objects = shell.data().join("objects");
    let (name, bytes) = tree(&objects).into_iter().next().unwrap();
    let orphan = "aaaaaaaaaaaaaaaaaaaaaaaaaa";
    std::fs::write(objects.join(&name).with_file_name(orphan), bytes).unwrap();
    shell.run(["backup", "--to", "backup"]).ended(0);
    assert!(!shell.path("backup.partial").exists());
    let mut copied = tree(&shell.path("backup/objects"));
    assert!(!copied.keys().any(|name| name.ends_with(orphan)));
    copied.retain(|name, bytes| tree(&objects).get(name) != Some(bytes));
    assert!(copied.is_empty(), "every part of the backup is a part of the store");
    // Where a part is gone, the rest is backed up and the part is named.
    let (largest, _) = tree(&objects).into_iter().max_by_key(|(_, bytes)| bytes.len()).unwrap();
    std::fs::remove_file(objects.join(&largest)).unwrap();
    let said = shell.run(["backup", "--to", "second"]).ended(1);
    assert!(said.out.contains(largest.rsplit('/').next().unwrap()), "{}", said.out);
    assert!(shell.path("second/catalog.db").exists());
}
