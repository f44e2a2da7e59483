//! One study on two media: said once for the study, on the medium that came later.
//!
//! That single images are the same is said of each image (`exact_duplicate`, `same_instance`); a desk wants to know that
//! the second disc is the first one again, and whether it holds more. A study that was given new UIDs on its way, as
//! anonymisers and some archives do, is known by what its decoded images show, and by its numbers. A hint, never more:
//! nothing is taken away for it.

use super::{
    Hint,
    holders::{self, Image, Lies, Part},
};
use crate::{
    casework::case::{CaseFile, Entry},
    domain::{entry::PixelsRead, ids::PlainDigest},
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Instances that two folders have in common from which on one is like the other.
const COMMON_IN_FOLDERS_MIN: usize = 2;

/// Images with the same pixels from which on two studies are taken for one.
const SAME_PIXELS_MIN: usize = 2;

/// Of the smaller study's images, this share has its number in the other as well, where fewer pixels are known.
const SAME_NUMBERS_SHARE: f64 = 0.8;

/// Studies that show one image: more than so many share a test picture or a logo, and are not one study.
const STUDIES_OF_AN_IMAGE_MAX: usize = 8;

/// A hint for each study that lies on a second medium, under its own UIDs or others.
pub(super) fn hints(case: &CaseFile) -> Vec<Hint> {
    let studies = holders::parts(case);
    let mut hints: Vec<Hint> = studies.values().flat_map(|parts| of_study(case, parts)).collect();
    hints.extend(renamed(case, &studies));
    hints
}

/// Parts with most images first.
fn ranked<'p, 'a>(parts: &'p [Part<'a>]) -> Vec<&'p Part<'a>> {
    let mut all: Vec<&Part<'_>> = parts.iter().collect();
    all.sort_by_key(|part| (std::cmp::Reverse(instances(part).len()), part.path.len(), &part.path));
    all
}

fn instances<'a>(part: &Part<'a>) -> BTreeSet<&'a str> {
    part.images.iter().map(|image| image.dicom.sop_instance.as_str()).collect()
}

fn of_study(case: &CaseFile, parts: &[Part<'_>]) -> Vec<Hint> {
    let all = ranked(parts);
    let Some((first, others)) = all.split_first() else { return Vec::new() };
    let most = instances(first);
    let hint = |part: &&Part<'_>| {
        let own = instances(part);
        let common = own.intersection(&most).count();
        if common == 0 {
            return likeness(case, part, first).map(|detail| hint_of(case, (part, first), detail));
        }
        // A single file that was put into another folder as well is said of the file.
        let plain = part.lies == Lies::InFolder || first.lies == Lies::InFolder;
        if plain && common < COMMON_IN_FOLDERS_MIN {
            return None;
        }
        let detail = format!(
            "{common} of the {} images of a study {} are {} {} too, which has {} of that study",
            own.len(),
            on_it(part),
            on(first),
            first.path,
            most.len()
        );
        Some(hint_of(case, (part, first), detail))
    };
    others.iter().filter_map(hint).collect()
}

/// Studies under other UIDs that show the same.
fn renamed(case: &CaseFile, studies: &BTreeMap<&str, Vec<Part<'_>>>) -> Vec<Hint> {
    let largest: Vec<&Part<'_>> = studies.values().filter_map(|parts| ranked(parts).first().copied()).collect();
    let mut showing: HashMap<&PlainDigest, BTreeSet<usize>> = HashMap::new();
    for (study, part) in largest.iter().enumerate() {
        pixels(case, part).into_iter().for_each(|digest| _ = showing.entry(digest).or_default().insert(study));
    }
    let several = showing.into_values().filter(|studies| (2..=STUDIES_OF_AN_IMAGE_MAX).contains(&studies.len()));
    let pairs: BTreeSet<(usize, usize)> = several
        .flat_map(|studies| {
            let pair = |a: usize| studies.iter().filter(move |b| **b > a).map(move |b| (a, *b)).collect::<Vec<_>>();
            studies.iter().flat_map(|a| pair(*a)).collect::<Vec<_>>()
        })
        .collect();
    let hint = |(a, b): (usize, usize)| {
        let (first, other) = match (largest[a], largest[b]) {
            (a, b) if (a.images.len(), &b.path) < (b.images.len(), &a.path) => (b, a),
            (a, b) => (a, b),
        };
        likeness(case, other, first).map(|detail| hint_of(case, (other, first), detail))
    };
    pairs.into_iter().filter_map(hint).collect()
}

/// Digests of decoded images that show something; screens and papers look alike by nature.
fn pixels<'a>(case: &'a CaseFile, part: &Part<'a>) -> BTreeSet<&'a PlainDigest> {
    const CAPTURE: &str = "1.2.840.10008.5.1.4.1.1.7";
    let telling = part.images.iter().filter(|image| !image.dicom.sop_class.starts_with(CAPTURE));
    let digest = |image: &Image<'a>| match &case.original(image.entry).record.pixels {
        Some(PixelsRead::Digest(digest) | PixelsRead::EmptyFrames(digest, _)) => Some(digest),
        _ => None,
    };
    telling.filter_map(digest).collect()
}

/// What two parts under different UIDs have in common, and what differs; `None` where they are not alike.
fn likeness(case: &CaseFile, part: &Part<'_>, first: &Part<'_>) -> Option<String> {
    let same = pixels(case, part).intersection(&pixels(case, first)).count();
    let (own, others) = (numbers(part), numbers(first));
    let numbered = own.intersection(&others).count();
    let fewer = own.len().min(others.len());
    let by_number = numbered as f64 >= SAME_NUMBERS_SHARE * fewer as f64;
    if same == 0 || (same < SAME_PIXELS_MIN && !by_number) {
        return None;
    }
    let (date, of_first) = (&part.images.first()?.dicom.study_date, &first.images.first()?.dicom.study_date);
    let dates = if date == of_first { "of the same date" } else { "of another date" };
    let mut detail = format!(
        "a study {} is like one {} {} under other UIDs, {dates}: {same} {} the same pixels as far as they were \
         compared, {numbered} of {} the same numbers",
        on_it(part),
        on(first),
        first.path,
        if same == 1 { "image has" } else { "images have" },
        part.images.len(),
    );
    if part.images.len() != first.images.len() {
        detail.push_str(&format!("; the other has {} images", first.images.len()));
    }
    if people(case, part) != people(case, first) {
        detail.push_str("; another patient is named");
    }
    Some(detail)
}

/// Series and instance numbers with the matrix, as far as images are numbered.
fn numbers<'a>(part: &Part<'a>) -> BTreeSet<(&'a str, &'a str, u32, u32)> {
    let numbered = part.images.iter().map(|image| image.dicom).filter(|dicom| !dicom.instance_number.is_empty());
    numbered
        .map(|dicom| (dicom.series_number.as_str(), dicom.instance_number.as_str(), dicom.rows, dicom.columns))
        .collect()
}

fn people<'a>(case: &'a CaseFile, part: &Part<'a>) -> Vec<&'a [String]> {
    let facts = part.images.first().and_then(|image| case.facts(image.entry));
    facts.map(|facts| facts.people.iter().map(|person| person.names.as_slice()).collect()).unwrap_or_default()
}

fn hint_of(case: &CaseFile, (part, first): (&Part<'_>, &Part<'_>), detail: String) -> Hint {
    // Two studies in one container are told on images of theirs.
    let same = part.holder.row.id == first.holder.row.id;
    let entry = match part.images.first() {
        Some(image) if same => image.entry,
        _ => part.holder,
    };
    // Nothing is like itself: of two copies of an image one row leads.
    let differs = |other: &&Entry| case.lead(other).row.id != case.lead(entry).row.id;
    let images = || first.images.iter().map(|image| image.entry);
    let other = std::iter::once(first.holder).filter(|_| !same).chain(images()).find(differs);
    Hint { entry: entry.row.id, other: other.unwrap_or(first.holder).row.id, detail }
}

fn on_it(part: &Part<'_>) -> String {
    if part.lies == Lies::On { "on it".to_owned() } else { format!("in {}", part.path) }
}

fn on(part: &Part<'_>) -> &'static str {
    if part.lies == Lies::On { "on" } else { "in" }
}
