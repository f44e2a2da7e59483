//! The image pixel module (PS3.3 C.7.6.3) and whether the pixel data is as long as it says, from lengths alone.

use super::{
    data_set::DataSet,
    walk::{Fragments, Pixels, Stored},
};
use crate::domain::{facts::PixelData, reason::Reason};
use dicom_dictionary_std::{tags, uids};

/// What the image pixel module says; 0 where it is silent.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Shape {
    /// Rows.
    pub(super) rows: u32,
    /// Columns.
    pub(super) columns: u32,
    /// Frames; 1 where none are stated.
    pub(super) frames: u32,
    /// Samples of a pixel.
    pub(super) samples: u32,
    /// Bits a sample takes up.
    pub(super) bits_allocated: u32,
    /// Bits of it that count.
    pub(super) bits_stored: u32,
    /// The highest bit that counts.
    pub(super) high_bit: u32,
    /// Photometric Interpretation.
    pub(super) photometric: String,
    /// Planar Configuration 1: all of one sample, then all of the next.
    pub(super) planar: bool,
}

/// What is wrong with pixel data.
pub(super) type Complaint = (Reason, String);

impl Shape {
    /// Reads the module.
    pub(super) fn of(data_set: &DataSet) -> Self {
        let count = |tag| data_set.count(tag).unwrap_or_default();
        let bits_allocated = count(tags::BITS_ALLOCATED);
        let bits_stored = data_set.count(tags::BITS_STORED).unwrap_or(bits_allocated);
        Self {
            rows: count(tags::ROWS),
            columns: count(tags::COLUMNS),
            frames: data_set.count(tags::NUMBER_OF_FRAMES).filter(|frames| *frames > 0).unwrap_or(1),
            samples: data_set.count(tags::SAMPLES_PER_PIXEL).unwrap_or(1),
            bits_allocated,
            bits_stored,
            high_bit: data_set.count(tags::HIGH_BIT).unwrap_or(bits_stored.saturating_sub(1)),
            photometric: data_set.ascii(tags::PHOTOMETRIC_INTERPRETATION),
            planar: count(tags::PLANAR_CONFIGURATION) == 1,
        }
    }

    /// Pixels of all frames.
    pub(super) fn pixels(&self) -> u128 {
        u128::from(self.rows) * u128::from(self.columns) * u128::from(self.frames)
    }

    /// Bytes of native pixel data; 0 where the module is incomplete. One bit a sample is packed across rows and frames
    /// (PS3.5 8.1.1); YBR_FULL_422 and YBR_PARTIAL_422 have two samples a pixel on average, YBR_PARTIAL_420 one and a half.
    pub(super) fn native_bytes(&self) -> u128 {
        let halves = match self.photometric.as_str() {
            "YBR_FULL_422" | "YBR_PARTIAL_422" => 4,
            "YBR_PARTIAL_420" => 3,
            _ => 2 * u128::from(self.samples),
        };
        (self.pixels() * halves * u128::from(self.bits_allocated) / 2).div_ceil(8)
    }
}

/// The state of the pixel data, and what is wrong with it.
pub(super) fn state(shape: &Shape, pixels: Option<&Pixels>) -> (PixelData, Option<Complaint>) {
    match pixels.map(|pixels| &pixels.stored) {
        None => (PixelData::Absent, None),
        Some(Stored::Native { length, whole, .. }) => native(shape, *length, *whole),
        Some(Stored::Fragments(fragments)) => encapsulated(shape, fragments),
    }
}

fn native(shape: &Shape, length: u64, whole: bool) -> (PixelData, Option<Complaint>) {
    let expected = shape.native_bytes();
    if !whole {
        return short(format!("pixel data declares {length} bytes, the file ends before"));
    }
    if length == 0 {
        return (PixelData::Absent, Some((Reason::PixelDataMissing, "pixel data has no bytes".to_owned())));
    }
    if u128::from(length) < expected {
        return short(format!("pixel data has {length} of {expected} bytes"));
    }
    (PixelData::Whole, None)
}

fn encapsulated(shape: &Shape, fragments: &Fragments) -> (PixelData, Option<Complaint>) {
    if !fragments.ended {
        return short(format!("encapsulated pixel data ends in fragment {} without its delimiter", fragments.count));
    }
    if fragments.bytes == 0 {
        return (PixelData::Absent, Some((Reason::PixelDataMissing, "pixel data has no fragments".to_owned())));
    }
    // A frame is at least one fragment (PS3.5 A.4); video alone may hold many frames in one.
    if fragments.count > 1 && fragments.count < u64::from(shape.frames) {
        return short(format!("{} fragments for {} frames", fragments.count, shape.frames));
    }
    (PixelData::Whole, codestream(shape, &fragments.head))
}

fn short(detail: String) -> (PixelData, Option<Complaint>) {
    (PixelData::Short, Some((Reason::Truncated, detail)))
}

/// A JPEG 2000 codestream whose image is empty or vastly larger than rows and columns (ITU-T T.800 A.5.1) does not open.
fn codestream(shape: &Shape, head: &[u8]) -> Option<Complaint> {
    let siz = head.strip_prefix(b"\xFF\x4F\xFF\x51")?;
    let number = |at: usize| Some(u64::from(u32::from_be_bytes(siz.get(at..at + 4)?.try_into().ok()?)));
    let width = number(4)?.saturating_sub(number(12)?);
    let height = number(8)?.saturating_sub(number(16)?);
    let declared = u128::from(shape.rows) * u128::from(shape.columns);
    let coded = u128::from(width) * u128::from(height);
    let sound = coded > 0 && (declared == 0 || coded <= declared.saturating_mul(64));
    (!sound).then(|| (Reason::Damaged, format!("the codestream says {width} by {height} pixels")))
}

/// Is it the storage class of an image, which without pixels shows nothing?
pub(super) fn is_image_class(uid: &str) -> bool {
    IMAGE_CLASSES.contains(&uid)
}

#[expect(deprecated, reason = "objects of retired classes still lie on discs")]
/// Storage classes of images (PS3.4 B.5), segmentations and parametric maps among them.
const IMAGE_CLASSES: &[&str] = &[
    uids::COMPUTED_RADIOGRAPHY_IMAGE_STORAGE,
    uids::DIGITAL_X_RAY_IMAGE_STORAGE_FOR_PRESENTATION,
    uids::DIGITAL_X_RAY_IMAGE_STORAGE_FOR_PROCESSING,
    uids::DIGITAL_MAMMOGRAPHY_X_RAY_IMAGE_STORAGE_FOR_PRESENTATION,
    uids::DIGITAL_MAMMOGRAPHY_X_RAY_IMAGE_STORAGE_FOR_PROCESSING,
    uids::DIGITAL_INTRA_ORAL_X_RAY_IMAGE_STORAGE_FOR_PRESENTATION,
    uids::DIGITAL_INTRA_ORAL_X_RAY_IMAGE_STORAGE_FOR_PROCESSING,
    uids::X_RAY_ANGIOGRAPHIC_IMAGE_STORAGE,
    uids::ENHANCED_XA_IMAGE_STORAGE,
    uids::X_RAY_RADIOFLUOROSCOPIC_IMAGE_STORAGE,
    uids::ENHANCED_XRF_IMAGE_STORAGE,
    uids::X_RAY_ANGIOGRAPHIC_BI_PLANE_IMAGE_STORAGE,
    uids::POSITRON_EMISSION_TOMOGRAPHY_IMAGE_STORAGE,
    uids::LEGACY_CONVERTED_ENHANCED_PET_IMAGE_STORAGE,
    uids::X_RAY3_D_ANGIOGRAPHIC_IMAGE_STORAGE,
    uids::X_RAY3_D_CRANIOFACIAL_IMAGE_STORAGE,
    uids::BREAST_TOMOSYNTHESIS_IMAGE_STORAGE,
    uids::BREAST_PROJECTION_X_RAY_IMAGE_STORAGE_FOR_PRESENTATION,
    uids::BREAST_PROJECTION_X_RAY_IMAGE_STORAGE_FOR_PROCESSING,
    uids::ENHANCED_PET_IMAGE_STORAGE,
    uids::INTRAVASCULAR_OPTICAL_COHERENCE_TOMOGRAPHY_IMAGE_STORAGE_FOR_PRESENTATION,
    uids::INTRAVASCULAR_OPTICAL_COHERENCE_TOMOGRAPHY_IMAGE_STORAGE_FOR_PROCESSING,
    uids::CT_IMAGE_STORAGE,
    uids::ENHANCED_CT_IMAGE_STORAGE,
    uids::LEGACY_CONVERTED_ENHANCED_CT_IMAGE_STORAGE,
    uids::CT_IMAGE_STORAGE_FOR_PROCESSING,
    uids::ENHANCED_CT_IMAGE_STORAGE_FOR_PROCESSING,
    uids::LEGACY_CONVERTED_ENHANCED_CT_IMAGE_STORAGE_FOR_PROCESSING,
    uids::NUCLEAR_MEDICINE_IMAGE_STORAGE,
    uids::ULTRASOUND_MULTI_FRAME_IMAGE_STORAGE_RETIRED,
    uids::ULTRASOUND_MULTI_FRAME_IMAGE_STORAGE,
    uids::PARAMETRIC_MAP_STORAGE,
    uids::MR_IMAGE_STORAGE,
    uids::ENHANCED_MR_IMAGE_STORAGE,
    uids::ENHANCED_MR_COLOR_IMAGE_STORAGE,
    uids::LEGACY_CONVERTED_ENHANCED_MR_IMAGE_STORAGE,
    uids::RT_IMAGE_STORAGE,
    uids::ENHANCED_RT_IMAGE_STORAGE,
    uids::ENHANCED_CONTINUOUS_RT_IMAGE_STORAGE,
    uids::NUCLEAR_MEDICINE_IMAGE_STORAGE_RETIRED,
    uids::DICOSCT_IMAGE_STORAGE,
    uids::DICOS_DIGITAL_X_RAY_IMAGE_STORAGE_FOR_PRESENTATION,
    uids::DICOS_DIGITAL_X_RAY_IMAGE_STORAGE_FOR_PROCESSING,
    uids::ULTRASOUND_IMAGE_STORAGE_RETIRED,
    uids::ULTRASOUND_IMAGE_STORAGE,
    uids::PHOTOACOUSTIC_IMAGE_STORAGE,
    uids::EDDY_CURRENT_IMAGE_STORAGE,
    uids::EDDY_CURRENT_MULTI_FRAME_IMAGE_STORAGE,
    uids::THERMOGRAPHY_IMAGE_STORAGE,
    uids::THERMOGRAPHY_MULTI_FRAME_IMAGE_STORAGE,
    uids::SEGMENTATION_STORAGE,
    uids::SECONDARY_CAPTURE_IMAGE_STORAGE,
    uids::MULTI_FRAME_SINGLE_BIT_SECONDARY_CAPTURE_IMAGE_STORAGE,
    uids::MULTI_FRAME_GRAYSCALE_BYTE_SECONDARY_CAPTURE_IMAGE_STORAGE,
    uids::MULTI_FRAME_GRAYSCALE_WORD_SECONDARY_CAPTURE_IMAGE_STORAGE,
    uids::MULTI_FRAME_TRUE_COLOR_SECONDARY_CAPTURE_IMAGE_STORAGE,
    uids::VL_IMAGE_STORAGE_TRIAL,
    uids::VL_ENDOSCOPIC_IMAGE_STORAGE,
    uids::VIDEO_ENDOSCOPIC_IMAGE_STORAGE,
    uids::VL_MICROSCOPIC_IMAGE_STORAGE,
    uids::VIDEO_MICROSCOPIC_IMAGE_STORAGE,
    uids::VL_SLIDE_COORDINATES_MICROSCOPIC_IMAGE_STORAGE,
    uids::VL_PHOTOGRAPHIC_IMAGE_STORAGE,
    uids::VIDEO_PHOTOGRAPHIC_IMAGE_STORAGE,
    uids::OPHTHALMIC_PHOTOGRAPHY8_BIT_IMAGE_STORAGE,
    uids::OPHTHALMIC_PHOTOGRAPHY16_BIT_IMAGE_STORAGE,
    uids::OPHTHALMIC_TOMOGRAPHY_IMAGE_STORAGE,
    uids::WIDE_FIELD_OPHTHALMIC_PHOTOGRAPHY_STEREOGRAPHIC_PROJECTION_IMAGE_STORAGE,
    uids::WIDE_FIELD_OPHTHALMIC_PHOTOGRAPHY3_D_COORDINATES_IMAGE_STORAGE,
    uids::OPHTHALMIC_OPTICAL_COHERENCE_TOMOGRAPHY_EN_FACE_IMAGE_STORAGE,
    uids::VL_WHOLE_SLIDE_MICROSCOPY_IMAGE_STORAGE,
    uids::DERMOSCOPIC_PHOTOGRAPHY_IMAGE_STORAGE,
    uids::CONFOCAL_MICROSCOPY_IMAGE_STORAGE,
    uids::CONFOCAL_MICROSCOPY_TILED_PYRAMIDAL_IMAGE_STORAGE,
    uids::VL_MULTI_FRAME_IMAGE_STORAGE_TRIAL,
];

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(rows: u32, samples: u32, bits: u32, photometric: &str) -> Shape {
        let photometric = photometric.to_owned();
        Shape { rows, columns: 10, frames: 2, samples, bits_allocated: bits, photometric, ..Shape::default() }
    }

    /// Proves that the expected length follows from the module in each layout.
    #[test]
    fn expected_lengths_follow_the_module() {
        assert_eq!(shape(10, 1, 16, "MONOCHROME2").native_bytes(), 400);
        assert_eq!(shape(10, 3, 8, "RGB").native_bytes(), 600);
        assert_eq!(shape(10, 3, 8, "YBR_FULL_422").native_bytes(), 400);
        assert_eq!(shape(3, 1, 1, "MONOCHROME2").native_bytes(), 8);
        assert_eq!(shape(10, 1, 12, "MONOCHROME2").native_bytes(), 300);
        let huge = Shape { columns: u32::MAX, frames: u32::MAX, ..shape(u32::MAX, 3, 64, "RGB") };
        assert!(huge.native_bytes() > u128::from(u64::MAX));
    }

    /// Proves that pixel data shorter than its module asks for, or cut, is short, and padding is not minded.
    #[test]
    fn short_pixel_data_is_told() {
        let native = |length, whole| state(&shape(10, 1, 16, "MONOCHROME2"), Some(&pixels(length, whole))).0;
        assert_eq!(native(400, true), PixelData::Whole);
        assert_eq!(native(500, true), PixelData::Whole);
        assert_eq!(native(398, true), PixelData::Short);
        assert_eq!(native(400, false), PixelData::Short);
        assert_eq!(native(0, true), PixelData::Absent);
    }

    fn pixels(length: u64, whole: bool) -> Pixels {
        Pixels { tag: tags::PIXEL_DATA, vr: None, stored: Stored::Native { offset: 0, length, whole } }
    }
}
