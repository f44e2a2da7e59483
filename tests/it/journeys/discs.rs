//! What is said of a disc before it is taken in: whose it is, what on it can be read, and whether it is one at all.

use super::shell::{Said, Shell};
use crate::make::{
    dicom::{CHILD, Child, ct_series, dicomdir},
    iso,
};

const STRANGER: Child =
    Child { name: "Doe^Archibald", id: "77654033", issuer: "OTHER", birth_date: "20080101", sex: "M" };
/// Her given name and nothing else.
const NAMESAKE: Child = Child { name: "Ana", id: "", issuer: "", birth_date: "", sex: "" };

/// An image of a disc with four slices of a child.
fn disc(child: &Child) -> Vec<u8> {
    let mut files = vec![("DICOMDIR".to_owned(), dicomdir(child, 4))];
    files.extend(ct_series(child, 4));
    iso::image(&files)
}

/// What is said before anybody is asked; nobody is there to answer.
fn preview(shell: &Shell, case: &str, medium: &str) -> Said {
    let said = shell.run(["disc", "--case", case, medium]).ended(2);
    assert!(said.err.contains("nobody is there to ask"), "{}", said.err);
    said
}

/// Proves that the case's child is named beside the people of a disc, that the child itself raises no warning, that somebody
/// else does, with a daemon and without, and that what is not clear is said to be so; also where rows are JSON.
#[test]
fn a_disc_is_compared_with_the_child() {
    let shell = Shell::init();
    shell.write("own.iso", &disc(&CHILD));
    shell.write("stranger.iso", &disc(&STRANGER));
    shell.write("namesake.iso", &disc(&NAMESAKE));
    let case = shell.open_case();
    let own = preview(&shell, &case, "own.iso");
    assert!(own.out.starts_with("The case is about SAMPLE, Ana María · 2019-03-14 · SMP-0042\n"), "{}", own.out);
    assert!(own.out.contains("(4 objects)\n    the child of this case\n"), "{}", own.out);
    assert!(!own.err.contains("WARNING"), "{}", own.err);
    let warning = "WARNING: it names a patient who is NOT the child of this case.";
    let daemon = shell.serve();
    let stranger = preview(&shell, &case, "stranger.iso");
    assert!(stranger.out.contains("names Doe^Archibald · 20080101 · 77654033"), "{}", stranger.out);
    assert!(stranger.out.contains("    NOT THE CHILD OF THIS CASE\n"), "{}", stranger.out);
    assert!(stranger.err.contains(warning), "{}", stranger.err);
    daemon.kill();
    let namesake = preview(&shell, &case, "namesake.iso");
    assert!(namesake.out.contains("perhaps the child of this case"), "{}", namesake.out);
    assert!(namesake.err.contains("does not say enough"), "{}", namesake.err);
    let taken = shell.run(["disc", "--case", &case, "--yes", "--json", "stranger.iso"]).ended(1);
    assert!(taken.err.contains(warning) && taken.lines()[0]["path"] == "stranger.iso", "{}", taken.err);
    let shown = shell.show(&case);
    assert_eq!(shown["media"][0]["identities"][0]["match"], "no");
    assert!(shell.run(["case", "show", &case]).ended(0).out.contains("NOT THE CHILD OF THIS CASE"));
    shell.write("other.txt", b"Dear colleague, thank you for seeing this child in your clinic in spring.\n");
    shell.run(["ingest", "--case", &case, "other.txt"]).ended(1);
    shell.run(["case", "move", &case, "other.txt", "--to", "holding"]).ended(0);
    let held = preview(&shell, "holding", "own.iso");
    assert!(held.out.starts_with("The case does not say whom it is about.\n"), "{}", held.out);
    assert!(held.err.contains("WARNING: the case is about nobody yet"), "{}", held.err);
}

/// Proves that files whose blocks lie behind the end of a cut image are counted as unreadable, not as present, in words and in
/// JSON; and that what is no disc is not shown as an empty one.
#[test]
fn what_cannot_be_read_is_not_there() {
    let shell = Shell::init();
    let (whole, slice) = (disc(&CHILD), ct_series(&CHILD, 1).remove(0).1.len());
    // The last file and half of the one before, each in blocks of its own.
    let cut = 2 * slice.next_multiple_of(2048) - slice / 2;
    shell.write("cut.iso", &whole[..whole.len() - cut]);
    let case = shell.open_case();
    let cut = preview(&shell, &case, "cut.iso");
    assert!(cut.out.contains("2 listed and present, 0 listed and missing"), "{}", cut.out);
    assert!(cut.out.contains("0 present and not listed, 2 files UNREADABLE"), "{}", cut.out);
    assert!(cut.err.contains("WARNING: 2 files on it cannot be read."), "{}", cut.err);
    shell.run(["disc", "--case", &case, "--yes", "cut.iso"]).ended(1);
    let medium = shell.show(&case)["media"][0].clone();
    assert_eq!(medium["unreadable"], serde_json::json!(["DICOM/CT000003", "DICOM/CT000004"]));
    let none = preview(&shell, &case, "patient.toml");
    assert!(none.err.contains("WARNING: this is no disc"), "{}", none.err);
    assert!(none.out.contains("\n\n1 entry, "), "{}", none.out);
}
