//! One to five slices are taken out of the inside of many series: found, or not; and whole ones must not alarm.

use super::{
    generator::{self, Maker},
    headers, images, judged, said,
    varied::{self, STRANGERS},
};
use crate::support::random::{Random, seed};
use casegate::domain::{facts::DicomFacts, reason::Reason};
use std::collections::{BTreeSet, HashMap};

/// Series of each kind.
const EACH: usize = 25;

/// What came of one kind of series.
#[derive(Default)]
struct Line {
    series: usize,
    alarms: usize,
    found: usize,
    exact: usize,
    told: Vec<String>,
}

/// Proves that at least 99 of 100 series that lack slices inside are found, with the right number of slices nearly
/// always, and that none of the whole ones alarms: multi-echo, dynamic, tilted and variable series among them.
#[test]
fn slices_taken_out_are_found() {
    let lines: Vec<(&str, Line)> =
        generator::SCANS.iter().chain(varied::SCANS).map(|(name, maker)| (*name, removed(*maker))).collect();
    print(&lines);
    let sum = |of: fn(&Line) -> usize| lines.iter().map(|(_, line)| of(line)).sum::<usize>();
    let all = sum(|line| line.series);
    assert!(all >= 100);
    assert_eq!(sum(|line| line.alarms), 0, "alarms on whole series");
    assert!(sum(|line| line.found) * 100 >= all * 99, "{} of {all} found", sum(|line| line.found));
    assert!(sum(|line| line.exact) * 100 >= all * 95, "{} of {all} counted rightly", sum(|line| line.exact));
}

/// Proves that no series alarms that is odd by nature and whole: localizers, turning views, slabs, zones, cine,
/// multi-frame objects.
#[test]
fn odd_series_do_not_alarm() {
    let lines: Vec<(&str, Line)> =
        generator::ODDITIES.iter().chain(varied::ODDITIES).map(|(name, maker)| (*name, whole(*maker))).collect();
    print(&lines);
    let alarms: Vec<&str> = lines.iter().filter(|(_, line)| line.alarms > 0).map(|(name, _)| *name).collect();
    assert_eq!(alarms, Vec::<&str>::new());
}

/// Proves that images which do not fit are told as strangers and never as missing, and that a slice which is missing
/// beside them still is.
#[test]
fn strangers_are_not_missing() {
    for (name, maker) in STRANGERS {
        for number in 0..EACH {
            let mut random = Random::new(seed() ^ (number as u64) << 20);
            let series = headers::dressed(maker(&mut random), &mut random);
            let overlay = judged(&images(series.clone()));
            let missing = said(&overlay, Reason::SeriesIncomplete);
            assert!(missing.is_empty(), "{name}: {missing:?}");
            assert_eq!(said(&overlay, Reason::SeriesInconsistent).len(), 1, "{name}");
            let left = without_one(&series);
            let report = &judged(&images(left)).series[0];
            assert_eq!(report.missing, 1, "{name}: {}", report.sentence);
        }
    }
}

/// Takes out the one image that is farthest from any stranger: the middle of the longest run of images alike.
fn without_one(series: &[DicomFacts]) -> Vec<DicomFacts> {
    let alike = |a: &DicomFacts, b: &DicomFacts| {
        (a.orientation, a.columns, &a.slicing.frame_of_reference)
            == (b.orientation, b.columns, &b.slicing.frame_of_reference)
    };
    let mut at = 0;
    let runs = series.chunk_by(alike).map(|run| {
        at += run.len();
        at - run.len()..at
    });
    let longest = runs.max_by_key(ExactSizeIterator::len).unwrap();
    let mut left = series.to_vec();
    left.remove(longest.start + longest.len() / 2);
    left
}

/// Proves that made series start from parsed headers, on every machine.
#[test]
fn headers_are_real() {
    assert!(headers::count() >= 8, "{} headers", headers::count());
}

fn whole(maker: Maker) -> Line {
    let mut line = Line::default();
    for number in 0..EACH {
        let mut random = Random::new(seed() ^ (number as u64) << 20);
        let series = maker(&mut random);
        alarm(&headers::dressed(series, &mut random), &mut line);
    }
    line
}

fn removed(maker: Maker) -> Line {
    let mut line = Line::default();
    for number in 0..EACH {
        let mut random = Random::new(seed() ^ (number as u64) << 20);
        let series = maker(&mut random);
        let series = headers::dressed(series, &mut random);
        alarm(&series, &mut line);
        let (left, taken) = match series.as_slice() {
            [frames] if frames.frames > 1 => take_frames(frames, &mut random),
            _ => take_out(&series, &mut random),
        };
        let overlay = judged(&images(left));
        line.found += usize::from(!said(&overlay, Reason::SeriesIncomplete).is_empty());
        let report = &overlay.series[0];
        line.exact += usize::from(report.missing == taken as u64);
        if report.missing != taken as u64 {
            line.told.push(format!("{taken} taken: {}", report.sentence));
        }
    }
    line
}

fn alarm(series: &[DicomFacts], line: &mut Line) {
    line.series += 1;
    let overlay = judged(&images(series.to_vec()));
    let alarms = [said(&overlay, Reason::SeriesIncomplete), said(&overlay, Reason::SeriesInconsistent)].concat();
    line.alarms += usize::from(!alarms.is_empty());
    line.told.extend(alarms.into_iter().map(|(_, detail)| format!("whole: {detail}")));
}

/// Takes out one to five slices that are neither the first nor the last of their row, nor all slices of a place.
fn take_out(series: &[DicomFacts], random: &mut Random) -> (Vec<DicomFacts>, usize) {
    let place =
        |image: &DicomFacts| image.position.map(|position| position.map(|value| (value * 100.0).round() as i64));
    let mut at: HashMap<_, usize> = HashMap::new();
    for image in series {
        *at.entry(place(image)).or_default() += 1;
    }
    let mut order: Vec<usize> = (0..series.len()).collect();
    let along = |at: &usize| series[*at].position.unwrap().map(|value| (value * 100.0).round() as i64);
    order.sort_by_key(|at| {
        let [x, y, z] = along(at);
        (z, y, x)
    });
    let ends: BTreeSet<_> = [along(&order[0]), along(&order[series.len() - 1])].into();
    let last = series.len() - 1;
    // Numbers at either end of the series are ends as well.
    let inside: Vec<usize> = (1..last).filter(|at| !ends.contains(&along(at))).collect();
    let wanted = 1 + usize::try_from(random.below(5)).unwrap();
    let mut taken = BTreeSet::new();
    while taken.len() < wanted {
        taken.insert(inside[usize::try_from(random.below(inside.len() as u64)).unwrap()]);
    }
    let left = (0..series.len()).filter(|at| !taken.contains(at)).map(|at| series[at].clone()).collect();
    (left, taken.len())
}

/// Takes one to five frames out of an object, none from either end.
fn take_frames(object: &DicomFacts, random: &mut Random) -> (Vec<DicomFacts>, usize) {
    let mut object = object.clone();
    let along = |object: &DicomFacts, at: usize| (object.slicing.frame_positions[at][2] * 100.0).round() as i64;
    let first = along(&object, 0);
    let last = along(&object, object.slicing.frame_positions.len() - 1);
    let wanted = 1 + usize::try_from(random.below(5)).unwrap();
    let mut taken = 0;
    while taken < wanted {
        let at = usize::try_from(random.below(object.slicing.frame_positions.len() as u64)).unwrap();
        if [first, last].contains(&along(&object, at)) {
            continue;
        }
        let slicing = &mut object.slicing;
        slicing.frame_positions.remove(at);
        for list in [&mut slicing.frame_rows, &mut slicing.frame_numbers] {
            if !list.is_empty() {
                list.remove(at);
            }
        }
        object.frames -= 1;
        taken += 1;
    }
    (vec![object], taken)
}

fn print(lines: &[(&str, Line)]) {
    println!("{:<46} {:>7} {:>7} {:>7} {:>7}", "kind", "series", "alarms", "found", "exact");
    for (name, line) in lines {
        println!("{name:<46} {:>7} {:>7} {:>7} {:>7}", line.series, line.alarms, line.found, line.exact);
        line.told.iter().take(4).for_each(|told| println!("    {told}"));
    }
}
