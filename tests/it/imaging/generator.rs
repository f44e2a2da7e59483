//! Series as scanners make them: how they number, place and mark their images follows headers of real ones.

use crate::support::random::Random;
use casegate::domain::{
    facts::{DicomFacts, PixelData},
    imaging::Slicing,
};

pub(super) const CT: &str = "1.2.840.10008.5.1.4.1.1.2";
pub(super) const MR: &str = "1.2.840.10008.5.1.4.1.1.4";
pub(super) const PET: &str = "1.2.840.10008.5.1.4.1.1.128";
const ENHANCED_MR: &str = "1.2.840.10008.5.1.4.1.1.4.1";
pub(super) const AXIAL: [f64; 6] = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0];
pub(super) const SAGITTAL: [f64; 6] = [0.0, 1.0, 0.0, 0.0, 0.0, -1.0];
pub(super) const CORONAL: [f64; 6] = [1.0, 0.0, 0.0, 0.0, 0.0, -1.0];

/// A way of making series.
pub(super) type Maker = fn(&mut Random) -> Vec<DicomFacts>;

/// Series of which slices are taken out, and which must not alarm as long as they are whole.
pub(super) const SCANS: &[(&str, Maker)] = &[
    ("CT helical, feet first", ct_helical),
    ("CT helical, thin and overlapping", ct_overlapping),
    ("CT axial, four a rotation", ct_axial),
    ("CT with tilted gantry", ct_tilted),
    ("CT, spacing changes at the skull base", ct_two_zones),
    ("MR oblique", mr_oblique),
    ("MR with gaps, numbered as acquired", mr_interleaved),
    ("MR without instance numbers", mr_unnumbered),
    ("MR, derived, sagittal", mr_derived),
    ("PET whole body", pet),
    ("MR multi-echo, echo after echo", echoes_apart),
    ("MR multi-echo, echoes of a slice together", echoes_together),
    ("MR dynamic, with temporal positions", dynamic_marked),
    ("MR dynamic, unmarked", dynamic_unmarked),
    ("MR diffusion", diffusion),
    ("MR in and out of phase", dixon),
];

/// Series of which nothing is taken out: whole ones that must not alarm.
pub(super) const ODDITIES: &[(&str, Maker)] = &[
    ("localizer in three directions", localizer),
    ("scout", scout),
    ("turning projection", turning),
    ("two parallel slabs", slabs),
    ("disc spaces, each at its angle", disc_spaces),
    ("spacing that grows", growing),
    ("spacing out of three, at random", at_random),
    ("thin and thick reconstruction in one series", two_reconstructions),
    ("cine, trigger times of each slice", cine),
    ("dynamic, stopped in its last phase", stopped),
    ("radial", radial),
    ("multi-frame", multi_frame),
    ("multi-frame echoes", multi_frame_echoes),
    ("single image", single),
    ("two images", pair),
    ("reformat with odd spacing", reformat),
];

/// An image of a series, to be placed.
pub(super) fn image(class: &str, modality: &str, number: usize) -> DicomFacts {
    DicomFacts {
        study: "1.2.3".to_owned(),
        series: "1.2.3.4".to_owned(),
        sop_instance: format!("1.2.3.4.{number}"),
        sop_class: class.to_owned(),
        transfer_syntax: "1.2.840.10008.1.2.1".to_owned(),
        modality: modality.to_owned(),
        series_number: "3".to_owned(),
        series_description: "AX T2".to_owned(),
        instance_number: number.to_string(),
        image_type: ["ORIGINAL", "PRIMARY"].map(str::to_owned).to_vec(),
        rows: 256,
        columns: 256,
        frames: 1,
        bits_allocated: 16,
        samples_per_pixel: 1,
        spacing: Some([0.7, 0.7]),
        pixel_data: PixelData::Whole,
        slicing: Slicing { frame_of_reference: "1.2.3.9".to_owned(), ..Slicing::default() },
        ..DicomFacts::default()
    }
}

/// As it comes back out of the decimal strings of a header.
pub(super) fn rounded(value: f64, places: i32) -> f64 {
    let scale = 10_f64.powi(places);
    (value * scale).round() / scale
}

/// Puts an image at a distance from the first, along the normal of its orientation; `lean` moves it across as well.
pub(super) fn put(mut facts: DicomFacts, cosines: [f64; 6], (along, lean): (f64, f64)) -> DicomFacts {
    let [a, b, c, d, e, f] = cosines;
    let normal = [b * f - c * e, c * d - a * f, a * e - b * d];
    let origin = [-120.5, -118.25, 37.125];
    let place = |axis: usize| rounded(origin[axis] + normal[axis] * along + [d, e, f][axis] * lean, 4);
    facts.position = Some([place(0), place(1), place(2)]);
    facts.orientation = Some(cosines.map(|cosine| rounded(cosine, 6)));
    facts
}

/// A plane turned by so many degrees around the patient's left-right axis.
pub(super) fn turned(degrees: f64) -> [f64; 6] {
    let (sine, cosine) = degrees.to_radians().sin_cos();
    [1.0, 0.0, 0.0, 0.0, cosine, sine]
}

pub(super) fn count(random: &mut Random, from: u64, to: u64) -> usize {
    usize::try_from(from + random.below(to - from + 1)).unwrap()
}

pub(super) fn one_of(random: &mut Random, values: &[f64]) -> f64 {
    values[usize::try_from(random.below(values.len() as u64)).unwrap()]
}

fn degrees(random: &mut Random, most: u64) -> f64 {
    random.below(most * 10) as f64 / 10.0 + 1.0
}

/// A plain row: images numbered from `first`, so far apart, in this direction.
pub(super) fn row(
    (class, modality): (&str, &str),
    first: usize,
    slices: usize,
    (cosines, apart): ([f64; 6], f64),
) -> Vec<DicomFacts> {
    let place = |at: usize| put(image(class, modality, first + at), cosines, (at as f64 * apart, 0.0));
    (0..slices).map(place).collect()
}

pub(super) fn ct_helical(random: &mut Random) -> Vec<DicomFacts> {
    let apart = one_of(random, &[0.625, 1.25, 2.5, 5.0]);
    let mut images = row((CT, "CT"), count(random, 1, 200), count(random, 12, 120), (AXIAL, -apart));
    images.iter_mut().for_each(|image| image.thickness = Some(apart));
    images
}

fn ct_overlapping(random: &mut Random) -> Vec<DicomFacts> {
    let mut images = row((CT, "CT"), 1, count(random, 30, 150), (AXIAL, one_of(random, &[0.4, 0.5, 0.7])));
    images.iter_mut().for_each(|image| image.thickness = Some(1.0));
    images
}

fn ct_axial(random: &mut Random) -> Vec<DicomFacts> {
    let mut images = row((CT, "CT"), 1, 4 * count(random, 5, 12), (AXIAL, 2.5));
    for (at, image) in images.iter_mut().enumerate() {
        image.slicing.acquisition = (at / 4 + 1).to_string();
        image.slicing.acquisition_time = format!("1015{:02}.25", at / 4);
        image.thickness = Some(2.5);
    }
    images
}

/// The table moves along the body, the slices lean: positions shift within the plane from one to the next.
fn ct_tilted(random: &mut Random) -> Vec<DicomFacts> {
    let (tilt, apart) = (degrees(random, 25), one_of(random, &[3.0, 5.0]));
    let (sine, cosine) = tilt.to_radians().sin_cos();
    let place = |at: usize| {
        let moved = at as f64 * apart;
        let mut facts = put(image(CT, "CT", at + 1), turned(tilt), (moved * cosine, moved * sine));
        facts.slicing.tilt = Some(tilt);
        facts.thickness = Some(apart);
        facts
    };
    (0..count(random, 15, 40)).map(place).collect()
}

fn ct_two_zones(random: &mut Random) -> Vec<DicomFacts> {
    let (thin, thick) = (count(random, 8, 14), count(random, 10, 18));
    let mut along = 0.0;
    let mut images = Vec::new();
    for at in 0..thin + thick {
        let apart = if at < thin { 2.5 } else { 5.0 };
        let mut facts = put(image(CT, "CT", at + 1), turned(12.0), (along, 0.0));
        facts.thickness = Some(apart);
        images.push(facts);
        along += apart;
    }
    images
}

pub(super) fn mr_oblique(random: &mut Random) -> Vec<DicomFacts> {
    let apart = one_of(random, &[3.3, 4.4, 6.0]);
    let mut images = row((MR, "MR"), 1, count(random, 15, 32), (turned(degrees(random, 30)), apart));
    for image in &mut images {
        image.thickness = Some(apart / 1.1);
        image.slicing.spacing_between = Some(apart);
        image.slicing.echo = "1".to_owned();
    }
    images
}

/// Odd slices are acquired first, then even ones, and numbered so.
fn mr_interleaved(random: &mut Random) -> Vec<DicomFacts> {
    let slices = count(random, 18, 30);
    let mut images = row((MR, "MR"), 1, slices, (SAGITTAL, 4.0));
    for (at, image) in images.iter_mut().enumerate() {
        let number = if at % 2 == 0 { at / 2 } else { slices.div_ceil(2) + at / 2 } + 1;
        image.instance_number = number.to_string();
        image.thickness = Some(3.0);
    }
    images
}

fn mr_unnumbered(random: &mut Random) -> Vec<DicomFacts> {
    let mut images = row((MR, "MR"), 1, count(random, 24, 60), (CORONAL, 2.0));
    images.iter_mut().for_each(|image| image.instance_number.clear());
    images
}

fn mr_derived(random: &mut Random) -> Vec<DicomFacts> {
    let mut images = row((MR, "MR"), 1, count(random, 15, 40), (SAGITTAL, 1.2));
    images
        .iter_mut()
        .for_each(|image| image.image_type = ["DERIVED", "SECONDARY", "OTHER"].map(str::to_owned).to_vec());
    images
}

fn pet(random: &mut Random) -> Vec<DicomFacts> {
    row((PET, "PT"), 1, count(random, 47, 120), (AXIAL, -3.27))
}

/// Several rows over the same places; `number` says which number an image of a row and place gets.
pub(super) fn rows(
    (rows, slices): (usize, usize),
    (cosines, apart): ([f64; 6], f64),
    number: impl Fn(usize, usize) -> usize,
    mark: impl Fn(usize, &mut DicomFacts),
) -> Vec<DicomFacts> {
    let mut images = Vec::new();
    for row in 0..rows {
        for slice in 0..slices {
            let mut facts = put(image(MR, "MR", number(row, slice)), cosines, (slice as f64 * apart, 0.0));
            mark(row, &mut facts);
            images.push(facts);
        }
    }
    images.sort_by_key(|image| image.instance_number.parse::<usize>().unwrap());
    images
}

fn mark_echo(echo: usize, facts: &mut DicomFacts) {
    facts.slicing.echo = (echo + 1).to_string();
    facts.slicing.echo_time = Some(12.5 * (echo + 1) as f64);
}

fn echoes_apart(random: &mut Random) -> Vec<DicomFacts> {
    let (echoes, slices) = (count(random, 2, 4), count(random, 15, 30));
    rows((echoes, slices), (AXIAL, 5.5), |echo, slice| echo * slices + slice + 1, mark_echo)
}

fn echoes_together(random: &mut Random) -> Vec<DicomFacts> {
    let (echoes, slices) = (count(random, 2, 8), count(random, 15, 30));
    rows((echoes, slices), (turned(8.0), 5.5), |echo, slice| slice * echoes + echo + 1, mark_echo)
}

fn dynamic_marked(random: &mut Random) -> Vec<DicomFacts> {
    let (phases, slices) = (count(random, 4, 12), count(random, 10, 20));
    let mark = |phase: usize, facts: &mut DicomFacts| facts.slicing.temporal_position = (phase + 1).to_string();
    rows((phases, slices), (AXIAL, 4.0), |phase, slice| phase * slices + slice + 1, mark)
}

fn dynamic_unmarked(random: &mut Random) -> Vec<DicomFacts> {
    let (phases, slices) = (count(random, 4, 12), count(random, 10, 20));
    rows((phases, slices), (AXIAL, 4.0), |phase, slice| phase * slices + slice + 1, |_, _| ())
}

fn diffusion(random: &mut Random) -> Vec<DicomFacts> {
    let (slices, directions) = (count(random, 18, 30), 3);
    let mark = |volume: usize, facts: &mut DicomFacts| {
        facts.slicing.diffusion_b_value = Some([0.0, 500.0, 1000.0][volume.div_ceil(directions)]);
        facts.slicing.acquisition = (volume + 1).to_string();
    };
    rows((1 + 2 * directions, slices), (turned(5.0), 4.4), |volume, slice| volume * slices + slice + 1, mark)
}

fn dixon(random: &mut Random) -> Vec<DicomFacts> {
    let slices = count(random, 20, 60);
    let mark = |kind: usize, facts: &mut DicomFacts| {
        facts.image_type = ["ORIGINAL", "PRIMARY", "M", ["IP", "OP"][kind]].map(str::to_owned).to_vec();
    };
    rows((2, slices), (AXIAL, 3.0), |kind, slice| slice * 2 + kind + 1, mark)
}

fn localizer(random: &mut Random) -> Vec<DicomFacts> {
    let each = count(random, 3, 7);
    let directions = [AXIAL, SAGITTAL, CORONAL].into_iter().enumerate();
    directions.flat_map(|(at, cosines)| row((MR, "MR"), at * each + 1, each, (cosines, 20.0))).collect()
}

fn scout(_: &mut Random) -> Vec<DicomFacts> {
    let mut images = [row((CT, "CT"), 1, 1, (SAGITTAL, 1.0)), row((CT, "CT"), 2, 1, (CORONAL, 1.0))].concat();
    images.iter_mut().for_each(|image| image.image_type.push("LOCALIZER".to_owned()));
    images
}

fn turning(random: &mut Random) -> Vec<DicomFacts> {
    let views = count(random, 12, 36);
    let view = |at: usize| {
        let (sine, cosine) = (at as f64 * 10.0).to_radians().sin_cos();
        let mut facts = put(image(MR, "MR", at + 1), [cosine, sine, 0.0, 0.0, 0.0, -1.0], (0.0, 0.0));
        facts.image_type = ["DERIVED", "SECONDARY", "PROJECTION IMAGE"].map(str::to_owned).to_vec();
        facts
    };
    (0..views).map(view).collect()
}

fn slabs(random: &mut Random) -> Vec<DicomFacts> {
    let each = count(random, 8, 16);
    let between = 4.0 * count(random, 5, 14) as f64;
    let along = |at: usize| at as f64 * 4.0 + if at >= each { between } else { 0.0 };
    (0..2 * each).map(|at| put(image(MR, "MR", at + 1), SAGITTAL, (along(at), 0.0))).collect()
}

fn disc_spaces(random: &mut Random) -> Vec<DicomFacts> {
    let spaces = count(random, 3, 6);
    let space = |at: usize| row((MR, "MR"), at * 4 + 1, 4, (turned(at as f64 * 7.0), 4.0));
    (0..spaces).flat_map(space).collect()
}

fn growing(random: &mut Random) -> Vec<DicomFacts> {
    let along = |at: usize| 2.0 * at as f64 + 0.15 * (at * at) as f64;
    (0..count(random, 12, 30)).map(|at| put(image(CT, "CT", at + 1), AXIAL, (along(at), 0.0))).collect()
}

fn at_random(random: &mut Random) -> Vec<DicomFacts> {
    let mut along = 0.0;
    let mut images = Vec::new();
    for at in 0..count(random, 15, 40) {
        images.push(put(image(CT, "CT", at + 1), AXIAL, (along, 0.0)));
        along += one_of(random, &[2.5, 5.0, 7.5]);
    }
    images
}

fn two_reconstructions(random: &mut Random) -> Vec<DicomFacts> {
    let thin = count(random, 30, 60);
    let mut images = row((CT, "CT"), 1, thin, (AXIAL, 1.0));
    images.iter_mut().for_each(|image| image.thickness = Some(1.0));
    let mut thick = row((CT, "CT"), thin + 1, thin / 5, (AXIAL, 5.0));
    thick.iter_mut().for_each(|image| image.thickness = Some(5.0));
    images.extend(thick);
    images
}

fn cine(random: &mut Random) -> Vec<DicomFacts> {
    let (slices, phases) = (count(random, 8, 12), 20);
    let mut images = rows((phases, slices), (turned(40.0), 8.0), |phase, slice| slice * phases + phase + 1, |_, _| ());
    for (at, image) in images.iter_mut().enumerate() {
        let period = 35.0 + (at / phases) as f64;
        image.slicing.trigger_time = Some(period * (at % phases) as f64);
    }
    images
}

/// The last phase ends in its middle; its slices were taken odd ones first.
fn stopped(random: &mut Random) -> Vec<DicomFacts> {
    let mut images = dynamic_unmarked(random);
    let slices = images.iter().filter(|image| image.position == images[0].position).count();
    let last = images.len() - images.len() / slices;
    let kept = |at: &usize| *at < last || (*at - last).is_multiple_of(2);
    images = (0..images.len()).filter(kept).map(|at| images[at].clone()).collect();
    for (at, image) in images.iter_mut().enumerate() {
        image.instance_number = (at + 1).to_string();
    }
    images
}

fn radial(random: &mut Random) -> Vec<DicomFacts> {
    let views = count(random, 8, 18);
    (0..views).map(|at| put(image(MR, "MR", at + 1), turned(at as f64 * 180.0 / views as f64), (0.0, 0.0))).collect()
}

pub(super) fn frames_of(rows: usize, slices: usize, apart: f64) -> DicomFacts {
    let mut facts = put(image(ENHANCED_MR, "MR", 1), AXIAL, (0.0, 0.0));
    let places = (0..slices).flat_map(|slice| std::iter::repeat_n([-100.0, -100.0, slice as f64 * apart], rows));
    facts.slicing.frame_positions = places.collect();
    facts.frames = (rows * slices) as u32;
    facts
}

fn multi_frame(random: &mut Random) -> Vec<DicomFacts> {
    vec![frames_of(1, count(random, 20, 200), 1.5)]
}

fn multi_frame_echoes(random: &mut Random) -> Vec<DicomFacts> {
    vec![frames_of(3, count(random, 20, 40), 4.0)]
}

fn single(_: &mut Random) -> Vec<DicomFacts> {
    row((CT, "CT"), 7, 1, (AXIAL, 1.0))
}

fn pair(_: &mut Random) -> Vec<DicomFacts> {
    let mut images = row((CT, "CT"), 1, 2, (AXIAL, 40.0));
    images[1].instance_number = "5".to_owned();
    images
}

/// Cut as somebody liked it; one cut is left out where metal was.
fn reformat(random: &mut Random) -> Vec<DicomFacts> {
    let mut images = row((CT, "CT"), 1, count(random, 12, 30), (CORONAL, 3.0));
    images.remove(5);
    for (at, image) in images.iter_mut().enumerate() {
        image.instance_number = (at + 1).to_string();
        image.image_type = ["DERIVED", "SECONDARY", "MPR"].map(str::to_owned).to_vec();
    }
    images
}
