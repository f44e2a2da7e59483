//! Keys are rotated, added and lost.

use super::shell::{Shell, copy, tree};
use std::{os::unix::fs::PermissionsExt, path::Path};

fn reads(shell: &Shell, case: &str) -> i32 {
    shell.run(["case", "show", case, "--json"]).code
}

fn with_case() -> (Shell, String) {
    let shell = Shell::init();
    shell.write("letter.txt", b"Dear colleague, thank you for seeing this child in your clinic in spring.\n");
    let case = shell.open_case();
    shell.ingest(&case, &["letter.txt"]);
    (shell, case)
}

fn place_key(from: &Path, to: &Path) {
    let _ = std::fs::remove_file(to);
    std::fs::copy(from, to).unwrap();
    std::fs::set_permissions(to, std::fs::Permissions::from_mode(0o600)).unwrap();
}

/// Proves that after a rotation the site reads and takes in as before, the old key opens nothing, and the trail knows.
#[test]
fn after_a_rotation_the_old_key_opens_nothing() {
    let (shell, case) = with_case();
    let key = shell.keys().join("site.key");
    place_key(&key, &shell.path("old.key"));
    shell.run(["keys", "rotate"]).ended(0);
    assert_ne!(std::fs::read(&key).unwrap(), std::fs::read(shell.path("old.key")).unwrap());
    assert!(!shell.keys().join("site.key.next").exists());
    shell.run(["verify", "--deep"]).ended(0);
    assert_eq!(shell.ingest(&case, &["patient.toml"]).len(), 2);
    let events = shell.run(["audit", "export"]).ended(0).lines();
    assert!(events.iter().any(|event| event["act"] == "keys-changed" && event["detail"] == "rotated"));
    place_key(&key, &shell.path("new.key"));
    place_key(&shell.path("old.key"), &key);
    assert_eq!(reads(&shell, &case), 3);
    place_key(&shell.path("new.key"), &key);
    assert_eq!(reads(&shell, &case), 0);
}

/// Proves that a rotation that was interrupted, after the new key was written, after wraps were staged and after some
/// were promoted, is finished by rotating again, with the key it had begun with, and loses no case.
#[test]
fn an_interrupted_rotation_is_taken_up() {
    let (shell, first) = with_case();
    let second = shell.open_case();
    copy(&shell.keys(), &shell.path("before"));
    shell.run(["keys", "rotate"]).ended(0);
    copy(&shell.keys(), &shell.path("after"));
    let wrap = |stage: &str, case: &str| shell.path(stage).join("cases").join(case).join("site.age");
    for (staged, promoted) in [(0, 0), (1, 0), (2, 0), (2, 1)] {
        // The key folder as it was at that moment.
        std::fs::remove_dir_all(shell.keys()).unwrap();
        copy(&shell.path("before"), &shell.keys());
        place_key(&shell.path("before/site.key"), &shell.keys().join("site.key"));
        place_key(&shell.path("after/site.key"), &shell.keys().join("site.key.next"));
        for (index, case) in [&first, &second].into_iter().enumerate() {
            let folder = shell.keys().join("cases").join(case);
            if index < promoted {
                std::fs::copy(wrap("after", case), folder.join("site.age")).unwrap();
            } else if index < staged {
                std::fs::copy(wrap("after", case), folder.join("site-next.age")).unwrap();
            }
        }
        shell.run(["keys", "rotate"]).ended(0);
        shell.run(["verify", "--deep"]).ended(0);
        let left: Vec<String> = tree(&shell.keys()).into_keys().filter(|name| name.contains("next")).collect();
        assert!(left.is_empty(), "staged {staged}, promoted {promoted}: {left:?}");
        assert_eq!(
            std::fs::read(shell.keys().join("site.key")).unwrap(),
            std::fs::read(shell.path("after/site.key")).unwrap()
        );
    }
}

/// Proves that a recovery recipient that is added later can open the cases that were there and those to come, and is
/// listed once, and that what is no recipient is refused in words.
#[test]
fn a_recovery_recipient_is_added() {
    let (shell, case) = with_case();
    let other = Shell::init();
    let text = std::fs::read_to_string(other.path("recovery.key")).unwrap();
    let recipient = text.lines().find_map(|line| line.strip_prefix("# public key: ")).unwrap();
    for _ in 0..2 {
        shell.run(["keys", "add-recovery", recipient]).ended(0);
    }
    let later = shell.open_case();
    let letters = &recipient["age1".len()..][..16];
    for case in [&case, &later] {
        let wrap = shell.keys().join("cases").join(case).join(format!("recovery-{letters}.age"));
        assert!(wrap.exists(), "{case} is wrapped to the new recipient");
    }
    let listed = shell.run(["keys", "list"]).ended(0).out;
    assert_eq!(listed.matches("age1").count(), 3, "{listed}");
    let site = std::fs::read_to_string(shell.keys().join("site.key")).unwrap();
    let site = site.lines().find_map(|line| line.strip_prefix("# public key: ")).unwrap();
    assert!([site, &case, &later].iter().all(|part| listed.contains(part)), "{listed}");
    assert!(listed.contains(recipient) && listed.contains("Cases with keys: 2"), "{listed}");
    let refused = shell.run(["keys", "add-recovery", "age1nonsense"]).ended(2);
    assert!(refused.err.contains("age1"), "{}", refused.err);
}

/// Proves that keys are not changed under a daemon that holds them.
#[test]
fn keys_are_not_changed_under_a_daemon() {
    let (shell, case) = with_case();
    let daemon = shell.serve();
    let before = tree(&shell.keys());
    assert_eq!(shell.run(["keys", "rotate"]).code, 2);
    assert!(tree(&shell.keys()) == before);
    assert_eq!(reads(&shell, &case), 0);
    daemon.kill();
}
