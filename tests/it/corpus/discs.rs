//! The same disc as image, archive and folder.

use super::{inspect, part};
use serde_json::Value;
use std::{collections::BTreeSet, path::Path};

/// What is on a medium, whatever it is wrapped in: content ids with outcomes, and the three lists.
#[derive(PartialEq, Eq, Debug)]
struct Content {
    documents: BTreeSet<(String, String)>,
    missing: BTreeSet<String>,
    unlisted: BTreeSet<String>,
    no_directory: bool,
}

fn content(folder: &Path, medium: &str) -> Content {
    let (rows, _) = inspect(folder, &[medium]);
    let text = |row: &Value, field: &str| row[field].as_str().unwrap_or_default().to_owned();
    let has = |row: &Value, code: &str| row["reasons"].as_array().unwrap().iter().any(|reason| reason["code"] == code);
    let inside = |row: &&Value| row["kind"] != "disc" && row["kind"] != "archive" && row["outcome"] != "missing";
    let missing = rows.iter().filter(|row| row["outcome"] == "missing");
    // Behind the medium, and behind a folder that wraps everything in it, stands the file's own place.
    let place = |row: &Value| text(row, "path").rsplit('/').take(2).collect::<Vec<_>>().join("/");
    Content {
        documents: rows.iter().filter(inside).map(|row| (text(row, "sha256"), text(row, "outcome"))).collect(),
        missing: missing.map(place).collect(),
        unlisted: rows
            .iter()
            .filter(inside)
            .filter(|r| has(r, "unlisted_present"))
            .map(|r| text(r, "sha256"))
            .collect(),
        no_directory: rows.iter().any(|row| has(row, "no_dicomdir")),
    }
}

fn check(media: &[&str]) -> Option<Content> {
    let folder = part("discs")?;
    let first = content(&folder, media[0]);
    for medium in &media[1..] {
        assert_eq!(content(&folder, medium), first, "{medium} against {}", media[0]);
    }
    Some(first)
}

/// Proves that one disc gives the same documents and lists as plain, Joliet, Rock Ridge and UDF-bridge image, as archive
/// with and without a wrapping folder, and as folder.
#[test]
fn one_disc_in_six_wrappings() {
    let media = [
        "a1-folder",
        "a1-plain-iso9660.iso",
        "a1-joliet-rockridge.iso",
        "a1-udf-bridge.iso",
        "a1-disc.zip",
        "a1-disc-wrapped-in-folder.zip",
    ];
    if let Some(content) = check(&media) {
        assert!(content.documents.len() > 30 && content.missing.is_empty() && !content.no_directory);
    }
}

/// Proves that missing files are listed alike in folder and image.
#[test]
fn missing_files_in_two_wrappings() {
    if let Some(content) = check(&["a3-missing-folder", "a3-missing-referenced-files.iso"]) {
        assert_eq!(content.missing.len(), 11);
    }
}

/// Proves that two writers of images give the same disc.
#[test]
fn two_writers_of_images() {
    check(&["a2-tiny-alpha-rockridge-only.iso", "a2-tiny-alpha-xorriso.iso"]);
}

/// Proves that a disc without a directory is read by looking, and said to have none.
#[test]
fn a_disc_without_a_directory() {
    if let Some(content) = check(&["a4-no-dicomdir.iso"]) {
        assert!(content.no_directory && content.documents.len() > 30);
    }
}
