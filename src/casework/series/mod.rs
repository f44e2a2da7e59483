//! Series as a whole: are slices missing inside, do the images fit together, is everything there that was counted?
//!
//! Pure: the case laid open in, findings and a report for each series out. Geometry is the first witness (positions along
//! the normal, PS3.3 C.7.6.2), instance numbers the second; counts that an archive or a DICOMDIR made are the third.
//! Copies of an instance count once. A finding hangs on the first instance of its series. What was done on purpose,
//! such as several echoes, phases or directions, localizers and reformats, must not alarm.

mod consistency;
mod counts;
mod declared;
mod fillers;
mod frames;
mod gaps;
mod missing;
mod moments;
mod phases;
pub mod pixels;
mod screenshots;
mod slice;
mod stacks;
mod volumes;
mod words;

use super::case::{CaseFile, Overlay};
use crate::domain::{
    case::Programme,
    entry::Outcome,
    facts::{DicomFacts, FileKind},
    ids::EntryId,
    reason::{Reason, Severity},
    verdict::Finding,
};
use gaps::{Certainty, Numbering};
use serde::{Deserialize, Serialize};
use slice::Slice;
use std::collections::{BTreeMap, HashSet};

/// What is said of a series, for the desk and the radiologist.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct SeriesReport {
    /// Study Instance UID.
    pub study: String,
    /// Series Instance UID.
    pub series: String,
    /// Study Date and Study Description as written, for a heading.
    pub study_words: String,
    /// Series Number as written.
    pub number: String,
    /// Series Description as written.
    pub description: String,
    /// Modality.
    pub modality: String,
    /// Instances that are here, copies counted once.
    pub instances: u64,
    /// Images that are missing, as far as that can be told.
    pub missing: u64,
    /// Where slices are missing.
    pub gaps: Vec<MissingSlices>,
    /// In a sentence.
    pub sentence: String,
}

/// Slices that are missing in one place.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct MissingSlices {
    /// How many.
    pub count: u32,
    /// Instance Number of the slice before, as written; empty where there is none.
    pub after: String,
    /// Instance Number of the slice behind.
    pub before: String,
    /// Where the slices around lie along the normal, millimetres.
    pub between_millimetres: Option<(f64, f64)>,
    /// Do positions say so and numbers contradict?
    pub doubtful: bool,
}

/// Adds what is to be said about series and studies.
pub fn judge(case: &CaseFile, programme: &Programme, overlay: &mut Overlay) {
    let all = gather(case);
    let listed = counts::listed(case, &all);
    let elsewhere = declared::elsewhere(&all);
    for series in &all {
        let mut report = report(series);
        report.gaps = missing::find(series);
        let claim = counts::claim(series, &listed, &elsewhere);
        tell(series, (&mut report, claim), programme, overlay);
        for detail in consistency::complaints(series) {
            overlay.find(series.first().entry.row.id, (Reason::SeriesInconsistent, detail), programme);
        }
        pixels::judge(series, programme, overlay);
        overlay.series.push(report);
    }
    counts::studies(&all, programme, overlay);
    screenshots::judge(&all, programme, overlay);
}

/// A series with its instances, each once, by number and path.
#[derive(Debug)]
pub(super) struct Series<'a> {
    slices: Vec<Slice<'a>>,
}

impl<'a> Series<'a> {
    fn first(&self) -> &Slice<'a> {
        // A series is made of its instances, so there is one.
        &self.slices[0]
    }

    fn uid(&self) -> &'a str {
        &self.first().facts.series
    }

    fn study(&self) -> &'a str {
        &self.first().facts.study
    }

    /// What the instance numbers say.
    fn numbering(&self) -> Numbering {
        let numbers: Option<Vec<i64>> = self.slices.iter().map(|slice| slice.number).collect();
        let Some(mut numbers) = numbers else { return Numbering::Unusable };
        numbers.sort_unstable();
        Numbering::of(&numbers)
    }
}

/// The series of a case, by study and series UID. Images that name no series are one with those of their study that
/// have their modality and series number, if there are several.
pub(super) fn gather(case: &CaseFile) -> Vec<Series<'_>> {
    let mut series: BTreeMap<(&str, &str, &str, &str), Vec<Slice<'_>>> = BTreeMap::new();
    for entry in case.entries().iter().filter(|entry| entry.row.kind == FileKind::Dicom) {
        let kept = !matches!(entry.row.outcome, None | Some(Outcome::DuplicateOf | Outcome::Junk | Outcome::Missing));
        let dicom = entry.facts().and_then(|facts| facts.dicom.as_ref());
        let judged = |dicom: &&DicomFacts| kept && (!dicom.series.is_empty() || dicom.rows > 0);
        if let Some(dicom) = dicom.filter(judged) {
            let (modality, number) =
                if dicom.series.is_empty() { (&*dicom.modality, &*dicom.series_number) } else { ("", "") };
            let key = (&*dicom.study, &*dicom.series, modality, number);
            series.entry(key).or_default().push(Slice::of(case, entry, dicom));
        }
    }
    let several = |series: &Series<'_>| !series.uid().is_empty() || series.slices.len() > 1;
    series.into_values().map(|slices| Series { slices: each_once(slices) }).filter(several).collect()
}

fn each_once(mut slices: Vec<Slice<'_>>) -> Vec<Slice<'_>> {
    slices.sort_by(|a, b| (a.number, a.path).cmp(&(b.number, b.path)));
    let mut seen = HashSet::new();
    slices.retain(|slice| slice.facts.sop_instance.is_empty() || seen.insert(slice.facts.sop_instance.as_str()));
    slice::mark_localizers(&mut slices);
    slices
}

fn report(series: &Series<'_>) -> SeriesReport {
    let facts = series.first().facts;
    let study_words = [facts.study_date.as_str(), facts.study_description.as_str()];
    SeriesReport {
        study: facts.study.clone(),
        series: facts.series.clone(),
        study_words: study_words.join(" ").trim().to_owned(),
        number: facts.series_number.clone(),
        description: facts.series_description.clone(),
        modality: facts.modality.clone(),
        instances: series.slices.len() as u64,
        ..SeriesReport::default()
    }
}

/// Puts gaps and claims together into a sentence, and into a finding where something is missing.
fn tell(
    series: &Series<'_>,
    (report, claim): (&mut SeriesReport, Option<counts::Claim>),
    programme: &Programme,
    overlay: &mut Overlay,
) {
    let claimed = claim.as_ref().map_or(0, counts::Claim::lacking);
    // Where somebody counted and nothing is missing, a doubtful gap is how the scan was planned.
    if claim.as_ref().is_some_and(|claim| claim.counted > 0 && claimed == 0) {
        report.gaps.retain(|gap| !gap.doubtful);
    }
    let inside: u64 = report.gaps.iter().map(|gap| u64::from(gap.count)).sum();
    report.missing = inside.max(claimed);
    let several = series.slices.iter().filter(|slice| slice.is_multi_frame());
    let frames = several.map(|slice| u64::from(slice.facts.frames)).sum();
    let left_out = left_out(series, report);
    let claim = claim.filter(|_| claimed > 0);
    let witnesses = words::Witnesses { claim, numbering: series.numbering(), left_out: &left_out, frames };
    report.sentence = words::sentence(report, &witnesses);
    if let Some(sampled) = pixels::sampled(series) {
        report.sentence.push_str(&sampled);
    }
    if report.missing == 0 {
        return;
    }
    let counted = claim.is_some_and(|claim| claim.certainty == Certainty::Strong);
    let sure = counted || report.gaps.iter().any(|gap| !gap.doubtful);
    let finding =
        incomplete(report.sentence.clone(), if sure { Certainty::Strong } else { Certainty::Weak }, programme);
    overlay.findings.push((series.first().entry.row.id, finding));
}

/// Numbers that are left out, where they are exactly what is missing and the images around do not show them: those
/// around a gap are neighbours in space.
fn left_out(series: &Series<'_>, report: &SeriesReport) -> Vec<i64> {
    const TOLD_MAX: u64 = 12;
    let inside: u64 = report.gaps.iter().map(|gap| u64::from(gap.count)).sum();
    let Numbering::Broken { left_out } = series.numbering() else { return Vec::new() };
    let plain = |gap: &MissingSlices| {
        let (after, before) = (gap.after.trim().parse::<i64>().ok(), gap.before.trim().parse::<i64>().ok());
        after.zip(before).is_some_and(|(after, before)| after.checked_add(i64::from(gap.count) + 1) == Some(before))
    };
    if left_out != inside || left_out > TOLD_MAX || report.gaps.iter().all(plain) {
        return Vec::new();
    }
    let numbers: Vec<i64> = series.slices.iter().filter_map(|slice| slice.number).collect();
    numbers.windows(2).flat_map(|pair| pair[0] + 1..pair[1]).collect()
}

/// A finding that something is missing: what is not sure warns at most, unless the programme weighs it itself.
fn incomplete(detail: String, certainty: Certainty, programme: &Programme) -> Finding {
    let mut finding = super::case::weighed(Reason::SeriesIncomplete, detail, programme);
    if certainty == Certainty::Weak && !programme.severity.contains_key(&Reason::SeriesIncomplete) {
        finding.severity = finding.severity.min(Severity::Warn);
    }
    finding
}

/// Entries whose pixels should be decoded next, to see whether they show anything; see [`pixels`].
pub fn to_decode(case: &CaseFile) -> Vec<EntryId> {
    gather(case).iter().flat_map(pixels::wanted).collect()
}
