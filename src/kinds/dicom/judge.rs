//! From how the walk ended to what a person can still see: readable or not, and the observations that say why.

use super::{
    image::{self, Shape},
    layout::Layout,
    walk::{Ending, Halt, Walked},
    waveform,
};
use crate::domain::{
    facts::{DicomFacts, Facts, PixelData, Readable},
    reason::Reason,
};
use dicom_core::Tag;
use dicom_dictionary_std::tags;

/// Root of all transfer syntaxes of the standard (PS3.5 annex A).
const STANDARD_SYNTAX: &str = "1.2.840.10008.1.2";

/// Judges an object that is no directory.
pub(super) fn object(facts: &mut Facts, layout: &Layout, walked: &Walked) {
    preamble(facts, layout);
    let Some(dicom) = facts.dicom.clone() else { return };
    if layout.meta_cut && walked.elements == 0 {
        facts.observe(Reason::Truncated, "the file ends in its meta information");
        facts.readable = Readable::No;
        return;
    }
    let pixels = pixels(facts, &dicom, walked);
    let waveform = waveform::judge(facts, &dicom, walked);
    let ending = ending(facts, walked, pixels);
    flaws(facts, walked);
    facts.readable = match (worst(pixels, ending), waveform) {
        (Readable::Yes, Some(waveform)) => waveform,
        (rest, _) => rest,
    };
    if !dicom.transfer_syntax.is_empty() && !dicom.transfer_syntax.starts_with(STANDARD_SYNTAX) {
        let detail = format!("transfer syntax {} is not one of the standard", dicom.transfer_syntax);
        facts.observe(Reason::UnsupportedFormat, detail);
    }
}

/// Judges a directory, whose records have been read already as far as they go.
pub(super) fn directory(facts: &mut Facts, layout: &Layout, walked: &Walked) {
    preamble(facts, layout);
    let records = facts.dicomdir.as_ref().map_or(0, |directory| directory.records);
    if let Ending::Broken(halt) = walked.ending {
        let (reason, detail) = complaint(halt);
        facts.observe(Reason::DicomdirDamaged, detail.clone());
        facts.observe(reason, detail);
        facts.readable = if records > 0 { Readable::Partial } else { Readable::No };
    } else if layout.meta_cut {
        facts.observe(Reason::DicomdirDamaged, "the file ends in its meta information");
        facts.observe(Reason::Truncated, "the file ends in its meta information");
        facts.readable = Readable::No;
    }
    if let Some(halt) = walked.flaws.first() {
        facts.observe(Reason::DicomdirDamaged, complaint(*halt).1);
    }
}

fn preamble(facts: &mut Facts, layout: &Layout) {
    if let Some(what) = layout.polyglot {
        facts.observe(Reason::Polyglot, format!("the preamble starts like {what}"));
    }
}

/// What is left of the picture: `None` where the object need not have one.
fn pixels(facts: &mut Facts, dicom: &DicomFacts, walked: &Walked) -> Option<Readable> {
    let shape = Shape::of(&walked.data_set);
    let (state, complaint) = image::state(&shape, walked.pixels.as_ref());
    let spoilt = complaint.as_ref().is_some_and(|(reason, _)| *reason == Reason::Damaged);
    if let Some((reason, detail)) = complaint {
        facts.observe(reason, detail);
    }
    match state {
        PixelData::Short => Some(Readable::No),
        PixelData::Whole if spoilt => Some(Readable::No),
        PixelData::Whole => Some(Readable::Yes),
        PixelData::Absent => {
            let elsewhere = walked.data_set.has(tags::PIXEL_DATA_PROVIDER_URL);
            let expected = image::is_image_class(&dicom.sop_class) && walked.ending == Ending::Whole;
            if (expected || elsewhere) && !facts.has(Reason::PixelDataMissing) {
                let detail = if elsewhere { "pixel data lies on a server" } else { "an image without pixel data" };
                facts.observe(Reason::PixelDataMissing, detail);
            }
            // The header is whole and can be read; that there is no picture is said by the observation.
            None
        }
    }
}

/// What the end of the walk means for the rest of the object.
fn ending(facts: &mut Facts, walked: &Walked, pixels: Option<Readable>) -> Readable {
    let Ending::Broken(halt) = walked.ending else {
        return nothing_or_yes(facts, walked);
    };
    let (reason, detail) = complaint(halt);
    if !facts.has(reason) {
        facts.observe(reason, detail);
    }
    let picture = pixels == Some(Readable::Yes);
    match halt {
        // Bytes behind a whole object that are no element are somebody else's.
        Halt::Nonsense { .. } | Halt::Cut { tag: Tag(0, 0), .. } if picture => Readable::Yes,
        Halt::Nonsense { .. } if text_or_plan(facts, walked) => Readable::Yes,
        // Something that was sent with the picture is not there, and the picture is.
        Halt::Cut { .. } | Halt::Overrun { .. } | Halt::TooDeep { .. } | Halt::Bomb if picture => Readable::Partial,
        Halt::Failed => Readable::Undetermined,
        _ => Readable::No,
    }
}

fn nothing_or_yes(facts: &mut Facts, walked: &Walked) -> Readable {
    if walked.elements > 0 {
        return Readable::Yes;
    }
    facts.observe(Reason::Truncated, "there is no data set");
    Readable::No
}

/// An object that shows something without pixels and has come as far as that.
fn text_or_plan(facts: &Facts, walked: &Walked) -> bool {
    let Some(dicom) = &facts.dicom else { return false };
    !image::is_image_class(&dicom.sop_class)
        && !dicom.sop_instance.is_empty()
        && !dicom.series.is_empty()
        && walked.elements > 10
}

/// Trouble that was stepped over.
fn flaws(facts: &mut Facts, walked: &Walked) {
    for halt in &walked.flaws {
        let (reason, detail) = complaint(*halt);
        if !facts.has(reason) {
            facts.observe(reason, detail);
        }
    }
}

fn complaint(halt: Halt) -> (Reason, String) {
    match halt {
        Halt::Cut { tag, offset } => {
            (Reason::Truncated, format!("the data ends inside element {tag} at byte {offset}"))
        }
        Halt::Nonsense { offset } => (Reason::Damaged, format!("what stands at byte {offset} is no data element")),
        Halt::Overrun { tag, offset } => {
            (Reason::Damaged, format!("element {tag} at byte {offset} is longer than what it stands in"))
        }
        Halt::TooDeep { offset } => (Reason::TooDeep, format!("sequences lie too deep at byte {offset}")),
        Halt::TooMany => (Reason::TooManyEntries, "more elements or longer values than are kept".to_owned()),
        Halt::Bomb => (Reason::ArchiveBomb, "the deflated data set grows beyond its limit".to_owned()),
        Halt::Failed => (Reason::Damaged, "the data set cannot be inflated to its end".to_owned()),
    }
}

/// The worse of picture and rest.
fn worst(pixels: Option<Readable>, rest: Readable) -> Readable {
    match (pixels, rest) {
        (Some(Readable::No), _) | (_, Readable::No) => Readable::No,
        (_, rest) => rest,
    }
}
