//! Series in a sentence, as a desk and a radiologist say it.

use super::{
    MissingSlices, SeriesReport,
    counts::{Claim, Witness},
    gaps::{Certainty, Numbering},
};

/// Places told in one sentence; the report has all.
const PLACES_TOLD_MAX: usize = 6;

/// What a sentence speaks of beside the report.
pub(super) struct Witnesses<'a> {
    /// A count by which something is missing.
    pub(super) claim: Option<Claim>,
    /// What the numbers say.
    pub(super) numbering: Numbering,
    /// Numbers that are left out, where they do not show beside the gaps.
    pub(super) left_out: &'a [i64],
    /// Frames of its multi-frame objects, 0 where it has none.
    pub(super) frames: u64,
}

/// `Series 3 'AX T2', 24 of 25 slices: one is missing between instances 11 and 13`.
pub(super) fn sentence(report: &SeriesReport, witnesses: &Witnesses<'_>) -> String {
    let name = name(report);
    if report.missing == 0 {
        let images = if report.instances == 1 { "image" } else { "images" };
        return format!("{name}, {} {images}", report.instances);
    }
    let (here, what) = match (report.gaps.is_empty(), witnesses.frames) {
        (true, _) => (report.instances, "images"),
        (false, 0) => (report.instances, "slices"),
        (false, frames) => (frames, "frames"),
    };
    let mut text = format!("{name}, {here} of {} {what}: ", here + report.missing);
    let told: Vec<String> =
        report.gaps.iter().take(PLACES_TOLD_MAX).enumerate().map(|(at, gap)| place(gap, at)).collect();
    text.push_str(&told.join(", "));
    if report.gaps.len() > PLACES_TOLD_MAX {
        text.push_str(&format!(", and more in {} other places", report.gaps.len() - PLACES_TOLD_MAX));
    }
    match witnesses.left_out {
        [] => {}
        [number] => text.push_str(&format!("; number {number} is left out")),
        [first @ .., last] => {
            let first: Vec<String> = first.iter().map(i64::to_string).collect();
            text.push_str(&format!("; numbers {} and {last} are left out", first.join(", ")));
        }
    }
    let counted_surely = witnesses.claim.is_some_and(|claim| claim.certainty == Certainty::Strong);
    if report.gaps.iter().all(|gap| gap.doubtful) && !report.gaps.is_empty() && !counted_surely {
        text.push_str(doubt(report, witnesses.numbering));
    }
    if let Some(claim) = &witnesses.claim {
        if !report.gaps.is_empty() {
            text.push_str("; ");
        }
        text.push_str(&counted(claim));
    }
    text
}

/// Why nobody can be sure of gaps that are doubtful.
fn doubt(report: &SeriesReport, numbering: Numbering) -> &'static str {
    let at_end = |gap: &MissingSlices| gap.after.is_empty() != gap.before.is_empty();
    let by_number = |gap: &MissingSlices| gap.between_millimetres.is_none() && !gap.after.is_empty();
    match numbering {
        _ if report.gaps.iter().all(|gap| at_end(gap) && gap.after.is_empty()) => "; the numbers begin late",
        _ if report.gaps.iter().all(at_end) => "; the scan was stopped there, or the copy broke off",
        Numbering::Unusable => "; numbers do not tell, so it may have been planned so",
        Numbering::Unbroken => "; the numbering goes on, so it may have been planned so",
        Numbering::Broken { .. } if report.gaps.iter().all(by_number) => "; only the numbers say so",
        Numbering::Broken { .. } => "; the numbers do not say so, so it may have been planned so",
    }
}

/// `Series 3 'AX T2'`.
pub(super) fn name(report: &SeriesReport) -> String {
    let number = if report.number.is_empty() { String::new() } else { format!(" {}", report.number) };
    match (report.description.is_empty(), report.modality.is_empty()) {
        (false, _) => format!("Series{number} '{}'", report.description),
        (true, false) => format!("Series{number} ({})", report.modality),
        (true, true) => format!("Series{number}"),
    }
}

fn place(gap: &MissingSlices, at: usize) -> String {
    let verb = match (at, gap.count) {
        (0, 1) => "one is missing".to_owned(),
        (0, count) => format!("{} are missing", in_words(count)),
        (_, count) => in_words(count),
    };
    let numbers = match (gap.after.as_str(), gap.before.as_str()) {
        ("", "") => String::new(),
        ("", before) => format!(" before instance {before}"),
        (after, "") => format!(" behind instance {after}"),
        (after, before) => format!(" between instances {after} and {before}"),
    };
    match gap.between_millimetres {
        Some((from, to)) if numbers.is_empty() && from == to => format!("{verb} at {from:.1} mm"),
        Some((from, to)) if numbers.is_empty() => format!("{verb} between {from:.1} and {to:.1} mm"),
        Some((from, to)) => format!("{verb}{numbers} ({from:.1} to {to:.1} mm)"),
        None => format!("{verb}{numbers}"),
    }
}

fn in_words(count: u32) -> String {
    const WORDS: [&str; 10] = ["none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
    WORDS.get(count as usize).map_or_else(|| count.to_string(), |word| (*word).to_owned())
}

fn counted(claim: &Claim) -> String {
    let Claim { witness, counted, here, certainty, .. } = claim;
    match witness {
        Witness::Archive => format!("the archive counted {counted} images, {here} are here"),
        Witness::Directory => format!("the DICOMDIR lists {counted} images, {here} are here"),
        Witness::Concatenation => format!("the image was divided into {counted} pieces, {here} are here"),
        Witness::Pieces => format!("the image was divided into {counted} pieces at least, {here} are here"),
        Witness::TemporalPositions => {
            let doubt = match certainty {
                Certainty::Strong => "",
                Certainty::Weak => ", so the scan was stopped or images are missing",
            };
            format!("{counted} temporal positions are counted, {here} are here{doubt}")
        }
        Witness::Acquisition => format!("the acquisition is said to have {counted} images, {here} are here"),
        Witness::PetSlices => format!("the PET series is said to have {counted} slices, {here} are here"),
    }
}
