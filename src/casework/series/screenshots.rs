//! Screens and photos where a study should be: a study of secondary captures only is no imaging that can be reported on.

use super::{Series, slice::Slice};
use crate::{
    casework::case::Overlay,
    domain::{case::Programme, reason::Reason},
};

/// Modalities whose real images are of other classes. Ultrasound, endoscopy, photography and digitised films are stored
/// as secondary captures by honest machines.
const SCANNED: &[&str] = &["", "OT", "SC", "CT", "MR", "PT", "NM"];

/// Conversion Types (0008,0064) that are no screen: a sheet of paper, a film on a scanner.
const PAPER_OR_FILM: &[&str] = &["SD", "DF"];

/// Names the first capture of each series in studies that hold nothing else to look at.
pub(super) fn judge(all: &[Series<'_>], programme: &Programme, overlay: &mut Overlay) {
    for study in all.chunk_by(|a, b| a.study() == b.study()) {
        let images = || study.iter().flat_map(|series| &series.slices);
        let captures = images().filter(|slice| is_screen(slice)).count();
        let of_scanner = |slice: &&Slice<'_>| slice.is_imaging() && !slice.is_saved_screen();
        // What a scan is planned on shows nothing that can be reported on either.
        if captures == 0 || images().filter(of_scanner).any(|slice| !slice.is_localizer) {
            continue;
        }
        let beside = if images().any(|slice| of_scanner(&slice)) { " but localizers" } else { "" };
        for series in study {
            let screens = series.slices.iter().filter(|slice| is_screen(slice)).count();
            let Some(first) = series.slices.iter().find(|slice| is_screen(slice)) else { continue };
            let detail = match screens {
                1 => format!("a capture of a screen or page; the study has no images of a scanner{beside}"),
                _ => format!("{screens} captures of screens or pages; the study has no images of a scanner{beside}"),
            };
            overlay.find(first.entry.row.id, (Reason::ScreenshotNotImaging, detail), programme);
        }
    }
}

fn is_screen(slice: &Slice<'_>) -> bool {
    let facts = slice.facts;
    (slice.is_capture() || slice.is_saved_screen())
        && facts.rows > 0
        && SCANNED.contains(&facts.modality.as_str())
        && !PAPER_OR_FILM.contains(&facts.slicing.conversion.as_str())
}
