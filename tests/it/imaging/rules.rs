//! What is said of series beside slices that were taken out: sentences, counts, strangers, pixels, screenshots.

use super::{Image, case_of, generator::SCANS, images, judged, said};
use crate::support::random::Random;
use casegate::{
    casework::{case::Overlay, series},
    domain::{
        case::{Patient, Programme},
        entry::{FrameRun, PixelsRead, Shows},
        facts::{DicomFacts, DicomdirFacts, DicomdirReference, Facts, FileKind, Readable},
        ids::{EntryId, PlainDigest},
        reason::{Reason, Severity},
    },
    pipeline::index,
};
use std::collections::{BTreeSet, HashMap};

/// A helical CT, cut or numbered anew to so many slices.
fn slices(count: usize) -> Vec<DicomFacts> {
    let mut images = (SCANS[0].1)(&mut Random::new(7));
    let first = images[0].clone();
    images.clear();
    for at in 0..count {
        let mut image = first.clone();
        image.instance_number = (at + 1).to_string();
        image.sop_instance = format!("1.2.3.4.{at}");
        image.position = Some([-120.0, -120.0, 3.0 * at as f64]);
        images.push(image);
    }
    images
}

fn incomplete(overlay: &Overlay) -> Vec<(Severity, String)> {
    said(overlay, Reason::SeriesIncomplete)
}

/// Proves that a missing slice is told as a radiologist would, and blocks.
#[test]
fn a_sentence_says_where() {
    let mut series = slices(25);
    series.remove(11);
    let sentence =
        "Series 3 'AX T2', 24 of 25 slices: one is missing between instances 11 and 13 (30.0 to 36.0 mm)".to_owned();
    assert_eq!(incomplete(&judged(&images(series))), [(Severity::Block, sentence)]);
}

/// Proves that every second slice is missed where the header says how far slices are apart.
#[test]
fn every_second_slice_is_missed() {
    let mut series: Vec<DicomFacts> = slices(21).into_iter().step_by(2).collect();
    assert!(incomplete(&judged(&images(series.clone()))).is_empty(), "nobody can tell without the header");
    series.iter_mut().for_each(|image| image.slicing.spacing_between = Some(3.0));
    assert_eq!(judged(&images(series)).series[0].missing, 10);
}

/// Proves that a series which was numbered anew after a loss is named and does not block.
#[test]
fn a_gap_that_numbers_deny_is_doubtful() {
    let mut series = slices(25);
    series.remove(11);
    for (at, image) in series.iter_mut().enumerate() {
        image.instance_number = (at + 1).to_string();
    }
    let said = incomplete(&judged(&images(series)));
    assert_eq!((said.len(), said[0].0), (1, Severity::Warn));
    assert!(said[0].1.contains("may have been planned"), "{}", said[0].1);
}

/// Proves that numbers are heard where nothing says where images lie.
#[test]
fn numbers_are_heard_without_geometry() {
    let mut series = slices(20);
    series.iter_mut().for_each(|image| (image.position, image.orientation) = (None, None));
    assert!(incomplete(&judged(&images(series.clone()))).is_empty());
    series.remove(4);
    let said = incomplete(&judged(&images(series)));
    assert!(said[0].0 == Severity::Warn && said[0].1.contains("between instances 4 and 6"), "{said:?}");
}

/// Proves that what archive and DICOMDIR counted is compared with what is here, copies counted once.
#[test]
fn counts_are_compared() {
    let mut series = slices(10);
    series.iter_mut().for_each(|image| image.slicing.series_instances = Some(12));
    let copy = series[0].clone();
    series.push(copy);
    let said = incomplete(&judged(&images(series)));
    assert!(
        said[0].0 == Severity::Block && said[0].1.ends_with("the archive counted 12 images, 10 are here"),
        "{said:?}"
    );
    let mut series = slices(10);
    series.iter_mut().for_each(|image| image.slicing.study_instances = Some(300));
    let said = incomplete(&judged(&images(series)));
    assert!(said[0].0 == Severity::Warn && said[0].1.contains("300 images, 10 are here"), "{said:?}");
    let reference = |at: usize| DicomdirReference {
        sop_instance: format!("1.2.3.4.{at}"),
        series: "1.2.3.4".to_owned(),
        ..DicomdirReference::default()
    };
    let references = (0..13).map(reference).collect();
    let directory = Facts {
        dicomdir: Some(DicomdirFacts { references, ..DicomdirFacts::default() }),
        ..Facts::of(FileKind::Dicomdir, Readable::Yes)
    };
    let case = case_of(&images(slices(10)), vec![directory]);
    let said =
        incomplete(&index::judge(&case, &HashMap::new(), (&Patient::default(), &Programme::default()), Vec::new()));
    assert!(said[0].1.ends_with("the DICOMDIR lists 13 images, 10 are here"), "{said:?}");
}

/// Proves that a stranger among many alike is told: in direction, matrix, frame of reference.
#[test]
fn strangers_are_told() {
    let check = |change: fn(&mut DicomFacts), words: &str| {
        let mut series = slices(20);
        change(&mut series[7]);
        let overlay = judged(&images(series));
        assert!(incomplete(&overlay).is_empty(), "{words}: all are there, and {:?} is said", incomplete(&overlay));
        let said = said(&overlay, Reason::SeriesInconsistent);
        assert!(said.len() == 1 && said[0].0 == Severity::Warn && said[0].1.contains(words), "{words}: {said:?}");
    };
    check(|image| image.orientation = Some([0.0, 1.0, 0.0, 0.0, 0.0, -1.0]), "1 of 20 images lie in another direction");
    check(|image| image.columns = 512, "1 of 20 images have another matrix");
    check(|image| image.spacing = Some([0.9, 0.9]), "1 of 20 images have another pixel spacing");
    check(|image| image.slicing.frame_of_reference = "9.9".to_owned(), "2 frames of reference");
    check(|image| image.orientation = None, "1 of 20 images do not say where they lie");
}

fn decoded(series: Vec<DicomFacts>, read: impl Fn(usize) -> Option<PixelsRead>) -> Vec<Image> {
    series.into_iter().enumerate().map(|(at, facts)| (facts, read(at))).collect()
}

fn something() -> Option<PixelsRead> {
    Some(PixelsRead::Digest(PlainDigest([1; 32])))
}

fn nothing() -> Option<PixelsRead> {
    Some(PixelsRead::Constant(PlainDigest([2; 32])))
}

/// Places in the series of what is to be decoded next.
fn next(images: &[Image]) -> BTreeSet<u64> {
    let place = |id: EntryId| u64::from_be_bytes(id.as_bytes()[..8].try_into().unwrap());
    series::to_decode(&case_of(images, Vec::new())).into_iter().map(place).collect()
}

/// Proves that a few images of a series are looked at first, all of a compressed one and all of one that shows nothing
/// later, and no others.
#[test]
fn a_sample_is_decoded_first() {
    assert_eq!(next(&decoded(slices(9), |_| None)), [0, 4, 8].into());
    let sampled = |at: usize| if at.is_multiple_of(4) { something() } else { None };
    assert_eq!(next(&decoded(slices(9), sampled)), [].into());
    let blank = |at: usize| if at == 4 { nothing() } else { sampled(at) };
    assert_eq!(next(&decoded(slices(9), blank)), [1, 2, 3, 5, 6, 7].into());
    let mut compressed = slices(9);
    compressed.iter_mut().for_each(|image| image.transfer_syntax = "1.2.840.10008.1.2.4.70".to_owned());
    assert_eq!(next(&decoded(compressed, sampled)), [1, 2, 3, 5, 6, 7].into());
}

/// Proves that an image of one value is blank, and that a decoder which fails throughout is named once.
#[test]
fn pixels_are_judged() {
    let overlay = judged(&decoded(slices(9), |at| if at == 3 { nothing() } else { something() }));
    assert_eq!(said(&overlay, Reason::Blank).len(), 1);
    let failed = |at: usize| if at < 3 { Some(PixelsRead::Failed) } else { something() };
    let damaged = said(&judged(&decoded(slices(9), failed)), Reason::Damaged);
    assert!(damaged.len() == 3 && damaged.iter().all(|(severity, _)| *severity == Severity::Warn), "{damaged:?}");
    let throughout = judged(&decoded(slices(9), |_| Some(PixelsRead::Failed)));
    assert_eq!(said(&throughout, Reason::Damaged).len(), 1);
    let unsupported = said(&judged(&decoded(slices(9), |_| Some(PixelsRead::Unsupported))), Reason::UnsupportedFormat);
    assert!(unsupported.len() == 1 && unsupported[0].0 == Severity::Info, "{unsupported:?}");
}

/// Proves that a study of screenshots is no imaging, and that a screenshot beside images is nothing to remark.
#[test]
fn screenshots_are_no_imaging() {
    let mut captures = slices(3);
    captures.iter_mut().for_each(|image| {
        image.sop_class = "1.2.840.10008.5.1.4.1.1.7".to_owned();
        image.series = "1.2.3.5".to_owned();
        image.sop_instance.push_str(".5");
        image.slicing.conversion = "WSD".to_owned();
    });
    let alone = said(&judged(&images(captures.clone())), Reason::ScreenshotNotImaging);
    assert!(alone.len() == 1 && alone[0].0 == Severity::Warn && alone[0].1.starts_with('3'), "{alone:?}");
    let beside = [slices(5), captures.clone()].concat();
    assert!(said(&judged(&images(beside)), Reason::ScreenshotNotImaging).is_empty());
    let mut scout = slices(1);
    scout[0].image_type.push("LOCALIZER".to_owned());
    let planned = said(&judged(&images([scout, captures.clone()].concat())), Reason::ScreenshotNotImaging);
    assert!(planned.len() == 1 && planned[0].1.ends_with("no images of a scanner but localizers"), "{planned:?}");
    captures.iter_mut().for_each(|image| image.slicing.conversion = "SD".to_owned());
    assert!(said(&judged(&images(captures)), Reason::ScreenshotNotImaging).is_empty(), "paper that was scanned");
}

/// Proves that screens which were saved under the scanner's own class are no imaging either, alone or beside a localizer, and
/// that one image with a place is.
#[test]
fn screens_under_the_class_of_a_scanner_are_no_imaging() {
    let mut saved = slices(3);
    saved.iter_mut().for_each(|image| {
        image.image_type = vec!["DERIVED".to_owned(), "SECONDARY".to_owned(), "SCREEN SAVE".to_owned()];
        image.series = "1.2.3.6".to_owned();
        image.sop_instance.push_str(".6");
        (image.position, image.orientation) = (None, None);
    });
    let alone = said(&judged(&images(saved.clone())), Reason::ScreenshotNotImaging);
    assert!(alone.len() == 1 && alone[0].0 == Severity::Warn && alone[0].1.starts_with('3'), "{alone:?}");
    let mut scout = slices(1);
    scout[0].image_type.push("LOCALIZER".to_owned());
    let planned = said(&judged(&images([scout, saved.clone()].concat())), Reason::ScreenshotNotImaging);
    assert!(planned.len() == 1 && planned[0].1.ends_with("but localizers"), "{planned:?}");
    assert!(said(&judged(&images([slices(5), saved].concat())), Reason::ScreenshotNotImaging).is_empty());
    let mut reformatted = slices(5);
    reformatted.iter_mut().for_each(|image| image.image_type = vec!["DERIVED".to_owned(), "SECONDARY".to_owned()]);
    assert!(said(&judged(&images(reformatted)), Reason::ScreenshotNotImaging).is_empty(), "they have their places");
}

/// Proves that senseless numbers are borne: what comes out of a header may be anything.
#[test]
fn senseless_headers_are_borne() {
    let mut series = slices(30);
    series[1].position = Some([f64::NAN, 0.0, 0.0]);
    series[2].orientation = Some([f64::INFINITY; 6]);
    series[3].orientation = Some([0.0; 6]);
    series[4].instance_number = i64::MAX.to_string();
    series[5].instance_number = i64::MIN.to_string();
    series[6].position = Some([1e300, -1e300, 1e300]);
    series[7].slicing.spacing_between = Some(0.0);
    series[8].slicing.series_instances = Some(u32::MAX);
    series[9].slicing.frame_positions = vec![[f64::NAN; 3]; 9];
    series[9].frames = u32::MAX;
    let overlay = judged(&images(series));
    assert_eq!(overlay.series.len(), 1);
    // Of thirty images thirty are here: what is said of missing ones is that numbers leap to the ends of their range.
    assert!(incomplete(&overlay).iter().all(|(severity, _)| *severity < Severity::Block), "{:?}", incomplete(&overlay));
}

/// Proves that of two phases over the same places that are numbered anew, a slice which one of them lacks is worth a
/// word that does not block, and that a row which stops early is not, since nobody knows which was the last.
#[test]
fn a_slice_that_one_of_several_rows_lacks() {
    let anew = |phases: usize| -> Vec<DicomFacts> {
        let phase = |phase: usize| {
            let mut images = slices(20);
            images.iter_mut().for_each(|image| image.sop_instance = format!("{phase}.{}", image.instance_number));
            images
        };
        (0..phases).flat_map(phase).collect()
    };
    for phases in [2, 3] {
        let mut series = anew(phases);
        assert!(incomplete(&judged(&images(series.clone()))).is_empty());
        series.remove(27);
        let said = incomplete(&judged(&images(series)));
        assert_eq!((said.len(), said[0].0), (1, Severity::Warn), "{phases}");
        assert!(said[0].1.contains("one is missing at 21.0 mm; numbers do not tell"), "{}", said[0].1);
    }
    let mut stopped = anew(3);
    stopped.truncate(51);
    assert!(incomplete(&judged(&images(stopped))).is_empty());
}

/// Proves that black slices at the ends of a row, and black computed ones, are remarked and do not warn, that a black
/// one inside does, and that a study that shows nothing at all is not let off.
#[test]
fn black_ends_do_not_warn() {
    let weights = |series: Vec<DicomFacts>, black: &[usize]| -> Vec<Severity> {
        let read = |at: usize| if black.contains(&at) { nothing() } else { something() };
        said(&judged(&decoded(series, read)), Reason::Blank).into_iter().map(|(severity, _)| severity).collect()
    };
    assert_eq!(weights(slices(20), &[0, 1, 19]), [Severity::Info; 3]);
    assert_eq!(weights(slices(20), &[0, 7]), [Severity::Info, Severity::Warn]);
    let mut computed = slices(20);
    computed.iter_mut().for_each(|image| image.image_type[0] = "DERIVED".to_owned());
    assert_eq!(weights(computed.clone(), &[7]), [Severity::Info]);
    assert_eq!(weights(computed, &(0..20).collect::<Vec<_>>()), [Severity::Warn; 20]);
}

/// Proves that every image in which a glance saw nothing is decoded with the first, whatever its place.
#[test]
fn what_seems_empty_is_decoded() {
    let mut series = slices(20);
    series.iter_mut().for_each(|image| image.flat_eighths = Some(0));
    series[13].flat_eighths = Some(8);
    assert_eq!(next(&decoded(series.clone(), |_| None)), [0, 9, 13, 19].into());
    // What showed something at the glance need not be decoded because another is black.
    let read = |at: usize| if at == 13 { nothing() } else { [0, 9, 19].contains(&at).then(something).flatten() };
    assert_eq!(next(&decoded(series, read)), [].into());
}

/// Proves that an image whose end holds one value, unlike its neighbours', is told, and that a body that grows thinner
/// towards an end, or masked maps among others, are not.
#[test]
fn what_was_cut_off_and_filled_up_is_told() {
    let damaged = |flat: fn(usize) -> u8| {
        let mut series = slices(20);
        for (at, image) in series.iter_mut().enumerate() {
            image.flat_eighths = Some(flat(at));
        }
        said(&judged(&images(series)), Reason::Damaged)
    };
    let told = damaged(|at| if at == 8 { 4 } else { 0 });
    assert!(told.len() == 1 && told[0].0 == Severity::Warn && told[0].1.contains("4 eighths"), "{told:?}");
    assert!(damaged(|at| u8::try_from(at / 3).unwrap()).is_empty());
    assert!(damaged(|at| if at % 2 == 0 { 5 } else { 0 }).is_empty());
}

/// Proves that frames of one value are named: a warning inside an object and at its end, a remark where they are how such
/// objects begin, fade out or are computed.
#[test]
fn empty_frames_are_named() {
    let told = |modality: &str, image_type: &str, (first, last): (u32, u32)| {
        let mut series = slices(1);
        series[0].frames = 40;
        modality.clone_into(&mut series[0].modality);
        series[0].image_type = vec![image_type.to_owned()];
        let runs = vec![FrameRun { first, last }];
        let read = |_| Some(PixelsRead::EmptyFrames(PlainDigest([1; 32]), runs.clone()));
        let found = said(&judged(&decoded(series, read)), Reason::Blank);
        let [(severity, detail)] = found.as_slice() else { panic!("one remark: {found:?}") };
        assert!(detail.contains(" of 40: "), "{detail}");
        *severity
    };
    assert_eq!(told("MR", "ORIGINAL", (25, 40)), Severity::Warn);
    assert_eq!(told("XA", "ORIGINAL", (17, 17)), Severity::Warn);
    assert_eq!(told("MR", "ORIGINAL", (1, 20)), Severity::Warn);
    assert_eq!(told("NM", "ORIGINAL", (1, 20)), Severity::Info);
    assert_eq!(told("MR", "ORIGINAL", (37, 40)), Severity::Info);
    assert_eq!(told("MR", "DERIVED", (25, 40)), Severity::Info);
}

/// Proves that compressed pixels which break off are told, whoever could have decoded them.
#[test]
fn pixels_that_break_off_are_told() {
    let read = |at: usize| Some(if at == 4 { PixelsRead::Cut } else { PixelsRead::Unsupported });
    let overlay = judged(&decoded(slices(9), read));
    let cut = said(&overlay, Reason::Truncated);
    assert!(cut.len() == 1 && cut[0].0 == Severity::Warn, "{cut:?}");
    assert!(said(&overlay, Reason::Damaged).is_empty());
}

/// Proves that an object of which only a few frames were decoded says so, and that one black in all of these is blank.
#[test]
fn sampled_frames_are_told() {
    let cine = |read: Shows| {
        let mut series = slices(1);
        series[0].frames = 900;
        judged(&decoded(series, |_| Some(PixelsRead::Sampled(read))))
    };
    let sound = cine(Shows::Something);
    assert!(sound.findings.is_empty(), "{:?}", sound.findings);
    assert!(sound.series[0].sentence.contains("of its 900 frames only the first"), "{}", sound.series[0].sentence);
    let black = said(&cine(Shows::OneValue), Reason::Blank);
    assert!(black.len() == 1 && black[0].1.contains("no others were looked at"), "{black:?}");
    let mut series = slices(1);
    (series[0].frames, series[0].rows, series[0].columns) = (900, 512, 512);
    assert_eq!(next(&decoded(series, |_| None)), [0].into(), "beyond the bound a few frames are decoded");
}

/// Proves that thin slices between thick ones, at places of their own, do not stand for a thick one that is missing.
#[test]
fn another_reconstruction_fills_no_hole() {
    let mut thick = slices(20);
    for (at, image) in thick.iter_mut().enumerate() {
        image.position = Some([-120.0, -120.0, 5.0 * at as f64]);
        image.thickness = Some(5.0);
    }
    let mut thin = slices(80);
    for (at, image) in thin.iter_mut().enumerate() {
        image.position = Some([-120.0, -120.0, 1.25 * at as f64 - 1.875]);
        image.thickness = Some(1.25);
        image.instance_number = (21 + at).to_string();
        image.sop_instance = format!("1.2.3.5.{at}");
    }
    let of = |thick: Vec<DicomFacts>| incomplete(&judged(&images([thick, thin.clone()].concat())));
    assert!(of(thick.clone()).is_empty());
    thick.remove(9);
    let said = of(thick);
    assert!(said.len() == 1 && said[0].1.contains("between instances 9 and 11"), "{said:?}");
}

/// Proves that radiographs of the whole body, called a survey, are images and no plan of a scan.
#[test]
fn a_skeletal_survey_is_imaging() {
    let mut survey = slices(8);
    for image in &mut survey {
        image.modality = "DX".to_owned();
        image.sop_class = "1.2.840.10008.5.1.4.1.1.1.1".to_owned();
        image.series_description = "Skeletal survey".to_owned();
    }
    let mut sheet = slices(1);
    sheet[0].sop_class = "1.2.840.10008.5.1.4.1.1.7".to_owned();
    (sheet[0].series, sheet[0].sop_instance) = ("1.2.3.9".to_owned(), "1.2.3.9.1".to_owned());
    (sheet[0].position, sheet[0].orientation) = (None, None);
    let both = [survey, sheet].concat();
    assert_eq!(said(&judged(&images(both)), Reason::ScreenshotNotImaging), []);
}
