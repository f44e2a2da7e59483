//! One to five slices are taken out of the inside of many series: found, or not; and whole ones must not alarm.

use super::{
    generator::{Maker, ODDITIES, SCANS},
    images, judged, said,
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
    let lines: Vec<(&str, Line)> = SCANS.iter().map(|(name, maker)| (*name, removed(*maker))).collect();
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
    let lines: Vec<(&str, Line)> = ODDITIES.iter().map(|(name, maker)| (*name, whole(*maker))).collect();
    print(&lines);
    let alarms: Vec<&str> = lines.iter().filter(|(_, line)| line.alarms > 0).map(|(name, _)| *name).collect();
    assert_eq!(alarms, Vec::<&str>::new());
}

fn whole(maker: Maker) -> Line {
    let mut line = Line::default();
    for number in 0..EACH {
        let mut random = Random::new(seed() ^ (number as u64) << 20);
        alarm(&maker(&mut random), &mut line);
    }
    line
}

fn removed(maker: Maker) -> Line {
    let mut line = Line::default();
    for number in 0..EACH {
        let mut random = Random::new(seed() ^ (number as u64) << 20);
        let series = maker(&mut random);
        alarm(&series, &mut line);
        let (left, taken) = take_out(&series, &mut random);
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

fn print(lines: &[(&str, Line)]) {
    println!("{:<46} {:>7} {:>7} {:>7} {:>7}", "kind", "series", "alarms", "found", "exact");
    for (name, line) in lines {
        println!("{name:<46} {:>7} {:>7} {:>7} {:>7}", line.series, line.alarms, line.found, line.exact);
        line.told.iter().take(4).for_each(|told| println!("    {told}"));
    }
}
