//! Which elements are kept of a data set. Everything else is skipped unread.

use dicom_core::Tag;
use dicom_dictionary_std::tags;
use std::sync::LazyLock;

/// Other Patient IDs: retired, and written by many.
pub(super) const OTHER_PATIENT_IDS: Tag = Tag(0x0010, 0x1000);

/// What is done with an element.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Policy {
    /// Its value is loaded.
    Load,
    /// Its items are walked and kept.
    Descend,
    /// Its place is noted.
    Locate,
    /// It is skipped.
    Skip,
}

/// Sequences whose items matter.
const SEQUENCES: &[Tag] = &[
    tags::DIRECTORY_RECORD_SEQUENCE,
    tags::ANATOMIC_REGION_SEQUENCE,
    tags::OTHER_PATIENT_I_DS_SEQUENCE,
    tags::PLANE_POSITION_SEQUENCE,
    tags::PLANE_ORIENTATION_SEQUENCE,
    tags::PIXEL_MEASURES_SEQUENCE,
    tags::FRAME_CONTENT_SEQUENCE,
    tags::MR_ECHO_SEQUENCE,
    tags::MR_DIFFUSION_SEQUENCE,
    tags::DIFFUSION_GRADIENT_DIRECTION_SEQUENCE,
    tags::MR_IMAGE_FRAME_TYPE_SEQUENCE,
    tags::CT_IMAGE_FRAME_TYPE_SEQUENCE,
    tags::PET_FRAME_TYPE_SEQUENCE,
    tags::CONCEPT_NAME_CODE_SEQUENCE,
    tags::CONCEPT_CODE_SEQUENCE,
    tags::CONTENT_SEQUENCE,
    tags::MEASURED_VALUE_SEQUENCE,
    tags::MEASUREMENT_UNITS_CODE_SEQUENCE,
    tags::SPECIMEN_DESCRIPTION_SEQUENCE,
    tags::OPTICAL_PATH_SEQUENCE,
    tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE,
    tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE,
    tags::WAVEFORM_SEQUENCE,
];

/// Values that are only located: they are as large as they like.
const PLACES: &[Tag] = &[tags::ENCAPSULATED_DOCUMENT, tags::WAVEFORM_DATA, tags::ORIGINAL_ATTRIBUTES_SEQUENCE];

/// Values that are loaded, by module. Sorted at no time: the groups of the list are for its readers.
const VALUES: &[Tag] = &[
    // SOP common and series
    tags::SPECIFIC_CHARACTER_SET,
    tags::IMAGE_TYPE,
    tags::SOP_CLASS_UID,
    tags::SOP_INSTANCE_UID,
    tags::STUDY_DATE,
    tags::ACCESSION_NUMBER,
    tags::MODALITY,
    tags::STUDY_DESCRIPTION,
    tags::SERIES_DESCRIPTION,
    tags::BODY_PART_EXAMINED,
    tags::PROTOCOL_NAME,
    tags::STUDY_INSTANCE_UID,
    tags::SERIES_INSTANCE_UID,
    tags::STUDY_ID,
    tags::SERIES_NUMBER,
    tags::INSTANCE_NUMBER,
    tags::IMAGES_IN_ACQUISITION,
    tags::NUMBER_OF_SERIES_RELATED_INSTANCES,
    tags::NUMBER_OF_STUDY_RELATED_INSTANCES,
    // What tells an image from its neighbours
    tags::FRAME_OF_REFERENCE_UID,
    tags::SPACING_BETWEEN_SLICES,
    tags::GANTRY_DETECTOR_TILT,
    tags::ECHO_NUMBERS,
    tags::ECHO_TIME,
    tags::TEMPORAL_POSITION_IDENTIFIER,
    tags::NUMBER_OF_TEMPORAL_POSITIONS,
    tags::ACQUISITION_NUMBER,
    tags::ACQUISITION_TIME,
    tags::TRIGGER_TIME,
    tags::DIFFUSION_B_VALUE,
    tags::CONVOLUTION_KERNEL,
    tags::STACK_ID,
    tags::CONVERSION_TYPE,
    tags::CONCATENATION_UID,
    tags::IN_CONCATENATION_NUMBER,
    tags::IN_CONCATENATION_TOTAL_NUMBER,
    tags::CONCATENATION_FRAME_OFFSET_NUMBER,
    // What a PET series counts
    tags::SERIES_TYPE,
    tags::NUMBER_OF_SLICES,
    tags::NUMBER_OF_TIME_SLICES,
    tags::NUMBER_OF_RR_INTERVALS,
    tags::NUMBER_OF_TIME_SLOTS,
    // What tells a frame from its neighbours
    tags::TEMPORAL_POSITION_INDEX,
    tags::IN_STACK_POSITION_NUMBER,
    tags::EFFECTIVE_ECHO_TIME,
    tags::DIFFUSION_GRADIENT_ORIENTATION,
    tags::FRAME_TYPE,
    // Patient
    tags::PATIENT_NAME,
    tags::PATIENT_ID,
    tags::ISSUER_OF_PATIENT_ID,
    tags::PATIENT_BIRTH_DATE,
    tags::PATIENT_SEX,
    OTHER_PATIENT_IDS,
    tags::OTHER_PATIENT_NAMES,
    tags::PATIENT_BIRTH_NAME,
    // Image
    tags::SAMPLES_PER_PIXEL,
    tags::PHOTOMETRIC_INTERPRETATION,
    tags::PLANAR_CONFIGURATION,
    tags::NUMBER_OF_FRAMES,
    tags::ROWS,
    tags::COLUMNS,
    tags::BITS_ALLOCATED,
    tags::BITS_STORED,
    tags::HIGH_BIT,
    tags::PIXEL_REPRESENTATION,
    tags::WINDOW_CENTER,
    tags::WINDOW_WIDTH,
    tags::RESCALE_INTERCEPT,
    tags::RESCALE_SLOPE,
    tags::RED_PALETTE_COLOR_LOOKUP_TABLE_DESCRIPTOR,
    tags::RED_PALETTE_COLOR_LOOKUP_TABLE_DATA,
    tags::GREEN_PALETTE_COLOR_LOOKUP_TABLE_DATA,
    tags::BLUE_PALETTE_COLOR_LOOKUP_TABLE_DATA,
    tags::IMAGE_POSITION_PATIENT,
    tags::IMAGE_ORIENTATION_PATIENT,
    tags::PIXEL_SPACING,
    tags::SLICE_THICKNESS,
    tags::PIXEL_DATA_PROVIDER_URL,
    tags::BURNED_IN_ANNOTATION,
    // Waveform
    tags::NUMBER_OF_WAVEFORM_CHANNELS,
    tags::NUMBER_OF_WAVEFORM_SAMPLES,
    tags::WAVEFORM_BITS_ALLOCATED,
    // Codes and report content
    tags::CODE_MEANING,
    tags::VALUE_TYPE,
    tags::TEXT_VALUE,
    tags::NUMERIC_VALUE,
    tags::PERSON_NAME,
    tags::DATE_TIME,
    tags::DATE,
    tags::TIME,
    tags::CODE_VALUE,
    tags::COMPLETION_FLAG,
    // Encapsulated document
    tags::DOCUMENT_TITLE,
    tags::MIME_TYPE_OF_ENCAPSULATED_DOCUMENT,
    tags::ENCAPSULATED_DOCUMENT_LENGTH,
    // Slide
    tags::CONTAINER_IDENTIFIER,
    tags::SPECIMEN_IDENTIFIER,
    tags::SPECIMEN_SHORT_DESCRIPTION,
    tags::SPECIMEN_DETAILED_DESCRIPTION,
    tags::TOTAL_PIXEL_MATRIX_COLUMNS,
    tags::TOTAL_PIXEL_MATRIX_ROWS,
    tags::IMAGED_VOLUME_WIDTH,
    tags::IMAGED_VOLUME_HEIGHT,
    tags::SPECIMEN_LABEL_IN_IMAGE,
    tags::OBJECTIVE_LENS_POWER,
    // Directory
    tags::FILE_SET_ID,
    tags::OFFSET_OF_THE_FIRST_DIRECTORY_RECORD_OF_THE_ROOT_DIRECTORY_ENTITY,
    tags::OFFSET_OF_THE_NEXT_DIRECTORY_RECORD,
    tags::RECORD_IN_USE_FLAG,
    tags::OFFSET_OF_REFERENCED_LOWER_LEVEL_DIRECTORY_ENTITY,
    tags::DIRECTORY_RECORD_TYPE,
    tags::REFERENCED_FILE_ID,
    tags::REFERENCED_SOP_CLASS_UID_IN_FILE,
    tags::REFERENCED_SOP_INSTANCE_UID_IN_FILE,
];

/// The lists as one, sorted by tag: it is asked for every element.
static TABLE: LazyLock<Vec<(Tag, Policy)>> = LazyLock::new(|| {
    let lists = [(VALUES, Policy::Load), (SEQUENCES, Policy::Descend), (PLACES, Policy::Locate)];
    let mut table: Vec<(Tag, Policy)> =
        lists.into_iter().flat_map(|(tags, policy)| tags.iter().map(move |tag| (*tag, policy))).collect();
    table.sort_unstable_by_key(|(tag, _)| *tag);
    table
});

/// What is done with an element of this tag.
pub(super) fn policy(tag: Tag) -> Policy {
    match TABLE.binary_search_by_key(&tag, |(known, _)| *known) {
        Ok(found) => TABLE[found].1,
        Err(_) => Policy::Skip,
    }
}
