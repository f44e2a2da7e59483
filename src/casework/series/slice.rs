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
        Self { entry, path, facts, number: facts.instance_number.trim().parse().ok(), plane }
    }

    /// Is it what scans are planned on: a localizer, scout or survey?
    pub(super) fn is_localizer(&self) -> bool {
        let types = ["LOCALIZER", "SCOUT", "TOPOGRAM"];
        let words =
            ["localizer", "localiser", "scout", "topogram", "scanogram", "surview", "survey", "3-plane", "pilot"];
        let description = self.facts.series_description.to_lowercase();
        self.facts.image_type.iter().any(|value| types.contains(&value.trim().to_uppercase().as_str()))
            || words.iter().any(|word| description.contains(word))
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

    /// Does it hold several frames?
    pub(super) fn is_multi_frame(&self) -> bool {
        self.facts.frames > 1
    }
}

impl Plane {
    /// A plane, if the numbers make one.
    pub(super) fn of(position: Vector, cosines: [f64; 6]) -> Option<Self> {
        let [a, b, c, d, e, f] = cosines;
        let (across, down) = ([a, b, c], [d, e, f]);
        let sound = |v: Vector| (dot(v, v) - 1.0).abs() < UNIT_TOLERANCE;
        // Written so that what is no number fails.
        let square = dot(across, down).abs() < UNIT_TOLERANCE;
        let finite = position.iter().all(|value| value.is_finite());
        (sound(across) && sound(down) && square && finite).then(|| Self {
            position,
            across,
            normal: cross(across, down),
        })
    }

    /// Do images lie in the same direction, and the same way up?
    pub(super) fn is_parallel(&self, other: &Self) -> bool {
        dot(self.normal, other.normal) > PARALLEL_COSINE && dot(self.across, other.across) > PARALLEL_COSINE
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
