//! Discs and other media in words: their three lists, and who is named on them beside the case's child.

use super::{
    open::count,
    table::{plain, size},
};
use crate::{
    casework::case::{Identity, MediumReport},
    control::Shown,
    domain::{case::Patient, verdict::PatientMatch},
};
use std::fmt::Write;

/// Media of a case.
pub(super) fn media(shown: &Shown) -> String {
    let mut text = String::new();
    for medium in &shown.media {
        lists(&mut text, medium);
        for person in &medium.identities {
            let _ = writeln!(text, "  names {}", named(person));
            if let Some(matches) = person.matches {
                let _ = writeln!(text, "    {}", word(matches));
            }
        }
        if !medium.viewer_software.is_empty() {
            let _ = writeln!(text, "  viewer software, never run: {}", plain(&medium.viewer_software.join(", ")));
        }
        text.push('\n');
    }
    text
}

/// What is about to be taken in, beside the child of the case it is for.
pub(super) fn preview(patient: &Patient, shown: &Shown) -> String {
    let mut text = format!("{}\n\n{}", whose(patient), media(shown));
    if shown.media.is_empty() {
        let (entries, bytes) = (shown.summary.entries, shown.summary.bytes);
        let what = if entries == 1 { "1 entry".to_owned() } else { format!("{entries} entries") };
        let _ = writeln!(text, "{what}, {}", size(bytes));
    }
    text.trim_end().to_owned()
}

/// What somebody has to know before saying yes.
pub(super) fn warnings(patient: &Patient, shown: &Shown) -> Vec<String> {
    let mut warnings = Vec::new();
    if shown.media.is_empty() {
        warnings.push("WARNING: this is no disc: no disc image, and no folder with a DICOMDIR.".to_owned());
    }
    let unreadable: usize = shown.media.iter().map(|medium| medium.unreadable.len()).sum();
    if unreadable > 0 {
        warnings.push(format!("WARNING: {} on it cannot be read.", count(unreadable as u64, "file")));
    }
    let people = || shown.media.iter().flat_map(|medium| &medium.identities);
    let having = |matches| people().filter(move |person| person.matches == Some(matches)).count() as u64;
    match having(PatientMatch::No) {
        0 => {}
        1 => warnings.push("WARNING: it names a patient who is NOT the child of this case.".to_owned()),
        others => warnings.push(format!("WARNING: it names {others} patients who are NOT the child of this case.")),
    }
    if having(PatientMatch::Unknown) > 0 {
        warnings.push("WARNING: it does not say enough to tell whether it is this child's.".to_owned());
    }
    if is_nobody(patient) && people().next().is_some() {
        warnings.push("WARNING: the case is about nobody yet: nothing tells whose this disc should be.".to_owned());
    }
    warnings
}

fn lists(text: &mut String, medium: &MediumReport) {
    let readable = |list: &[String]| list.iter().filter(|name| medium.unreadable.binary_search(name).is_err()).count();
    let directory = if medium.dicomdir { "has a DICOMDIR" } else { "has no DICOMDIR" };
    let _ = writeln!(text, "Medium {}", plain(&medium.path));
    let _ = writeln!(
        text,
        "  {directory}: {} listed and present, {} listed and missing,",
        readable(&medium.listed_present),
        medium.listed_missing.len(),
    );
    let unreadable = match medium.unreadable.len() {
        0 => String::new(),
        files => format!(", {} UNREADABLE", count(files as u64, "file")),
    };
    let _ = writeln!(text, "    {} present and not listed{unreadable}", readable(&medium.present_unlisted));
}

/// The child, as the case has it.
fn whose(patient: &Patient) -> String {
    if is_nobody(patient) {
        return "The case does not say whom it is about.".to_owned();
    }
    let ids: Vec<&str> = patient.ids.iter().map(|id| id.value.as_str()).collect();
    let name = format!("{}, {}", patient.family.to_uppercase(), patient.given);
    let parts = [name.as_str(), &patient.birth_date, &ids.join(", ")].map(plain);
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    format!("The case is about {}", parts.join(" · "))
}

fn is_nobody(patient: &Patient) -> bool {
    patient.family.is_empty() && patient.given.is_empty()
}

/// Somebody as a disc writes them.
fn named(person: &Identity) -> String {
    // The same number under another issuer, or under none, is said once.
    let mut ids: Vec<&str> = person.ids.iter().map(|(id, _)| id.as_str()).collect();
    ids.dedup();
    let born = person.birth_date.as_deref().unwrap_or("no birth date");
    let name = if person.names.is_empty() { "nobody by name".to_owned() } else { person.names.join(" / ") };
    let ids = if ids.is_empty() { String::new() } else { format!(" · {}", plain(&ids.join(", "))) };
    format!("{} · {}{ids} ({})", plain(&name), plain(born), count(person.objects, "object"))
}

const fn word(matches: PatientMatch) -> &'static str {
    match matches {
        PatientMatch::Yes => "the child of this case",
        PatientMatch::No => "NOT THE CHILD OF THIS CASE",
        PatientMatch::Unknown => "perhaps the child of this case: what stands there does not settle it",
    }
}
