//! What each reason means, in words, for three readers: what is wrong, and what to do next.
//!
//! Every message about a reason, on a page, in a letter or on the command line, is taken from here, so that one thing
//! is said in one way. No text holds health information, and none varies with the document: what was seen in *this*
//! document is the finding's detail, which is for the desk only.
//!
//! A new reason does not build until its texts stand here: [`texts`] is matched without a wildcard.

mod case;
mod disc;
mod duplicates;
mod identity;
mod imaging;
mod language;
mod safety;
mod slides;
mod unreadable;

use crate::domain::reason::Reason;

/// Who reads it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Audience {
    /// Parents and patients: short words, no blame, no health information, always a next step. Written for a reading
    /// age of nine to eleven.
    Family,
    /// Referring physicians: the same, more exact.
    Physician,
    /// The desk: what was seen and what can be done.
    Desk,
}

impl Audience {
    /// Every audience.
    pub const ALL: &[Self] = &[Self::Family, Self::Physician, Self::Desk];
}

/// A reason in words: whole sentences.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Words {
    /// What is wrong.
    pub wrong: &'static str,
    /// What to do next.
    pub next: &'static str,
}

/// A reason in the words of a reader.
pub fn of(reason: Reason, audience: Audience) -> Words {
    let texts = texts(reason);
    match audience {
        Audience::Family => texts.family,
        Audience::Physician => texts.physician,
        Audience::Desk => texts.desk,
    }
}

/// The three texts of a reason.
struct Texts {
    family: Words,
    physician: Words,
    desk: Words,
}

const fn say(wrong: &'static str, next: &'static str) -> Words {
    Words { wrong, next }
}

/// One line a reason, in the order of the contract.
const fn texts(reason: Reason) -> &'static Texts {
    match reason {
        Reason::EmptyFile => &unreadable::EMPTY_FILE,
        Reason::Truncated => &unreadable::TRUNCATED,
        Reason::Damaged => &unreadable::DAMAGED,
        Reason::PasswordRequired => &unreadable::PASSWORD_REQUIRED,
        Reason::UnsupportedFormat => &unreadable::UNSUPPORTED_FORMAT,
        Reason::ParserFailed => &unreadable::PARSER_FAILED,
        Reason::Blank => &unreadable::BLANK,
        Reason::Illegible => &unreadable::ILLEGIBLE,
        Reason::HardToRead => &unreadable::HARD_TO_READ,
        Reason::CutOff => &unreadable::CUT_OFF,
        Reason::BadExposure => &unreadable::BAD_EXPOSURE,
        Reason::Rotated => &unreadable::ROTATED,
        Reason::Handwriting => &unreadable::HANDWRITING,
        Reason::LowResolution => &unreadable::LOW_RESOLUTION,
        Reason::ImageOnly => &unreadable::IMAGE_ONLY,
        Reason::UnmappableText => &unreadable::UNMAPPABLE_TEXT,
        Reason::ReadingPending => &unreadable::READING_PENDING,
        Reason::OpensWithPassword => &unreadable::OPENS_WITH_PASSWORD,
        Reason::NotEnglish => &language::NOT_ENGLISH,
        Reason::MixedLanguage => &language::MIXED_LANGUAGE,
        Reason::LanguageUndetermined => &language::LANGUAGE_UNDETERMINED,
        Reason::PoorTranslation => &language::POOR_TRANSLATION,
        Reason::WrongPatient => &identity::WRONG_PATIENT,
        Reason::PatientUnconfirmed => &identity::PATIENT_UNCONFIRMED,
        Reason::MultiplePatients => &identity::MULTIPLE_PATIENTS,
        Reason::ListedMissing => &disc::LISTED_MISSING,
        Reason::UnlistedPresent => &disc::UNLISTED_PRESENT,
        Reason::NoDicomdir => &disc::NO_DICOMDIR,
        Reason::DicomdirDamaged => &disc::DICOMDIR_DAMAGED,
        Reason::ViewerSoftware => &disc::VIEWER_SOFTWARE,
        Reason::SystemJunk => &disc::SYSTEM_JUNK,
        Reason::SeriesIncomplete => &imaging::SERIES_INCOMPLETE,
        Reason::SeriesInconsistent => &imaging::SERIES_INCONSISTENT,
        Reason::PixelDataMissing => &imaging::PIXEL_DATA_MISSING,
        Reason::ScreenshotNotImaging => &imaging::SCREENSHOT_NOT_IMAGING,
        Reason::ExactDuplicate => &duplicates::EXACT_DUPLICATE,
        Reason::SameInstance => &duplicates::SAME_INSTANCE,
        Reason::NearDuplicate => &duplicates::NEAR_DUPLICATE,
        Reason::InstanceConflict => &duplicates::INSTANCE_CONFLICT,
        Reason::SlideMissing => &slides::SLIDE_MISSING,
        Reason::ChecksumMismatch => &slides::CHECKSUM_MISMATCH,
        Reason::SizeMismatch => &slides::SIZE_MISMATCH,
        Reason::DuplicateSlide => &slides::DUPLICATE_SLIDE,
        Reason::UnlistedSlide => &slides::UNLISTED_SLIDE,
        Reason::ManifestMalformed => &slides::MANIFEST_MALFORMED,
        Reason::CompanionMissing => &slides::COMPANION_MISSING,
        Reason::ImplausibleMpp => &slides::IMPLAUSIBLE_MPP,
        Reason::ArchiveBomb => &safety::ARCHIVE_BOMB,
        Reason::PathEscape => &safety::PATH_ESCAPE,
        Reason::LinkEntry => &safety::LINK_ENTRY,
        Reason::TooDeep => &safety::TOO_DEEP,
        Reason::TooManyEntries => &safety::TOO_MANY_ENTRIES,
        Reason::Executable => &safety::EXECUTABLE,
        Reason::Malware => &safety::MALWARE,
        Reason::Polyglot => &safety::POLYGLOT,
        Reason::ActiveContent => &safety::ACTIVE_CONTENT,
        Reason::WrongExtension => &safety::WRONG_EXTENSION,
        Reason::MissingItem => &case::MISSING_ITEM,
        Reason::UnusableItem => &case::UNUSABLE_ITEM,
        Reason::NotEligible => &case::NOT_ELIGIBLE,
        Reason::AuthorityMissing => &case::AUTHORITY_MISSING,
        Reason::PhysicianMissing => &case::PHYSICIAN_MISSING,
        Reason::TooManyQuestions => &case::TOO_MANY_QUESTIONS,
        Reason::RequestOpen => &case::REQUEST_OPEN,
        Reason::PaymentOpen => &case::PAYMENT_OPEN,
        Reason::Stuck => &case::STUCK,
        Reason::HoldingCase => &case::HOLDING_CASE,
    }
}

#[cfg(test)]
mod tests;
