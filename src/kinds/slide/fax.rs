//! A TIFF that is no slide: a scan, a fax of many pages, a photo.

use super::{
    content::{self, Shape},
    directory::{Directory, Tiff, tag},
};
use crate::{
    domain::{
        facts::{Facts, FileKind, PageFacts, PictureFacts, Readable},
        limits::Limits,
        reason::Reason,
    },
    kinds::picture::{self, decode},
};
use image::ImageFormat;

/// What is to be said about a picture, given its directories and the shapes of those that have one.
pub(crate) fn facts(
    tiff: &mut Tiff<'_>,
    directories: &[Directory],
    shapes: &[Option<Shape>],
    limits: &Limits,
) -> Facts {
    let mut facts = Facts::of(FileKind::Image, Readable::Undetermined);
    let pages: Vec<(&Directory, Shape)> =
        directories.iter().zip(shapes).filter_map(|(directory, shape)| Some((directory, (*shape)?))).collect();
    let Some((first, base)) = pages.first().copied() else {
        facts.observe(Reason::Damaged, "no image in it");
        facts.readable = Readable::No;
        return facts;
    };
    let orientation = tiff.first(first, tag::ORIENTATION).and_then(|o| u8::try_from(o).ok());
    facts.picture = Some(PictureFacts {
        width: u32::try_from(base.width).unwrap_or(u32::MAX),
        height: u32::try_from(base.height).unwrap_or(u32::MAX),
        orientation: orientation.filter(|o| (1..=8).contains(o)).unwrap_or(1),
        pages: pages.len() as u32,
    });
    let mut bad = 0;
    for (index, (directory, shape)) in pages.iter().enumerate().take(limits.document_pages_max as usize) {
        let page = index as u32 + 1;
        facts.pages.push(PageFacts { page, pictures: 1, ..PageFacts::default() });
        let flaw =
            picture::too_large(shape.width, shape.height, limits).or_else(|| content::check(tiff, directory, *shape));
        if let Some((reason, detail)) = flaw {
            facts.observations.push(crate::domain::facts::Observation { reason, page: Some(page), detail });
            bad += 1;
        }
    }
    let pixels = u128::from(base.width) * u128::from(base.height);
    if bad == 0
        && pixels <= u128::from(decode::PIXELS_MAX)
        && let Some(fault) = decode::fault(&mut *tiff.source, ImageFormat::Tiff)
    {
        facts.observe(Reason::Damaged, format!("page 1 cannot be decoded: {fault}"));
        bad += 1;
    }
    if bad == facts.pages.len() {
        facts.readable = Readable::No;
    } else {
        facts.observe(Reason::ImageOnly, format!("{} pages as pictures", pages.len()));
    }
    facts
}
