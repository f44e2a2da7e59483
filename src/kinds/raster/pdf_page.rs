//! Draws one page of a PDF.
//!
//! The scale is that of the largest picture on the page, so that a scan comes pixel by pixel as it was made; 300 dpi
//! where there is none. Drawn larger than needed to read it only costs time: 300 dpi are enough where they give a page
//! of usual size.

use super::{
    colour::{self, Colours},
    drawn::Drawn,
    grey::Grey,
};
use crate::{
    domain::limits::{DRAWN_PIXELS_MAX, Limits},
    kinds::{
        Source,
        docs::read::{Extent, read_start},
        pdf::open::{self, Opened},
    },
};
use hayro::{RenderCache, RenderSettings, render_into, vello_cpu};
use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps, InterpreterCache,
    InterpreterSettings, InterpreterWarning, SoftMask, TransformExt,
    font::GlyphRun,
    interpret_page,
    kurbo::{Affine, BezPath, Rect},
};
use hayro_syntax::page::Page;
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};
use vello_cpu::{Pixmap, RasterizerSettings, RenderContext, Resources, TargetInit};

/// Points to the inch.
const POINTS: f64 = 72.0;

/// Resolution at which text is read.
const READ_DPI: f64 = 300.0;

/// Pixels up to which a picture is drawn as it is, at any resolution: a sheet of A4 at nearly 300 dpi.
const AS_IT_IS_PIXELS: f64 = 8_000_000.0;

/// A picture that covers less of the page does not decide how it is drawn.
const PICTURE_SHARE_MIN: f64 = 0.1;

/// Pixels each way that the drawing library counts to.
const SIDE_MAX: f64 = 65_000.0;

/// Draws a page, counted from 1.
pub(super) fn draw(
    source: &mut dyn Source,
    page: u32,
    (passwords, limits): (&[String], &Limits),
) -> Result<Drawn, &'static str> {
    let (data, extent) = read_start(source, limits.pdf_bytes_max);
    if extent == Extent::Cut {
        return Err("the file is too large");
    }
    let Opened::Pdf { pdf, .. } = open::open(&Arc::new(data), passwords, limits) else {
        return Err("the file cannot be opened");
    };
    let index = (page as usize).checked_sub(1);
    let page = index.and_then(|index| pdf.pages().get(index)).ok_or("there is no such page")?;
    // The interpreter may stumble over one page; a panic harms this page only.
    catch_unwind(AssertUnwindSafe(|| drawn(page, limits))).unwrap_or(Err("the page cannot be interpreted"))
}

fn drawn(page: &Page<'_>, limits: &Limits) -> Result<Drawn, &'static str> {
    if !crate::kinds::pdf::streams::content_is_bounded(page, limits.pdf_stream_bytes_max) {
        return Err("the page's content is too large");
    }
    let (width, height) = page.render_dimensions();
    let (width, height) = (f64::from(width), f64::from(height));
    if !(width > 0.0 && height > 0.0) {
        return Err("the page has no size");
    }
    let pictures = pictures(page, (width, height));
    if pictures.too_large(limits) {
        return Err("a picture on the page is too large");
    }
    let most = limits.picture_pixels_max.min(DRAWN_PIXELS_MAX) as f64;
    let scale = scale((width, height), pictures.largest.as_ref(), most);
    let (grey, undrawn, colours) = pixels(page, (width, height), scale)?;
    let drawn_dpi = (scale * POINTS) as f32;
    let (came, shrunk) = match &pictures.largest {
        Some(largest) => (largest.pixels, (largest.dpi / (scale * POINTS)) as f32),
        None => ((grey.width() as u32, grey.height() as u32), 1.0),
    };
    Ok(Drawn { grey, came, dpi: Some((drawn_dpi, drawn_dpi)), shrunk: shrunk.max(1.0), undrawn, colours })
}

/// Pixels for a point, so that the page has no more pixels than `most`.
fn scale((width, height): (f64, f64), largest: Option<&Picture>, most: f64) -> f64 {
    let within = |pixels: f64| (pixels / (width * height)).sqrt();
    let read = READ_DPI / POINTS;
    let own = largest.filter(|picture| picture.share >= PICTURE_SHARE_MIN).map_or(read, |picture| picture.dpi / POINTS);
    own.min(read.max(within(AS_IT_IS_PIXELS)))
        .min(within(most))
        .min(SIDE_MAX / width.max(height))
        .max(1.0 / width.min(height))
}

/// The page's pixels, how many of its pictures and fonts could not be drawn (where they stand the page stays white), and how
/// coloured it is.
fn pixels(page: &Page<'_>, (width, height): (f64, f64), scale: f64) -> Result<(Grey, u32, Colours), &'static str> {
    let side = |points: f64| (points * scale).round().clamp(1.0, SIDE_MAX) as u16;
    let (across, down) = (side(width), side(height));
    let exact = Affine::scale_non_uniform(f64::from(across) / width, f64::from(down) / height);
    let transform = exact * page.initial_transform(true).to_kurbo();
    let mut context = RenderContext::new(across, down);
    let settings = RenderSettings { force_image_interpolation: true, ..RenderSettings::default() };
    let undrawn = Arc::new(AtomicU32::new(0));
    render_into(page, &RenderCache::new(), &counting(&undrawn), &settings, &mut context, transform);
    context.flush();
    let mut pixmap = Pixmap::new(across, down);
    let white = vello_cpu::color::palette::css::WHITE;
    let settings = RasterizerSettings { target_init: TargetInit::Clear(white), ..RasterizerSettings::default() };
    context.render_with(&mut pixmap, &mut Resources::default(), settings);
    drop(context);
    // On white nothing is left of transparency.
    let drawn = pixmap.data();
    let rgb = |x: usize, y: usize| {
        let pixel = drawn[y * usize::from(across) + x];
        [pixel.r, pixel.g, pixel.b]
    };
    let colours = colour::colours((across.into(), down.into()), rgb);
    let grey = drawn.iter().map(|pixel| super::luma(pixel.r, pixel.g, pixel.b)).collect();
    let grey = Grey::from_rows(usize::from(across), usize::from(down), grey).ok_or("the page has no pixels")?;
    Ok((grey, undrawn.load(Ordering::Relaxed), colours))
}

/// Settings that count what cannot be drawn.
fn counting(undrawn: &Arc<AtomicU32>) -> InterpreterSettings {
    let undrawn = Arc::clone(undrawn);
    let sink = move |warning| {
        if matches!(warning, InterpreterWarning::ImageDecodeFailure | InterpreterWarning::UnsupportedFont) {
            undrawn.fetch_add(1, Ordering::Relaxed);
        }
    };
    InterpreterSettings { warning_sink: Arc::new(sink), ..InterpreterSettings::default() }
}

/// A picture on a page.
struct Picture {
    /// Pixels across and down, as stored.
    pixels: (u32, u32),
    /// Its finer resolution.
    dpi: f64,
    /// Share of the page that it covers.
    share: f64,
}

/// The pictures of a page, looked at without decoding them.
struct Pictures {
    page: Rect,
    largest: Option<Picture>,
    most_pixels: u64,
}

impl Pictures {
    fn too_large(&self, limits: &Limits) -> bool {
        self.most_pixels > limits.picture_pixels_max
    }
}

fn pictures(page: &Page<'_>, (width, height): (f64, f64)) -> Pictures {
    let bounds = Rect::new(0.0, 0.0, width, height);
    let mut pictures = Pictures { page: bounds, largest: None, most_pixels: 0 };
    let cache = InterpreterCache::new();
    let transform = page.initial_transform(true).to_kurbo();
    let mut context = Context::new(transform, bounds, &cache, page.xref(), InterpreterSettings::default());
    interpret_page(page, &mut context, &mut pictures);
    pictures
}

impl<'a> Device<'a> for Pictures {
    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        let pixels = (image.width(), image.height());
        self.most_pixels = self.most_pixels.max(u64::from(pixels.0) * u64::from(pixels.1));
        let own = Rect::new(0.0, 0.0, f64::from(pixels.0), f64::from(pixels.1));
        let shown = props.transform.transform_rect_bbox(own).intersect(self.page);
        let share = shown.area().max(0.0) / self.page.area();
        let [a, b, c, d, _, _] = props.transform.as_coeffs();
        let dpi = POINTS / a.hypot(b).min(c.hypot(d));
        let larger = self.largest.as_ref().is_none_or(|largest| share > largest.share);
        if larger && share > 0.0 && dpi.is_finite() && dpi > 0.0 {
            self.largest = Some(Picture { pixels, dpi, share });
        }
    }

    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, _: &DrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_clip_rect(&mut self, _: &Rect) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn draw_glyph_run(&mut self, _: &GlyphRun<'_, 'a>, _: DrawProps<'a>, _: &DrawMode) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}
