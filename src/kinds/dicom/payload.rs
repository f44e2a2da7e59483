//! Encapsulated documents (PS3.3 A.45): the PDF, CDA or STL inside becomes a member, streamed as it stands.
//!
//! What the MIME type claims is not checked here: the member is recognised by its own content like everything else.

use super::{data_set::DataSet, layout::Layout};
use crate::{
    domain::{
        facts::{Facts, Member, MemberEnd, Observation},
        limits::Limits,
        path::RawName,
        reason::Reason,
    },
    kinds::{Sink, Source},
};
use dicom_dictionary_std::tags;

/// Bytes handed over at a time.
const PIECE_BYTES: u64 = 64 * 1024;

/// Hands over the encapsulated document, if there is one. Returns whether there was.
pub(super) fn deliver(
    facts: &mut Facts,
    data_set: &DataSet,
    layout: &Layout,
    (source, limits): (&mut dyn Source, &Limits),
    sink: &mut dyn Sink,
) -> bool {
    let Some((offset, padded)) = data_set.place(tags::ENCAPSULATED_DOCUMENT) else { return false };
    // (0042,0015) tells the pad byte from the document's last; it may only take that one away.
    let stated = data_set.count(tags::ENCAPSULATED_DOCUMENT_LENGTH).map(u64::from);
    let length = stated.filter(|stated| *stated + 1 == padded).unwrap_or(padded);
    let name = RawName::from_text(&file_name(data_set, limits));
    let taken = sink.begin(Member { ordinal: 0, name, claimed_bytes: Some(length) });
    if !matches!(taken, Ok(crate::kinds::Offer::Take)) {
        return true;
    }
    let mut input = layout.open(source, limits);
    let skipped = input.advance(offset - input.position().min(offset));
    let mut open = if skipped { length } else { 0 };
    while open > 0 {
        let Some(piece) = input.value(open.min(PIECE_BYTES)) else { break };
        open -= piece.len() as u64;
        if sink.data(&piece).is_err() {
            return true;
        }
    }
    let end = if open == 0 && skipped {
        MemberEnd::Whole
    } else {
        facts.observe(Reason::Truncated, format!("{open} bytes of the encapsulated document are missing"));
        MemberEnd::Flawed(Observation::new(Reason::Truncated, format!("{open} bytes are missing")))
    };
    // Whoever stops here has all there is.
    let _ = sink.end(end);
    true
}

/// The title with an extension by MIME type, or `encapsulated.…`; path separators are taken out.
fn file_name(data_set: &DataSet, limits: &Limits) -> String {
    let mime = data_set.ascii(tags::MIME_TYPE_OF_ENCAPSULATED_DOCUMENT).to_ascii_lowercase();
    let extension = match mime.as_str() {
        "text/xml" | "application/xml" => ".xml",
        "model/stl" | "application/sla" => ".stl",
        "model/obj" => ".obj",
        "model/mtl" => ".mtl",
        "application/pdf" | "" => ".pdf",
        _ => ".bin",
    };
    let title: String = data_set
        .long_text(tags::DOCUMENT_TITLE)
        .replace(['/', '\\'], "_")
        .chars()
        .filter(|c| !c.is_control())
        .collect();
    let title = match title.trim() {
        "" => "encapsulated",
        title => title,
    };
    let room = limits.name_bytes_max.saturating_sub(extension.len());
    let end = title
        .char_indices()
        .map(|(at, letter)| at + letter.len_utf8())
        .take_while(|end| *end <= room)
        .last()
        .unwrap_or(0);
    if title.to_lowercase().ends_with(extension) {
        title[..end].to_owned()
    } else {
        format!("{}{extension}", &title[..end])
    }
}
