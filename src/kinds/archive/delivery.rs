//! Hands the members of a container to the host and keeps the container's account.
//!
//! Every kind that holds members goes through here, so that limits, names that escape and the summing-up are the same
//! for all of them. The host has the last word about the budget; these limits end the work before it has to.
//!
//! Invariants: ordinals ascend by one for each member, withheld or not, and depend on the container alone; no bytes are
//! sent for a withheld member.

use super::names;
use crate::domain::{
    facts::{ContainerFacts, Facts, FileKind, Member, MemberEnd, Observation, Readable},
    limits::Limits,
    path::RawName,
    reason::Reason,
};
use crate::kinds::{Exam, Offer, Sink, Source, Stop};
use std::io::{self, Read};

/// Bytes handed over at once; the most that [`Sink::data`] takes.
const CHUNK_BYTES: usize = 256 * 1024;

/// A member about to be handed over.
pub(in crate::kinds) struct Item {
    /// Its name as the container has it.
    pub(in crate::kinds) name: Vec<u8>,
    /// Bytes it claims to have, where the container says so. Fewer is a fault.
    pub(in crate::kinds) claimed_bytes: Option<u64>,
    /// Bytes it takes up in the container, where it has its own.
    pub(in crate::kinds) packed_bytes: Option<u64>,
    /// Bytes that its packing can swell to at most, where that is known. A claim above it is an error, not a threat.
    pub(in crate::kinds) most_bytes: Option<u64>,
    /// Something already known to be wrong with it; its bytes go out all the same.
    pub(in crate::kinds) flaw: Option<Observation>,
}

impl Item {
    /// A member of which only name and size are known.
    pub(in crate::kinds) fn new(name: Vec<u8>, claimed_bytes: Option<u64>) -> Self {
        Self { name, claimed_bytes, packed_bytes: None, most_bytes: None, flaw: None }
    }
}

/// What went wrong with members, summed up by reason.
struct Fault {
    reason: Reason,
    members: u64,
    first: String,
}

/// The account of one container while its members go out.
pub(in crate::kinds) struct Delivery<'a> {
    sink: &'a mut dyn Sink,
    limits: &'a Limits,
    source_bytes: u64,
    out_bytes: u64,
    listed: u64,
    delivered: u64,
    sound: u64,
    medium: bool,
    faults: Vec<Fault>,
    notes: Vec<Observation>,
    /// Used for one member after the other.
    chunk: Vec<u8>,
}

impl<'a> Delivery<'a> {
    /// Splits an exam into the bytes to read and the account to keep.
    pub(in crate::kinds) fn of<'b>(exam: &'b mut Exam<'a>) -> (&'b mut dyn Source, Delivery<'b>) {
        let source_bytes = Source::bytes(&*exam.source);
        let delivery = Delivery {
            sink: &mut *exam.sink,
            limits: exam.limits,
            source_bytes,
            out_bytes: 0,
            listed: 0,
            delivered: 0,
            sound: 0,
            medium: false,
            faults: Vec::new(),
            notes: Vec::new(),
            chunk: Vec::new(),
        };
        (&mut *exam.source, delivery)
    }

    /// The limits in force.
    pub(in crate::kinds) const fn limits(&self) -> &'a Limits {
        self.limits
    }

    /// Something about the container as a whole.
    pub(in crate::kinds) fn note(&mut self, reason: Reason, detail: impl Into<String>) {
        self.notes.push(Observation::new(reason, detail));
    }

    /// Counts members that are listed and will not be handed over, not even by name.
    pub(in crate::kinds) const fn list_only(&mut self, members: u64) {
        self.listed += members;
    }

    /// Members seen so far.
    pub(in crate::kinds) const fn listed(&self) -> u64 {
        self.listed
    }

    /// Would this many bytes out of the whole container be a bomb?
    pub(in crate::kinds) const fn is_bomb(&self, out_bytes: u64) -> bool {
        let source = if self.source_bytes == 0 { 1 } else { self.source_bytes };
        out_bytes > self.limits.container_bytes_max
            || (out_bytes > self.limits.container_ratio_from_bytes
                && out_bytes / source > self.limits.container_ratio_max)
    }

    /// Lists a member without its bytes.
    ///
    /// # Errors
    /// [`Stop`]: hand over nothing more.
    pub(in crate::kinds) fn withhold(&mut self, item: Item, why: Observation) -> Result<(), Stop> {
        let ordinal = self.admit(&item)?;
        self.refuse(ordinal, item, why)
    }

    /// Hands over a member, reading its bytes from `reader` to the end.
    ///
    /// # Errors
    /// [`Stop`]: hand over nothing more.
    pub(in crate::kinds) fn copy(&mut self, item: Item, reader: &mut dyn Read) -> Result<(), Stop> {
        let ordinal = self.admit(&item)?;
        if let Some(why) = self.objection(&item) {
            return self.refuse(ordinal, item, why);
        }
        let member = self.member(ordinal, &item);
        if self.sink.begin(member)? == Offer::Skip {
            self.delivered += 1;
            self.sound += 1;
            return Ok(());
        }
        let pumped = self.pump(&item, reader)?;
        let flaw = pumped.flaw.or(item.flaw);
        self.delivered += 1;
        if let Some(flaw) = &flaw {
            self.count(flaw.clone());
        } else {
            self.sound += 1;
        }
        self.sink.end(flaw.map_or(MemberEnd::Whole, MemberEnd::Flawed))?;
        pumped.stop.map_or(Ok(()), Err)
    }

    /// Sums up. `ended` is how the handing over came to its end.
    pub(in crate::kinds) fn finish(self, kind: FileKind, format: &str, ended: Result<(), Stop>) -> Facts {
        let kind = if self.medium { FileKind::Disc } else { kind };
        let mut facts = Facts::of(kind, self.readable(ended));
        facts.container =
            Some(ContainerFacts { listed: self.listed, delivered: self.delivered, format: format.to_owned() });
        if let Err(stop) = ended {
            observe_stop(&mut facts, stop, self.delivered);
        }
        facts.observations.extend(self.notes);
        for fault in self.faults {
            if facts.has(fault.reason) {
                continue;
            }
            let members = fault.members;
            facts.observe(fault.reason, format!("{members} of {} members; the first: {}", self.listed, fault.first));
        }
        facts
    }

    fn readable(&self, ended: Result<(), Stop>) -> Readable {
        let seen = |reason| {
            self.notes.iter().any(|note| note.reason == reason) || self.faults.iter().any(|f| f.reason == reason)
        };
        // A container that was made to do harm is not opened for anyone: a new copy is needed.
        if ended == Err(Stop::Bytes) || seen(Reason::ArchiveBomb) || seen(Reason::PathEscape) {
            return Readable::No;
        }
        let lost: u64 = self.faults.iter().filter(|f| f.reason != Reason::LinkEntry).map(|f| f.members).sum();
        let cut = [Reason::Truncated, Reason::Damaged, Reason::UnsupportedFormat, Reason::PasswordRequired];
        let whole = ended.is_ok() && lost == 0 && !self.notes.iter().any(|note| cut.contains(&note.reason));
        match (whole, self.delivered) {
            (true, _) => Readable::Yes,
            (false, 0) => Readable::No,
            (false, _) if self.sound == 0 && ended.is_ok() => Readable::No,
            (false, _) => Readable::Partial,
        }
    }

    fn admit(&mut self, item: &Item) -> Result<u64, Stop> {
        if self.listed >= self.limits.container_entries_max {
            return Err(Stop::Entries);
        }
        self.medium |= names::is_dicomdir(&item.name);
        self.listed += 1;
        Ok(self.listed - 1)
    }

    fn member(&self, ordinal: u64, item: &Item) -> Member {
        let kept = item.name.len().min(self.limits.name_bytes_max);
        Member { ordinal, name: RawName(item.name[..kept].to_vec()), claimed_bytes: item.claimed_bytes }
    }

    fn refuse(&mut self, ordinal: u64, item: Item, why: Observation) -> Result<(), Stop> {
        let member = self.member(ordinal, &item);
        self.count(why.clone());
        self.sink.begin(member)?;
        self.sink.end(MemberEnd::Withheld(why))
    }

    fn count(&mut self, why: Observation) {
        match self.faults.iter_mut().find(|fault| fault.reason == why.reason) {
            Some(fault) => fault.members += 1,
            None => self.faults.push(Fault { reason: why.reason, members: 1, first: why.detail }),
        }
    }

    /// What speaks against sending the bytes, known before the first of them.
    fn objection(&self, item: &Item) -> Option<Observation> {
        let length = item.name.len();
        if length > self.limits.name_bytes_max {
            let allowed = self.limits.name_bytes_max;
            return Some(Observation::new(Reason::Damaged, format!("the name has more than {allowed} bytes")));
        }
        if let Some(escape) = names::escape(&item.name) {
            return Some(Observation::new(Reason::PathEscape, escape.words()));
        }
        let claimed = item.claimed_bytes.unwrap_or(0).min(item.most_bytes.unwrap_or(u64::MAX));
        self.member_bomb(item, claimed).or_else(|| {
            let detail = || format!("{claimed} bytes are claimed, more than a container may hold");
            (claimed > self.limits.container_bytes_max).then(|| Observation::new(Reason::ArchiveBomb, detail()))
        })
    }

    fn member_bomb(&self, item: &Item, out_bytes: u64) -> Option<Observation> {
        let packed = item.packed_bytes?.max(1);
        let bomb = out_bytes > self.limits.member_ratio_from_bytes && out_bytes / packed > self.limits.member_ratio_max;
        let detail = || format!("{packed} bytes swell to {out_bytes} or more");
        bomb.then(|| Observation::new(Reason::ArchiveBomb, detail()))
    }

    fn pump(&mut self, item: &Item, reader: &mut dyn Read) -> Result<Pumped, Stop> {
        let mut chunk = std::mem::take(&mut self.chunk);
        chunk.resize(CHUNK_BYTES, 0);
        let pumped = self.pump_through(item, reader, &mut chunk);
        self.chunk = chunk;
        pumped
    }

    fn pump_through(&mut self, item: &Item, reader: &mut dyn Read, chunk: &mut [u8]) -> Result<Pumped, Stop> {
        let mut bytes = 0;
        loop {
            let read = match fill(reader, chunk) {
                Ok(read) => read,
                Err((read, error)) => {
                    self.send(&chunk[..read])?;
                    return Ok(Pumped { flaw: Some(read_fault(&error, bytes + read as u64)), stop: None });
                }
            };
            bytes += read as u64;
            self.send(&chunk[..read])?;
            if let Some(bomb) = self.member_bomb(item, bytes) {
                return Ok(Pumped { flaw: Some(bomb), stop: Some(Stop::Bytes) });
            }
            if self.is_bomb(self.out_bytes) {
                let detail = format!("{} bytes came out of {}", self.out_bytes, self.source_bytes);
                return Ok(Pumped {
                    flaw: Some(Observation::new(Reason::ArchiveBomb, detail)),
                    stop: Some(Stop::Bytes),
                });
            }
            if read < chunk.len() {
                return Ok(Pumped { flaw: size_fault(item.claimed_bytes, bytes), stop: None });
            }
        }
    }

    fn send(&mut self, bytes: &[u8]) -> Result<(), Stop> {
        self.out_bytes += bytes.len() as u64;
        if bytes.is_empty() { Ok(()) } else { self.sink.data(bytes) }
    }
}

struct Pumped {
    flaw: Option<Observation>,
    stop: Option<Stop>,
}

/// Fills the buffer; fewer bytes only at the end. On an error says how many bytes came before it.
fn fill(reader: &mut dyn Read, buffer: &mut [u8]) -> Result<usize, (usize, io::Error)> {
    let mut filled = 0;
    while filled < buffer.len() {
        match reader.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err((filled, error)),
        }
    }
    Ok(filled)
}

fn read_fault(error: &io::Error, bytes: u64) -> Observation {
    if error.kind() == io::ErrorKind::UnexpectedEof {
        return Observation::new(Reason::Truncated, format!("the data breaks off after {bytes} bytes"));
    }
    Observation::new(Reason::Damaged, format!("after {bytes} bytes: {error}"))
}

fn size_fault(claimed: Option<u64>, bytes: u64) -> Option<Observation> {
    let claimed = claimed.filter(|claimed| *claimed != bytes)?;
    let reason = if bytes < claimed { Reason::Truncated } else { Reason::Damaged };
    Some(Observation::new(reason, format!("{bytes} bytes instead of {claimed}")))
}

fn observe_stop(facts: &mut Facts, stop: Stop, delivered: u64) {
    let (reason, what) = match stop {
        Stop::Entries => (Reason::TooManyEntries, "more members than allowed"),
        Stop::Bytes => (Reason::ArchiveBomb, "more bytes than allowed"),
        Stop::Depth => (Reason::TooDeep, "containers lie deeper than allowed"),
        Stop::Gone => return,
    };
    facts.observe(reason, format!("{what}; stopped after {delivered} members"));
}
