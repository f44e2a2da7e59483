//! Slides are named by their rows: a slide whose manifest row names another patient is that patient's.

use super::{Comparing, Identified, document};
use crate::{
    casework::case::{CaseFile, Overlay, weighed},
    domain::{
        case::Programme,
        entry::Outcome,
        facts::{ManifestRow, NamedPerson},
        ids::EntryId,
        reason::{Reason, Severity},
        verdict::PatientMatch,
    },
};
use std::collections::HashMap;

/// Adds to each slide file what its row says.
pub(super) fn judge(
    case: &CaseFile,
    (desk, programme): (&mut Comparing, &Programme),
    (whose, overlay): (&mut HashMap<EntryId, Identified>, &mut Overlay),
) {
    let by_path: HashMap<&str, EntryId> = case.entries().iter().map(|e| (e.path.as_str(), e.row.id)).collect();
    let mut found = Vec::new();
    for entry in case.entries().iter().filter(|entry| entry.row.outcome != Some(Outcome::DuplicateOf)) {
        let Some(manifest) = entry.facts().and_then(|facts| facts.manifest.as_ref()) else { continue };
        let Some(report) = overlay.manifests.iter().find(|report| report.path == entry.path) else { continue };
        let rows: HashMap<u32, &ManifestRow> = manifest.rows.iter().map(|row| (row.row, row)).collect();
        for outcome in &report.rows {
            let slide = outcome.file.as_deref().and_then(|path| by_path.get(path));
            let person = rows.get(&outcome.row).and_then(|row| person(row));
            if let (Some(slide), Some(person)) = (slide, person) {
                found.push((*slide, document::verdict(&[desk.of(person)]).identified));
            }
        }
    }
    for (slide, identified) in found {
        if identified.matches == PatientMatch::No {
            let detail = "its row in the slide list names another patient".to_owned();
            overlay.findings.push((slide, weighed(Reason::WrongPatient, detail, programme)));
        } else if identified.doubtful && whose.get(&slide).is_none_or(|own| own.matches == PatientMatch::Unknown) {
            // What stays in the house has to say so, or nobody could let it out.
            let detail = "its row in the slide list differs from the case's child".to_owned();
            let mut finding = weighed(Reason::PatientUnconfirmed, detail, programme);
            finding.severity = finding.severity.max(Severity::Warn);
            overlay.findings.push((slide, finding));
        }
        // The first answer stands; what was compared is kept of every row, since whoever accepts the one has not seen the
        // next.
        let known = whose.entry(slide).or_default();
        if known.matches == PatientMatch::Unknown {
            let open = identified.matches == PatientMatch::Unknown && known.doubtful;
            (known.matches, known.doubtful) = (identified.matches, identified.doubtful || open);
        }
        known.take_evidence(identified);
    }
}

fn person(row: &ManifestRow) -> Option<NamedPerson> {
    let [id, name, birth] = ["patient_id", "patient_name", "birth_date"].map(|field| row.get(field).map(str::to_owned));
    let known = id.is_some() || name.is_some() || birth.is_some();
    known.then(|| NamedPerson {
        names: name.into_iter().collect(),
        birth_date: birth,
        ids: id.map(|id| (id, None)).into_iter().collect(),
        place: format!("row {}", row.row),
        ..NamedPerson::default()
    })
}
