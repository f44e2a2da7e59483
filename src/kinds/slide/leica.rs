//! Leica SCN: what its XML in the first ImageDescription says (schema `leica-microsystems.com/scn/2010/10/01`).
//!
//! A collection is the glass; its images are the overview, which shows all of it with the label, and the scans. Sizes of
//! views are nanometres.

use crate::kinds::docs::character;
use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};
use std::collections::BTreeSet;

/// Images of one collection; real ones have less than a dozen.
const IMAGES_MAX: usize = 1_000;

/// What is said about the largest scan.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct Scan {
    pub(super) width: u64,
    pub(super) height: u64,
    pub(super) levels: u32,
    pub(super) mpp_x: Option<f64>,
    pub(super) mpp_y: Option<f64>,
    pub(super) magnification: Option<f64>,
    /// There is an overview, on which the label is seen.
    pub(super) overview: bool,
}

/// One image of the collection.
#[derive(Clone, PartialEq, Debug, Default)]
struct Image {
    pixels: (u64, u64),
    view: (f64, f64),
    /// Resolution numbers of its dimensions: other focal planes and channels repeat them.
    resolutions: BTreeSet<String>,
    objective: Option<f64>,
}

impl Image {
    fn area(&self) -> u128 {
        u128::from(self.pixels.0) * u128::from(self.pixels.1)
    }
}

/// Reads the description; `None` where no image is described.
pub(super) fn scan(xml: &str) -> Option<Scan> {
    let (collection, images) = images(xml);
    let is_overview = |image: &&Image| image.view == collection && collection != (0.0, 0.0);
    let scans = images.iter().filter(|image| !is_overview(image) && image.area() > 0);
    let main = scans.max_by_key(|image| image.area()).or_else(|| images.first())?;
    let mpp = |view: f64, pixels: u64| Some(view / 1000.0 / pixels as f64).filter(|mpp| mpp.is_finite() && *mpp > 0.0);
    Some(Scan {
        width: main.pixels.0,
        height: main.pixels.1,
        levels: u32::try_from(main.resolutions.len()).unwrap_or(u32::MAX),
        mpp_x: mpp(main.view.0, main.pixels.0),
        mpp_y: mpp(main.view.1, main.pixels.1),
        magnification: main.objective,
        overview: images.iter().any(|image| is_overview(&image)),
    })
}

/// The collection's size, and its images as far as they can be read.
fn images(xml: &str) -> ((f64, f64), Vec<Image>) {
    let mut reader = Reader::from_str(xml);
    let (mut collection, mut images, mut in_objective) = ((0.0, 0.0), Vec::<Image>::new(), false);
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Eof => break,
            Event::Start(element) | Event::Empty(element) => {
                let size = || (number(&element, "sizeX"), number(&element, "sizeY"));
                in_objective = false;
                let name = element.local_name().into_inner();
                if name == "image" && images.len() < IMAGES_MAX {
                    images.push(Image::default());
                }
                match (name, images.last_mut()) {
                    ("collection", _) => collection = size(),
                    ("pixels", Some(image)) => image.pixels = (size().0 as u64, size().1 as u64),
                    ("view", Some(image)) => image.view = size(),
                    ("dimension", Some(image)) => {
                        image.resolutions.insert(attribute(&element, "r").unwrap_or_default());
                    }
                    ("objective", Some(_)) => in_objective = true,
                    _ => {}
                }
            }
            Event::Text(text) if in_objective => {
                let power = text.xml10_content().trim().parse().ok().filter(|power: &f64| *power > 0.0);
                images.iter_mut().last().into_iter().for_each(|image| image.objective = power);
            }
            _ => in_objective = false,
        }
    }
    (collection, images)
}

/// An attribute's number; 0 where there is none.
fn number(element: &BytesStart<'_>, name: &str) -> f64 {
    attribute(element, name).and_then(|text| text.trim().parse().ok()).filter(|n: &f64| n.is_finite()).unwrap_or(0.0)
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = element.attributes();
    let found =
        attributes.with_checks(false).flatten().find(|attribute| attribute.key.local_name().into_inner() == name)?;
    let value = found.value.strip_prefix('&').and_then(|name| character(name.strip_suffix(';')?));
    Some(value.map_or_else(|| found.value.to_string(), String::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCN: &str = r#"<?xml version="1.0"?><scn xmlns="http://www.leica-microsystems.com/scn/2010/10/01">
        <collection name="c" sizeX="26564529" sizeY="76734000"><image name="i0">
        <pixels sizeX="1616" sizeY="4668"><dimension sizeX="1616" sizeY="4668" r="0" ifd="0"/></pixels>
        <view sizeX="26564529" sizeY="76734000" offsetX="0" offsetY="0"/></image><image name="i1">
        <pixels sizeX="36832" sizeY="38432"><dimension sizeX="36832" sizeY="38432" r="0" ifd="1"/>
        <dimension sizeX="9208" sizeY="9608" r="1" ifd="2"/><dimension sizeX="9208" sizeY="9608" r="1" z="1" ifd="3"/>
        </pixels><view sizeX="18416000" sizeY="19216000" offsetX="1" offsetY="2"/><scanSettings><objectiveSettings>
        <objective>20</objective></objectiveSettings></scanSettings></image></collection></scn>"#;

    /// Proves that the scan is told from the overview, and size, levels, resolution and objective are read.
    #[test]
    fn the_scan_is_described() {
        let expected = Scan {
            width: 36_832,
            height: 38_432,
            levels: 2,
            mpp_x: Some(0.5),
            mpp_y: Some(0.5),
            magnification: Some(20.0),
            overview: true,
        };
        assert_eq!(scan(SCN), Some(expected));
    }

    /// Proves that broken descriptions say what stands before the break, and empty ones nothing.
    #[test]
    fn broken_descriptions() {
        assert_eq!(scan(&SCN[..SCN.len() / 2]).map(|scan| scan.width), Some(1616));
        assert_eq!(scan("<scn>"), None);
        assert_eq!(scan(""), None);
        let nothing = scan("<scn><collection><image><pixels sizeX='-4' sizeY='x'/></image></collection></scn>");
        assert_eq!(nothing.map(|scan| (scan.width, scan.mpp_x)), Some((0, None)));
    }
}
