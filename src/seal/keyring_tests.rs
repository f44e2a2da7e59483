//! The keyring over a real key store.

use super::{
    super::{age_key::AgeIdentity, sha256},
    *,
};
use crate::domain::ids::Fingerprint;
use std::{fs, path::Path};
use tempfile::TempDir;

fn case(number: u8) -> CaseId {
    CaseId::from_bytes([number; 16])
}

/// A site identity that can be had twice: the test plays the key file.
struct Site(String);

impl Site {
    fn new() -> Self {
        Self(AgeIdentity::generate().expose_key_file("site").to_string())
    }

    fn identity(&self, folder: &Path) -> SiteIdentity {
        let path = folder.join(AgeIdentity::from_text(&self.0).unwrap().recipient().to_string());
        if !path.exists() {
            super::super::durable::write(&path, self.0.as_bytes(), super::super::durable::Existing::Keep).unwrap();
        }
        SiteIdentity::load(&path, None).unwrap()
    }
}

struct World {
    keys: TempDir,
    store: TempDir,
}

impl World {
    fn new() -> Self {
        Self { keys: tempfile::tempdir().unwrap(), store: tempfile::tempdir().unwrap() }
    }

    fn store(&self) -> KeyStore {
        KeyStore::open(self.store.path()).unwrap()
    }

    fn keyring(&self, site: &Site, recovery: Vec<AgeRecipient>) -> Keyring {
        Keyring::new(site.identity(self.keys.path()), self.store(), recovery)
    }
}

/// What identifies the keys of a case without showing them.
fn mark(keys: &CaseKeys) -> Fingerprint {
    keys.fingerprint(&sha256(b"mark"))
}

/// Keys made by one keyring are the ones the next finds, and a case is made once.
#[test]
fn keys_outlive_the_keyring() {
    let (world, site) = (World::new(), Site::new());
    let first = world.keyring(&site, vec![]);
    let keys = first.create_case(case(1)).unwrap();
    assert!(Arc::ptr_eq(&keys, &first.case(case(1)).unwrap()));
    assert!(matches!(first.create_case(case(1)), Err(SealError::CaseExists(_))));
    let second = world.keyring(&site, vec![]);
    assert_eq!(mark(&second.case(case(1)).unwrap()), mark(&keys));
    assert!(matches!(second.case(case(2)), Err(SealError::NoCase(_))));
    assert_eq!(second.cases().unwrap(), [case(1)]);
    let stranger = world.keyring(&Site::new(), vec![]);
    assert!(matches!(stranger.case(case(1)), Err(SealError::WrongKey)));
}

/// The wrap of one case under another's name is found, and so is a flipped bit.
#[test]
fn a_wrap_of_another_case_is_found() {
    let (world, site) = (World::new(), Site::new());
    let keyring = world.keyring(&site, vec![]);
    keyring.create_case(case(1)).unwrap();
    keyring.create_case(case(2)).unwrap();
    let wrap = |number| world.store.path().join(case(number).to_string()).join("site.age");
    fs::copy(wrap(1), wrap(2)).unwrap();
    let mut bytes = fs::read(wrap(1)).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(wrap(1), bytes).unwrap();
    let fresh = world.keyring(&site, vec![]);
    assert!(matches!(fresh.case(case(2)), Err(SealError::Damaged("a wrap of another case"))));
    assert!(matches!(fresh.case(case(1)), Err(SealError::Damaged(_))));
}

/// After a rotation the new identity opens every case and the old one none; nothing of it is left over.
#[test]
fn rotation_changes_the_lock() {
    let (world, old, new) = (World::new(), Site::new(), Site::new());
    let keyring = world.keyring(&old, vec![]);
    let marks: Vec<_> = (1..4).map(|number| mark(&keyring.create_case(case(number)).unwrap())).collect();
    keyring.rotate(new.identity(world.keys.path())).unwrap();
    let after = keyring.create_case(case(9)).unwrap();
    let (with_new, with_old) = (world.keyring(&new, vec![]), world.keyring(&old, vec![]));
    for (number, expected) in (1..4).zip(marks) {
        assert_eq!(mark(&with_new.case(case(number)).unwrap()), expected);
        assert!(matches!(with_old.case(case(number)), Err(SealError::WrongKey)));
    }
    assert_eq!(mark(&with_new.case(case(9)).unwrap()), mark(&after));
    assert_eq!(fs::read_dir(world.store.path().join(case(1).to_string())).unwrap().count(), 1);
}

/// A rotation interrupted at any step is completed by doing it again, and no case is unreadable to both identities.
#[test]
fn an_interrupted_rotation_is_taken_up() {
    for steps in 0..=6 {
        let (world, old, new) = (World::new(), Site::new(), Site::new());
        let keyring = world.keyring(&old, vec![]);
        let marks: Vec<_> = (0..3).map(|number| mark(&keyring.create_case(case(number)).unwrap())).collect();
        let store = world.store();
        let target = new.identity(world.keys.path());
        for step in 0..steps {
            let number = case(step % 3);
            if step < 3 {
                store.stage_site(number, &keyring.case(number).unwrap(), &target.recipient()).unwrap();
            } else {
                store.promote_site(number).unwrap();
            }
        }
        for number in 0..3 {
            let readable = [&old, &new].iter().any(|site| world.keyring(site, vec![]).case(case(number)).is_ok());
            assert!(readable, "case {number} after {steps} steps");
        }
        world.keyring(&old, vec![]).rotate(target).unwrap();
        for (number, expected) in (0..3).zip(&marks) {
            assert_eq!(mark(&world.keyring(&new, vec![]).case(case(number)).unwrap()), *expected, "{steps} steps");
            assert!(world.keyring(&old, vec![]).case(case(number)).is_err(), "{steps} steps");
        }
    }
}

/// A site that lost its identity gets every case back with a recovery identity, also one that was added later.
#[test]
fn recovery_gives_the_cases_back() {
    let (world, lost, new) = (World::new(), Site::new(), Site::new());
    let (first, later) = (RecoveryIdentity::generate(), RecoveryIdentity::generate());
    let keyring = world.keyring(&lost, vec![first.recipient()]);
    let before = mark(&keyring.create_case(case(1)).unwrap());
    keyring.add_recovery(later.recipient()).unwrap();
    keyring.add_recovery(later.recipient()).unwrap();
    let after = mark(&keyring.create_case(case(2)).unwrap());
    for recovery in [first, later] {
        let site = Site::new();
        recover(&world.store(), &recovery, &site.identity(world.keys.path())).unwrap();
        let restored = world.keyring(&site, vec![]);
        assert_eq!(mark(&restored.case(case(1)).unwrap()), before);
        assert_eq!(mark(&restored.case(case(2)).unwrap()), after);
    }
    let stranger = RecoveryIdentity::generate();
    assert!(recover(&world.store(), &stranger, &new.identity(world.keys.path())).is_err());
}

/// A shredded case is gone for the keyring that had it open, for the next, and from the folder; others stay.
#[test]
fn shredding_removes_every_wrap() {
    let (world, site) = (World::new(), Site::new());
    let keyring = world.keyring(&site, vec![RecoveryIdentity::generate().recipient()]);
    keyring.create_case(case(1)).unwrap();
    keyring.create_case(case(2)).unwrap();
    keyring.shred(case(1)).unwrap();
    assert!(matches!(keyring.case(case(1)), Err(SealError::NoCase(_))));
    assert!(matches!(keyring.shred(case(1)), Err(SealError::NoCase(_))));
    assert!(keyring.case(case(2)).is_ok());
    let names: Vec<_> = fs::read_dir(world.store.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, [std::ffi::OsString::from(case(2).to_string())]);
}

/// What a crash left of a making or a shredding is gone after the next opening.
#[test]
fn opening_finishes_what_a_crash_left() {
    let (world, site) = (World::new(), Site::new());
    world.keyring(&site, vec![]).create_case(case(1)).unwrap();
    let root = world.store.path();
    for name in [format!(".making-{}", case(2)), format!(".shredding-{}", case(3))] {
        fs::create_dir(root.join(&name)).unwrap();
        fs::write(root.join(&name).join("site.age"), b"rest").unwrap();
    }
    assert_eq!(world.store().list().unwrap(), [case(1)]);
    assert_eq!(fs::read_dir(root).unwrap().count(), 1);
}

/// Keys of an ephemeral keyring work and end with it; it never rotates.
#[test]
fn an_ephemeral_keyring_stores_nothing() {
    let keyring = Keyring::ephemeral();
    let keys = keyring.create_case(case(1)).unwrap();
    assert!(Arc::ptr_eq(&keys, &keyring.case(case(1)).unwrap()));
    assert!(matches!(keyring.create_case(case(1)), Err(SealError::CaseExists(_))));
    assert!(matches!(keyring.rotate(SiteIdentity::generate()), Err(SealError::Ephemeral(_))));
    keyring.shred(case(1)).unwrap();
    assert!(matches!(keyring.case(case(1)), Err(SealError::NoCase(_))));
}

/// The cache holds a bounded number of cases and drops the one that was not used for longest.
#[test]
fn the_cache_is_bounded() {
    let mut open = OpenCases::default();
    let keys = Arc::new(CaseKeys::generate());
    (1..4).for_each(|number| open.insert(case(number), &keys, 3));
    assert!(open.get(case(1)).is_some());
    open.insert(case(4), &keys, 3);
    assert_eq!(open.cases.len(), 3);
    assert!(open.get(case(2)).is_none() && open.get(case(1)).is_some());
}
