//! Waveforms: electrocardiograms, pressures, sounds (PS3.3 A.34, C.10.9). Is what the object is for in it?
//!
//! An object of these classes has a sequence of groups of channels, and each group its samples (C.10.9: Waveform Data is of
//! type 1). The samples are counted, not looked at.

use super::{
    data_set::DataSet,
    walk::{Ending, Walked},
};
use crate::domain::{
    facts::{DicomFacts, Facts, Readable},
    reason::Reason,
};
use dicom_dictionary_std::tags;

/// What the classes that store waveforms begin with (PS3.4 B.5).
const CLASSES: &str = "1.2.840.10008.5.1.4.1.1.9.";

/// Classes among them that only say how waveforms are shown.
const PRESENTATIONS: &str = "1.2.840.10008.5.1.4.1.1.9.100.";

/// What is left of the waveform: `None` where the object is not of such a class, or its end says it already.
pub(super) fn judge(facts: &mut Facts, dicom: &DicomFacts, walked: &Walked) -> Option<Readable> {
    let stores = dicom.sop_class.starts_with(CLASSES) && !dicom.sop_class.starts_with(PRESENTATIONS);
    if !stores || walked.ending != Ending::Whole {
        return None;
    }
    let groups = walked.data_set.items(tags::WAVEFORM_SEQUENCE);
    if groups.is_empty() {
        facts.observe(Reason::Damaged, "a recording without its waveform");
        return Some(Readable::No);
    }
    let faults: Vec<(Reason, String)> = groups.iter().filter_map(fault).collect();
    let all = faults.len() == groups.len();
    let (reason, detail) = faults.into_iter().next()?;
    facts.observe(reason, detail);
    Some(if all { Readable::No } else { Readable::Partial })
}

/// What is wrong with a group of channels.
fn fault(group: &DataSet) -> Option<(Reason, String)> {
    let there = group.place(tags::WAVEFORM_DATA).map_or(0, |(_, length)| length);
    if there == 0 {
        return Some((Reason::Damaged, "a group of channels without samples".to_owned()));
    }
    let count = |tag| group.count(tag).map_or(0, u128::from);
    let samples = count(tags::NUMBER_OF_WAVEFORM_CHANNELS) * count(tags::NUMBER_OF_WAVEFORM_SAMPLES);
    let needed = samples * count(tags::WAVEFORM_BITS_ALLOCATED).div_ceil(8);
    let missing = needed > u128::from(there);
    missing.then(|| (Reason::Truncated, format!("{there} bytes of samples for {needed}")))
}
