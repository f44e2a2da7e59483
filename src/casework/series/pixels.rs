//! Do the images of a series show anything? Said from what was decoded behind the first verdict, and from the glance at
//! uncompressed pixels before it.
//!
//! Of each series the first, the middle and the last image are decoded, and each in which that glance saw nothing. All
//! others follow where they are compressed, since only a decoder can tell whether a codestream is sound, and those that
//! nobody glanced at where a decoded one shows nothing.
//!
//! A multi-frame object is looked at frame by frame: frames of one value inside it, or many at an end, are what a copy that
//! broke off leaves.
//!
//! Images at either end of a row and computed ones are often black: resampled volumes run over what was scanned. That is
//! remarked and does not warn.

use super::{
    Series,
    slice::Slice,
    stacks::{self, Stack},
};
use crate::{
    casework::case::{Overlay, weighed},
    domain::{
        case::Programme,
        entry::{FrameRun, PixelsRead, Shows},
        facts::PixelData,
        ids::EntryId,
        limits::SAMPLE_PIXELS_MAX,
        reason::{Reason, Severity},
    },
};
use std::collections::HashSet;

/// Transfer syntaxes whose pixels are not compressed (PS3.5 A.1-A.3, A.5): their lengths have told already whether all
/// is there.
const NATIVE: &[&str] = &["1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99"];

/// Modalities of objects that may well hold one value: segmentations, doses, maps.
const MAYBE_EMPTY: &[&str] = &["SEG", "RTDOSE", "RTSTRUCT", "REG", "M3D"];

/// Frames that are decoded of an object too large to be decoded as a whole.
const FRAMES_SAMPLED: u64 = 3;

/// Eighths of an image that hold one value and do not in the images beside it, from which on it looks cut off.
const CUT_OFF_EIGHTHS: u8 = 3;

/// Images of a stack from which on one of them can be unlike the others, and the share of them that can.
const ALIKE_MIN: usize = 8;
/// See [`ALIKE_MIN`].
const CUT_OFF_SHARE_MAX: f64 = 0.1;

/// Frames of one value at an end of an object up to which, and the share of all frames up to which, they are how the object
/// begins or fades out.
const EMPTY_ENDS_MAX: u32 = 2;
/// See [`EMPTY_ENDS_MAX`].
const EMPTY_ENDS_SHARE_MAX: f64 = 0.1;

/// Runs of empty frames that are named.
const RUNS_NAMED_MAX: usize = 6;

/// Modalities in which a tracer has yet to arrive in the first frames.
const DARK_AT_FIRST: &[&str] = &["NM", "PT"];

/// Entries of a series whose pixels should be decoded next.
pub(super) fn wanted(series: &Series<'_>) -> Vec<EntryId> {
    let images: Vec<&Slice<'_>> = series.slices.iter().filter(|slice| is_decodable(slice)).collect();
    let undecoded = |slice: &&Slice<'_>| slice.entry.record.pixels.is_none();
    let last = images.len().saturating_sub(1);
    let sample = [0, last / 2, last];
    let seems_empty = |slice: &Slice<'_>| {
        slice.facts.flat_eighths.is_some_and(|eighths| eighths == 8 || eighths > 0 && slice.is_multi_frame())
    };
    let first: Vec<&Slice<'_>> = images
        .iter()
        .enumerate()
        .filter(|(at, slice)| sample.contains(at) || seems_empty(slice))
        .map(|(_, slice)| *slice)
        .collect();
    let next: Vec<&Slice<'_>> = if first.iter().any(undecoded) {
        first
    } else {
        let suspect = images.iter().any(|slice| says_nothing(slice.entry.record.pixels.as_ref()));
        let unseen = |slice: &Slice<'_>| suspect && slice.facts.flat_eighths.is_none();
        images.into_iter().filter(|slice| unseen(slice) || is_compressed(slice)).collect()
    };
    next.into_iter().filter(undecoded).map(|slice| slice.entry.row.id).collect()
}

fn is_decodable(slice: &Slice<'_>) -> bool {
    let facts = slice.facts;
    let frame = u64::from(facts.rows) * u64::from(facts.columns);
    let most = if facts.frames > 1 { SAMPLE_PIXELS_MAX / FRAMES_SAMPLED } else { SAMPLE_PIXELS_MAX };
    facts.pixel_data == PixelData::Whole
        && slice.entry.row.object.is_some()
        && frame <= most
        && !MAYBE_EMPTY.contains(&facts.modality.as_str())
}

fn is_compressed(slice: &Slice<'_>) -> bool {
    !NATIVE.contains(&slice.facts.transfer_syntax.as_str())
}

fn says_nothing(pixels: Option<&PixelsRead>) -> bool {
    is_blank(pixels) || matches!(pixels, Some(PixelsRead::Failed | PixelsRead::Cut))
}

fn is_blank(pixels: Option<&PixelsRead>) -> bool {
    matches!(pixels, Some(PixelsRead::Constant(_) | PixelsRead::Sampled(Shows::OneValue)))
}

/// Of how many objects only a few frames were decoded, as the rest of a sentence about the series.
pub(super) fn sampled(series: &Series<'_>) -> Option<String> {
    let is_sampled = |slice: &&Slice<'_>| matches!(slice.entry.record.pixels, Some(PixelsRead::Sampled(_)));
    let sampled: Vec<&Slice<'_>> = series.slices.iter().filter(is_sampled).collect();
    match sampled.as_slice() {
        [] => None,
        [one] => {
            Some(format!("; of its {} frames only the first, the middle and the last were decoded", one.facts.frames))
        }
        more => Some(format!(
            "; of {} large objects only the first, the middle and the last frame were decoded",
            more.len()
        )),
    }
}

/// Adds what the pixels say. A decoder that fails on each image of a series may be the one to blame, and then it is said
/// once, for the series.
pub(super) fn judge(series: &Series<'_>, programme: &Programme, overlay: &mut Overlay) {
    let images: Vec<&Slice<'_>> = series.slices.iter().filter(|slice| is_decodable(slice)).collect();
    let stacks = stacks::stacks(&images);
    blank(&images, &stacks, programme, overlay);
    for slice in stacks.iter().flat_map(cut_off) {
        let eighths = slice.facts.flat_eighths.unwrap_or_default();
        let detail =
            format!("the last {eighths} eighths of its pixels hold one value, unlike those of the images beside it");
        gentle(slice.entry.row.id, (Reason::Damaged, &detail), Severity::Warn, (programme, overlay));
    }
    for slice in &images {
        empty_frames(slice, (programme, overlay));
    }
    let read = |wanted: fn(&PixelsRead) -> bool| {
        let of = images.iter().filter(move |slice| slice.entry.record.pixels.as_ref().is_some_and(wanted));
        of.map(|slice| slice.entry.row.id).collect::<Vec<EntryId>>()
    };
    let sound = read(|pixels| pixels.digest().is_some() || matches!(pixels, PixelsRead::Sampled(_)));
    let failed = read(|pixels| matches!(pixels, PixelsRead::Failed));
    if !sound.is_empty() {
        for entry in failed {
            let detail = "its pixels cannot be decoded, others of its series can";
            gentle(entry, (Reason::Damaged, detail), Severity::Warn, (programme, overlay));
        }
    } else if let Some(entry) = failed.first() {
        let detail = "the pixels of this series cannot be decoded here";
        gentle(*entry, (Reason::Damaged, detail), Severity::Warn, (programme, overlay));
    }
    for entry in read(|pixels| matches!(pixels, PixelsRead::Cut)) {
        let detail = "its compressed pixels break off before their end";
        gentle(entry, (Reason::Truncated, detail), Severity::Warn, (programme, overlay));
    }
    if let Some(entry) = read(|pixels| matches!(pixels, PixelsRead::Unsupported)).first() {
        let detail = "there is no decoder here to look at these pixels; a viewer may have one";
        let mut finding = weighed(Reason::UnsupportedFormat, detail.to_owned(), programme);
        finding.severity = finding.severity.min(Severity::Info);
        overlay.findings.push((*entry, finding));
    }
}

/// Names images of one value.
fn blank(images: &[&Slice<'_>], stacks: &[Stack<'_, '_>], programme: &Programme, overlay: &mut Overlay) {
    let is_empty = |slice: &Slice<'_>| is_blank(slice.entry.record.pixels.as_ref());
    let nothing_at_all = images.iter().all(|slice| is_empty(slice));
    let ends: HashSet<EntryId> = stacks.iter().flat_map(|stack| black_ends(stack, is_empty)).collect();
    for slice in images.iter().filter(|slice| is_empty(slice)) {
        let detail = match slice.entry.record.pixels {
            Some(PixelsRead::Sampled(_)) => {
                "every pixel of the first, the middle and the last frame has the same value; no others were looked at"
            }
            _ => "every pixel has the same value",
        };
        let entry = slice.entry.row.id;
        if !nothing_at_all && (slice.is_derived() || ends.contains(&entry)) {
            gentle(entry, (Reason::Blank, detail), Severity::Info, (programme, overlay));
        } else {
            overlay.find(entry, (Reason::Blank, detail.to_owned()), programme);
        }
    }
}

/// Names frames of one value beside others that show something.
fn empty_frames(slice: &Slice<'_>, (programme, overlay): (&Programme, &mut Overlay)) {
    let Some(PixelsRead::EmptyFrames(_, runs)) = &slice.entry.record.pixels else { return };
    let frames = slice.facts.frames;
    let few = f64::from(EMPTY_ENDS_MAX).max(EMPTY_ENDS_SHARE_MAX * f64::from(frames));
    let dark_at_first = DARK_AT_FIRST.contains(&slice.facts.modality.as_str());
    let is_usual = |run: &FrameRun| {
        let at_end = run.first == 1 || run.last == frames;
        slice.is_derived() || at_end && f64::from(run.last - run.first + 1) <= few || run.first == 1 && dark_at_first
    };
    let said = |run: &FrameRun| match run.first == run.last {
        true => run.first.to_string(),
        false => format!("{} to {}", run.first, run.last),
    };
    let most = if runs.iter().all(is_usual) { Severity::Info } else { Severity::Warn };
    let named: Vec<String> = runs.iter().take(RUNS_NAMED_MAX).map(said).collect();
    let more = if runs.len() > RUNS_NAMED_MAX { " and more" } else { "" };
    let noun = if matches!(runs.as_slice(), [run] if run.first == run.last) { "frame" } else { "frames" };
    let named = named.join(", ");
    let detail = format!("nothing is to be seen in {noun} {named}{more} of {frames}: all pixels there have one value");
    gentle(slice.entry.row.id, (Reason::Blank, &detail), most, (programme, overlay));
}

/// Empty images at either end of a stack, up to the first place that has none.
fn black_ends(stack: &Stack<'_, '_>, is_empty: impl Fn(&Slice<'_>) -> bool) -> Vec<EntryId> {
    let places: Vec<Vec<&Slice<'_>>> = stack.by_place();
    let empty = |place: &&Vec<&Slice<'_>>| place.iter().any(|slice| is_empty(slice));
    let first = places.iter().take_while(empty);
    let last = places.iter().rev().take_while(empty);
    if first.clone().count() == places.len() {
        return Vec::new();
    }
    first.chain(last).flatten().map(|slice| slice.entry.row.id).collect()
}

/// Images inside a stack that look cut off and filled up: much of their end holds one value, and the images before and
/// behind go on there. Too many of them are how the images are.
fn cut_off<'s, 'a>(stack: &Stack<'s, 'a>) -> Vec<&'s Slice<'a>> {
    let places = stack.by_place();
    let flat = |slice: &Slice<'_>| slice.facts.flat_eighths.filter(|_| !slice.is_multi_frame());
    let goes_on = |place: &[&Slice<'_>], eighths: u8| {
        place.iter().all(|slice| flat(slice).is_some_and(|own| own + CUT_OFF_EIGHTHS <= eighths))
    };
    let mut found = Vec::new();
    for around in places.windows(3) {
        let looks_cut = |slice: &&&Slice<'_>| {
            let eighths = flat(slice).unwrap_or_default();
            let all = eighths == 8 || slice.is_derived();
            !all && eighths >= CUT_OFF_EIGHTHS && goes_on(&around[0], eighths) && goes_on(&around[2], eighths)
        };
        found.extend(around[1].iter().filter(looks_cut).copied());
    }
    let all = stack.slices.len();
    let few = found.len() as f64 <= (CUT_OFF_SHARE_MAX * all as f64).max(1.0);
    if all >= ALIKE_MIN && few { found } else { Vec::new() }
}

/// A finding that weighs no more than this, unless the programme weighs it itself: a viewer may show more than our
/// decoder.
fn gentle(
    entry: EntryId,
    (reason, detail): (Reason, &str),
    most: Severity,
    (programme, overlay): (&Programme, &mut Overlay),
) {
    let mut finding = weighed(reason, detail.to_owned(), programme);
    if !programme.severity.contains_key(&reason) {
        finding.severity = finding.severity.min(most);
    }
    overlay.findings.push((entry, finding));
}
