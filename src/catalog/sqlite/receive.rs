//! Receiving: an entry, its bytes, its audit event and its job become known in one transaction.

use super::{
    super::{CatalogError, NewEntry, Received, Result},
    audit, cases,
    entries::{self, Twin},
    jobs, links,
    links::Taken,
    objects::{self, NewObject, Role},
    uploads,
    writer::Session,
};
use crate::{
    audit::{Event, header_mark},
    domain::{
        entry::{Outcome, Stage},
        facts::{FileKind, Readable},
        ids::{EntryId, Fingerprint, ObjectId, PartKey, UploadId},
        job::Work,
        upload::{UploadRow, UploadState},
    },
};
use rusqlite::{Connection, params};

/// See the trait.
pub(super) fn receive(
    session: &Session<'_>,
    entry: &NewEntry,
    upload: Option<UploadId>,
    event: Event,
) -> Result<Received> {
    let db = session.db;
    let upload = upload.map(|upload| uploads::one(db, upload)).transpose()?;
    let known = entries::exists(db, entry.id)?;
    check_upload(upload.as_ref(), entry, known)?;
    // What came along, and what the upload had: deleted below unless it becomes the entry's bytes.
    let mut came = objects::keys_of(entry.object.as_ref());
    let opened = known && brings_bytes(entry) && entries::is_withheld(db, entry.id)?;
    if known && !opened {
        came.extend(finish(db, upload.as_ref())?);
        objects::delete(db, entry.case, &came)?;
        return Ok(Received::Known);
    }
    cases::must_take_arrivals(db, entry.case)?;
    came.extend(finish(db, upload.as_ref())?);
    if opened {
        make_way(db, entry)?;
    } else {
        count(db, entry, upload.as_ref())?;
    }
    let twin = match entry.fingerprint {
        Some(fingerprint) => entries::twin(db, entry.case, fingerprint)?,
        None => None,
    };
    let received = match twin {
        Some(twin) => {
            file_duplicate(db, entry, &twin)?;
            jobs::enqueue_gate(db, entry.case)?;
            Received::DuplicateOf(twin.id)
        }
        None => {
            take(db, entry)?;
            if let Some(work) = &entry.job {
                jobs::enqueue(db, Some(entry.case), work, jobs::AT_ONCE)?;
            }
            cases::changed(db, entry.case)?;
            Received::New
        }
    };
    objects::delete(db, entry.case, &came)?;
    audit::append(session, with_header_mark(event, entry))?;
    Ok(received)
}

/// The upload must be the one that becomes this entry, and still be open unless it has become it already.
fn check_upload(upload: Option<&UploadRow>, entry: &NewEntry, known: bool) -> Result<()> {
    let Some(upload) = upload else { return Ok(()) };
    if upload.entry != entry.id || upload.case != entry.case {
        return Err(CatalogError::Refused("the upload becomes another entry"));
    }
    match upload.state {
        UploadState::Open => Ok(()),
        UploadState::Finished if known => Ok(()),
        UploadState::Finished | UploadState::Terminated | UploadState::Expired => {
            Err(CatalogError::Refused("the upload has ended already"))
        }
    }
}

/// Finishes the upload; the keys of its parts, which nothing names from here on.
fn finish(db: &Connection, upload: Option<&UploadRow>) -> Result<Vec<PartKey>> {
    match upload {
        Some(upload) if upload.state == UploadState::Open => {
            uploads::close(db, upload, UploadState::Finished)?;
            objects::unname(db, upload.object)
        }
        _ => Ok(Vec::new()),
    }
}

/// Counts what came by itself through a link. Of an upload, file and named parts were counted before: what is left is
/// the end that was never named apart from its entry.
fn count(db: &Connection, entry: &NewEntry, upload: Option<&UploadRow>) -> Result<()> {
    let arrival = links::arrival(db, entry.arrival)?;
    if arrival.case != entry.case {
        return Err(CatalogError::Refused("the arrival is of another case"));
    }
    let taken = match upload {
        None => Taken { files: 1, bytes: entry.bytes, open_uploads: 0 },
        Some(upload) => Taken { bytes: entry.bytes.saturating_sub(upload.offset), ..Taken::default() },
    };
    match arrival.link {
        Some(link) if entry.parent.is_none() => links::count(db, link, taken),
        _ => Ok(()),
    }
}

fn take(db: &Connection, entry: &NewEntry) -> Result<()> {
    if let Some((object, parts)) = &entry.object {
        if parts.plain_bytes() != entry.bytes {
            return Err(CatalogError::Refused("the parts do not add up to the entry's bytes"));
        }
        objects::must_be_new(db, *object)?;
        let (case, role) = (entry.case, Role::Bytes);
        objects::name(db, &NewObject { id: *object, case, role, entry: Some(entry.id), parts })?;
    } else if entry.fingerprint.is_some() {
        // The bytes were not sealed because somebody held them; now nobody does.
        return Err(CatalogError::Stale);
    }
    insert(db, entry, &State::received(entry))
}

/// The parts of a new row that differ between a new entry and a duplicate.
struct State {
    stage: Stage,
    outcome: Option<Outcome>,
    readable: Readable,
    language: String,
    twin: Option<EntryId>,
    object: Option<ObjectId>,
    fingerprint: Option<Fingerprint>,
    filed_seq: Option<u64>,
}

impl State {
    fn received(entry: &NewEntry) -> Self {
        Self {
            stage: Stage::Received,
            outcome: None,
            readable: Readable::Undetermined,
            language: String::new(),
            twin: None,
            object: entry.object.as_ref().map(|(object, _)| *object),
            fingerprint: entry.fingerprint,
            filed_seq: None,
        }
    }
}

/// Files a duplicate of bytes at once. What is known of its twin holds for it too; what is not yet is filled in when the
/// twin is filed.
fn file_duplicate(db: &Connection, entry: &NewEntry, twin: &Twin) -> Result<()> {
    let state = State {
        stage: Stage::Filed,
        outcome: Some(Outcome::DuplicateOf),
        readable: twin.readable,
        language: twin.language.clone(),
        twin: Some(twin.id),
        object: None,
        fingerprint: None,
        filed_seq: Some(cases::next_filing(db, entry.case)?),
    };
    insert(db, entry, &state)
}

/// Does this entry have bytes of its own, if only none?
fn brings_bytes(entry: &NewEntry) -> bool {
    entry.object.is_some() || entry.fingerprint.is_some() || entry.kind == FileKind::Empty
}

/// Makes the row of a member whose bytes were withheld ready to take them. What was said of it stays as its first
/// verdict; who examines it without its bytes loses the job.
fn make_way(db: &Connection, entry: &NewEntry) -> Result<()> {
    let mut keep = db.prepare_cached(
        "INSERT INTO first_verdicts (entry, outcome, record)
         SELECT seq, outcome, record FROM entries WHERE id = ?1 AND verdicts = 1",
    )?;
    keep.execute([entry.id.as_bytes()])?;
    // From now on two verdicts at least have been given, so that the first is not kept a second time.
    let mut count =
        db.prepare_cached("UPDATE entries SET verdicts = max(verdicts, 2) WHERE id = ?1 AND verdicts > 0")?;
    count.execute([entry.id.as_bytes()])?;
    jobs::drop_all(db, &Work::Examine(entry.id))
}

fn insert(db: &Connection, entry: &NewEntry, state: &State) -> Result<()> {
    let mut insert = db.prepare_cached(
        "INSERT INTO entries (id, case_id, arrival, parent, ordinal, depth, stage, bytes, kind, outcome, readable,
            language, twin, object, fingerprint, record, filed_seq)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)
         ON CONFLICT (id) DO UPDATE SET stage = ?7, bytes = ?8, kind = ?9, outcome = ?10, readable = ?11,
            language = ?12, twin = ?13, object = ?14, fingerprint = ?15, record = ?16, filed_seq = ?17",
    )?;
    insert.execute(params![
        entry.id.as_bytes(),
        entry.case.as_bytes(),
        entry.arrival.as_bytes(),
        entry.parent.as_ref().map(EntryId::as_bytes),
        entry.ordinal,
        entry.depth,
        entries::stage_name(state.stage),
        entry.bytes,
        entry.kind.name(),
        state.outcome.map(Outcome::name),
        state.readable.name(),
        state.language,
        state.twin.as_ref().map(EntryId::as_bytes),
        state.object.as_ref().map(ObjectId::as_bytes),
        state.fingerprint.map(|f| f.0),
        entry.record.0,
        state.filed_seq
    ])?;
    Ok(())
}

fn with_header_mark(mut event: Event, entry: &NewEntry) -> Event {
    let mark = entry.object.as_ref().map(|(_, parts)| header_mark(parts)).unwrap_or_default();
    if !mark.is_empty() {
        if !event.detail.is_empty() {
            event.detail.push(' ');
        }
        event.detail.push_str(&mark);
    }
    event
}
