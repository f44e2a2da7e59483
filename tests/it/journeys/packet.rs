//! The release packet.

use super::shell::{Shell, program, tree};
use crate::support::lacking::{Lack, skip};
use serde_json::Value;
use std::{collections::BTreeMap, io::Read, path::Path};

fn exported() -> (Shell, String, BTreeMap<String, Vec<u8>>) {
    let shell = Shell::init();
    shell.write_upload();
    shell.write("upload/viewer/RUN.EXE", &[&b"MZ"[..], &[0; 600]].concat());
    let case = shell.open_case();
    shell.ingest(&case, &["upload"]);
    // It is not ready: that is said, and it is written all the same.
    let said = shell.run(["export", "--case", &case, "--to", "packet", "--reason", "released to Dr. Example"]).ended(1);
    assert!(said.out.contains(" written") && said.err.contains("NOT ready"), "{} {}", said.out, said.err);
    assert!(said.err.contains("empty_file") && said.err.contains(&format!("case gate {case}")), "{}", said.err);
    let files = tree(&shell.path("packet"));
    (shell, case, files)
}

fn manifest(files: &BTreeMap<String, Vec<u8>>) -> Value {
    serde_json::from_slice(&files["manifest.json"]).unwrap()
}

/// Proves that every document leaves once, whole, under a safe name, with its sum; that programs, junk, duplicates and
/// containers stay and are listed with the reason; that nothing else is in the packet.
#[test]
fn a_packet_holds_what_may_leave_and_lists_the_rest() {
    let (shell, _, files) = exported();
    let manifest = manifest(&files);
    let documents = manifest["documents"].as_array().unwrap();
    for document in documents {
        let content = &files[document["file"].as_str().unwrap()];
        let path = document["path"].as_str().unwrap();
        if !path.contains("!/") {
            assert_eq!(*content, std::fs::read(shell.path(path)).unwrap(), "{path}");
        }
        assert!(document["file"].as_str().unwrap().bytes().all(|b| b.is_ascii_alphanumeric() || b"/._-".contains(&b)));
    }
    let paths = |rows: &Value| -> Vec<String> {
        rows.as_array().unwrap().iter().map(|row| row["path"].as_str().unwrap().to_owned()).collect()
    };
    let (leaving, staying) = (paths(&manifest["documents"]), paths(&manifest["left_out"]));
    for path in
        ["upload/viewer/RUN.EXE", "upload/Thumbs.db", "upload/empty.txt", "upload/more.zip", "upload/disc/DICOMDIR"]
    {
        assert!(staying.contains(&path.to_owned()) && !leaving.contains(&path.to_owned()), "{path}: {staying:?}");
    }
    let letters = ["upload/letter.txt".to_owned(), "upload/copy of letter.txt".to_owned()];
    assert_eq!(letters.iter().filter(|path| leaving.contains(path)).count(), 1);
    assert_eq!(letters.iter().filter(|path| staying.contains(path)).count(), 1);
    assert!(leaving.contains(&"upload/more.zip!/inner/second.txt".to_owned()));
    assert!(!files.values().any(|content| content.starts_with(b"MZ")), "programs never leave");
    let own = ["DICOMDIR", "SHA256SUMS", "findings.tsv", "index.html", "left-out.tsv", "manifest.json"];
    assert_eq!(files.len(), documents.len() + own.len());
    let mut sums = program("sha256sum");
    sums.args(["--check", "--strict", "--quiet", "SHA256SUMS"]).current_dir(shell.path("packet"));
    assert!(sums.status().unwrap().success());
    assert_eq!(String::from_utf8_lossy(&files["SHA256SUMS"]).lines().count(), files.len() - 1);
}

/// T21: proves that a name that is a formula or markup is inert in tables and pages, and never a file's name.
#[test]
fn t21_names_are_inert_in_a_packet() {
    let (_, _, files) = exported();
    for table in ["findings.tsv", "left-out.tsv"] {
        let text = String::from_utf8(files[table].clone()).unwrap();
        let formula = |cell: &str| cell.starts_with(['=', '+', '-', '@']);
        assert!(!text.lines().flat_map(|line| line.split('\t')).any(formula), "{text}");
    }
    let page = String::from_utf8(files["index.html"].clone()).unwrap();
    assert!(page.contains("SAMPLE") && page.contains("calc"));
    assert!(!page.contains("cmd|' /C"), "quotes are escaped");
    let links: Vec<&str> = page.split("<a href=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(!links.is_empty() && links.iter().all(|link| files.contains_key(*link)), "{links:?}");
    assert!(!files.keys().any(|name| name.contains(['=', '|', '\'', ' '])));
}

/// Proves that an export replaces nothing, leaves nothing when it is refused, asks for a reason, and is in the audit
/// trail with one event for each document or series.
#[test]
fn an_export_is_audited_and_replaces_nothing() {
    let (shell, case, files) = exported();
    shell.run(["export", "--case", &case, "--to", "packet", "--reason", "again"]).ended(2);
    assert!(tree(&shell.path("packet")) == files);
    assert!(shell.run(["export", "--case", &case, "--to", "other"]).ended(2).err.contains("--reason"));
    shell.run(["export", "--case", &case, "--to", "nowhere/packet", "--reason", "x"]).ended(2);
    assert!(!shell.path("other").exists() && !shell.path("packet.partial").exists());
    let events = shell.run(["audit", "export"]).ended(0).lines();
    let count = |act: &str| events.iter().filter(|event| event["act"] == act).count();
    assert_eq!(count("exported"), 1);
    let documents = files.keys().filter(|name| name.starts_with("documents/")).count();
    assert_eq!(count("document-read"), documents + 1, "one for each document, one for the series");
    assert!(!events.iter().any(|event| event.to_string().contains("Example")), "the reason is sealed");
}

/// Proves that a ZIP holds the same as the folder, that a program is told what was written, and that a damaged document stops the export without a trace.
#[test]
fn a_zip_is_the_same_packet() {
    let (shell, case, files) = exported();
    let said = shell.run(["export", "--case", &case, "--to", "packet.zip", "--reason", "x", "--json"]).ended(1);
    let answer: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!((answer["files"].as_u64(), answer["gate"]["ready"].as_bool()), (Some(files.len() as u64), Some(false)));
    let mut zip = zip::ZipArchive::new(std::fs::File::open(shell.path("packet.zip")).unwrap()).unwrap();
    assert_eq!(zip.len(), files.len());
    for (name, content) in files.iter().filter(|(name, _)| name.contains('/')) {
        let mut found = Vec::new();
        zip.by_name(name).unwrap().read_to_end(&mut found).unwrap();
        assert!(found == *content, "{name}");
    }
    let objects = shell.data().join("objects");
    for (name, mut bytes) in tree(&objects) {
        *bytes.last_mut().unwrap() ^= 1;
        std::fs::write(objects.join(name), bytes).unwrap();
    }
    shell.run(["export", "--case", &case, "--to", "broken", "--reason", "x"]).ended(3);
    assert!(!shell.path("broken").exists() && !shell.path("broken.partial").exists());
}

/// Reads the File-set with an independent reader.
fn read_file_set(folder: &Path) -> Option<String> {
    let script = "import sys\nfrom pydicom.fileset import FileSet\nf = FileSet(sys.argv[1])\n\
        for i in f: d = i.load(); print(i.PatientID, i.StudyInstanceUID, i.SeriesInstanceUID, d.SOPInstanceUID, d.InstanceNumber)";
    let output = program(&super::clients::python()).args(["-c", script]).arg(folder.join("DICOMDIR")).output().ok()?;
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    if error.contains("No module named") {
        return None;
    }
    assert!(output.status.success() && !error.contains("Warning"), "{error}");
    Some(String::from_utf8(output.stdout).unwrap())
}

/// Proves that the images are a File-set: an independent reader follows the directory to every slice.
#[test]
fn the_images_are_a_file_set() {
    let (shell, _, files) = exported();
    assert_eq!(files.keys().filter(|name| name.starts_with("DICOM/ST000001/SE000001/IM00000")).count(), 4);
    assert_eq!(&files["DICOMDIR"][128..132], b"DICM");
    let Some(listed) = read_file_set(&shell.path("packet")) else {
        return skip(Lack::Installable, "pydicom of tests/clients/requirements.txt is needed to read the File-set");
    };
    let lines: Vec<&str> = listed.lines().collect();
    assert_eq!(lines.len(), 4, "{listed}");
    for number in 1..=4 {
        let uid = crate::make::dicom::slice_uid(number);
        assert!(
            lines.iter().any(|line| line.contains(&format!("{uid} {number}")) && line.starts_with("SMP-0042")),
            "{listed}"
        );
    }
}
