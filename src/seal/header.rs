//! The header of an age file: the file key, wrapped to recipients, under a MAC (C2SP `age`, "Header").
//!
//! We write one X25519 stanza; we read any number of stanzas and skip those that are not ours, since other writers of
//! age add some. The parser takes bytes of any origin and never allocates by what they claim.

use super::{
    age_key::{AgeIdentity, AgeRecipient},
    digest,
    error::SealError,
    random_bytes,
};
use crate::domain::ids::HeaderDigest;
use aws_lc_rs::{
    aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey},
    hkdf::{HKDF_SHA256, Salt},
    hmac,
};
use data_encoding::BASE64_NOPAD;
use zeroize::Zeroizing;

/// The first line; also tells an age payload from other sealed bytes.
pub(super) const MAGIC: &[u8] = b"age-encryption.org/v1\n";

/// Bytes of an age header and payload nonce that are ever looked at. Ours have 184; other writers add a stanza of at
/// most 300.
pub const HEAD_BYTES_MAX: usize = 2048;

const FILE_KEY_BYTES: usize = 16;
const TAG_BYTES: usize = 16;

/// The 128 random bits that a whole age file hangs on.
pub(super) struct FileKey(Zeroizing<[u8; FILE_KEY_BYTES]>);

impl FileKey {
    pub(super) fn generate() -> Self {
        Self(Zeroizing::new(random_bytes()))
    }

    /// The key of the payload that begins with this nonce.
    pub(super) fn payload_key(&self, nonce: &[u8; 16]) -> LessSafeKey {
        aead(&derive(nonce, b"payload", self.0.as_slice()))
    }

    fn mac_key(&self) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, derive(b"", b"header", self.0.as_slice()).as_slice())
    }
}

/// Writes the header of a new file to one recipient.
pub(super) fn write(recipient: &AgeRecipient, file_key: &FileKey) -> Vec<u8> {
    let ephemeral = AgeIdentity::generate();
    let share = ephemeral.recipient();
    let shared = ephemeral.agree(recipient.as_bytes()).expect("points of small order are refused when keys are read");
    let key = wrap_key(share.as_bytes(), recipient.as_bytes(), &shared);
    let mut wrapped = file_key.0.to_vec();
    key.seal_in_place_append_tag(zero_nonce(), Aad::empty(), &mut wrapped)
        .expect("sealing 16 bytes stays below every limit of the cipher");
    let mut header = Vec::with_capacity(192);
    header.extend_from_slice(MAGIC);
    header.extend_from_slice(b"-> X25519 ");
    header.extend_from_slice(BASE64_NOPAD.encode(share.as_bytes()).as_bytes());
    header.push(b'\n');
    header.extend_from_slice(BASE64_NOPAD.encode(&wrapped).as_bytes());
    header.extend_from_slice(b"\n---");
    let mac = hmac::sign(&file_key.mac_key(), &header);
    header.push(b' ');
    header.extend_from_slice(BASE64_NOPAD.encode(mac.as_ref()).as_bytes());
    header.push(b'\n');
    header
}

/// The digest that stands in the catalog for a header.
pub(super) fn digest(header: &[u8]) -> HeaderDigest {
    HeaderDigest(digest::raw(header))
}

/// A header that was taken apart, not yet believed.
pub(super) struct Header<'a> {
    /// Key share and wrapped file key of each X25519 stanza.
    stanzas: Vec<([u8; 32], [u8; FILE_KEY_BYTES + TAG_BYTES])>,
    /// What the MAC is over: all up to and including `---`.
    signed: &'a [u8],
    mac: [u8; 32],
    /// Bytes of the header with its last line feed.
    pub(super) length: usize,
}

impl<'a> Header<'a> {
    /// Takes apart the header at the beginning of `head`, which may go on behind it.
    ///
    /// # Errors
    /// [`SealError::Damaged`] where this is no header of age version 1, or it does not end within [`HEAD_BYTES_MAX`].
    pub(super) fn parse(head: &'a [u8]) -> Result<Self, SealError> {
        let head = &head[..head.len().min(HEAD_BYTES_MAX)];
        let mut lines = Lines { head, at: MAGIC.len() };
        if !head.starts_with(MAGIC) {
            return Err(SealError::Damaged("no age file"));
        }
        let mut stanzas = Vec::new();
        loop {
            let start = lines.at;
            let line = lines.next()?;
            if let Some(mac) = line.strip_prefix(b"--- ") {
                let mac = exact(mac)?;
                return Ok(Self { stanzas, signed: &head[..start + 3], mac, length: lines.at });
            }
            let arguments = line.strip_prefix(b"-> ").ok_or(SealError::Damaged("an unknown line in the header"))?;
            let body = lines.body()?;
            if let Some(share) = arguments.strip_prefix(b"X25519 ") {
                let wrapped = body.try_into().map_err(|_| SealError::Damaged("a stanza of another length"))?;
                stanzas.push((exact(share)?, wrapped));
            }
        }
    }

    /// Unwraps the file key and checks the header's MAC.
    ///
    /// # Errors
    /// [`SealError::WrongKey`] where no stanza opens, [`SealError::Damaged`] where the MAC is wrong.
    pub(super) fn unwrap_file_key(&self, identity: &AgeIdentity) -> Result<FileKey, SealError> {
        let file_key = self
            .stanzas
            .iter()
            .find_map(|(share, wrapped)| open_stanza(identity, share, wrapped))
            .ok_or(SealError::WrongKey)?;
        hmac::verify(&file_key.mac_key(), self.signed, &self.mac)
            .map_err(|_| SealError::Damaged("the header does not match its MAC"))?;
        Ok(file_key)
    }
}

fn open_stanza(identity: &AgeIdentity, share: &[u8; 32], wrapped: &[u8; 32]) -> Option<FileKey> {
    let shared = identity.agree(share).ok()?;
    let key = wrap_key(share, identity.recipient().as_bytes(), &shared);
    let mut bytes = Zeroizing::new(*wrapped);
    let plain = key.open_in_place(zero_nonce(), Aad::empty(), bytes.as_mut_slice()).ok()?;
    let mut file_key = Zeroizing::new([0; FILE_KEY_BYTES]);
    file_key.copy_from_slice(plain);
    Some(FileKey(file_key))
}

/// The lines of a header, each ended by a line feed within the head.
struct Lines<'a> {
    head: &'a [u8],
    at: usize,
}

impl<'a> Lines<'a> {
    fn next(&mut self) -> Result<&'a [u8], SealError> {
        let rest = self.head.get(self.at..).unwrap_or_default();
        let end = rest.iter().position(|&byte| byte == b'\n').ok_or(SealError::Damaged("the header does not end"))?;
        self.at += end + 1;
        Ok(&rest[..end])
    }

    /// The body of a stanza: full lines of 64 letters, then one shorter line, perhaps empty.
    fn body(&mut self) -> Result<Vec<u8>, SealError> {
        let mut letters = Vec::new();
        loop {
            let line = self.next()?;
            if line.len() > 64 {
                return Err(SealError::Damaged("a line of the header is too long"));
            }
            letters.extend_from_slice(line);
            if line.len() < 64 {
                return base64(&letters);
            }
        }
    }
}

fn base64(letters: &[u8]) -> Result<Vec<u8>, SealError> {
    BASE64_NOPAD.decode(letters).map_err(|_| SealError::Damaged("the header is not base64"))
}

fn exact(letters: &[u8]) -> Result<[u8; 32], SealError> {
    base64(letters)?.try_into().map_err(|_| SealError::Damaged("a field of the header has another length"))
}

fn wrap_key(share: &[u8; 32], recipient: &[u8; 32], shared: &Zeroizing<[u8; 32]>) -> LessSafeKey {
    let mut salt = [0; 64];
    salt[..32].copy_from_slice(share);
    salt[32..].copy_from_slice(recipient);
    aead(&derive(&salt, b"age-encryption.org/v1/X25519", shared.as_slice()))
}

/// HKDF-SHA-256 (RFC 5869) to 32 bytes.
fn derive(salt: &[u8], info: &[u8], secret: &[u8]) -> Zeroizing<[u8; 32]> {
    let mut key = Zeroizing::new([0; 32]);
    Salt::new(HKDF_SHA256, salt)
        .extract(secret)
        .expand(&[info], HKDF_SHA256)
        .and_then(|okm| okm.fill(key.as_mut_slice()))
        .expect("32 bytes are one block of HKDF-SHA-256");
    key
}

fn aead(key: &Zeroizing<[u8; 32]>) -> LessSafeKey {
    LessSafeKey::new(UnboundKey::new(&CHACHA20_POLY1305, key.as_slice()).expect("the key has the cipher's 32 bytes"))
}

/// Every wrapping key wraps one file key, so its nonce is zero (C2SP `age`).
fn zero_nonce() -> Nonce {
    Nonce::assume_unique_for_key([0; 12])
}
