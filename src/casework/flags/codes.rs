//! Which codes a person may set: what somebody sees who opens the document and looks at it.
//!
//! Not what only a comparison of bytes, lists or other documents can know, not what says how far a program got, and not what
//! is about the case rather than a document.

use crate::domain::reason::Reason;

/// Why a code is never set by a person, in words for the desk; `None` for those that may be.
pub const fn refusal(code: Reason) -> Option<&'static str> {
    match code {
        // Is it all there, and can it be read?
        Reason::Truncated
        | Reason::Damaged
        | Reason::Blank
        | Reason::Illegible
        | Reason::HardToRead
        | Reason::CutOff
        | Reason::BadExposure
        | Reason::Rotated
        | Reason::Handwriting
        | Reason::LowResolution
        // Is it in English, and in good English?
        | Reason::NotEnglish
        | Reason::MixedLanguage
        | Reason::PoorTranslation
        // Whose is it?
        | Reason::WrongPatient
        | Reason::PatientUnconfirmed
        | Reason::MultiplePatients
        // Are these the images that were asked for, and all of them?
        | Reason::SeriesIncomplete
        | Reason::SeriesInconsistent
        | Reason::PixelDataMissing
        | Reason::ScreenshotNotImaging => None,
        Reason::LanguageUndetermined => {
            Some("it says that nothing could be told; who reads the page sets not_english, or nothing")
        }
        Reason::EmptyFile
        | Reason::PasswordRequired
        | Reason::UnsupportedFormat
        | Reason::ParserFailed
        | Reason::ImageOnly
        | Reason::UnmappableText
        | Reason::ReadingPending => {
            Some("it says how far our own reading of the file got; for what you see yourself there is illegible")
        }
        Reason::ExactDuplicate
        | Reason::SameInstance
        | Reason::NearDuplicate
        | Reason::InstanceConflict => Some("it comes from comparing documents with each other, and names the other one"),
        Reason::ListedMissing
        | Reason::UnlistedPresent
        | Reason::NoDicomdir
        | Reason::DicomdirDamaged
        | Reason::ViewerSoftware
        | Reason::SystemJunk
        | Reason::SlideMissing
        | Reason::ChecksumMismatch
        | Reason::SizeMismatch
        | Reason::DuplicateSlide
        | Reason::UnlistedSlide
        | Reason::ManifestMalformed
        | Reason::CompanionMissing
        | Reason::ImplausibleMpp => {
            Some("it comes from comparing a disc or a slide list with the files, bit by bit; nobody sees that by looking")
        }
        Reason::ArchiveBomb
        | Reason::PathEscape
        | Reason::LinkEntry
        | Reason::TooDeep
        | Reason::TooManyEntries
        | Reason::Executable
        | Reason::Malware
        | Reason::Polyglot
        | Reason::ActiveContent
        | Reason::WrongExtension => {
            Some("nobody sees that by looking; move what you do not trust out of the case, to the holding case")
        }
        Reason::MissingItem
        | Reason::UnusableItem
        | Reason::NotEligible
        | Reason::AuthorityMissing
        | Reason::PhysicianMissing
        | Reason::TooManyQuestions
        | Reason::RequestOpen
        | Reason::PaymentOpen
        | Reason::Stuck => Some("it is about the case, not about a document"),
    }
}
