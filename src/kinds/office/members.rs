//! Pictures and objects inside an office document, handed over as members.

use super::package::Package;
use crate::{
    domain::{
        facts::{Facts, Member, MemberEnd, Observation},
        limits::Limits,
        path::RawName,
        reason::Reason,
    },
    kinds::{Offer, Sink, Stop},
};
use std::io::Read;

/// Bytes handed over at a time.
const PIECE_BYTES: usize = 256 * 1024;

/// Hands over every part that `wanted` picks. Returns how many there were.
pub(super) fn hand_over(
    package: &mut Package<'_>,
    wanted: fn(&str) -> bool,
    limits: &Limits,
    sink: &mut dyn Sink,
    facts: &mut Facts,
) -> u32 {
    let chosen: Vec<usize> =
        package.names().iter().enumerate().filter(|(_, name)| wanted(name)).map(|(index, _)| index).collect();
    let mut count = 0;
    for index in chosen {
        count += 1;
        if let Err(stop) = one(package, index, limits, sink) {
            let reason = match stop {
                Stop::Entries => Reason::TooManyEntries,
                Stop::Bytes => Reason::ArchiveBomb,
                Stop::Depth => Reason::TooDeep,
                Stop::Gone => return count,
            };
            facts.observe(reason, format!("embedded files are taken up to number {count}"));
            return count;
        }
    }
    count
}

fn one(package: &mut Package<'_>, index: usize, limits: &Limits, sink: &mut dyn Sink) -> Result<(), Stop> {
    let (name, claimed, packed) = match package.archive.by_index_raw(index) {
        Ok(part) => (RawName(part.name_raw().to_vec()), part.size(), part.compressed_size()),
        Err(_) => return Ok(()),
    };
    let member = Member { ordinal: index as u64, name, claimed_bytes: Some(claimed) };
    if sink.begin(member)? == Offer::Skip {
        return sink.end(MemberEnd::Whole);
    }
    let allowed = packed.saturating_mul(limits.member_ratio_max).max(limits.member_ratio_from_bytes);
    let end = match package.archive.by_index(index) {
        Ok(mut part) => copy(&mut part, allowed, sink)?,
        Err(error) => MemberEnd::Withheld(Observation::new(Reason::Damaged, error.to_string())),
    };
    sink.end(end)
}

fn copy(part: &mut dyn Read, allowed: u64, sink: &mut dyn Sink) -> Result<MemberEnd, Stop> {
    let mut piece = vec![0; PIECE_BYTES];
    let mut total = 0_u64;
    loop {
        match part.read(&mut piece) {
            Ok(0) => return Ok(MemberEnd::Whole),
            Ok(length) => {
                total += length as u64;
                if total > allowed {
                    let detail = format!("inflates to more than {allowed} bytes");
                    return Ok(MemberEnd::Flawed(Observation::new(Reason::ArchiveBomb, detail)));
                }
                sink.data(&piece[..length])?;
            }
            Err(error) => {
                let detail = format!("breaks off after {total} bytes: {error}");
                return Ok(MemberEnd::Flawed(Observation::new(Reason::Damaged, detail)));
            }
        }
    }
}
