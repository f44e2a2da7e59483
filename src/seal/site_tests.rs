//! Key files of the site.

use super::*;
use std::io::ErrorKind;

/// What is stored is loaded again, with mode 0600, and never replaced.
#[test]
fn a_key_file_is_written_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("site.key");
    let site = SiteIdentity::generate();
    site.store(&path, None).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(SiteIdentity::load(&path, None).unwrap().recipient(), site.recipient());
    let again = SiteIdentity::generate().store(&path, None);
    assert!(matches!(again, Err(SealError::World { source, .. }) if source.kind() == ErrorKind::AlreadyExists));
    assert_eq!(SiteIdentity::load(&path, None).unwrap().recipient(), site.recipient());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no temp file stays");
}

/// The age crate reads our key file as an identity file.
#[test]
fn a_key_file_is_one_of_age() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("recovery.key");
    let recovery = RecoveryIdentity::generate();
    recovery.store(&path, None).unwrap();
    let theirs = age::IdentityFile::from_file(path.to_str().unwrap().to_owned()).unwrap().into_identities().unwrap();
    let sealed = super::super::stream::seal_to(&recovery.recipient(), b"x").bytes;
    let decryptor = age::Decryptor::new(&sealed[..]).unwrap();
    let mut plain = Vec::new();
    let identities = theirs.iter().map(|identity| &**identity as &dyn age::Identity);
    decryptor.decrypt(identities).unwrap().read_to_end(&mut plain).unwrap();
    assert_eq!(plain, b"x");
}

/// A key file under a passphrase shows no key, opens with the passphrase and with no other.
#[test]
fn a_passphrase_locks() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("site.key");
    let site = SiteIdentity::generate();
    // The least work, since the test is about the layer and not about its cost.
    let mut recipient = age::scrypt::Recipient::new(SecretString::from("right".to_owned()));
    recipient.set_work_factor(2);
    let locked = age::encrypt(&recipient, site.0.expose_key_file("x").as_bytes()).unwrap();
    durable::write(&path, &locked, Existing::Keep).unwrap();
    let right = Passphrase::new("right".to_owned());
    assert_eq!(SiteIdentity::load(&path, Some(&right)).unwrap().recipient(), site.recipient());
    let wrong = Passphrase::new("wrong".to_owned());
    assert!(matches!(SiteIdentity::load(&path, Some(&wrong)), Err(SealError::Passphrase)));
    assert!(matches!(SiteIdentity::load(&path, None), Err(SealError::Passphrase)));
}

/// `store` with a passphrase writes no key in the clear, and its file opens with it.
#[test]
fn store_uses_the_passphrase() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("site.key");
    let site = SiteIdentity::generate();
    let passphrase = Passphrase::new("right".to_owned());
    site.store(&path, Some(&passphrase)).unwrap();
    let bytes = fs::read(&path).unwrap();
    assert!(!String::from_utf8_lossy(&bytes).contains("SECRET"));
    assert_eq!(SiteIdentity::load(&path, Some(&passphrase)).unwrap().recipient(), site.recipient());
}

/// A replaced key file is the new one; of the old one no name and no byte is left.
#[test]
fn a_key_file_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let (current, next, kept) =
        (folder.path().join("site.key"), folder.path().join("site.key.next"), folder.path().join("other-name"));
    let (old, new) = (SiteIdentity::generate(), SiteIdentity::generate());
    old.store(&current, None).unwrap();
    fs::hard_link(&current, &kept).unwrap();
    assert!(replace_key_file(&next, &current).is_err());
    assert_eq!(SiteIdentity::load(&current, None).unwrap().recipient(), old.recipient());
    new.store(&next, None).unwrap();
    replace_key_file(&next, &current).unwrap();
    assert_eq!(SiteIdentity::load(&current, None).unwrap().recipient(), new.recipient());
    assert!(!next.exists());
    assert!(SiteIdentity::load(&kept, None).is_err(), "the old bytes are overwritten");
}

/// A file that others may read is refused; as a systemd credential its mode is systemd's matter.
#[test]
fn open_modes_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("site.key");
    let site = SiteIdentity::generate();
    site.store(&path, None).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    assert!(matches!(SiteIdentity::load(&path, None), Err(SealError::TooOpen { mode: 0o640 })));
    let loaded = SiteIdentity::load_credential(folder.path(), "site.key", None).unwrap();
    assert_eq!(loaded.recipient(), site.recipient());
    assert!(SiteIdentity::load_credential(folder.path(), "../site.key", None).is_err());
}

/// Files that hold something else, or far too much, are refused by name of the fault.
#[test]
fn other_files_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let public = AgeIdentity::generate().recipient().to_string();
    for (name, bytes) in
        [("empty", vec![]), ("long", vec![b'#'; 1 << 20]), ("binary", vec![0xff; 40]), ("public", public.into())]
    {
        let path = folder.path().join(name);
        durable::write(&path, &bytes, Existing::Keep).unwrap();
        assert!(matches!(SiteIdentity::load(&path, None), Err(SealError::NotAKey(_))), "{name}");
    }
    assert!(matches!(SiteIdentity::load(&folder.path().join("none"), None), Err(SealError::World { .. })));
}
