//! What tells an image from its neighbours: echo, phase, time, stack, counts (PS3.3 C.7.6, C.8.2, C.8.3, C.8.13), and the
//! positions, rows and numbers of the frames of a multi-frame object (PS3.3 C.7.6.16).

use super::{data_set::DataSet, describe::functional};
use crate::domain::imaging::Slicing;
use dicom_core::Tag;
use dicom_dictionary_std::tags;
use std::collections::HashMap;

/// Cosines of two orientations that differ by less are the same: what writers round away.
const COSINE_TOLERANCE: f64 = 1e-3;

/// Reads it from the top level, and from the functional groups where it is silent.
pub(super) fn facts(data_set: &DataSet) -> Slicing {
    let number = |tag| data_set.numbers(tag).first().copied();
    let count = |tag| data_set.count(tag).filter(|count| *count > 0);
    let pet = pet_counts(data_set);
    Slicing {
        frame_of_reference: data_set.ascii(tags::FRAME_OF_REFERENCE_UID),
        spacing_between: number(tags::SPACING_BETWEEN_SLICES).or_else(|| measured(data_set)),
        tilt: number(tags::GANTRY_DETECTOR_TILT),
        echo: data_set.ascii(tags::ECHO_NUMBERS),
        echo_time: number(tags::ECHO_TIME),
        temporal_position: data_set.ascii(tags::TEMPORAL_POSITION_IDENTIFIER),
        temporal_positions: count(tags::NUMBER_OF_TEMPORAL_POSITIONS),
        acquisition: data_set.ascii(tags::ACQUISITION_NUMBER),
        acquisition_time: data_set.ascii(tags::ACQUISITION_TIME),
        trigger_time: number(tags::TRIGGER_TIME),
        diffusion_b_value: number(tags::DIFFUSION_B_VALUE),
        kernel: data_set.ascii(tags::CONVOLUTION_KERNEL),
        stack: data_set.ascii(tags::STACK_ID),
        conversion: data_set.ascii(tags::CONVERSION_TYPE),
        images_in_acquisition: count(tags::IMAGES_IN_ACQUISITION),
        series_instances: count(tags::NUMBER_OF_SERIES_RELATED_INSTANCES),
        study_instances: count(tags::NUMBER_OF_STUDY_RELATED_INSTANCES),
        concatenation: data_set.ascii(tags::CONCATENATION_UID),
        concatenation_number: count(tags::IN_CONCATENATION_NUMBER),
        concatenation_total: count(tags::IN_CONCATENATION_TOTAL_NUMBER),
        concatenation_offset: data_set.count(tags::CONCATENATION_FRAME_OFFSET_NUMBER),
        pet_slices: pet.map(|(slices, _)| slices),
        pet_volumes: pet.map(|(_, volumes)| volumes),
        ..frames(data_set)
    }
}

/// Slices of a volume and volumes of a series, as PET counts them (PS3.3 C.8.9.1). Reprojections are views, not slices.
fn pet_counts(data_set: &DataSet) -> Option<(u32, u32)> {
    let series_type = String::from_utf8_lossy(data_set.bytes(tags::SERIES_TYPE)).into_owned();
    if data_set.ascii(tags::MODALITY) != "PT" || series_type.contains("REPROJECTION") {
        return None;
    }
    let slices = data_set.count(tags::NUMBER_OF_SLICES).filter(|slices| *slices > 0)?;
    let times = [tags::NUMBER_OF_TIME_SLICES, tags::NUMBER_OF_RR_INTERVALS, tags::NUMBER_OF_TIME_SLOTS];
    let volumes = times.iter().map(|tag| data_set.count(*tag).unwrap_or(1).max(1));
    Some((slices, volumes.fold(1, u32::saturating_mul)))
}

/// Positions, rows and numbers of the frames, as far as each has them.
fn frames(data_set: &DataSet) -> Slicing {
    let Some(frame_positions) = frame_positions(data_set) else { return Slicing::default() };
    let frames = data_set.items(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE);
    let mut known: HashMap<Vec<Vec<u8>>, u32> = HashMap::new();
    let mut row = |frame| {
        let next = known.len() as u32;
        *known.entry(mark(frame)).or_insert(next)
    };
    let frame_rows: Vec<u32> = frames.iter().map(&mut row).collect();
    let number = |frame: &DataSet| {
        let content = frame.items(tags::FRAME_CONTENT_SEQUENCE).first()?;
        content.count(tags::IN_STACK_POSITION_NUMBER).filter(|number| *number > 0)
    };
    let frame_numbers: Option<Vec<u32>> = frames.iter().map(number).collect();
    Slicing {
        frame_positions,
        frame_rows: if known.len() > 1 { frame_rows } else { Vec::new() },
        frame_numbers: frame_numbers.unwrap_or_default(),
        ..Slicing::default()
    }
}

/// What a frame shares with those of its row: Frame Content (C.7.6.16.2.2), MR Echo (C.8.13.5.4), MR Diffusion
/// (C.8.13.5.9) and Frame Type (C.8.13.5.1, C.8.15.3.1).
fn mark(frame: &DataSet) -> Vec<Vec<u8>> {
    // Compared as written: whatever representation a writer chose, he chose it for all frames.
    let of = |item: Option<&DataSet>, tag| item.map(|item| item.bytes(tag).to_vec()).unwrap_or_default();
    let first = |sequence| frame.items(sequence).first();
    let content = first(tags::FRAME_CONTENT_SEQUENCE);
    let diffusion = first(tags::MR_DIFFUSION_SEQUENCE);
    let direction = diffusion.and_then(|set| set.items(tags::DIFFUSION_GRADIENT_DIRECTION_SEQUENCE).first());
    vec![
        of(content, tags::STACK_ID),
        of(content, tags::TEMPORAL_POSITION_INDEX),
        of(diffusion, tags::DIFFUSION_B_VALUE),
        of(direction, tags::DIFFUSION_GRADIENT_ORIENTATION),
        of(first(tags::MR_ECHO_SEQUENCE), tags::EFFECTIVE_ECHO_TIME),
        of(first(tags::MR_IMAGE_FRAME_TYPE_SEQUENCE), tags::FRAME_TYPE),
        of(first(tags::CT_IMAGE_FRAME_TYPE_SEQUENCE), tags::FRAME_TYPE),
        of(first(tags::PET_FRAME_TYPE_SEQUENCE), tags::FRAME_TYPE),
    ]
}

fn measured(data_set: &DataSet) -> Option<f64> {
    functional(data_set, tags::PIXEL_MEASURES_SEQUENCE)?.numbers(tags::SPACING_BETWEEN_SLICES).first().copied()
}

/// A position for each frame; `None` unless each frame has one and no two frames lie in different directions.
fn frame_positions(data_set: &DataSet) -> Option<Vec<[f64; 3]>> {
    let frames = data_set.items(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE);
    let first: [f64; 6] = functional(data_set, tags::PLANE_ORIENTATION_SEQUENCE)?
        .numbers(tags::IMAGE_ORIENTATION_PATIENT)
        .try_into()
        .ok()?;
    let placed = frames.iter().map(|frame| {
        let own = numbers(frame, tags::PLANE_ORIENTATION_SEQUENCE, tags::IMAGE_ORIENTATION_PATIENT);
        let turned = own.iter().zip(first).any(|(a, b)| (a - b).abs() > COSINE_TOLERANCE);
        let position = numbers(frame, tags::PLANE_POSITION_SEQUENCE, tags::IMAGE_POSITION_PATIENT).try_into().ok();
        position.filter(|_: &[f64; 3]| !turned)
    });
    placed.collect()
}

fn numbers(frame: &DataSet, sequence: Tag, tag: Tag) -> Vec<f64> {
    frame.items(sequence).first().map(|item| item.numbers(tag)).unwrap_or_default()
}
