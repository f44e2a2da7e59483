//! Files that a page of HTML carries in itself, as links that hold their data (RFC 2397): scans and PDFs most often.
//!
//! They are handed over as members and read like any other file. Ornaments are left where they are: drawings in
//! mark-up, fonts, styles, and pictures too small to be one of anything.

use crate::{
    domain::{
        facts::{Facts, Member, MemberEnd, Observation},
        path::RawName,
        reason::Reason,
    },
    kinds::{Exam, Offer, Stop, base64::Base64},
};
use std::{collections::HashSet, io::Read};

/// Bytes handed over at a time.
const PIECE_BYTES: usize = 256 * 1024;

/// Characters of the smallest picture that may be more than an ornament: about two kilobytes.
const PICTURE_CHARS_MIN: usize = 2_800;

/// What belongs to the page's looks, as parts of a media type.
const LOOKS: &[&str] = &["svg", "font", "css", "javascript", "ecmascript", "audio/", "video/"];

/// A file in a link.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Link<'a> {
    /// The media type, without parameters.
    media: &'a str,
    /// Base64.
    data: &'a str,
}

/// Hands over the files that links of this page hold, each once. Returns how many pictures and documents there were.
pub(super) fn hand_over(exam: &mut Exam<'_>, facts: &mut Facts, source: &str) -> u32 {
    let mut count = 0;
    for link in links(source) {
        if let Err(stop) = one(exam, link, count) {
            let reason = match stop {
                Stop::Entries => Reason::TooManyEntries,
                Stop::Bytes => Reason::ArchiveBomb,
                Stop::Depth => Reason::TooDeep,
                Stop::Gone => return count,
            };
            facts.observe(reason, format!("files in the page are taken up to number {}", count + 1));
            return count;
        }
        count += 1;
    }
    count
}

fn one(exam: &mut Exam<'_>, link: Link<'_>, before: u32) -> Result<(), Stop> {
    let name = RawName::from_text(&format!("embedded-{}.{}", before + 1, extension(link.media)));
    if exam.sink.begin(Member { ordinal: u64::from(before), name, claimed_bytes: None })? == Offer::Skip {
        return Ok(());
    }
    let Some(bytes) = decoded(link.data) else {
        let why = "its encoding is faulty";
        return exam.sink.end(MemberEnd::Withheld(Observation::new(Reason::Damaged, why)));
    };
    for piece in bytes.chunks(PIECE_BYTES) {
        exam.sink.data(piece)?;
    }
    exam.sink.end(MemberEnd::Whole)
}

/// The bytes of a link, whose signs may be written as in addresses (RFC 3986 2.1); `None` where that is no base64.
fn decoded(data: &str) -> Option<Vec<u8>> {
    let plain = data.replace("%2B", "+").replace("%2b", "+").replace("%2F", "/").replace("%2f", "/");
    let plain = plain.replace("%3D", "=").replace("%3d", "=");
    let mut bytes = Vec::new();
    Base64::new(&plain).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

fn links(source: &str) -> Vec<Link<'_>> {
    let mut known = HashSet::new();
    let mut found = Vec::new();
    let mut rest = source;
    while let Some(at) = rest.find(";base64,") {
        let (before, data) = (&rest[..at], &rest[at + ";base64,".len()..]);
        let end = data.find(['"', '\'', ')', '>', '<', '\\', '&']).unwrap_or(data.len());
        let (data, behind) = data.split_at(end);
        rest = behind;
        let Some(media) = media_before(before) else { continue };
        let kind = media.to_ascii_lowercase();
        let looks = LOOKS.iter().any(|part| kind.contains(part));
        let ornament = kind.starts_with("image/") && data.len() < PICTURE_CHARS_MIN;
        if !looks && !ornament && !data.is_empty() && known.insert(data) {
            found.push(Link { media, data });
        }
    }
    found
}

/// The media type between `data:` and the mark of its coding, other parameters left out.
fn media_before(before: &str) -> Option<&str> {
    let start = before.char_indices().rev().take(200).map(|(at, _)| at).last()?;
    let near = &before[start..];
    let at = near.to_ascii_lowercase().rfind("data:")?;
    let stated = near[at + "data:".len()..].split(';').next()?;
    stated.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '"' | '\'' | '<' | '>')).then_some(stated)
}

/// An extension for a name; what a member is, its content tells.
fn extension(media: &str) -> String {
    let subtype = media.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    let short = (1..=5).contains(&subtype.len()) && subtype.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if short { subtype } else { "bin".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves that files are found in links of any kind, each once, and ornaments and other links are not.
    #[test]
    fn links_that_hold_files() {
        let data = "iVBORw0K".repeat(500);
        let source = format!(
            "<img src=\"data:image/png;base64,{data}\"><p style='background:url(DATA:image/jpeg;name=a;base64,{data}A)'>\
             <img src='data:image/png;base64,{data}'><img src=\"data:image/svg+xml;base64,{data}B\">\
             <img src=\"data:image/gif;base64,R0lGODlhAQABAAAAACw=\"><a href=\"data:,words\">\
             <iframe src=\"data:application/pdf;base64,JVBERi0xLjQK\"></iframe> cell;base64,{data}D"
        );
        let media: Vec<&str> = links(&source).iter().map(|link| link.media).collect();
        assert_eq!(media, ["image/png", "image/jpeg", "application/pdf"]);
        assert_eq!(extension("application/pdf"), "pdf");
        assert_eq!(extension("application/vnd.ms-excel"), "bin");
    }

    /// Proves that data with line ends, without padding and with signs as in addresses is decoded, and nothing else.
    #[test]
    fn data_of_links() {
        for data in ["aGVs\nbG8=", "aGVsbG8", "aGVs bG9=", "aGVsbG8%3D"] {
            assert_eq!(decoded(data).unwrap(), b"hello", "{data}");
        }
        assert_eq!(decoded("aGV*bG8="), None);
    }
}
