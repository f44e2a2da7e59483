//! Why something is not as it should be: the reason codes of the contract.
//!
//! A code is fixed for good; scripts and programmes rely on it. Its default severity may be
//! changed by a programme; its texts for family, physician and desk stand in `outlet::words`,
//! which matches exhaustively, so that a new code does not build without them.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// How much a finding weighs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Good to know; nobody needs to act.
    Info,
    /// Somebody should look; the case may go out.
    Warn,
    /// The case is not ready while this is open.
    Block,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Block => "block",
        })
    }
}

/// What a reason speaks of.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Family {
    /// Can a person get at the content?
    Unreadable,
    /// Is it in English?
    Language,
    /// Is it about this child?
    Identity,
    /// Discs and their directories.
    Disc,
    /// Studies and series.
    Imaging,
    /// The same thing twice.
    Duplicates,
    /// Slide manifests and slides.
    Slides,
    /// Content that could do harm.
    Safety,
    /// The case as a whole.
    Case,
}

macro_rules! reasons {
    ($($variant:ident $code:literal $family:ident $severity:ident;)*) => {
        /// A reason code.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[allow(missing_docs, reason = "the code and its texts in outlet::words are the documentation")]
        pub enum Reason { $($variant,)* }

        impl Reason {
            /// Every reason, in the order of the contract.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The code as scripts see it.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// What it speaks of.
            pub const fn family(self) -> Family {
                match self { $(Self::$variant => Family::$family,)* }
            }

            /// How much it weighs unless the programme says otherwise.
            pub const fn default_severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity,)* }
            }
        }
    };
}

reasons! {
    EmptyFile "empty_file" Unreadable Block;
    Truncated "truncated" Unreadable Block;
    Damaged "damaged" Unreadable Block;
    PasswordRequired "password_required" Unreadable Block;
    UnsupportedFormat "unsupported_format" Unreadable Warn;
    ParserFailed "parser_failed" Unreadable Block;
    Blank "blank" Unreadable Warn;
    Illegible "illegible" Unreadable Block;
    HardToRead "hard_to_read" Unreadable Warn;
    CutOff "cut_off" Unreadable Warn;
    BadExposure "bad_exposure" Unreadable Warn;
    Rotated "rotated" Unreadable Info;
    Handwriting "handwriting" Unreadable Warn;
    LowResolution "low_resolution" Unreadable Block;
    ImageOnly "image_only" Unreadable Warn;
    UnmappableText "unmappable_text" Unreadable Warn;
    ReadingPending "reading_pending" Unreadable Info;
    OpensWithPassword "opens_with_password" Unreadable Info;
    NotEnglish "not_english" Language Block;
    MixedLanguage "mixed_language" Language Block;
    LanguageUndetermined "language_undetermined" Language Info;
    PoorTranslation "poor_translation" Language Warn;
    WrongPatient "wrong_patient" Identity Block;
    PatientUnconfirmed "patient_unconfirmed" Identity Info;
    MultiplePatients "multiple_patients" Identity Block;
    ListedMissing "listed_missing" Disc Block;
    UnlistedPresent "unlisted_present" Disc Info;
    NoDicomdir "no_dicomdir" Disc Info;
    DicomdirDamaged "dicomdir_damaged" Disc Warn;
    ViewerSoftware "viewer_software" Disc Info;
    SystemJunk "system_junk" Disc Info;
    SeriesIncomplete "series_incomplete" Imaging Block;
    SeriesInconsistent "series_inconsistent" Imaging Warn;
    PixelDataMissing "pixel_data_missing" Imaging Warn;
    ScreenshotNotImaging "screenshot_not_imaging" Imaging Warn;
    ExactDuplicate "exact_duplicate" Duplicates Info;
    SameInstance "same_instance" Duplicates Info;
    NearDuplicate "near_duplicate" Duplicates Info;
    InstanceConflict "instance_conflict" Duplicates Block;
    SlideMissing "slide_missing" Slides Block;
    ChecksumMismatch "checksum_mismatch" Slides Block;
    SizeMismatch "size_mismatch" Slides Warn;
    DuplicateSlide "duplicate_slide" Slides Warn;
    UnlistedSlide "unlisted_slide" Slides Info;
    ManifestMalformed "manifest_malformed" Slides Warn;
    CompanionMissing "companion_missing" Slides Block;
    ImplausibleMpp "implausible_mpp" Slides Warn;
    ArchiveBomb "archive_bomb" Safety Block;
    PathEscape "path_escape" Safety Block;
    LinkEntry "link_entry" Safety Warn;
    TooDeep "too_deep" Safety Block;
    TooManyEntries "too_many_entries" Safety Block;
    Executable "executable" Safety Warn;
    Malware "malware" Safety Block;
    Polyglot "polyglot" Safety Warn;
    ActiveContent "active_content" Safety Info;
    WrongExtension "wrong_extension" Safety Info;
    MissingItem "missing_item" Case Block;
    UnusableItem "unusable_item" Case Block;
    NotEligible "not_eligible" Case Block;
    AuthorityMissing "authority_missing" Case Block;
    PhysicianMissing "physician_missing" Case Block;
    TooManyQuestions "too_many_questions" Case Block;
    RequestOpen "request_open" Case Block;
    PaymentOpen "payment_open" Case Block;
    Stuck "stuck" Case Block;
    HoldingCase "holding_case" Case Block;
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// A text that is not a reason code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a reason code; `casegate check-config --reasons` lists them")]
pub struct UnknownReason(pub String);

impl FromStr for Reason {
    type Err = UnknownReason;

    fn from_str(text: &str) -> Result<Self, UnknownReason> {
        let found = Self::ALL.iter().find(|reason| reason.code() == text);
        found.copied().ok_or_else(|| UnknownReason(text.to_owned()))
    }
}

impl Serialize for Reason {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Reason {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves that each code reads back as the reason it was written from.
    #[test]
    fn codes_round_trip() {
        for reason in Reason::ALL {
            assert_eq!(reason.code().parse(), Ok(*reason));
        }
    }
}
