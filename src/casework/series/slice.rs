//! One image of a series as its geometry is judged: where it lies, its number, and what tells it from its neighbours.

use crate::{
    casework::case::{CaseFile, Entry},
    domain::facts::DicomFacts,
};

/// A vector in the patient's coordinates, millimetres.
pub(super) type Vector = [f64; 3];

/// Cosine of the angle up to which two planes are called parallel: half a degree. Writers round cosines to five or six
/// places, which is less; views that are turned around an axis differ by a degree or more.
const PARALLEL_COSINE: f64 = 0.999_96;

/// Directions of one series that are looked at: a turning view has a few hundred, of one slice each.
pub(super) const DIRECTIONS_MAX: usize = 512;

/// Images of a localizer in one direction, as a rule.
const FEW_MAX: usize = 12;

/// Images of a localizer in three directions, as a rule.
const PLANES_MAX: usize = 60;

/// No scanner is a hundred metres long: a position beyond is nonsense.
const POSITION_MAX_MILLIMETRES: f64 = 100_000.0;

/// How far the length of an orientation vector may be from one.
const UNIT_TOLERANCE: f64 = 0.02;

/// An image with its facts.
#[derive(Clone, Debug)]
pub(super) struct Slice<'a> {
    /// Its entry.
    pub(super) entry: &'a Entry,
    /// As shown: the path of the copy that leads.
    pub(super) path: &'a str,
    /// Its facts.
    pub(super) facts: &'a DicomFacts,
    /// Instance Number (0020,0013), where it is a number.
    pub(super) number: Option<i64>,
    /// Where it lies, unless it says nothing or nonsense.
    pub(super) plane: Option<Plane>,
    /// Is it what scans are planned on: a localizer, scout or survey? Known once its series is together.
    pub(super) is_localizer: bool,
}

/// Position and direction of an image.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Plane {
    /// Image Position (Patient).
    pub(super) position: Vector,
    /// Of the rows.
    pub(super) across: Vector,
    /// Perpendicular to the image.
    pub(super) normal: Vector,
}

impl<'a> Slice<'a> {
    /// The image an entry is.
    pub(super) fn of(case: &'a CaseFile, entry: &'a Entry, facts: &'a DicomFacts) -> Self {
        let plane = facts.position.zip(facts.orientation).and_then(|(position, cosines)| Plane::of(position, cosines));
        let path = case.lead(entry).path.as_str();
        let number = facts.instance_number.trim().parse().ok();
        Self { entry, path, facts, number, plane, is_localizer: false }
    }

    /// Is it a picture of the body, taken by a scanner that makes series?
    pub(super) fn is_imaging(&self) -> bool {
        self.facts.rows > 0 && !self.is_capture()
    }

    /// Is it a secondary capture: a screen, a scanned sheet, a photo (PS3.3 A.8)?
    pub(super) fn is_capture(&self) -> bool {
        const CLASS: &str = "1.2.840.10008.5.1.4.1.1.7";
        let class = &self.facts.sop_class;
        class == CLASS || class.strip_prefix(CLASS).is_some_and(|rest| rest.starts_with('.'))
    }

    /// Is it a screen that was saved under the class of the scanner's images (PS3.4 B.5), or a view that was made of them?
    /// Made of other images (PS3.3 C.7.6.1.1.2), and nowhere in the patient: every slice of a scanner has a place.
    pub(super) fn is_saved_screen(&self) -> bool {
        const CLASSES: [&str; 2] = ["1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.4"];
        let secondary = self.facts.image_type.get(1).is_some_and(|value| value.trim() == "SECONDARY");
        let placed = self.facts.position.is_some() || self.facts.orientation.is_some();
        self.is_derived() && secondary && !placed && CLASSES.contains(&self.facts.sop_class.as_str())
    }

    /// Does it hold several frames?
    pub(super) fn is_multi_frame(&self) -> bool {
        self.facts.frames > 1
    }

    /// Was it computed from other images (PS3.3 C.7.6.1.1.2)?
    pub(super) fn is_derived(&self) -> bool {
        self.facts.image_type.first().is_some_and(|value| value.trim() == "DERIVED")
    }
}

/// Marks the images of a series that scans are planned on. An Image Type says so of each image; a description says so of
/// a series that is small enough: a bone survey has hundreds of images, and a pilot study is a study.
pub(super) fn mark_localizers(slices: &mut [Slice<'_>]) {
    const TYPES: [&str; 3] = ["LOCALIZER", "SCOUT", "TOPOGRAM"];
    const SURE: [&str; 5] = ["localizer", "localiser", "topogram", "scanogram", "surview"];
    const PERHAPS: [&str; 4] = ["survey", "scout", "3-plane", "pilot"];
    let several = slices.len() <= PLANES_MAX && directions(slices.iter().filter_map(|slice| slice.plane)).len() > 1;
    let (few, some) = (several || slices.len() <= FEW_MAX, slices.len() <= PLANES_MAX);
    for slice in slices {
        let description = slice.facts.series_description.to_lowercase();
        let named = |words: &[&str]| words.iter().any(|word| description.contains(word));
        let typed = |value: &String| TYPES.contains(&value.trim().to_uppercase().as_str());
        // A radiograph of the whole body is called a survey too, and is no plan of anything.
        let planned = matches!(slice.facts.modality.as_str(), "CT" | "MR" | "PT" | "NM");
        let is_called = planned && (some && named(&SURE) || few && named(&PERHAPS));
        slice.is_localizer = slice.facts.image_type.iter().any(typed) || is_called;
    }
}

/// Parts planes by direction: a plane of each, and how many share it. Of a turning view each image has its own, and
/// after so many nobody asks.
pub(super) fn directions(planes: impl Iterator<Item = Plane>) -> Vec<(Plane, usize)> {
    let mut directions: Vec<(Plane, usize)> = Vec::new();
    for plane in planes {
        match directions.iter().position(|(first, _)| first.is_parallel(&plane)) {
            Some(known) => directions[known].1 += 1,
            None if directions.len() < DIRECTIONS_MAX => directions.push((plane, 1)),
            None => {}
        }
    }
    directions
}

impl Plane {
    /// A plane, if the numbers make one.
    pub(super) fn of(position: Vector, cosines: [f64; 6]) -> Option<Self> {
        let [a, b, c, d, e, f] = cosines;
        let (across, down) = ([a, b, c], [d, e, f]);
        let sound = |v: Vector| (dot(v, v) - 1.0).abs() < UNIT_TOLERANCE;
        // Written so that what is no number fails.
        let square = dot(across, down).abs() < UNIT_TOLERANCE;
        let sane = position.iter().all(|value| value.abs() < POSITION_MAX_MILLIMETRES);
        (sound(across) && sound(down) && square && sane).then(|| Self { position, across, normal: cross(across, down) })
    }

    /// Do images lie in the same direction, and the same way up?
    pub(super) fn is_parallel(&self, other: &Self) -> bool {
        dot(self.normal, other.normal) > PARALLEL_COSINE && dot(self.across, other.across) > PARALLEL_COSINE
    }

    /// Cosine of the angle between two planes, whichever way they face.
    pub(super) fn cosine(&self, other: &Self) -> f64 {
        dot(self.normal, other.normal).abs()
    }

    /// How far a position lies along this plane's normal, millimetres.
    pub(super) fn along(&self, position: Vector) -> f64 {
        dot(self.normal, position)
    }
}

fn dot(a: Vector, b: Vector) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn cross(a: Vector, b: Vector) -> Vector {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}
