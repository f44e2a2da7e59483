//! Which codes a person may accept: every one but what could do harm, what is work still to be done, and what no look at
//! a document answers.

use crate::domain::reason::Reason;

/// Why a code is never accepted, in words for the desk; `None` for those that may be.
pub const fn refusal(code: Reason) -> Option<&'static str> {
    match code {
        Reason::Malware | Reason::Executable | Reason::Polyglot | Reason::ArchiveBomb => {
            Some("it could do harm, and nobody can accept that for whoever opens it; move it out of the case instead")
        }
        Reason::ReadingPending => Some("it is still being read; wait until that has ended"),
        Reason::Stuck => Some("a piece of work was given up; an operator has to look at it"),
        Reason::MissingItem
        | Reason::UnusableItem
        | Reason::NotEligible
        | Reason::AuthorityMissing
        | Reason::PhysicianMissing
        | Reason::TooManyQuestions
        | Reason::RequestOpen
        | Reason::PaymentOpen
        | Reason::HoldingCase => {
            Some("it is about the case, not about a document; it goes when what it asks for is there")
        }
        Reason::EmptyFile
        | Reason::Truncated
        | Reason::Damaged
        | Reason::PasswordRequired
        | Reason::OpensWithPassword
        | Reason::UnsupportedFormat
        | Reason::ParserFailed
        | Reason::Blank
        | Reason::Illegible
        | Reason::HardToRead
        | Reason::CutOff
        | Reason::BadExposure
        | Reason::Rotated
        | Reason::Handwriting
        | Reason::LowResolution
        | Reason::ImageOnly
        | Reason::UnmappableText
        | Reason::NotEnglish
        | Reason::MixedLanguage
        | Reason::LanguageUndetermined
        | Reason::PoorTranslation
        | Reason::WrongPatient
        | Reason::PatientUnconfirmed
        | Reason::MultiplePatients
        | Reason::ListedMissing
        | Reason::UnlistedPresent
        | Reason::NoDicomdir
        | Reason::DicomdirDamaged
        | Reason::ViewerSoftware
        | Reason::SystemJunk
        | Reason::SeriesIncomplete
        | Reason::SeriesInconsistent
        | Reason::PixelDataMissing
        | Reason::ScreenshotNotImaging
        | Reason::ExactDuplicate
        | Reason::SameInstance
        | Reason::NearDuplicate
        | Reason::InstanceConflict
        | Reason::SlideMissing
        | Reason::ChecksumMismatch
        | Reason::SizeMismatch
        | Reason::DuplicateSlide
        | Reason::UnlistedSlide
        | Reason::ManifestMalformed
        | Reason::CompanionMissing
        | Reason::ImplausibleMpp
        | Reason::PathEscape
        | Reason::LinkEntry
        | Reason::TooDeep
        | Reason::TooManyEntries
        | Reason::ActiveContent
        | Reason::WrongExtension => None,
    }
}
