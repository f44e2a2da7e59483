//! Studies from before the child was born: of another patient under this child's name, or by a device whose clock was wrong.

use crate::domain::facts::Facts;
use jiff::{ToSpan, civil::Date};

/// Years of studies that are believed: clocks that were never set stand at the beginning of theirs.
const YEAR_MIN: i16 = 1950;

/// Does a DICOM object say that it was made before this day? A day is given for the way around the world.
pub(super) fn is_made_before(birth: Date, facts: &Facts) -> bool {
    let written = facts.dicom.as_ref().map(|dicom| dicom.study_date.trim());
    let Some(made) = written.and_then(|date| Date::strptime("%Y%m%d", date).ok()) else { return false };
    let unset = made.month() == 1 && made.day() == 1;
    let earliest = birth.saturating_sub(1.day());
    made < earliest && made.year() >= YEAR_MIN && !unset
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::facts::{DicomFacts, FileKind, Readable};
    use jiff::civil::date;

    /// Proves that only a plausible day before the birth counts.
    #[test]
    fn studies_before_the_birth() {
        let made = |written: &str| {
            let dicom = DicomFacts { study_date: written.to_owned(), ..DicomFacts::default() };
            let facts = Facts { dicom: Some(dicom), ..Facts::of(FileKind::Dicom, Readable::Yes) };
            is_made_before(date(2016, 4, 12), &facts)
        };
        assert!(made("20120903") && made("20160410 "));
        for written in ["20160411", "20160412", "20240101", "", "2012", "20001301", "19700101", "20000101", "19000305"]
        {
            assert!(!made(written), "{written}");
        }
        assert!(!is_made_before(date(2016, 4, 12), &Facts::of(FileKind::Pdf, Readable::Yes)));
    }
}
