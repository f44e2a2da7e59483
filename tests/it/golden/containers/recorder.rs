//! A sink that records, and holds the kinds to the contract of sinks.

use casegate::domain::{
    facts::{Facts, Member, MemberEnd, PageText},
    limits::{Limits, SNIFF_BYTES_MAX},
    path::RawName,
    reason::Reason,
};
use casegate::kinds::{self, Exam, Offer, Probe, Sink, Stop};
use std::io::Cursor;

/// A member as it was handed over.
#[derive(Debug)]
pub(super) struct Got {
    pub(super) name: String,
    pub(super) raw_name: Vec<u8>,
    pub(super) sha256: String,
    pub(super) bytes: Vec<u8>,
    pub(super) end: MemberEnd,
}

impl Got {
    pub(super) fn is_withheld_for(&self, reason: Reason) -> bool {
        matches!(&self.end, MemberEnd::Withheld(why) if why.reason == reason)
    }
}

/// Records members and pages; asserts that they come as the trait asks.
#[derive(Default)]
pub(super) struct Recorder {
    pub(super) members: Vec<Got>,
    pub(super) pages: Vec<PageText>,
    pub(super) bytes: u64,
    open: Option<(Member, Vec<u8>)>,
    next_ordinal: u64,
    stopped: bool,
    /// After this many bytes the host has enough.
    pub(super) bytes_max: Option<u64>,
}

impl Sink for Recorder {
    fn begin(&mut self, member: Member) -> Result<Offer, Stop> {
        assert!(self.open.is_none(), "a member begins before the last one ended");
        assert!(!self.stopped, "a member begins after the stop");
        assert_eq!(member.ordinal, self.next_ordinal, "ordinals ascend by one");
        self.next_ordinal += 1;
        self.open = Some((member, Vec::new()));
        Ok(Offer::Take)
    }

    fn data(&mut self, bytes: &[u8]) -> Result<(), Stop> {
        assert!(bytes.len() <= 256 * 1024, "too many bytes at once");
        assert!(!self.stopped, "bytes come after the stop");
        self.bytes += bytes.len() as u64;
        if self.bytes_max.is_some_and(|most| self.bytes > most) {
            self.stopped = true;
            return Err(Stop::Bytes);
        }
        self.open.as_mut().expect("bytes belong to a member").1.extend_from_slice(bytes);
        Ok(())
    }

    fn end(&mut self, end: MemberEnd) -> Result<(), Stop> {
        assert!(!self.stopped, "an end comes after the stop");
        let (member, bytes) = self.open.take().expect("an end belongs to a member");
        assert!(!matches!(end, MemberEnd::Withheld(_)) || bytes.is_empty(), "a withheld member had bytes");
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &bytes);
        let sha256 = data_encoding::HEXLOWER.encode(digest.as_ref());
        self.members.push(Got { name: member.name.shown(), raw_name: member.name.0, sha256, bytes, end });
        Ok(())
    }

    fn page(&mut self, page: PageText) {
        self.pages.push(page);
    }
}

/// What examining one document brought.
pub(super) struct Outcome {
    pub(super) kind: &'static str,
    pub(super) facts: Facts,
    pub(super) sink: Recorder,
}

impl Outcome {
    pub(super) fn names(&self) -> Vec<&str> {
        self.sink.members.iter().map(|member| member.name.as_str()).collect()
    }

    /// Names with digests, sorted by name.
    pub(super) fn contents(&self) -> Vec<(String, String)> {
        let mut contents: Vec<_> =
            self.sink.members.iter().map(|member| (member.name.clone(), member.sha256.clone())).collect();
        contents.sort();
        contents
    }
}

/// The kind that takes these bytes.
pub(super) fn recognise(name: &str, bytes: &[u8]) -> Option<&'static dyn kinds::Kind> {
    let head = &bytes[..bytes.len().min(SNIFF_BYTES_MAX)];
    kinds::recognise(&Probe { head, bytes: bytes.len() as u64, name: &RawName::from_text(name) })
}

/// Recognises and examines, as the inspector does.
pub(super) fn examine(name: &str, bytes: &[u8]) -> Outcome {
    examine_with(name, bytes, &[], &Limits::default())
}

/// As [`examine`], with passwords and limits.
pub(super) fn examine_with(name: &str, bytes: &[u8], passwords: &[&str], limits: &Limits) -> Outcome {
    let kind = recognise(name, bytes).unwrap_or_else(|| panic!("no kind takes {name}"));
    examine_as(kind, name, bytes, (passwords, limits, None))
}

/// Examines as a given kind, with passwords, limits and the bytes after which the host has enough.
pub(super) fn examine_as(
    kind: &'static dyn kinds::Kind,
    name: &str,
    bytes: &[u8],
    (passwords, limits, bytes_max): (&[&str], &Limits, Option<u64>),
) -> Outcome {
    let passwords: Vec<String> = passwords.iter().map(|password| (*password).to_owned()).collect();
    let mut sink = Recorder { bytes_max, ..Recorder::default() };
    let facts = kind.examine(&mut Exam {
        source: &mut Cursor::new(bytes),
        name: &RawName::from_text(name),
        passwords: &passwords,
        limits,
        sink: &mut sink,
    });
    assert!(facts.kind.is_some(), "examined facts name their kind");
    assert!(sink.open.is_none() || sink.stopped, "a member was left open");
    Outcome { kind: kind.name(), facts, sink }
}
