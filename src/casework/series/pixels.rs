//! Do the images of a series show anything? Said from what was decoded behind the first verdict.
//!
//! Of each series the first, the middle and the last image are decoded. All others follow where they are compressed,
//! since only a decoder can tell whether a codestream is sound, and where one of the three shows nothing.

use super::{Series, slice::Slice};
use crate::{
    casework::case::{Overlay, weighed},
    domain::{
        case::Programme,
        entry::PixelsRead,
        facts::PixelData,
        ids::EntryId,
        limits::SAMPLE_PIXELS_MAX,
        reason::{Reason, Severity},
    },
};

/// Transfer syntaxes whose pixels are not compressed (PS3.5 A.1-A.3, A.5): their lengths have told already whether all
/// is there.
const NATIVE: &[&str] = &["1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99"];

/// Modalities of objects that may well hold one value: segmentations, doses, maps.
const MAYBE_EMPTY: &[&str] = &["SEG", "RTDOSE", "RTSTRUCT", "REG", "M3D"];

/// Entries of a series whose pixels should be decoded next.
pub(super) fn wanted(series: &Series<'_>) -> Vec<EntryId> {
    let images: Vec<&Slice<'_>> = series.slices.iter().filter(|slice| is_decodable(slice)).collect();
    let undecoded = |slice: &&Slice<'_>| slice.entry.record.pixels.is_none();
    let last = images.len().saturating_sub(1);
    let mut sample: Vec<usize> = vec![0, last / 2, last];
    sample.dedup();
    let sample: Vec<&Slice<'_>> = sample.into_iter().filter_map(|at| images.get(at).copied()).collect();
    let next: Vec<&Slice<'_>> = if sample.iter().any(undecoded) {
        sample
    } else {
        let suspect = images.iter().any(|slice| says_nothing(slice.entry.record.pixels.as_ref()));
        images.into_iter().filter(|slice| suspect || is_compressed(slice)).collect()
    };
    next.into_iter().filter(undecoded).map(|slice| slice.entry.row.id).collect()
}

fn is_decodable(slice: &Slice<'_>) -> bool {
    let facts = slice.facts;
    let pixels = u64::from(facts.rows) * u64::from(facts.columns) * u64::from(facts.frames.max(1));
    facts.pixel_data == PixelData::Whole
        && slice.entry.row.object.is_some()
        && pixels <= SAMPLE_PIXELS_MAX
        && !MAYBE_EMPTY.contains(&facts.modality.as_str())
}

fn is_compressed(slice: &Slice<'_>) -> bool {
    !NATIVE.contains(&slice.facts.transfer_syntax.as_str())
}

fn says_nothing(pixels: Option<&PixelsRead>) -> bool {
    matches!(pixels, Some(PixelsRead::Constant(_) | PixelsRead::Failed))
}

/// Adds what the decoded pixels say. A decoder that fails on each image of a series may be the one to blame, and then
/// it is said once, for the series.
pub(super) fn judge(series: &Series<'_>, programme: &Programme, overlay: &mut Overlay) {
    let images: Vec<&Slice<'_>> = series.slices.iter().filter(|slice| is_decodable(slice)).collect();
    let read = |wanted: fn(&PixelsRead) -> bool| {
        let of = images.iter().filter(move |slice| slice.entry.record.pixels.as_ref().is_some_and(wanted));
        of.map(|slice| slice.entry.row.id).collect::<Vec<EntryId>>()
    };
    for entry in read(|pixels| matches!(pixels, PixelsRead::Constant(_))) {
        overlay.find(entry, (Reason::Blank, "every pixel has the same value".to_owned()), programme);
    }
    let sound = read(|pixels| pixels.digest().is_some());
    let failed = read(|pixels| matches!(pixels, PixelsRead::Failed));
    if !sound.is_empty() {
        for entry in failed {
            mild(
                entry,
                (Reason::Damaged, "its pixels cannot be decoded, others of its series can"),
                programme,
                overlay,
            );
        }
    } else if let Some(entry) = failed.first() {
        mild(*entry, (Reason::Damaged, "the pixels of this series cannot be decoded here"), programme, overlay);
    }
    if let Some(entry) = read(|pixels| matches!(pixels, PixelsRead::Unsupported)).first() {
        let detail = "there is no decoder here to look at these pixels; a viewer may have one";
        let mut finding = weighed(Reason::UnsupportedFormat, detail.to_owned(), programme);
        finding.severity = finding.severity.min(Severity::Info);
        overlay.findings.push((*entry, finding));
    }
}

/// A viewer may show more than our decoder: it is worth a look, and does not block by itself.
fn mild(entry: EntryId, (reason, detail): (Reason, &str), programme: &Programme, overlay: &mut Overlay) {
    let mut finding = weighed(reason, detail.to_owned(), programme);
    if !programme.severity.contains_key(&reason) {
        finding.severity = finding.severity.min(Severity::Warn);
    }
    overlay.findings.push((entry, finding));
}
