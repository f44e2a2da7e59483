//! Whole volumes, moments and pieces that are taken out, copies that broke off, and counts that images make themselves:
//! found, and whole series that look alike say nothing.

use super::{
    generator::{AXIAL, CT, MR, Maker, PET, count, frames_of, image, put, row, rows},
    headers, images, judged, said,
};
use crate::support::random::{Random, seed};
use casegate::domain::{
    facts::DicomFacts,
    reason::{Reason, Severity},
};

/// Series of each kind.
const EACH: usize = 25;

/// Takes images out of a series, and says how many.
type Loss = fn(&mut Vec<DicomFacts>, &mut Random) -> usize;

/// How a series is made, how it is bereft, and how heavy that weighs.
type Case = (&'static str, Maker, Loss, Severity);

const LOSSES: &[Case] = &[
    ("volume gone, unmarked", |random| volumes(random, |_, _| ()), volume_inside, Severity::Warn),
    ("volume gone, b-values", |random| volumes(random, b_value), volume_inside, Severity::Warn),
    ("volume gone, temporal positions", |random| volumes(random, position), volume_inside, Severity::Block),
    ("volume gone, positions counted", counted, volume_inside, Severity::Block),
    ("last volumes gone, positions counted", counted, last_volume, Severity::Warn),
    ("copy broke off, unmarked", |random| volumes(random, |_, _| ()), tail, Severity::Warn),
    ("copy broke off, positions counted", counted, tail, Severity::Warn),
    ("first images gone", |random| volumes(random, b_value), head, Severity::Warn),
    ("copy of a cine broke off", cine_by_place, tail_of_place, Severity::Warn),
    ("copy broke off, numbered anew", numbered_anew, tail, Severity::Warn),
    ("volume gone, numbered anew", numbered_anew, volume_inside, Severity::Warn),
    ("moment gone at every place", place_by_place, moment_everywhere, Severity::Warn),
    ("moments gone, trigger times", |random| moments(random, true), moments_inside, Severity::Block),
    ("moments gone, numbers alone", |random| moments(random, false), moments_inside, Severity::Warn),
    ("phases of flow gone", flow, moments_of_one_kind, Severity::Block),
    ("ends gone, images of the acquisition counted", acquisition, ends, Severity::Warn),
    ("ends gone, PET slices counted", pet, ends, Severity::Warn),
    ("piece gone, numbers leap", |random| pieces(random, true), piece, Severity::Block),
    ("piece gone, offsets leap", |random| pieces(random, false), piece, Severity::Block),
];

/// Whole series that look like the ones above.
const WHOLE: &[(&str, Maker)] = &[
    ("phases numbered from 101 and 201", from_hundred_one),
    ("three phases of a CT, the last covers less", shorter_phase),
    ("the same, numbered anew", |random| anew(shorter_phase(random), |at| (at + 1).to_string())),
    ("phases numbered anew, acquisitions leap", acquisitions_leap),
    ("slices repeated at the end", repeated),
    ("volume repeated in part", repeated_in_part),
    ("one b0 and many directions", directions),
    ("subtractions without a first moment", subtractions),
    ("every other temporal position", every_other),
    ("one moment of a scan with a series of each", one_moment),
    ("number of temporal positions is nonsense", |random| {
        counted_as(random, |positions| positions.checked_div(2).unwrap_or(1))
    }),
    ("images of the acquisition: those of another reconstruction", |random| acquisition_of(random, 4)),
    ("PET, a series for each of two time slices", pet_apart),
    ("fluoroscopic CT, images that were kept", kept),
    ("flow, numbers of three kinds in turn, one kind here", one_kind),
    ("cine, times of each beat", uneven_times),
    ("interleaved packs", packs),
];

/// Proves that whole volumes, moments, ends and pieces which are gone are found, with their number, and weigh as much as
/// is known of them; and that none of these series alarms as long as it is whole.
#[test]
fn what_is_gone_wholly_is_found() {
    for (name, maker, loss, severity) in LOSSES {
        for number in 0..EACH {
            let mut random = Random::new(seed() ^ (number as u64) << 20);
            let mut series = headers::dressed(maker(&mut random), &mut random);
            let overlay = judged(&images(series.clone()));
            assert_eq!(said(&overlay, Reason::SeriesIncomplete), [], "{name}, whole");
            let gone = loss(&mut series, &mut random);
            let overlay = judged(&images(series));
            let said = said(&overlay, Reason::SeriesIncomplete);
            let report = &overlay.series[0];
            assert_eq!((said.len(), report.missing), (1, gone as u64), "{name}: {}", report.sentence);
            assert_eq!(said[0].0, *severity, "{name}: {}", report.sentence);
        }
    }
}

/// Proves that series which look as if volumes, moments or ends were gone, and are whole, have nothing said of them.
#[test]
fn what_was_never_there_is_not_missed() {
    for (name, maker) in WHOLE {
        for number in 0..EACH {
            let mut random = Random::new(seed() ^ (number as u64) << 20);
            let series = headers::dressed(maker(&mut random), &mut random);
            assert_eq!(said(&judged(&images(series)), Reason::SeriesIncomplete), [], "{name}");
        }
    }
}

/// Proves that moments which stand in other series of the study are not missing.
#[test]
fn moments_in_other_series_are_not_missing() {
    let series = counted(&mut Random::new(3));
    let last = series.last().unwrap().slicing.temporal_position.clone();
    let apart = |apart: bool| {
        let mut series = series.clone();
        for image in series.iter_mut().filter(|image| image.slicing.temporal_position == last) {
            image.series = "1.2.3.5".to_owned();
        }
        series.retain(|image| apart || image.series == "1.2.3.4");
        said(&judged(&images(series)), Reason::SeriesIncomplete).len()
    };
    assert_eq!((apart(true), apart(false)), (0, 1));
}

/// Proves what is said: where, which number, and why nobody can be sure.
#[test]
fn words_say_what_is_known() {
    let sentence = |series: Vec<DicomFacts>| judged(&images(series)).series[0].sentence.clone();
    let dynamic = |volumes: usize| rows((volumes, 5), (AXIAL, 4.0), |volume, slice| volume * 5 + slice + 1, |_, _| ());
    let mut broken = dynamic(4);
    broken.truncate(18);
    let words =
        "18 of 20 slices: two are missing behind instance 18; the scan was stopped there, or the copy broke off";
    assert!(sentence(broken).ends_with(words));
    let mut gone = dynamic(3);
    gone.drain(5..10);
    let words = "five are missing between instances 5 and 11; only the numbers say so";
    assert!(sentence(gone.clone()).ends_with(words), "{}", sentence(gone));
    let mut first = dynamic(3);
    first.drain(..2);
    assert!(sentence(first).ends_with("two are missing before instance 3; the numbers begin late"));
    let mut packs = packs(&mut Random::new(1));
    packs.retain(|image| image.instance_number != "15");
    assert!(sentence(packs.clone()).ends_with("; number 15 is left out"), "{}", sentence(packs));
}

/// Proves that images without a Series Instance UID are judged as one series of their study, and said to name none.
#[test]
fn images_without_a_series_are_judged() {
    let mut series = row((CT, "CT"), 1, 14, (AXIAL, 3.0));
    series.iter_mut().for_each(|image| image.series.clear());
    let whole = judged(&images(series.clone()));
    assert_eq!(said(&whole, Reason::SeriesIncomplete), []);
    assert_eq!(said(&whole, Reason::SeriesInconsistent)[0].1, "14 images do not name their series");
    series.drain(5..7);
    assert_eq!(judged(&images(series.clone())).series[0].missing, 2);
    series.truncate(1);
    assert_eq!(judged(&images(series)).findings.len(), 0, "one image is no series");
}

/// Proves that two scanners under one UID are told as such, and that what is missing of one of them still is.
#[test]
fn two_scanners_are_two_series() {
    let both = |gone: &[usize]| {
        let mut magnetic = row((MR, "MR"), 1, 9, (AXIAL, 6.0));
        magnetic.iter_mut().for_each(|image| image.sop_instance.push_str(".1"));
        let mut series = [row((CT, "CT"), 1, 20, (AXIAL, 2.0)), magnetic].concat();
        gone.iter().for_each(|at| drop(series.remove(*at)));
        judged(&images(series))
    };
    let told = said(&both(&[]), Reason::SeriesInconsistent);
    assert!(told.len() == 1 && told[0].1.ends_with("20 CT, 9 MR"), "{told:?}");
    assert_eq!(said(&both(&[]), Reason::SeriesIncomplete), []);
    assert_eq!(both(&[8]).series[0].missing, 1);
}

/// Proves that one image whose position lies outside its row is told as that, and not as slices that are missing.
#[test]
fn a_position_that_is_wrong_is_no_gap() {
    let mut series = row((CT, "CT"), 1, 20, (AXIAL, 2.0));
    let other = series[9].position.unwrap().map(|value| value + 44.0);
    series[9].position = Some(other);
    let overlay = judged(&images(series));
    assert_eq!(said(&overlay, Reason::SeriesIncomplete), []);
    let told = said(&overlay, Reason::SeriesInconsistent);
    assert!(told.len() == 1 && told[0].1.starts_with("image 10 lies outside"), "{told:?}");
}

fn volumes(random: &mut Random, mark: fn(usize, &mut DicomFacts)) -> Vec<DicomFacts> {
    let (volumes, slices) = (count(random, 4, 12), count(random, 5, 30));
    rows((volumes, slices), (AXIAL, 4.0), |volume, slice| volume * slices + slice + 1, mark)
}

fn b_value(volume: usize, facts: &mut DicomFacts) {
    facts.slicing.diffusion_b_value = Some(100.0 * volume as f64);
}

fn position(volume: usize, facts: &mut DicomFacts) {
    facts.slicing.temporal_position = (volume + 1).to_string();
}

fn counted(random: &mut Random) -> Vec<DicomFacts> {
    counted_as(random, |positions| positions)
}

fn counted_as(random: &mut Random, count: fn(usize) -> usize) -> Vec<DicomFacts> {
    let mut images = volumes(random, position);
    let positions = images.len() / slices_of(&images);
    images.iter_mut().for_each(|image| image.slicing.temporal_positions = u32::try_from(count(positions)).ok());
    images
}

/// Places of a series that is taken volume after volume.
fn slices_of(images: &[DicomFacts]) -> usize {
    images.iter().skip(1).position(|image| image.position == images[0].position).map_or(images.len(), |at| at + 1)
}

fn volume_inside(images: &mut Vec<DicomFacts>, random: &mut Random) -> usize {
    let slices = slices_of(images);
    let volume = count(random, 1, (images.len() / slices - 2) as u64);
    images.drain(volume * slices..(volume + 1) * slices);
    slices
}

fn last_volume(images: &mut Vec<DicomFacts>, _: &mut Random) -> usize {
    let slices = slices_of(images);
    images.truncate(images.len() - slices);
    slices
}

fn tail(images: &mut Vec<DicomFacts>, random: &mut Random) -> usize {
    let gone = count(random, 1, slices_of(images) as u64 - 1);
    images.truncate(images.len() - gone);
    gone
}

fn head(images: &mut Vec<DicomFacts>, random: &mut Random) -> usize {
    let gone = count(random, 1, slices_of(images) as u64 - 1);
    images.drain(..gone);
    gone
}

/// Each volume numbered from 1, as its position says which it is.
fn numbered_anew(random: &mut Random) -> Vec<DicomFacts> {
    // With fewer than five there is no usual step once one is gone.
    let (volumes, slices) = (count(random, 5, 12), count(random, 5, 30));
    let images = rows((volumes, slices), (AXIAL, 4.0), |volume, slice| volume * slices + slice + 1, position);
    anew(images, |_| String::new())
}

fn anew(mut images: Vec<DicomFacts>, acquisition: fn(usize) -> String) -> Vec<DicomFacts> {
    let slices = slices_of(&images);
    for (at, image) in images.iter_mut().enumerate() {
        image.instance_number = (at % slices + 1).to_string();
        image.slicing.acquisition = acquisition(at / slices);
    }
    images
}

fn acquisitions_leap(random: &mut Random) -> Vec<DicomFacts> {
    anew(volumes(random, |_, _| ()), |at| ["1", "2", "5", "6"][at % 4].to_owned() + &"0".repeat(at / 4))
}

/// All moments of a place, then the next place.
fn place_by_place(random: &mut Random) -> Vec<DicomFacts> {
    let (volumes, slices) = (count(random, 5, 12), count(random, 5, 30));
    rows((volumes, slices), (AXIAL, 4.0), |volume, slice| slice * volumes + volume + 1, position)
}

/// The third, as everywhere else there are two or more before and behind.
fn moment_everywhere(images: &mut Vec<DicomFacts>, _: &mut Random) -> usize {
    let all = images.len();
    images.retain(|image| image.slicing.temporal_position != "3");
    all - images.len()
}

/// Short axes of the heart, each through a whole beat.
fn cine_by_place(random: &mut Random) -> Vec<DicomFacts> {
    let (slices, phases) = (count(random, 6, 12), count(random, 12, 30));
    let mark = |phase: usize, facts: &mut DicomFacts| facts.slicing.trigger_time = Some(31.2 * phase as f64);
    rows((phases, slices), (AXIAL, 8.0), |phase, slice| slice * phases + phase + 1, mark)
}

fn tail_of_place(images: &mut Vec<DicomFacts>, random: &mut Random) -> usize {
    let phases = images.iter().filter(|image| image.position == images[0].position).count();
    let gone = count(random, 1, phases as u64 - 1);
    images.truncate(images.len() - gone);
    gone
}

fn moments(random: &mut Random, timed: bool) -> Vec<DicomFacts> {
    let moment = |at: usize| {
        let mut facts = put(image(MR, "MR", at + 1), AXIAL, (0.0, 0.0));
        facts.slicing.trigger_time = timed.then_some(25.0 * at as f64);
        facts
    };
    (0..count(random, 20, 60)).map(moment).collect()
}

fn moments_inside(images: &mut Vec<DicomFacts>, random: &mut Random) -> usize {
    let gone = count(random, 1, 3);
    let from = count(random, 2, (images.len() - gone - 3) as u64);
    images.drain(from..from + gone);
    gone
}

/// Magnitude, phase and anatomy through one beat, one kind after the other.
fn flow(random: &mut Random) -> Vec<DicomFacts> {
    let moments = count(random, 15, 30);
    let one = |at: usize| {
        let mut facts = put(image(MR, "MR", at + 1), AXIAL, (0.0, 0.0));
        facts.image_type.push(["M", "P", "MAG"][at / moments].to_owned());
        facts.slicing.trigger_time = Some(40.0 * (at % moments) as f64);
        facts
    };
    (0..3 * moments).map(one).collect()
}

fn moments_of_one_kind(images: &mut Vec<DicomFacts>, random: &mut Random) -> usize {
    let moments = images.len() / 3;
    let gone = count(random, 1, 3);
    let from = moments + count(random, 2, (moments - gone - 3) as u64);
    images.drain(from..from + gone);
    gone
}

fn acquisition(random: &mut Random) -> Vec<DicomFacts> {
    acquisition_of(random, 1)
}

fn acquisition_of(random: &mut Random, times: usize) -> Vec<DicomFacts> {
    let mut images = row((CT, "CT"), 1, count(random, 20, 60), (AXIAL, 2.5));
    let counted = u32::try_from(images.len() * times).unwrap();
    for image in &mut images {
        image.slicing.acquisition = "1".to_owned();
        image.slicing.images_in_acquisition = Some(counted);
    }
    images
}

fn pet(random: &mut Random) -> Vec<DicomFacts> {
    let mut images = row((PET, "PT"), 1, count(random, 47, 120), (AXIAL, -3.27));
    count_pet(&mut images, 1, 1);
    images
}

fn count_pet(images: &mut [DicomFacts], times: usize, volumes: u32) {
    let slices = u32::try_from(images.len() * times).unwrap();
    images
        .iter_mut()
        .for_each(|image| (image.slicing.pet_slices, image.slicing.pet_volumes) = (Some(slices), Some(volumes)));
}

/// One to three from either end.
fn ends(images: &mut Vec<DicomFacts>, random: &mut Random) -> usize {
    let (first, last) = (count(random, 0, 2), count(random, 1, 2));
    images.truncate(images.len() - last);
    images.drain(..first);
    first + last
}

/// A multi-frame object that was divided, without a total.
fn pieces(random: &mut Random, numbered: bool) -> Vec<DicomFacts> {
    let piece = |at: usize| {
        let mut facts = frames_of(1, 10, 2.0);
        for position in &mut facts.slicing.frame_positions {
            position[2] += 20.0 * at as f64;
        }
        facts.instance_number = (at + 1).to_string();
        facts.sop_instance = format!("1.2.3.4.{at}");
        facts.slicing.concatenation = "2.25.7".to_owned();
        facts.slicing.concatenation_number = numbered.then(|| at as u32 + 1);
        facts.slicing.concatenation_offset = Some(10 * at as u32);
        facts
    };
    (0..count(random, 3, 8)).map(piece).collect()
}

fn piece(images: &mut Vec<DicomFacts>, random: &mut Random) -> usize {
    let inside = count(random, 0, images.len() as u64 - 2);
    images.remove(inside);
    1
}

fn from_hundred_one(random: &mut Random) -> Vec<DicomFacts> {
    let slices = [20, 25, 30, 50][count(random, 0, 3)];
    rows((3, slices), (AXIAL, 3.0), |phase, slice| phase * 100 + slice + 1, |_, _| ())
}

fn shorter_phase(random: &mut Random) -> Vec<DicomFacts> {
    let slices = count(random, 20, 40);
    let mut images = rows((3, slices), (AXIAL, 5.0), |phase, slice| phase * slices + slice + 1, |_, _| ());
    for image in &mut images {
        (image.sop_class, image.modality) = (CT.to_owned(), "CT".to_owned());
    }
    images.truncate(images.len() - count(random, 1, 8));
    images
}

/// Two slices that were blurred, taken once more.
fn repeated(random: &mut Random) -> Vec<DicomFacts> {
    let slices = count(random, 12, 30);
    let again = count(random, 2, slices as u64 - 3);
    let mut images = row((MR, "MR"), 1, slices, (AXIAL, 5.0));
    images.extend((0..2).map(|at| {
        let mut facts = put(image(MR, "MR", slices + 1 + at), AXIAL, ((again + at) as f64 * 5.0, 0.0));
        facts.slicing.acquisition = "2".to_owned();
        facts
    }));
    images
}

fn repeated_in_part(random: &mut Random) -> Vec<DicomFacts> {
    let slices = count(random, 12, 30);
    let mut images = rows((2, slices), (AXIAL, 5.0), |time, slice| time * slices + slice + 1, |_, _| ());
    images.truncate(images.len() - count(random, 3, 8));
    images
}

fn directions(random: &mut Random) -> Vec<DicomFacts> {
    let (volumes, slices) = (1 + count(random, 12, 33), count(random, 18, 30));
    let mark = |volume: usize, facts: &mut DicomFacts| {
        facts.slicing.diffusion_b_value = Some(if volume == 0 { 0.0 } else { 1000.0 });
    };
    rows((volumes, slices), (AXIAL, 4.4), |volume, slice| volume * slices + slice + 1, mark)
}

fn subtractions(random: &mut Random) -> Vec<DicomFacts> {
    let mut images = counted(random);
    images.retain(|image| image.slicing.temporal_position != "1");
    for (at, image) in images.iter_mut().enumerate() {
        image.instance_number = (at + 1).to_string();
        image.image_type = ["DERIVED", "SECONDARY", "SUBTRACTION"].map(str::to_owned).to_vec();
    }
    images
}

fn every_other(random: &mut Random) -> Vec<DicomFacts> {
    let (volumes, slices) = (count(random, 4, 12), count(random, 5, 30));
    let mark = |volume: usize, facts: &mut DicomFacts| facts.slicing.temporal_position = (2 * volume + 1).to_string();
    let mut images = rows((volumes, slices), (AXIAL, 4.0), |volume, slice| volume * slices + slice + 1, mark);
    images.iter_mut().for_each(|image| image.slicing.temporal_positions = u32::try_from(2 * volumes).ok());
    images
}

fn one_moment(random: &mut Random) -> Vec<DicomFacts> {
    let mut images = row((MR, "MR"), 1, count(random, 12, 40), (AXIAL, 3.0));
    for image in &mut images {
        image.slicing.temporal_position = "3".to_owned();
        image.slicing.temporal_positions = Some(20);
    }
    images
}

fn pet_apart(random: &mut Random) -> Vec<DicomFacts> {
    let mut images = row((PET, "PT"), 1, count(random, 47, 120), (AXIAL, -3.27));
    count_pet(&mut images, 1, 2);
    images
}

fn kept(random: &mut Random) -> Vec<DicomFacts> {
    let one = |at: usize| put(image(CT, "CT", at + 1), AXIAL, (0.0, 0.0));
    let mut images: Vec<DicomFacts> = (0..count(random, 20, 60)).map(one).collect();
    images.remove(5);
    images
}

fn one_kind(random: &mut Random) -> Vec<DicomFacts> {
    let one = |at: usize| {
        let mut facts = put(image(MR, "MR", 3 * at + 2), AXIAL, (0.0, 0.0));
        facts.slicing.trigger_time = Some(40.0 * at as f64);
        facts
    };
    (0..count(random, 15, 30)).map(one).collect()
}

fn uneven_times(random: &mut Random) -> Vec<DicomFacts> {
    let mut time = 0.0;
    let moment = |at: usize| {
        let mut facts = put(image(MR, "MR", at + 1), AXIAL, (0.0, 0.0));
        facts.slicing.trigger_time = Some(time);
        time += 700.0 + random.below(500) as f64;
        facts
    };
    (0..40).map(moment).collect()
}

/// Odd slices first, then even ones.
fn packs(_: &mut Random) -> Vec<DicomFacts> {
    let one = |at: usize| put(image(MR, "MR", at % 2 * 10 + at / 2 + 1), AXIAL, (at as f64 * 5.5, 0.0));
    (0..20).map(one).collect()
}
