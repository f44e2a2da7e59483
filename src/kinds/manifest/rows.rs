//! From a table to facts: rows by canonical field, and what is wrong with them.

use super::{fields, names, table::Table};
use crate::domain::{
    facts::{Facts, FileKind, ManifestFacts, ManifestRow, NamedPerson, Readable, SearchField},
    path::RawName,
    reason::Reason,
};
use std::collections::HashSet;

/// Flaws of one kind that are listed one by one; the rest is counted.
const LISTED_MAX: usize = 20;

/// Extensions of whole-slide images.
const SLIDE_EXTENSIONS: &[&str] =
    &["svs", "ndpi", "scn", "bif", "mrxs", "vms", "tif", "tiff", "dcm", "isyntax", "qptiff", "czi", "vsi"];

/// Does a text name a file that is a slide by its extension?
pub(super) fn names_slide(text: &str) -> bool {
    SLIDE_EXTENSIONS.contains(&RawName::from_text(text).extension().as_str())
}

/// Facts of a manifest, whose sheets are tables of their own; `name` is its own, whose folder its paths are relative to.
pub(super) fn facts(tables: &[Table], name: &RawName) -> Facts {
    let mut facts = Facts::of(FileKind::SlideManifest, Readable::Yes);
    let mut manifest = ManifestFacts::default();
    for table in tables {
        let part = manifest_of(table);
        note_flaws(&mut facts, table, &part);
        join(&mut manifest, part);
    }
    note_paths(&mut facts, &manifest, name);
    facts.people = people(&manifest);
    facts.search = manifest.rows.iter().map(search).filter(|field| !field.text.is_empty()).collect();
    facts.manifest = Some(manifest);
    facts
}

fn manifest_of(table: &Table) -> ManifestFacts {
    let columns: Vec<Option<&'static str>> =
        table.header.iter().map(|heading| fields::field_of(heading).map(|(field, _)| field)).collect();
    let mut manifest = ManifestFacts::default();
    for (number, values) in &table.rows {
        manifest.rows.push(row(*number, values, &columns));
    }
    for field in columns.iter().flatten() {
        if !manifest.fields.iter().any(|known| known == field) {
            manifest.fields.push((*field).to_owned());
        }
    }
    adopt_id(&mut manifest, table);
    manifest
}

/// Adds the rows of a further sheet, numbered on. A sheet that repeats rows, as one that sums up others does, adds
/// nothing by them.
fn join(manifest: &mut ManifestFacts, part: ManifestFacts) {
    let last = manifest.rows.last().map_or(0, |row| row.row);
    let known: HashSet<Vec<(String, String)>> = manifest.rows.iter().map(|row| row.values.clone()).collect();
    for row in part.rows.into_iter().filter(|row| !known.contains(&row.values)) {
        manifest.rows.push(ManifestRow { row: row.row.saturating_add(last), ..row });
    }
    for field in part.fields {
        if !manifest.fields.contains(&field) {
            manifest.fields.push(field);
        }
    }
}

/// One row. Of two columns for one field the first that is filled counts.
fn row(number: u32, values: &[String], columns: &[Option<&'static str>]) -> ManifestRow {
    let mut row = ManifestRow { row: number, values: Vec::new() };
    for (value, field) in values.iter().zip(columns) {
        let Some(field) = field.filter(|_| !value.is_empty()) else { continue };
        let field: &str = match field {
            fields::CHECKSUM => fields::checksum_field(value).unwrap_or(field),
            "patient_id" if names::is_name(value) => "patient_name",
            _ => field,
        };
        if row.get(field).is_none() {
            row.values.push((field.to_owned(), value.clone()));
        }
    }
    names::join(&mut row);
    row
}

/// A column that is just `id`, where no other names the slide (the Genomic Data Commons write it so).
fn adopt_id(manifest: &mut ManifestFacts, table: &Table) {
    let column = table.header.iter().position(|heading| fields::normalised(heading) == "id");
    let Some(column) = column.filter(|_| !manifest.fields.iter().any(|field| field == "slide_id")) else { return };
    manifest.fields.push("slide_id".to_owned());
    for (row, (_, values)) in manifest.rows.iter_mut().zip(&table.rows) {
        if let Some(value) = values.get(column).filter(|value| !value.is_empty()) {
            row.values.push(("slide_id".to_owned(), value.clone()));
        }
    }
}

fn note_flaws(facts: &mut Facts, table: &Table, manifest: &ManifestFacts) {
    for flaw in table.flaws.iter().take(LISTED_MAX) {
        facts.observe(Reason::ManifestMalformed, flaw.clone());
    }
    if table.flaws.len() > LISTED_MAX {
        facts.observe(Reason::ManifestMalformed, format!("{} more faults", table.flaws.len() - LISTED_MAX));
    }
    if manifest.rows.is_empty() && table.flaws.is_empty() {
        facts.observe(Reason::ManifestMalformed, "empty: a header and no rows");
    }
    if !manifest.fields.iter().any(|field| field == "file_name") && !table.header.is_empty() {
        facts.observe(Reason::ManifestMalformed, "no column names the files");
    }
    let mut seen = HashSet::new();
    let headings = table.header.iter().map(|heading| fields::normalised(heading)).filter(|h| !h.is_empty());
    for heading in headings.filter(|heading| !seen.insert(heading.clone())).collect::<HashSet<_>>() {
        facts.observe(Reason::ManifestMalformed, format!("two columns are headed `{heading}`"));
    }
}

fn note_paths(facts: &mut Facts, manifest: &ManifestFacts, name: &RawName) {
    let depth = name.0.iter().filter(|byte| **byte == b'/').count();
    let escaping: Vec<u32> = manifest
        .rows
        .iter()
        .filter(|row| row.get("file_name").is_some_and(|path| escapes(path, depth)))
        .map(|row| row.row)
        .collect();
    for row in escaping.iter().take(LISTED_MAX) {
        facts.observe(Reason::PathEscape, format!("row {row}: the file lies outside of what was sent"));
    }
    if escaping.len() > LISTED_MAX {
        facts.observe(Reason::PathEscape, format!("{} more rows", escaping.len() - LISTED_MAX));
    }
}

/// Does a path leave the delivery? One step up is usual: manifests lie in a folder of their own, and how deep the
/// manifest's own folder lies is known only as far as its name says.
fn escapes(path: &str, depth: usize) -> bool {
    let path = path.replace('\\', "/");
    let drive = path.as_bytes().get(1) == Some(&b':') && path.as_bytes()[0].is_ascii_alphabetic();
    if drive || path.starts_with('/') {
        return true;
    }
    let allowed = i64::try_from(depth.max(1)).unwrap_or(i64::MAX);
    let mut level = 0_i64;
    path.split('/').any(|step| {
        match step {
            "" | "." => {}
            ".." => level -= 1,
            _ => level += 1,
        }
        level < -allowed
    })
}

/// The people of the rows, each once.
fn people(manifest: &ManifestFacts) -> Vec<NamedPerson> {
    let mut seen = HashSet::new();
    let mut people = Vec::new();
    for row in &manifest.rows {
        let [id, name, birth] = ["patient_id", "patient_name", "birth_date"].map(|field| row.get(field));
        if (id.is_none() && name.is_none() && birth.is_none()) || !seen.insert((id, name, birth)) {
            continue;
        }
        people.push(NamedPerson {
            names: name.map(str::to_owned).into_iter().collect(),
            birth_date: birth.map(str::to_owned),
            ids: id.map(|id| (id.to_owned(), None)).into_iter().collect(),
            place: format!("row {}", row.row),
            ..NamedPerson::default()
        });
    }
    people
}

/// What search finds of a row; hashes and sizes are nothing that anybody types.
fn search(row: &ManifestRow) -> SearchField {
    let hidden = ["md5", "sha1", "sha256", fields::CHECKSUM, "file_size", "width_px", "height_px"];
    let words = row.values.iter().filter(|(field, _)| !hidden.contains(&field.as_str()));
    let text = words.map(|(_, value)| value.as_str()).collect::<Vec<_>>().join(" ");
    SearchField { field: "slide".to_owned(), text }
}

#[cfg(test)]
mod tests {
    use super::super::table::separated;
    use super::*;

    fn read(text: &str) -> Facts {
        facts(&[separated(text, 100).unwrap()], &RawName::from_text("manifests/list.csv"))
    }

    /// Proves that values come under canonical fields, checksums under the one of their length.
    #[test]
    fn canonical_fields() {
        let sum = "a".repeat(64);
        let facts = read(&format!("Slide Barcode;MRN;Image Path;Checksum;Size (bytes)\nB1;77;a.svs;{sum};5\n"));
        let row = &facts.manifest.as_ref().unwrap().rows[0];
        assert_eq!(row.get("barcode"), Some("B1"));
        assert_eq!(row.get("sha256"), Some(sum.as_str()));
        assert_eq!(row.get("file_size"), Some("5"));
        assert_eq!(facts.people[0].ids, [("77".to_owned(), None)]);
        assert_eq!(facts.observations, []);
        assert_eq!(facts.search[0].text, "B1 77 a.svs");
    }

    /// Proves that patients are named by a column of names under any heading and by two columns, beside their number.
    #[test]
    fn patients_are_named() {
        for list in [
            "Patient,MRN,Slide ID,File\n\"Roe, Leo\",77,A,a.svs\n",
            "Patient ID,Patient Name,Slide ID,File\n77,\"Roe, Leo\",A,a.svs\n",
            "Last Name,First Name,MRN,Slide ID,File\nRoe,Leo,77,A,a.svs\n",
        ] {
            let facts = read(list);
            assert_eq!(
                (facts.people[0].names.as_slice(), facts.people.len()),
                (["Roe, Leo".to_owned()].as_slice(), 1),
                "{list}"
            );
            assert_eq!(facts.people[0].ids, [("77".to_owned(), None)], "{list}");
        }
        let numbered = read("Patient,Slide ID,File\nP-77,A,a.svs\n");
        assert_eq!((numbered.people[0].names.len(), numbered.people[0].ids.len()), (0, 1));
    }

    /// Proves that several sheets make one list, each row once, with numbers that go on.
    #[test]
    fn sheets_are_joined() {
        let table = |text: &str| separated(text, 100).unwrap();
        let tables = [table("slide_id,file\nA,a.svs\nB,b.svs\n"), table("slide_id,file\nB,b.svs\nC,c.svs\n")];
        let manifest = facts(&tables, &RawName::from_text("x.xlsx")).manifest.unwrap();
        let rows: Vec<_> = manifest.rows.iter().map(|row| (row.row, row.get("slide_id").unwrap())).collect();
        assert_eq!(rows, [(1, "A"), (2, "B"), (4, "C")]);
    }

    /// Proves that an empty list, one without files and doubled columns are each named.
    #[test]
    fn malformed_lists() {
        assert!(read("slide_id,file\n").observations[0].detail.starts_with("empty"));
        assert_eq!(read("slide_id,,stain\nA,a.svs,HE\n").observations.len(), 1);
        assert_eq!(read("slide_id,file,file\nA,a.svs,b.svs\n").observations.len(), 1);
    }

    /// Proves that paths out of the delivery are noted and those beside the manifest's folder are not.
    #[test]
    fn escaping_paths() {
        let escaping = ["../../x.svs", "/etc/x.svs", "C:\\x.svs", "..\\..\\x.svs", "a/../../../x.svs"];
        for path in escaping {
            assert!(read(&format!("slide_id,file\nA,{path}\n")).has(Reason::PathEscape), "{path}");
        }
        for path in ["../x.svs", "a/b/x.svs", "a/../x.svs", "x..svs"] {
            assert!(!read(&format!("slide_id,file\nA,{path}\n")).has(Reason::PathEscape), "{path}");
        }
    }
}
