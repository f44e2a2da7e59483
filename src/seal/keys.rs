//! The keys of one case, and ALL derivation of keys.
//!
//! From the case identity (an age X25519 key) HKDF-SHA-256 (RFC 5869) derives one key for each purpose under a label of
//! its own. A label ends in a version and is never given another meaning; a new construction gets a new label.

use super::{
    age_key::{AgeIdentity, AgeRecipient},
    error::SealError,
    header::MAGIC,
    random_bytes,
    stream::{PartOpener, seal_to},
};
use crate::domain::{
    entry::Sealed,
    ids::{CaseId, EntryId, Fingerprint, PlainDigest},
};
use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    hkdf::{HKDF_SHA256, Prk, Salt},
    hmac,
};
use data_encoding::HEXLOWER;
use std::{fmt, str::FromStr};
use zeroize::Zeroizing;

const SALT: &[u8] = b"casegate/case/v1";
const LABEL_FINGERPRINT: &[u8] = b"fingerprint of a plaintext digest/v1";
const LABEL_INSTANCE: &[u8] = b"fingerprint of a SOP Instance UID/v1";
const LABEL_MEMBER: &[u8] = b"id of a container's member/v1";
const LABEL_RECORD: &[u8] = b"AES-256-GCM of records/v1";

/// First byte of a record sealed under the derived key. An age payload begins with `a`.
const RECORD_VERSION: u8 = 1;
const GCM_NONCE_BYTES: usize = 12;
const GCM_TAG_BYTES: usize = 16;

/// The public key of a case: whoever has it can seal to the case, and read nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub struct CaseRecipient(AgeRecipient);

impl CaseRecipient {
    pub(super) const fn age(&self) -> &AgeRecipient {
        &self.0
    }
}

impl FromStr for CaseRecipient {
    type Err = SealError;

    fn from_str(text: &str) -> Result<Self, SealError> {
        text.parse().map(Self)
    }
}

impl fmt::Display for CaseRecipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Where a sealed record belongs. It is authenticated, so that a record moved to another row or field does not open.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    /// Table of the catalog.
    pub table: &'static str,
    /// Key of the row.
    pub row: &'a [u8],
    /// Column.
    pub field: &'static str,
}

impl Place<'_> {
    /// One line without line feeds within: table, field and row cannot run into each other.
    fn line(&self) -> Vec<u8> {
        debug_assert!(!self.table.contains([' ', '\n']) && !self.field.contains([' ', '\n']));
        format!("casegate-record/1 {} {} {}\n", self.table, self.field, HEXLOWER.encode(self.row)).into_bytes()
    }
}

/// The secret keys of a case. Wiped on drop; never printed, never cloned.
pub struct CaseKeys {
    identity: AgeIdentity,
    fingerprint: hmac::Key,
    instance: hmac::Key,
    member: hmac::Key,
    record: LessSafeKey,
}

impl CaseKeys {
    /// Draws the keys of a new case.
    pub fn generate() -> Self {
        Self::from_identity(AgeIdentity::generate())
    }

    /// Reads the case identity from the text of an age key file.
    ///
    /// # Errors
    /// [`SealError::NotAKey`].
    pub fn from_identity_text(text: &str) -> Result<Self, SealError> {
        AgeIdentity::from_text(text).map(Self::from_identity)
    }

    /// The public half.
    pub const fn recipient(&self) -> CaseRecipient {
        CaseRecipient(self.identity.recipient())
    }

    /// Keyed hash of a plaintext's digest: equal for equal bytes within this case, and for nobody else.
    pub fn fingerprint(&self, digest: &PlainDigest) -> Fingerprint {
        Fingerprint(tag(&self.fingerprint, &digest.0))
    }

    /// Keyed hash of a SOP Instance UID, without its padding (DICOM PS3.5, 9.1 and 6.2).
    pub fn instance(&self, uid: &str) -> Fingerprint {
        Fingerprint(tag(&self.instance, uid.trim_end_matches(['\0', ' ']).as_bytes()))
    }

    /// The id of the member at `ordinal` of the container `parent`: the same whenever the container is read again.
    pub fn member_id(&self, parent: EntryId, ordinal: u64) -> EntryId {
        let mut text = [0; 24];
        text[..16].copy_from_slice(parent.as_bytes());
        text[16..].copy_from_slice(&ordinal.to_be_bytes());
        let mut id = [0; 16];
        id.copy_from_slice(&tag(&self.member, &text)[..16]);
        EntryId::from_bytes(id)
    }

    /// Seals a record that is re-read often: AES-256-GCM (NIST SP 800-38D) under a random nonce, its place
    /// authenticated with it.
    pub fn seal_record(&self, place: Place<'_>, plain: &[u8]) -> Sealed {
        let nonce: [u8; GCM_NONCE_BYTES] = random_bytes();
        let mut body = Zeroizing::new(plain.to_vec());
        let tag = self
            .record
            .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(place.line()), &mut body)
            .expect("records stay far below the 64 GiB limit of AES-GCM");
        let mut sealed = Vec::with_capacity(1 + GCM_NONCE_BYTES + body.len() + GCM_TAG_BYTES);
        sealed.push(RECORD_VERSION);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(&body);
        sealed.extend_from_slice(tag.as_ref());
        Sealed(sealed)
    }

    /// Opens a record made by [`Self::seal_record`] or by [`seal_small`].
    ///
    /// # Errors
    /// [`SealError::Damaged`] where it is not the record of that place; [`SealError::WrongKey`] for an age payload to
    /// somebody else.
    pub fn open_record(&self, place: Place<'_>, sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>, SealError> {
        match sealed.0.split_first() {
            Some((&RECORD_VERSION, rest)) => self.open_derived(place, rest),
            _ if sealed.0.starts_with(MAGIC) => self.open_small(place, &sealed.0),
            _ => Err(SealError::Damaged("a record of no known version")),
        }
    }

    /// Opens a whole age file to this case whose header is not on record, such as a contents list: it is what the case's
    /// key opens, but whoever knows the recipient may have written it.
    ///
    /// # Errors
    /// [`SealError::Damaged`], [`SealError::WrongKey`].
    pub fn open_file(&self, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        PartOpener::open_unrecorded(&self.identity, sealed)?.open_all(sealed)
    }

    /// The text that goes into a wrap: a key file that names the case.
    pub(super) fn expose_key_file(&self, case: CaseId) -> Zeroizing<String> {
        self.identity.expose_key_file(&key_file_title(case))
    }

    pub(super) const fn identity(&self) -> &AgeIdentity {
        &self.identity
    }

    fn from_identity(identity: AgeIdentity) -> Self {
        let root = Salt::new(HKDF_SHA256, SALT).extract(identity.expose_secret());
        let mac = |label| hmac::Key::new(hmac::HMAC_SHA256, derive(&root, label).as_slice());
        let record = UnboundKey::new(&AES_256_GCM, derive(&root, LABEL_RECORD).as_slice())
            .expect("the derived key has the cipher's 32 bytes");
        Self {
            fingerprint: mac(LABEL_FINGERPRINT),
            instance: mac(LABEL_INSTANCE),
            member: mac(LABEL_MEMBER),
            record: LessSafeKey::new(record),
            identity,
        }
    }

    fn open_derived(&self, place: Place<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let cut = SealError::Damaged("a record that is cut short");
        let Some((nonce, body)) = sealed.split_first_chunk::<GCM_NONCE_BYTES>() else { return Err(cut) };
        let Some((text, tag)) = body.split_last_chunk::<GCM_TAG_BYTES>() else { return Err(cut) };
        let mut plain = Zeroizing::new(vec![0; text.len()]);
        self.record
            .open_separate_gather(Nonce::assume_unique_for_key(*nonce), Aad::from(place.line()), text, tag, &mut plain)
            .map_err(|_| SealError::Damaged("a record that is not the one of this place"))?;
        Ok(plain)
    }

    fn open_small(&self, place: Place<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let mut plain = PartOpener::open_unrecorded(&self.identity, sealed)?.open_all(sealed)?;
        let line = place.line();
        if !plain.starts_with(&line) {
            return Err(SealError::Damaged("a record that is not the one of this place"));
        }
        Ok(Zeroizing::new(plain.split_off(line.len())))
    }
}

/// Seals a record with the public key alone, for whoever takes in and reads nothing: a small age file whose first line
/// names its place and is checked when it is opened.
pub fn seal_small(recipient: &CaseRecipient, place: Place<'_>, plain: &[u8]) -> Sealed {
    let line = place.line();
    let mut text = Zeroizing::new(Vec::with_capacity(line.len() + plain.len()));
    text.extend_from_slice(&line);
    text.extend_from_slice(plain);
    Sealed(seal_to(recipient.age(), &text).bytes)
}

/// The comment that binds a wrap to its case.
pub(super) fn key_file_title(case: CaseId) -> String {
    format!("casegate case {case}")
}

fn derive(root: &Prk, label: &[u8]) -> Zeroizing<[u8; 32]> {
    let mut key = Zeroizing::new([0; 32]);
    root.expand(&[label], HKDF_SHA256)
        .and_then(|okm| okm.fill(key.as_mut_slice()))
        .expect("32 bytes are one block of HKDF-SHA-256");
    key
}

fn tag(key: &hmac::Key, text: &[u8]) -> [u8; 32] {
    hmac::sign(key, text).as_ref().try_into().expect("HMAC-SHA-256 has 32 bytes")
}

#[cfg(test)]
#[path = "keys_tests.rs"]
mod tests;
