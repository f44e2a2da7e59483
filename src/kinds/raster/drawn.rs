//! A page as it was drawn, before anything is made of it.

use super::{colour::Colours, grey::Grey};

/// Drawn pixels and what is known of them.
#[derive(Debug)]
pub(super) struct Drawn {
    /// The pixels, upright as far as the document says.
    pub(super) grey: Grey,
    /// Pixels of the picture as it came, across and down.
    pub(super) came: (u32, u32),
    /// Resolution of the drawn pixels across and down, where something believable says it.
    pub(super) dpi: Option<(f32, f32)>,
    /// Pixels as they came for one that was drawn.
    pub(super) shrunk: f32,
    /// Pictures and fonts that could not be drawn.
    pub(super) undrawn: u32,
    /// How coloured it is; none where that is not known, as of TIFF and DICOM.
    pub(super) colours: Colours,
}

/// What scanners and fax machines produce; anything else is a default that some program wrote.
pub(super) fn believable(dpi: (f32, f32)) -> Option<(f32, f32)> {
    let fits = |dpi: f32| (95.5..=2_400.0).contains(&dpi) && (dpi - 96.0).abs() > 0.5;
    (fits(dpi.0) && fits(dpi.1)).then_some(dpi)
}
