//! The contents list of a case: which parts make which document, in order, with path, kind, size and SHA-256. With it, the
//! keys and the objects, the stock `age` command restores a case without this program (`docs/handbook/recovery.md`).
//!
//! It is one plain age file to the case's recipient, named by the case. Inside are JSON lines: first a [`Head`], then a
//! [`Line`] for each entry, in the order of receipt. The gate's job writes it before it commits; the job stands in the
//! queue until then, so a crash in between only has it written again, and a list never lags behind a finished gate.
//! Nothing reads it back but `verify`: the catalog is what counts while it is there.

use super::{Stores, Trouble};
use crate::{
    casework::case::{CaseFile, Entry},
    domain::{
        entry::{Outcome, Parts},
        facts::FileKind,
        ids::{CaseId, EntryId, ObjectId},
    },
    seal::{CaseKeys, CaseRecipient, seal_part},
};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// The format's name and version.
pub const FORMAT: &str = "casegate-contents/1";

/// The first line.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Head {
    /// [`FORMAT`].
    pub format: String,
    /// The case.
    pub case: CaseId,
    /// The revision of the case that is listed.
    pub revision: u64,
    /// Lines that follow.
    pub entries: u64,
}

/// An entry.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Line {
    /// Its id.
    pub id: EntryId,
    /// As shown: `container!/member`.
    pub path: String,
    /// What it is.
    pub kind: FileKind,
    /// What became of it; `null` while it is not judged.
    pub outcome: Option<Outcome>,
    /// Bytes of plaintext.
    pub bytes: u64,
    /// SHA-256 of the plaintext in hex; `null` where no bytes were handed over.
    pub sha256: Option<String>,
    /// Its parts in order, `<epoch>/<name>` each; empty where the bytes are another entry's or were dropped.
    pub parts: Vec<String>,
    /// The path of the entry that holds these bytes, for a duplicate.
    pub same_as: Option<String>,
}

/// Writes the list of a case as it was laid open at `revision`.
///
/// # Errors
/// The stores failed.
pub async fn write(
    stores: &Stores,
    keys: &CaseKeys,
    (case, revision): (CaseId, u64),
    file: &CaseFile,
) -> Result<(), Trouble> {
    let parts = stores.catalog.parts_of_case(case).await?;
    let plain = encode((case, revision), file, &parts)?;
    let sealed = seal(keys.recipient(), plain).await?;
    Ok(stores.shelf.put(case, sealed).await?)
}

/// What is wrong with the list of a case, in words; `None` where it is as it should be, or is about to be written.
///
/// # Errors
/// The stores failed.
pub async fn fault(
    stores: &Stores,
    keys: &CaseKeys,
    case: CaseId,
    file: &CaseFile,
) -> Result<Option<&'static str>, Trouble> {
    let gate = stores.catalog.index(case).await?.gate;
    let Some(sealed) = stores.shelf.get(case).await? else {
        let due = gate.revision > 0;
        return Ok(due.then_some("its contents list is missing"));
    };
    let Ok(plain) = keys.open_file(&sealed) else { return Ok(Some("the seal of its contents list does not hold")) };
    let head = plain.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let head: Head = match serde_json::from_slice(head) {
        Ok(head) => head,
        Err(_) => return Ok(Some("its contents list is none")),
    };
    if head.case != case || head.format != FORMAT {
        return Ok(Some("its contents list is another case's"));
    }
    if head.revision < gate.revision {
        return Ok(Some("its contents list is an older one"));
    }
    // Asked for last: where the case changed since it was laid open, the two cannot be compared.
    let parts = stores.catalog.parts_of_case(case).await?;
    if stores.catalog.case(case).await?.revision != head.revision {
        return Ok(None);
    }
    let same = encode((case, head.revision), file, &parts)? == **plain;
    Ok((!same).then_some("its contents list does not agree with the catalog"))
}

/// The lines of a case.
fn encode(
    (case, revision): (CaseId, u64),
    file: &CaseFile,
    parts: &HashMap<ObjectId, Parts>,
) -> Result<Vec<u8>, Trouble> {
    let mut plain = Vec::new();
    let entries = file.entries().len() as u64;
    push(&mut plain, &Head { format: FORMAT.to_owned(), case, revision, entries })?;
    for entry in file.entries() {
        push(&mut plain, &line(file, entry, parts))?;
    }
    Ok(plain)
}

fn line(file: &CaseFile, entry: &Entry, parts: &HashMap<ObjectId, Parts>) -> Line {
    let original = file.original(entry);
    let own = entry.row.object.and_then(|object| parts.get(&object));
    Line {
        id: entry.row.id,
        path: entry.path.clone(),
        kind: file.kind(entry),
        outcome: entry.row.outcome,
        bytes: entry.row.bytes,
        sha256: entry.record.sha256.map(|digest| digest.to_hex()),
        parts: own.map(|parts| parts.0.iter().map(|part| part.key.to_string()).collect()).unwrap_or_default(),
        same_as: (original.row.id != entry.row.id).then(|| original.path.clone()),
    }
}

fn push<T: Serialize>(plain: &mut Vec<u8>, line: &T) -> Result<(), Trouble> {
    let refused = |e: serde_json::Error| Trouble::Refused(format!("a contents list cannot be written: {e}"));
    serde_json::to_writer(&mut *plain, line).map_err(refused)?;
    plain.push(b'\n');
    Ok(())
}

/// Sealing takes about 0.6 ms a MB, so it is done off the async threads.
async fn seal(recipient: CaseRecipient, plain: Vec<u8>) -> Result<Vec<u8>, Trouble> {
    let sealing = tokio::task::spawn_blocking(move || seal_part(&recipient, &plain).bytes);
    sealing.await.map_err(|e| Trouble::Retry { act: "sealing a contents list", cause: e.to_string() })
}
