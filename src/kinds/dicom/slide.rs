//! Whole-slide microscopy (PS3.3 A.32.8): what one instance, a level or a label image, says of its slide.

use super::{data_set::DataSet, describe};
use crate::domain::facts::{DicomFacts, SearchField, SlideFacts};
use dicom_dictionary_std::{tags, uids};

/// Is it this class?
pub(super) fn is_slide(sop_class: &str) -> bool {
    sop_class == uids::VL_WHOLE_SLIDE_MICROSCOPY_IMAGE_STORAGE
}

/// The slide as this instance sees it.
pub(super) fn facts(data_set: &DataSet, dicom: &DicomFacts) -> SlideFacts {
    let total = |tag, own: u32| u64::from(data_set.count(tag).unwrap_or(own));
    let (width, height) =
        (total(tags::TOTAL_PIXEL_MATRIX_COLUMNS, dicom.columns), total(tags::TOTAL_PIXEL_MATRIX_ROWS, dicom.rows));
    let imaged = |tag, pixels: u64| {
        let millimetres = data_set.numbers(tag).first().copied()?;
        (pixels > 0 && millimetres > 0.0).then(|| millimetres * 1000.0 / pixels as f64)
    };
    // Pixel Spacing is row spacing (y), then column spacing (x), in millimetres (PS3.3 10.7.1.3).
    let spacing = dicom.spacing.map(|[y, x]| (x * 1000.0, y * 1000.0));
    let power = data_set
        .items(tags::OPTICAL_PATH_SEQUENCE)
        .iter()
        .find_map(|path| path.numbers(tags::OBJECTIVE_LENS_POWER).first().copied());
    let shows = |word: &str| dicom.image_type.iter().any(|value| value == word);
    SlideFacts {
        vendor: "dicom".to_owned(),
        width,
        height,
        levels: 1,
        mpp_x: spacing.map(|(x, _)| x).or_else(|| imaged(tags::IMAGED_VOLUME_WIDTH, width)),
        mpp_y: spacing.map(|(_, y)| y).or_else(|| imaged(tags::IMAGED_VOLUME_HEIGHT, height)),
        magnification: power,
        label_image: shows("LABEL")
            || shows("OVERVIEW")
            || data_set.ascii(tags::SPECIMEN_LABEL_IN_IMAGE).eq_ignore_ascii_case("YES"),
    }
}

/// Container and specimens, for search and for the manifest.
pub(super) fn search(data_set: &DataSet) -> Vec<SearchField> {
    let mut words = vec![data_set.text(tags::CONTAINER_IDENTIFIER)];
    for specimen in data_set.items(tags::SPECIMEN_DESCRIPTION_SEQUENCE) {
        words.push(specimen.text(tags::SPECIMEN_IDENTIFIER));
        words.push(specimen.text(tags::SPECIMEN_SHORT_DESCRIPTION));
        words.push(specimen.long_text(tags::SPECIMEN_DETAILED_DESCRIPTION));
    }
    let field = describe::field("slide", &words);
    if field.text.is_empty() { Vec::new() } else { vec![field] }
}
