//! The three lists of a medium.

use super::{At, Making, codes, directory, image, readable, row};
use casegate::{
    casework::case::MediumReport,
    domain::{
        entry::Outcome,
        facts::{ContainerFacts, Facts, FileKind, NamedPerson, PictureFacts, Readable},
        reason::{Reason, Severity},
    },
};

/// What is on every medium of these tests: two listed images, one of them missing, one that is not listed, a viewer.
fn fill(mut put: impl FnMut(&str, Facts)) {
    put("DICOMDIR", directory(&["DICOM/IM1", "DICOM/IM2"]));
    put("dicom/im1", image("1.1", "A^B"));
    put("DICOM/IM9", image("1.9", "C^D"));
    put("VIEW.EXE", readable(FileKind::Executable));
}

fn lists(report: &MediumReport) -> [&[String]; 4] {
    [&report.listed_present, &report.listed_missing, &report.present_unlisted, &report.viewer_software]
}

/// Proves that a disc image, an archive with a wrapping folder and a plain folder give the same three lists, whatever
/// the case of names and the version at their end.
#[test]
fn the_lists_do_not_hang_on_the_wrapping() {
    for wrapped in ["", "CD1/"] {
        let mut making = Making::default();
        let disc: At = making.add("a.iso", readable(FileKind::Disc));
        fill(|name, facts| {
            making.member(disc, &format!("{wrapped}{name}"), facts);
        });
        let (_, overlay) = making.judged();
        let wrap = |name: &str| format!("{wrapped}{name}");
        let expected = [[wrap("dicom/im1")], [wrap("DICOM/IM2")], [wrap("DICOM/IM9")], [wrap("VIEW.EXE")]];
        assert_eq!(lists(&overlay.media[0]), [&expected[0][..], &expected[1], &expected[2], &expected[3]]);
        assert_eq!(overlay.media[0].identities.len(), 2);
    }
}

/// Proves that a folder with a DICOMDIR gets a row of its own before its members, a missing file a row after them, and
/// that files of other folders are not on the medium.
#[test]
fn a_folder_is_a_medium() {
    let mut making = Making::default();
    making.add("letters/a.pdf", readable(FileKind::Pdf));
    fill(|name, facts| {
        making.add(&format!("cd/{name}"), facts);
    });
    let rows = making.ledger();
    let paths: Vec<&str> = rows.iter().map(|row| row.path.as_str()).collect();
    let expected =
        ["letters/a.pdf", "cd/", "cd/DICOMDIR", "cd/dicom/im1", "cd/DICOM/IM9", "cd/DICOM/IM2", "cd/VIEW.EXE"];
    assert_eq!(paths, expected);
    assert_eq!(row(&rows, "cd/").kind, FileKind::Disc);
    assert!(codes(row(&rows, "cd/")).contains(&Reason::ListedMissing));
    assert_eq!(row(&rows, "cd/DICOM/IM2").outcome, Outcome::Missing);
    assert_eq!(codes(row(&rows, "cd/DICOM/IM9")), [Reason::UnlistedPresent]);
    assert!(codes(row(&rows, "cd/VIEW.EXE")).contains(&Reason::ViewerSoftware));
}

/// Proves that a disc with images and no directory is said to have none, and one without images is left alone.
#[test]
fn no_directory() {
    let mut making = Making::default();
    let disc = making.add("a.iso", readable(FileKind::Disc));
    making.member(disc, "IM1", image("1.1", "A^B"));
    let other = making.add("b.iso", readable(FileKind::Disc));
    making.member(other, "letter.pdf", readable(FileKind::Pdf));
    let rows = making.ledger();
    assert_eq!(codes(row(&rows, "a.iso")), [Reason::NoDicomdir]);
    assert_eq!(codes(row(&rows, "b.iso")), []);
}

/// Proves that a DICOMDIR by itself is one sentence, not a missing row for each file it lists.
#[test]
fn a_lone_directory() {
    let mut making = Making::default();
    making.add("x/directory.dcm", directory(&["A", "B", "C"]));
    let rows = making.ledger();
    assert_eq!(rows.len(), 1);
    assert_eq!(codes(&rows[0]), [Reason::ListedMissing]);
}

/// What a program's files are taken for by themselves.
fn of_programs(reason: Reason, kind: FileKind) -> Facts {
    let mut facts = Facts::of(kind, Readable::No);
    facts.observe(reason, "as by itself");
    facts
}

fn picture(side: u32) -> Facts {
    let picture = PictureFacts { width: side, height: side / 2, orientation: 1, pages: 1 };
    Facts { picture: Some(picture), ..of_programs(Reason::ImageOnly, FileKind::Image) }
}

/// Proves that nobody has to look at what belongs to a disc's viewer, and that what may be somebody's document is judged as
/// elsewhere, in the viewer's folder too.
#[test]
fn a_viewer_and_what_belongs_to_it() {
    let named = NamedPerson { names: vec!["Ana Ruiz".to_owned()], ..NamedPerson::default() };
    let letter = || Facts { people: vec![named.clone()], ..of_programs(Reason::NotEnglish, FileKind::Text) };
    let belongs = [
        ("VIEWER/bin/V.EXE", of_programs(Reason::Executable, FileKind::Executable)),
        ("AUTORUN.EXE", of_programs(Reason::Executable, FileKind::Executable)),
        ("VIEWER/LOG.TXT", of_programs(Reason::EmptyFile, FileKind::Empty)),
        ("VIEWER/V.ICO", of_programs(Reason::UnsupportedFormat, FileKind::Unknown)),
        ("VIEWER/help/hilfe.html", of_programs(Reason::NotEnglish, FileKind::Text)),
        ("VIEWER/open.png", picture(24)),
    ];
    let stays = [
        ("VIEWER/help/report.pdf", of_programs(Reason::ImageOnly, FileKind::Pdf)),
        ("VIEWER/IM1.dcm", of_programs(Reason::EmptyFile, FileKind::Empty)),
        ("VIEWER/brief.txt", letter()),
        ("VIEWER/scan.jpg", picture(2_400)),
        ("README.TXT", of_programs(Reason::EmptyFile, FileKind::Empty)),
        ("letters/carta.txt", of_programs(Reason::NotEnglish, FileKind::Text)),
    ];
    for wrapped in [true, false] {
        let mut making = Making::default();
        let disc = wrapped.then(|| making.add("a.iso", readable(FileKind::Disc)));
        let mut put = |name: &str, facts: Facts| match disc {
            Some(disc) => _ = making.member(disc, name, facts),
            None => _ = making.add(&format!("cd/{name}"), facts),
        };
        put("DICOMDIR", directory(&["DICOM/IM1"]));
        put("DICOM/IM1", image("1.1", "A^B"));
        belongs.iter().chain(&stays).for_each(|(name, facts)| put(name, facts.clone()));
        let rows = making.ledger();
        let path = |name: &str| if wrapped { format!("a.iso!/{name}") } else { format!("cd/{name}") };
        for (name, facts) in &belongs {
            let found = row(&rows, &path(name));
            let program = facts.kind == Some(FileKind::Executable);
            let expected =
                if program { vec![Reason::Executable, Reason::ViewerSoftware] } else { vec![Reason::ViewerSoftware] };
            assert_eq!(codes(found), expected, "{name}");
            assert!(found.reasons.iter().all(|reason| reason.severity == Severity::Info), "{name}");
        }
        for (name, facts) in &stays {
            let found = codes(row(&rows, &path(name)));
            assert!(found.contains(&facts.observations[0].reason), "{name}: {found:?}");
            assert!(!found.contains(&Reason::ViewerSoftware), "{name}: {found:?}");
        }
    }
}

/// Proves that a disc or archive with nothing in it says so, and a disc that brings its viewer alone; and that a letter, an
/// image or a text that names somebody is something.
#[test]
fn discs_with_nothing_of_a_patient() {
    let container = |kind: FileKind, listed: u64| {
        let container = ContainerFacts { listed, delivered: listed, format: "iso9660".to_owned() };
        Facts { container: Some(container), ..readable(kind) }
    };
    let mut making = Making::default();
    making.add("blank.iso", container(FileKind::Disc, 0));
    making.add("blank.zip", container(FileKind::Archive, 0));
    let named = NamedPerson { names: vec!["Ana Ruiz".to_owned()], ..NamedPerson::default() };
    for (name, member) in [
        ("viewer.iso", readable(FileKind::Text)),
        ("letter.iso", Facts { people: vec![named], ..readable(FileKind::Text) }),
        ("report.iso", readable(FileKind::Pdf)),
        ("image.iso", image("1.1", "A^B")),
    ] {
        let disc = making.add(name, container(FileKind::Disc, 2));
        making.member(disc, "V.EXE", readable(FileKind::Executable));
        making.member(disc, "one", member);
    }
    let rows = making.ledger();
    let says = |path: &str| codes(row(&rows, path)).contains(&Reason::EmptyFile);
    let discs = ["blank.iso", "blank.zip", "viewer.iso", "letter.iso", "report.iso", "image.iso"];
    assert_eq!(discs.map(says), [true, true, true, false, false, false]);
}

/// Proves that the same files away from a disc are judged by themselves, and so is a viewer's picture that came once more.
#[test]
fn programs_away_from_a_disc() {
    let mut making = Making::default();
    making.add("tools/V.EXE", of_programs(Reason::Executable, FileKind::Executable));
    making.add("tools/LOG.TXT", of_programs(Reason::EmptyFile, FileKind::Empty));
    making.add("cd/DICOMDIR", directory(&["IM1"]));
    making.add("cd/IM1", image("1.1", "A^B"));
    making.add("cd/V/V.EXE", of_programs(Reason::Executable, FileKind::Executable));
    let held = making.add("cd/V/open.png", picture(24));
    let copy = making.add("photo.png", picture(24));
    making.duplicate(copy, held);
    let rows = making.ledger();
    assert_eq!(codes(row(&rows, "tools/V.EXE")), [Reason::Executable]);
    assert_eq!(codes(row(&rows, "tools/LOG.TXT")), [Reason::EmptyFile]);
    assert!(rows.iter().any(|row| row.path.ends_with(".png") && codes(row).contains(&Reason::ImageOnly)));
}
