//! Parts: one age file each, written and read by our own code over aws-lc because that is about twice as fast as the
//! portable implementation (source: C2SP `age`, "Payload"; STREAM of Hoang, Reyhanitabar, Rogaway and Vizár, 2015).
//!
//! The payload is cut into chunks of 64 KiB, each sealed with ChaCha20-Poly1305 under a nonce that counts the chunks and
//! marks the last, so chunks open one by one and none can be moved, dropped or put behind the last. The catalog keeps
//! the header's digest and the part's length: with both, a whole part cannot be swapped for another either.

use super::{
    age_key::{AgeIdentity, AgeRecipient},
    error::SealError,
    header::{self, FileKey, Header},
    keys::{CaseKeys, CaseRecipient},
    random_bytes,
};
use crate::domain::ids::HeaderDigest;
use aws_lc_rs::aead::{Aad, LessSafeKey, Nonce};
use std::ops::Range;
use zeroize::Zeroizing;

pub use super::header::HEAD_BYTES_MAX;

/// Plaintext bytes of one chunk, as the format demands.
pub const CHUNK_BYTES: usize = 64 * 1024;

const TAG_BYTES: usize = 16;
const SEALED_CHUNK_BYTES: u64 = (CHUNK_BYTES + TAG_BYTES) as u64;
const NONCE_BYTES: usize = 16;

/// Bytes of a header of ours with the nonce behind it, at most.
const HEAD_BYTES_OWN_MAX: usize = 256;

/// A part as it goes to the vault.
pub struct SealedPart {
    /// A whole age file.
    pub bytes: Vec<u8>,
    /// Digest of its header, for the catalog.
    pub header: HeaderDigest,
}

/// Seals bytes as one age file to the case. Takes about 0.1 ms and 0.6 ms a MB: call it off the async threads.
pub fn seal_part(recipient: &CaseRecipient, plain: &[u8]) -> SealedPart {
    seal_to(recipient.age(), plain)
}

/// As [`seal_part`], behind what stands in `bytes`; has room for all of it first where there is none yet.
pub fn seal_part_into(recipient: &CaseRecipient, plain: &[u8], bytes: &mut Vec<u8>) -> HeaderDigest {
    seal_into(recipient.age(), plain, bytes)
}

/// Bytes that a part with so many bytes of plaintext has at most.
pub const fn sealed_bytes_max(plain_bytes: usize) -> usize {
    HEAD_BYTES_OWN_MAX + plain_bytes + (plain_bytes / CHUNK_BYTES + 1) * TAG_BYTES
}

/// As [`seal_part`], to any age recipient.
pub(super) fn seal_to(recipient: &AgeRecipient, plain: &[u8]) -> SealedPart {
    let mut bytes = Vec::new();
    let header = seal_into(recipient, plain, &mut bytes);
    SealedPart { bytes, header }
}

fn seal_into(recipient: &AgeRecipient, plain: &[u8], bytes: &mut Vec<u8>) -> HeaderDigest {
    let file_key = FileKey::generate();
    let head = header::write(recipient, &file_key);
    let header = header::digest(&head);
    let nonce: [u8; NONCE_BYTES] = random_bytes();
    let key = file_key.payload_key(&nonce);
    let chunks = plain.len().div_ceil(CHUNK_BYTES).max(1);
    bytes.reserve(head.len() + NONCE_BYTES + plain.len() + chunks * TAG_BYTES);
    bytes.extend_from_slice(&head);
    bytes.extend_from_slice(&nonce);
    for index in 0..chunks {
        let from = index * CHUNK_BYTES;
        // Copied and then sealed in place while it is in the cache: faster than clearing all the memory first.
        let start = bytes.len();
        bytes.extend_from_slice(&plain[from..plain.len().min(from + CHUNK_BYTES)]);
        let nonce = chunk_nonce(index as u64, chunks as u64);
        let tag = key
            .seal_in_place_separate_tag(nonce, Aad::empty(), &mut bytes[start..])
            .expect("a chunk stays far below the limit of the cipher");
        bytes.extend_from_slice(tag.as_ref());
    }
    header
}

/// Opens chunks of one part in any order.
pub struct PartOpener {
    key: LessSafeKey,
    payload: u64,
    sealed_bytes: u64,
    chunks: u64,
}

impl PartOpener {
    /// Checks the header at the beginning of `head` against the digest in the catalog and unwraps the file key.
    /// `head` are the first bytes of the part, at most [`HEAD_BYTES_MAX`] of them; `sealed_bytes` is the part's length
    /// as the catalog has it.
    ///
    /// # Errors
    /// [`SealError::Damaged`] and [`SealError::WrongKey`].
    pub fn open(keys: &CaseKeys, expected: &HeaderDigest, head: &[u8], sealed_bytes: u64) -> Result<Self, SealError> {
        let header = Header::parse(head)?;
        if header::digest(&head[..header.length]) != *expected {
            return Err(SealError::Damaged("the header is not the one that was recorded"));
        }
        Self::with_header(keys.identity(), &header, head, sealed_bytes)
    }

    /// As `open`, without a recorded digest: for wraps and small payloads, which are authenticated otherwise.
    pub(super) fn open_unrecorded(identity: &AgeIdentity, sealed: &[u8]) -> Result<Self, SealError> {
        let header = Header::parse(sealed)?;
        Self::with_header(identity, &header, sealed, sealed.len() as u64)
    }

    /// Bytes of plaintext in the part.
    pub const fn plain_bytes(&self) -> u64 {
        self.sealed_bytes - self.payload - self.chunks * TAG_BYTES as u64
    }

    /// Chunks in the part: at least one.
    pub const fn chunks(&self) -> u64 {
        self.chunks
    }

    /// Where a chunk lies in the sealed part. `index` is below [`Self::chunks`].
    pub fn sealed_range(&self, index: u64) -> Range<u64> {
        let start = self.payload + index * SEALED_CHUNK_BYTES;
        start..(start + SEALED_CHUNK_BYTES).min(self.sealed_bytes)
    }

    /// Opens one chunk from the bytes of its sealed range.
    ///
    /// # Errors
    /// [`SealError::Damaged`] where these are not the bytes of that chunk of this part.
    pub fn open_chunk(&self, index: u64, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let range = self.sealed_range(index);
        if index >= self.chunks || sealed.len() as u64 != range.end - range.start {
            return Err(SealError::Damaged("a chunk of another length"));
        }
        let (text, tag) = sealed.split_at(sealed.len() - TAG_BYTES);
        let mut plain = vec![0; text.len()];
        self.key
            .open_separate_gather(chunk_nonce(index, self.chunks), Aad::empty(), text, tag, &mut plain)
            .map_err(|_| SealError::Damaged("a chunk does not match its tag"))?;
        Ok(plain)
    }

    /// Opens all chunks from the bytes of the whole part: for wraps and records, which are small and wiped.
    pub(super) fn open_all(&self, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let mut plain = Zeroizing::new(Vec::with_capacity(self.plain_bytes() as usize));
        for index in 0..self.chunks {
            let range = self.sealed_range(index);
            let chunk = sealed
                .get(range.start as usize..range.end as usize)
                .ok_or(SealError::Damaged("the payload is cut short"))?;
            plain.extend_from_slice(&Zeroizing::new(self.open_chunk(index, chunk)?));
        }
        Ok(plain)
    }

    fn with_header(
        identity: &AgeIdentity,
        header: &Header<'_>,
        head: &[u8],
        sealed_bytes: u64,
    ) -> Result<Self, SealError> {
        let cut = SealError::Damaged("the payload is cut short");
        let payload = header.length + NONCE_BYTES;
        let Some(nonce) = head.get(header.length..payload).and_then(|nonce| nonce.try_into().ok()) else {
            return Err(cut);
        };
        let chunk_bytes = sealed_bytes.saturating_sub(payload as u64);
        let chunks = chunk_bytes.div_ceil(SEALED_CHUNK_BYTES);
        let last = chunk_bytes - chunks.saturating_sub(1) * SEALED_CHUNK_BYTES;
        // Only an empty payload has an empty last chunk; a longer one that ends so was tampered with.
        if last < TAG_BYTES as u64 || (last == TAG_BYTES as u64 && chunks > 1) {
            return Err(cut);
        }
        let key = header.unwrap_file_key(identity)?.payload_key(nonce);
        Ok(Self { key, payload: payload as u64, sealed_bytes, chunks })
    }
}

/// 11 bytes of counter, one byte that is 1 for the last chunk.
fn chunk_nonce(index: u64, chunks: u64) -> Nonce {
    let mut nonce = [0; 12];
    nonce[3..11].copy_from_slice(&index.to_be_bytes());
    nonce[11] = u8::from(index + 1 == chunks);
    Nonce::assume_unique_for_key(nonce)
}

#[cfg(test)]
#[path = "stream_tests.rs"]
mod tests;
