//! A second drawer of PDFs is asked where the first could not draw a page, or not all of it.
//!
//! What stays white on a page because its picture cannot be decoded looks like an empty sheet, and a scan would be lost
//! without a word. poppler decodes what the first drawer does not, and the other way round. What it draws is prepared and
//! measured in the inspector like any other picture: as a BMP of ours, so that nothing else has to be learnt there.

use super::page::{Document, Halt, failed_or};
use crate::{
    domain::{
        limits::SECOND_DRAWN_BYTES_MAX,
        path::RawName,
        reading::{Bitmap, Rendered},
    },
    jail::{View, ViewError},
    pipeline::Trouble,
};
use async_trait::async_trait;

/// Resolutions at which the second drawer is asked: that of reading, then that of a large chart.
const DPI: [u32; 2] = [300, 100];

/// Ink, as a share of the page, that a drawing must have more than another to show more of the page: a line of text.
const INK_GAIN_MIN: f32 = 0.001;

/// The better of what was drawn and what the second drawer makes of the page.
pub(super) async fn opinion(document: &Document<'_>, page: u32, first: Rendered) -> Result<Rendered, Halt> {
    let undrawn = first.look().map_or(1, |look| look.undrawn);
    if undrawn == 0 || document.view.bytes() > SECOND_DRAWN_BYTES_MAX {
        return Ok(first);
    }
    let Some(bitmap) = drawn(document, page).await? else { return Ok(first) };
    let picture = Picture::of(&bitmap);
    drop(bitmap);
    let mut second = document.render(1, (&RawName(b"page.bmp".to_vec()), &picture)).await?;
    if let Some(look) = second.look_mut() {
        look.undrawn = undrawn;
        look.redrawn = true;
    }
    Ok(if shows_more(&second, &first) { second } else { first })
}

async fn drawn(document: &Document<'_>, page: u32) -> Result<Option<Bitmap>, Halt> {
    let bytes = document.view.read(0, document.view.bytes() as usize).await;
    let bytes = bytes.map_err(|error| Halt::Trouble(Trouble::Retry { act: "reading a page", cause: error.0 }))?;
    for dpi in DPI {
        match document.shop.tools.pdf_page(&bytes, page, dpi).await {
            // It is a second opinion: where it is not installed, the first stands.
            Err(crate::jail::ToolError::Missing(_)) => return Ok(None),
            other => match failed_or(other)? {
                Some(bitmap) => return Ok(Some(bitmap)),
                None => continue,
            },
        }
    }
    Ok(None)
}

/// Does one drawing show something that the other does not?
fn shows_more(one: &Rendered, other: &Rendered) -> bool {
    let ink = |drawn: &Rendered| drawn.look().map_or(-1.0, |look| look.ink);
    match (one, other) {
        (Rendered::Undrawable(_), _) => false,
        (_, Rendered::Undrawable(_)) | (Rendered::Page { .. }, Rendered::Blank { .. }) => true,
        (Rendered::Blank { .. }, Rendered::Page { .. }) => false,
        _ => ink(one) >= ink(other) + INK_GAIN_MIN,
    }
}

/// A page as a picture file in memory: a BMP in shades of grey (BITMAPINFOHEADER, rows from the bottom up, each filled up
/// to four bytes), which says its resolution.
struct Picture(Vec<u8>);

impl Picture {
    fn of(bitmap: &Bitmap) -> Self {
        const HEAD: u32 = 14 + 40 + 256 * 4;
        let row = (bitmap.width as usize).next_multiple_of(4);
        let pixels = row * bitmap.height as usize;
        let per_metre = (f64::from(bitmap.dpi) / 0.0254).round() as u32;
        let mut file = Vec::with_capacity(HEAD as usize + pixels);
        file.extend(b"BM");
        let size = HEAD.saturating_add(u32::try_from(pixels).unwrap_or(u32::MAX - HEAD));
        for number in [size, 0, HEAD, 40, bitmap.width, bitmap.height] {
            file.extend(number.to_le_bytes());
        }
        file.extend([1, 0, 8, 0]);
        for number in [0, 0, per_metre, per_metre, 256, 0] {
            file.extend(number.to_le_bytes());
        }
        (0..=255_u8).for_each(|shade| file.extend([shade, shade, shade, 0]));
        for pixels in bitmap.grey.0.chunks_exact((bitmap.width as usize).max(1)).rev() {
            file.extend(pixels);
            file.resize(file.len() + row - pixels.len(), 0);
        }
        Self(file)
    }
}

#[async_trait]
impl View for Picture {
    fn bytes(&self) -> u64 {
        self.0.len() as u64
    }

    async fn read(&self, offset: u64, length: usize) -> Result<Vec<u8>, ViewError> {
        let start = usize::try_from(offset).unwrap_or(usize::MAX).min(self.0.len());
        let end = start.saturating_add(length).min(self.0.len());
        Ok(self.0[start..end].to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        bulk::Bulk,
        reading::{Lay, PageLook},
    };

    /// Proves that a page becomes a picture file that another program reads as the same pixels.
    #[test]
    fn pages_become_pictures() {
        let page = Bitmap { width: 3, height: 2, dpi: 300, grey: Bulk(vec![1, 2, 3, 250, 251, 252]) };
        let file = Picture::of(&page).0;
        let read = image::load_from_memory_with_format(&file, image::ImageFormat::Bmp).unwrap().into_luma8();
        assert_eq!((read.width(), read.height(), read.into_raw()), (3, 2, page.grey.0));
    }

    /// Proves that a drawing is preferred only where it shows more.
    #[test]
    fn more_is_preferred() {
        let page = |ink| Rendered::Page {
            look: PageLook { ink, ..PageLook::default() },
            bitmap: Bitmap::default(),
            lay: Lay::default(),
            overlay: None,
            faint: None,
        };
        let blank = || Rendered::Blank { look: PageLook::default(), faint: None };
        let nothing = || Rendered::Undrawable("broken".to_owned());
        assert!(shows_more(&page(0.05), &blank()) && shows_more(&blank(), &nothing()));
        assert!(shows_more(&page(0.05), &page(0.02)) && !shows_more(&page(0.05), &page(0.05)));
        assert!(!shows_more(&nothing(), &blank()) && !shows_more(&blank(), &page(0.01)));
    }
}
