//! Series in a sentence, as a desk and a radiologist say it.

use super::{
    MissingSlices, SeriesReport,
    counts::{Claim, Witness},
    gaps::Numbering,
};

/// Places told in one sentence; the report has all.
const PLACES_TOLD_MAX: usize = 6;

/// `Series 3 'AX T2', 24 of 25 slices: one is missing between instances 11 and 13`.
/// `frames` are those of its multi-frame objects, 0 where it has none.
pub(super) fn sentence(report: &SeriesReport, (claim, numbering): (Option<&Claim>, Numbering), frames: u64) -> String {
    let name = name(report);
    if report.missing == 0 {
        let images = if report.instances == 1 { "image" } else { "images" };
        return format!("{name}, {} {images}", report.instances);
    }
    let (here, what) = match (report.gaps.is_empty(), frames) {
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
    if report.gaps.iter().all(|gap| gap.doubtful) && !report.gaps.is_empty() {
        text.push_str(match numbering {
            Numbering::Unusable => "; numbers do not tell, so it may have been planned so",
            Numbering::Unbroken | Numbering::Broken { .. } => "; the numbering goes on, so it may have been planned so",
        });
    }
    if let Some(claim) = claim {
        if !report.gaps.is_empty() {
            text.push_str("; ");
        }
        text.push_str(&counted(claim));
    }
    text
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
    let numbers = if gap.after.is_empty() || gap.before.is_empty() {
        String::new()
    } else {
        format!(" between instances {} and {}", gap.after, gap.before)
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
    let Claim { witness, counted, here } = claim;
    match witness {
        Witness::Archive => format!("the archive counted {counted} images, {here} are here"),
        Witness::Directory => format!("the DICOMDIR lists {counted} images, {here} are here"),
        Witness::Concatenation => format!("the image was divided into {counted} pieces, {here} are here"),
    }
}
