//! What the images of a series themselves count: temporal positions (PS3.3 C.8.3.1 and C.7.6.16), images of an
//! acquisition (0020,1002), slices and volumes of PET (PS3.3 C.8.9.1).
//!
//! Scanners write what was planned, and copy counts from elsewhere, so a count is heard only where all images agree on it
//! and what is here fits it. A stopped acquisition lacks its last moments as a broken copy does: that warns at most.
//! Computed images (a subtraction has no first moment) are not asked.

use super::{
    Series,
    counts::{COUNT_MAX, Claim, Witness},
    gaps::{Certainty, Numbering},
    slice::Slice,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Of the images that an acquisition counts, this share may be missing: beyond, it counts something else.
const ACQUISITION_LACKS_SHARE_MAX: f64 = 0.2;

/// Temporal positions of the series of a study, by study and the number of positions that they count.
pub(super) type Elsewhere<'a> = HashMap<(&'a str, u32), Vec<BTreeSet<u32>>>;

/// Temporal positions of one series: the number that is counted, and images of each position here.
struct Positions {
    counted: u32,
    images: BTreeMap<u32, u64>,
}

/// Which positions the series of each study hold: a scanner may make a series of each.
pub(super) fn elsewhere<'a>(all: &[Series<'a>]) -> Elsewhere<'a> {
    let mut elsewhere: Elsewhere<'a> = HashMap::new();
    for series in all {
        if let Some(positions) = positions(&images(series)) {
            let held = positions.images.into_keys().collect();
            elsewhere.entry((series.study(), positions.counted)).or_default().push(held);
        }
    }
    elsewhere
}

/// Counts that are larger than what is here.
pub(super) fn claims(series: &Series<'_>, elsewhere: &Elsewhere<'_>) -> Vec<Claim> {
    let images = images(series);
    if images.is_empty() || images.iter().any(|slice| slice.is_derived()) {
        return Vec::new();
    }
    let claims = [temporal(series, &images, elsewhere), acquisition(&images), pet(&images)];
    claims.into_iter().flatten().collect()
}

fn images<'s, 'a>(series: &'s Series<'a>) -> Vec<&'s Slice<'a>> {
    let wanted = |slice: &&Slice<'_>| slice.is_imaging() && !slice.is_localizer && !slice.is_multi_frame();
    series.slices.iter().filter(wanted).collect()
}

/// The value that all images have.
fn common<V: PartialEq>(images: &[&Slice<'_>], value: impl Fn(&Slice<'_>) -> Option<V>) -> Option<V> {
    let first = value(images.first()?)?;
    images.iter().all(|slice| value(slice).as_ref() == Some(&first)).then_some(first)
}

fn positions(images: &[&Slice<'_>]) -> Option<Positions> {
    let counted = common(images, |slice| slice.facts.slicing.temporal_positions)?;
    let mut positions = Positions { counted, images: BTreeMap::new() };
    for slice in images {
        let position: u32 = slice.facts.slicing.temporal_position.trim().parse().ok()?;
        *positions.images.entry(position).or_default() += 1;
    }
    let (first, last) = (*positions.images.first_key_value()?.0, *positions.images.last_key_value()?.0);
    (first > 0 && last <= counted && counted <= COUNT_MAX).then_some(positions)
}

/// Positions that are counted and not here. A series of one position is a moment of a scan that has a series of each.
fn temporal(series: &Series<'_>, images: &[&Slice<'_>], elsewhere: &Elsewhere<'_>) -> Option<Claim> {
    let Positions { counted, images: held } = positions(images)?;
    let (first, last) = (*held.first_key_value()?.0, *held.last_key_value()?.0);
    let here = u32::try_from(held.len()).ok().filter(|here| *here > 1 && *here < counted)?;
    let others = elsewhere.get(&(series.study(), counted))?;
    let shares = |other: &BTreeSet<u32>| !other.is_empty() && other.iter().all(|position| !held.contains_key(position));
    if others.iter().any(shares) || is_every_other(&held) {
        return None;
    }
    let each = *held.values().max()?;
    let inside = last - first + 1 - here;
    // A scan whose first moment lies elsewhere, before contrast medium, begins with number one all the same.
    let lowest = images.iter().filter_map(|slice| slice.number).min();
    let begins_late = lowest.is_some_and(|lowest| i128::from(lowest) > i128::from(first - 1) * i128::from(each));
    let before = if begins_late { first - 1 } else { 0 };
    let lacking = inside + before + (counted - last);
    let leaps = inside > 0 && series.numbering() != Numbering::Unbroken;
    let certainty = if leaps { Certainty::Strong } else { Certainty::Weak };
    let here = u64::from(counted - lacking);
    (lacking > 0).then(|| Claim {
        witness: Witness::TemporalPositions,
        counted: u64::from(counted),
        here,
        each,
        certainty,
    })
}

/// Positions that go on in equal steps of two or more are those that somebody chose.
fn is_every_other(held: &BTreeMap<u32, u64>) -> bool {
    let held: Vec<u32> = held.keys().copied().collect();
    let steps: BTreeSet<u32> = held.windows(2).map(|pair| pair[1] - pair[0]).collect();
    held.len() > 2 && steps.len() == 1 && !steps.contains(&1)
}

/// Images of the only acquisition of a series, where their numbers fit the count.
fn acquisition(images: &[&Slice<'_>]) -> Option<Claim> {
    const MODALITIES: &[&str] = &["CT", "MR", "PT"];
    let counted = common(images, |slice| slice.facts.slicing.images_in_acquisition)?;
    common(images, |slice| Some(slice.facts.slicing.acquisition.clone())).filter(|number| !number.is_empty())?;
    common(images, |slice| Some(slice.facts.modality.clone()))
        .filter(|modality| MODALITIES.contains(&modality.as_str()))?;
    let numbers: BTreeSet<i64> = images.iter().filter_map(|slice| slice.number).collect();
    let fits = *numbers.first()? >= 1 && *numbers.last()? <= i64::from(counted) && numbers.len() == images.len();
    let here = images.len() as u64;
    let lacking = u64::from(counted).saturating_sub(here);
    let few = lacking as f64 <= ACQUISITION_LACKS_SHARE_MAX * f64::from(counted);
    (fits && lacking > 0 && few).then(|| Claim {
        witness: Witness::Acquisition,
        counted: u64::from(counted),
        here,
        each: 1,
        certainty: Certainty::Weak,
    })
}

/// Slices of a PET series. Of volumes, half and more that are not here are in series of their own.
fn pet(images: &[&Slice<'_>]) -> Option<Claim> {
    let slices = common(images, |slice| slice.facts.slicing.pet_slices)?;
    let volumes = common(images, |slice| slice.facts.slicing.pet_volumes)?;
    let counted = u64::from(slices).saturating_mul(u64::from(volumes));
    let here = images.len() as u64;
    let heard = here < counted && here * 2 > counted && counted <= u64::from(COUNT_MAX);
    heard.then_some(Claim { witness: Witness::PetSlices, counted, here, each: 1, certainty: Certainty::Weak })
}
