//! Series as they come in practice: phases between which the patient breathed, strangers among the images, what
//! anonymisers leave, and frames of one object.

use super::generator::{
    AXIAL, CORONAL, CT, MR, Maker, SAGITTAL, count, ct_helical, frames_of, image, mr_oblique, one_of, put, row, turned,
};
use crate::support::random::Random;
use casegate::domain::facts::DicomFacts;

/// Series of which slices or frames are taken out, and which must not alarm as long as they are whole.
pub(super) const SCANS: &[(&str, Maker)] = &[
    ("CT, two phases a breath apart, numbered on", |random| phases(random, Numbered::On)),
    ("CT, two phases a breath apart, numbered from 101", |random| phases(random, Numbered::FromHundredOne)),
    ("CT, two phases a breath apart, numbered anew", |random| phases(random, Numbered::Anew)),
    ("CT, two unmarked phases a breath apart", unmarked_phases),
    ("MR, three phases, numbered anew, unmarked", phases_numbered_anew),
    ("CT, thickness written in two ways", thickness_in_two_ways),
    ("CT, a frame of reference for each slice", frames_of_their_own),
    ("CT, bone survey", bone_survey),
    ("multi-frame with stack positions", |random| vec![enhanced(random, Mark::Stack)]),
    ("multi-frame diffusion", |random| vec![enhanced(random, Mark::Diffusion)]),
    ("multi-frame dynamic", |random| vec![enhanced(random, Mark::Phases)]),
    ("multi-frame, phases unmarked", |random| vec![enhanced(random, Mark::Nothing)]),
];

/// Series of which nothing is missing, with strangers among them that are to be told: one image with another matrix,
/// without an orientation, in another direction, with another frame of reference.
pub(super) const STRANGERS: &[(&str, Maker)] = &[
    ("another matrix", |random| stranger(random, |image| image.columns += 64)),
    ("no orientation", |random| stranger(random, |image| image.orientation = None)),
    ("another direction", |random| stranger(random, |image| image.orientation = Some(SAGITTAL))),
    ("another frame of reference", |random| {
        stranger(random, |image| image.slicing.frame_of_reference = "1.2.3.10".to_owned())
    }),
    ("three planes first", planes_first),
    ("two directions", two_directions),
];

/// Series of which nothing is taken out: whole ones that must not alarm.
pub(super) const ODDITIES: &[(&str, Maker)] = &[
    ("two phases half a spacing apart, the second shorter", half_a_spacing),
    ("two phases, each with a matrix and numbers of its own", two_matrices),
    ("long-axis views of the heart", long_axes),
    ("survey in three directions", survey),
    ("multi-frame diffusion with many directions", |random| vec![enhanced(random, Mark::Directions)]),
    ("multi-frame with more frames than are kept", |random| vec![cut_volume(random, |facts| facts.frames += 1_000)]),
    ("piece of a divided multi-frame", |random| {
        vec![cut_volume(random, |facts| facts.slicing.concatenation = "2.25.7".to_owned())]
    }),
];

/// How the second phase is numbered.
#[derive(Clone, Copy)]
enum Numbered {
    On,
    FromHundredOne,
    Anew,
}

/// Two phases between which the patient breathed: the same body, at places of their own.
fn phases(random: &mut Random, numbered: Numbered) -> Vec<DicomFacts> {
    let (first, apart) = (count(random, 18, 40), one_of(random, &[3.0, 5.0]));
    let second = first - count(random, 0, 2);
    let shift = apart * one_of(random, &[0.2, 0.25, 0.4]);
    let mut images = row((CT, "CT"), 1, first, (AXIAL, apart));
    let from = match numbered {
        Numbered::On => first + 1,
        Numbered::FromHundredOne => 101,
        Numbered::Anew => 1,
    };
    images.iter_mut().for_each(|image| image.slicing.acquisition = "1".to_owned());
    for at in 0..second {
        let mut image = put(image(CT, "CT", from + at), AXIAL, (at as f64 * apart + shift, 0.0));
        image.sop_instance = format!("1.2.3.5.{at}");
        image.slicing.acquisition = "2".to_owned();
        images.push(image);
    }
    images
}

fn unmarked_phases(random: &mut Random) -> Vec<DicomFacts> {
    let mut images = phases(random, Numbered::On);
    images.iter_mut().for_each(|image| image.slicing.acquisition.clear());
    images
}

fn phases_numbered_anew(random: &mut Random) -> Vec<DicomFacts> {
    let slices = count(random, 26, 40);
    let phase = |phase: usize| {
        let mut images = row((MR, "MR"), 1, slices, (AXIAL, 4.0));
        images.iter_mut().for_each(|image| image.sop_instance = format!("1.2.{phase}.{}", image.instance_number));
        images
    };
    (0..3).flat_map(phase).collect()
}

fn thickness_in_two_ways(random: &mut Random) -> Vec<DicomFacts> {
    let mut images = row((CT, "CT"), 1, count(random, 15, 40), (AXIAL, 5.0));
    images.iter_mut().for_each(|image| image.thickness = Some(one_of(random, &[5.0, 5.01, 4.99])));
    images
}

/// An anonymiser that gave each image new UIDs, the frame of reference among them.
fn frames_of_their_own(random: &mut Random) -> Vec<DicomFacts> {
    let mut images = ct_helical(random);
    for (at, image) in images.iter_mut().enumerate() {
        image.slicing.frame_of_reference = format!("2.25.{at}");
    }
    images
}

fn bone_survey(random: &mut Random) -> Vec<DicomFacts> {
    let mut images = row((CT, "CT"), 1, count(random, 20, 90), (AXIAL, 5.0));
    images.iter_mut().for_each(|image| image.series_description = "WB LOW DOSE BONE SURVEY".to_owned());
    images
}

fn stranger(random: &mut Random, change: fn(&mut DicomFacts)) -> Vec<DicomFacts> {
    let mut images = if random.below(2) == 0 { mr_oblique(random) } else { ct_helical(random) };
    let inside = count(random, 1, images.len() as u64 - 2);
    change(&mut images[inside]);
    images
}

/// A localizer that got into the series of the scan which was planned on it.
fn planes_first(random: &mut Random) -> Vec<DicomFacts> {
    let directions = [SAGITTAL, CORONAL, turned(89.0)].into_iter().enumerate();
    let planes = directions.map(|(at, cosines)| put(image(MR, "MR", at + 1), cosines, (0.0, 0.0)));
    planes.chain(row((MR, "MR"), 4, count(random, 9, 30), (AXIAL, 4.0))).collect()
}

fn two_directions(random: &mut Random) -> Vec<DicomFacts> {
    let (axial, sagittal) = (count(random, 9, 20), count(random, 9, 20));
    [row((MR, "MR"), 1, axial, (AXIAL, 4.0)), row((MR, "MR"), axial + 1, sagittal, (SAGITTAL, 4.0))].concat()
}

fn half_a_spacing(random: &mut Random) -> Vec<DicomFacts> {
    let slices = count(random, 18, 30);
    let mut images = row((CT, "CT"), 1, slices, (AXIAL, 5.0));
    images.iter_mut().for_each(|image| image.slicing.acquisition = "1".to_owned());
    for at in 0..slices - 2 {
        let mut image = put(image(CT, "CT", 101 + at), AXIAL, (at as f64 * 5.0 + 2.5, 0.0));
        image.slicing.acquisition = "2".to_owned();
        images.push(image);
    }
    images
}

fn two_matrices(random: &mut Random) -> Vec<DicomFacts> {
    let slices = count(random, 12, 30);
    let mut fine = row((MR, "MR"), 1, slices, (AXIAL, 5.0));
    for image in &mut fine {
        (image.rows, image.columns) = (512, 512);
        image.sop_instance.push_str(".1");
    }
    [row((MR, "MR"), 1, slices, (AXIAL, 5.0)), fine].concat()
}

/// Three views through the long axis of the heart, each through a whole beat.
fn long_axes(_: &mut Random) -> Vec<DicomFacts> {
    let view = |view: usize| {
        (0..25).map(move |phase| {
            let mut facts = put(image(MR, "MR", view * 25 + phase + 1), turned(60.0 * view as f64), (0.0, 0.0));
            facts.slicing.trigger_time = Some(30.0 * phase as f64);
            facts
        })
    };
    (0..3).flat_map(view).collect()
}

fn survey(random: &mut Random) -> Vec<DicomFacts> {
    let each = count(random, 8, 15);
    let directions = [AXIAL, SAGITTAL, CORONAL].into_iter().enumerate();
    let mut images: Vec<DicomFacts> =
        directions.flat_map(|(at, cosines)| row((MR, "MR"), at * each + 1, each, (cosines, 10.0))).collect();
    images.iter_mut().for_each(|image| image.series_description = "Survey".to_owned());
    images
}

/// What tells the frames of an object apart.
#[derive(Clone, Copy)]
enum Mark {
    /// In-Stack Position Numbers of a single volume.
    Stack,
    /// b-values.
    Diffusion,
    /// b-values and directions, most of them once for each place.
    Directions,
    /// Temporal positions.
    Phases,
    /// Nothing.
    Nothing,
}

fn enhanced(random: &mut Random, mark: Mark) -> DicomFacts {
    let slices = count(random, 26, 50);
    let rows = match mark {
        Mark::Stack => 1,
        Mark::Diffusion => 3,
        Mark::Directions => count(random, 13, 33),
        Mark::Phases | Mark::Nothing => count(random, 4, 9),
    };
    let mut facts = frames_of(rows, slices, 4.0);
    let slicing = &mut facts.slicing;
    match mark {
        Mark::Stack => slicing.frame_numbers = (1..=slices as u32).collect(),
        Mark::Diffusion | Mark::Phases | Mark::Directions => {
            slicing.frame_rows = (0..slices).flat_map(|_| 0..rows as u32).collect();
        }
        Mark::Nothing => {}
    }
    facts
}

/// A volume that was acquired every other slice first, and whose last ones are not here.
fn cut_volume(random: &mut Random, why: fn(&mut DicomFacts)) -> DicomFacts {
    let slices = count(random, 26, 50);
    let mut facts = frames_of(1, slices, 4.0);
    let order = (0..slices).step_by(2).chain((1..slices).step_by(2)).take(slices - count(random, 4, 8));
    let whole = facts.slicing.frame_positions.clone();
    (facts.slicing.frame_positions, facts.slicing.frame_numbers) = order.map(|at| (whole[at], at as u32 + 1)).unzip();
    facts.frames = facts.slicing.frame_positions.len() as u32;
    facts.slicing.spacing_between = Some(4.0);
    why(&mut facts);
    facts
}
