//! Which codes a person may set: what somebody sees who opens the document and looks at it.
//!
//! Not what only a comparison of bytes, lists or other documents can know, not what says how far a program got, and not what
//! is about the case rather than a document. A code that is new is not set by anybody until it stands here.

use crate::domain::reason::{Family, Reason};

/// What is seen by looking.
const SEEN: &[Reason] = &[
    // Is it all there, and can it be read?
    Reason::Truncated,
    Reason::Damaged,
    Reason::Blank,
    Reason::Illegible,
    Reason::HardToRead,
    Reason::CutOff,
    Reason::BadExposure,
    Reason::Rotated,
    Reason::Handwriting,
    Reason::LowResolution,
    // Is it in English, and in good English?
    Reason::NotEnglish,
    Reason::MixedLanguage,
    Reason::PoorTranslation,
    // Whose is it?
    Reason::WrongPatient,
    Reason::PatientUnconfirmed,
    Reason::MultiplePatients,
    // Are these the images that were asked for, and all of them?
    Reason::SeriesIncomplete,
    Reason::SeriesInconsistent,
    Reason::PixelDataMissing,
    Reason::ScreenshotNotImaging,
];

/// Why a code is never set by a person, in words for the desk; `None` for those that may be.
pub fn refusal(code: Reason) -> Option<&'static str> {
    if SEEN.contains(&code) {
        return None;
    }
    Some(match code.family() {
        Family::Unreadable => {
            "it says how far our own reading of the file got; for what you see yourself there is illegible"
        }
        Family::Language => "it says that nothing could be told; who reads the page sets not_english, or nothing",
        Family::Identity | Family::Imaging => "nobody sees that by looking at one document",
        Family::Duplicates => "it comes from comparing documents with each other, and names the other one",
        Family::Disc | Family::Slides => {
            "it comes from comparing a disc or a slide list with the files; nobody sees that by looking"
        }
        Family::Safety => {
            "nobody sees that by looking; move what you do not trust out of the case, to the holding case"
        }
        Family::Case => "it is about the case, not about a document",
    })
}
