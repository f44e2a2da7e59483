//! Accepted findings: what they open, and that they hold for nothing else.

use super::{At, Making, codes, readable, row};
use casegate::{
    casework::{
        case::{CaseFile, Overlay},
        gate,
        ledger::{self, Row},
        waivers::{self, Accepted, Cover, Reach, Seen, Unknown, Waiver},
    },
    domain::{
        case::{Gate, Patient},
        entry::Outcome,
        facts::{DicomFacts, Facts, FileKind, ManifestFacts, ManifestRow, NamedPerson, Readable, SlideFacts},
        ids::{PlainDigest, RulingId},
        job::OpenWork,
        reason::{Reason, Severity},
        time::Instant,
    },
};

const ID: RulingId = RulingId::from_bytes([7; 16]);

fn child() -> Patient {
    let text = |text: &str| text.to_owned();
    Patient { given: text("Rosa"), family: text("Example"), birth_date: text("2014-05-06"), ..Patient::default() }
}

fn naming(name: &str, birth_date: &str) -> Facts {
    let mut facts = readable(FileKind::Pdf);
    let person = NamedPerson {
        names: vec![name.to_owned()],
        birth_date: Some(birth_date.to_owned()),
        place: "page 1".to_owned(),
        ..NamedPerson::default()
    };
    facts.people.push(person);
    facts
}

fn locked() -> Facts {
    let mut facts = Facts::of(FileKind::Pdf, Readable::No);
    facts.observe(Reason::PasswordRequired, "locked");
    facts
}

fn slice(study: &str, instance: &str) -> Facts {
    let mut facts = naming("Other^Child", "20010203");
    facts.kind = Some(FileKind::Dicom);
    let (study, sop_instance) = (study.to_owned(), instance.to_owned());
    facts.dicom = Some(DicomFacts { study, sop_instance, ..DicomFacts::default() });
    facts
}

/// A waiver for what is named, as the desk gives it.
fn given(making: &Making, (named, code, reach): (&str, Reason, Reach)) -> Waiver {
    let (file, overlay) = making.judged();
    let place = waivers::resolve(&file, &overlay, named).unwrap();
    let cover = Cover::of(&file, place, reach).unwrap();
    let wanted = |seen: &Seen<'_>| seen.finding.code == code && cover.has(seen);
    let seen: Vec<Seen<'_>> = waivers::findings(&file, &overlay).into_iter().filter(wanted).collect();
    assert!(!seen.is_empty(), "{named}: no {code}");
    Waiver {
        code,
        named: place.about(),
        findings: waivers::grouped(&seen),
        reason: "a maiden name".to_owned(),
        by: "os:0".to_owned(),
        at: Instant(5),
    }
}

/// The case with these waivers.
fn judged(making: &Making, waivers: &[Waiver]) -> (CaseFile, Overlay) {
    let (file, mut overlay) = making.judged();
    let given: Vec<_> = waivers.iter().map(|waiver| (ID, waiver.clone())).collect();
    overlay.waived = waivers::in_force(&waivers::findings(&file, &overlay), &given);
    (file, overlay)
}

fn gate_of(making: &Making, waivers: &[Waiver]) -> Gate {
    let (file, overlay) = judged(making, waivers);
    gate::judge(&file, &overlay, (OpenWork::default(), 1, Instant(1)))
}

fn rows_of(making: &Making, waivers: &[Waiver]) -> Vec<Row> {
    let (file, overlay) = judged(making, waivers);
    ledger::rows(&file, &overlay, None)
}

/// A case of the child with a document of its own and one that names somebody else.
fn with_a_stranger() -> (Making, At) {
    let mut making = Making::default();
    making.about(child());
    making.add("own.pdf", naming("Rosa Example", "2014-05-06"));
    let other = making.add("other.pdf", naming("Marta Quill", "2001-02-03"));
    (making, other)
}

/// Proves that an accepted finding blocks no longer and stays in the ledger with its reason and what it weighed, that the
/// match stays as it was, and that nothing else of the case is touched.
#[test]
fn what_is_accepted_blocks_no_longer() {
    let (mut making, _) = with_a_stranger();
    making.add("locked.pdf", locked());
    assert_eq!(gate_of(&making, &[]).blocking, [Reason::PasswordRequired, Reason::WrongPatient]);
    let waiver = given(&making, ("other.pdf", Reason::WrongPatient, Reach::Document));
    assert_eq!(gate_of(&making, std::slice::from_ref(&waiver)).blocking, [Reason::PasswordRequired]);
    let both = [waiver, given(&making, ("locked.pdf", Reason::PasswordRequired, Reach::Document))];
    assert!(gate_of(&making, &both).ready);
    let (before, after) = (rows_of(&making, &[]), rows_of(&making, &both));
    let other = row(&after, "other.pdf");
    assert_eq!(codes(other), [Reason::WrongPatient]);
    let waived = other.reasons[0].waived.as_ref().unwrap();
    assert_eq!((other.reasons[0].severity, waived.was), (Severity::Info, Severity::Block));
    assert_eq!((waived.reason.as_str(), waived.by.as_str(), waived.waiver), ("a maiden name", "os:0", ID));
    assert_eq!(other.patient, row(&before, "other.pdf").patient, "what was compared stays as it is");
    assert_eq!(row(&after, "own.pdf"), row(&before, "own.pdf"));
}

/// Proves that a waiver holds for the very finding only: another person on the same page in the same words, other words,
/// other bytes or another document make a finding that nobody accepted.
#[test]
fn another_finding_was_not_accepted() {
    let (making, _) = with_a_stranger();
    let waiver = given(&making, ("other.pdf", Reason::WrongPatient, Reach::Document));
    let blocked = |change: &dyn Fn(&mut Making, At)| {
        let (mut making, other) = with_a_stranger();
        change(&mut making, other);
        gate_of(&making, std::slice::from_ref(&waiver)).blocking
    };
    assert_eq!(blocked(&|_, _| {}), []);
    let replaced = |making: &mut Making, at: At, facts: Facts| making.at(at).1.facts = Some(facts);
    let other_person = blocked(&|making, at| replaced(making, at, naming("Petra Quill", "2001-02-03")));
    assert_eq!(other_person, [Reason::WrongPatient], "another person in the same words");
    let with_a_third = blocked(&|making, at| {
        let mut facts = naming("Marta Quill", "2001-02-03");
        facts.people.extend(naming("Jonas Third", "1999-09-09").people);
        replaced(making, at, facts);
    });
    assert_eq!(with_a_third, [Reason::WrongPatient], "one more person");
    let other_words = blocked(&|making, at| replaced(making, at, naming("Marta Example", "2001-02-03")));
    assert_eq!(other_words, [Reason::WrongPatient], "other words");
    let other_bytes = blocked(&|making, at| making.at(at).1.sha256 = Some(PlainDigest([99; 32])));
    assert_eq!(other_bytes, [Reason::WrongPatient], "other bytes");
    let one_more = blocked(&|making, _| {
        making.add("third.pdf", naming("Marta Quill", "2001-02-03"));
    });
    assert_eq!(one_more, [Reason::WrongPatient], "the same of another document");
}

/// Proves that page and words of a finding count as well, each by itself.
#[test]
fn page_and_words_count() {
    let (making, _) = with_a_stranger();
    let (file, overlay) = making.judged();
    let waiver = given(&making, ("other.pdf", Reason::WrongPatient, Reach::Document));
    let seen = waivers::findings(&file, &overlay);
    let holds = |change: &dyn Fn(&mut Accepted)| {
        let mut changed = waiver.clone();
        change(&mut changed.findings[0]);
        !waivers::in_force(&seen, &[(ID, changed)]).is_empty()
    };
    assert!(holds(&|_| {}));
    assert!(!holds(&|accepted| accepted.page = Some(2)));
    assert!(!holds(&|accepted| accepted.detail.push('!')));
    assert!(!holds(&|accepted| accepted.evidence.clear()));
    assert!(!holds(&|accepted| accepted.about.clear()));
    let other_code = Waiver { code: Reason::MultiplePatients, ..waiver.clone() };
    assert!(waivers::in_force(&seen, &[(ID, other_code)]).is_empty());
}

/// Proves that a container stands for what is in it when it is accepted, and not for what comes out of it later.
#[test]
fn a_container_stands_for_what_is_in_it() {
    let mut making = Making::default();
    making.about(child());
    making.add("own.pdf", naming("Rosa Example", "2014-05-06"));
    let archive = making.add("all.zip", readable(FileKind::Archive));
    making.member(archive, "a.pdf", naming("Marta Quill", "2001-02-03"));
    let inner = making.member(archive, "inner.zip", readable(FileKind::Archive));
    making.member(inner, "b.pdf", naming("Marta Quill", "2001-02-03"));
    making.add("apart.pdf", locked());
    let waiver = given(&making, ("all.zip", Reason::WrongPatient, Reach::Document));
    assert_eq!(waiver.findings.iter().map(|accepted| accepted.about.len()).sum::<usize>(), 2);
    assert_eq!(waiver.findings.len(), 1, "said in the same words, kept once");
    assert_eq!(gate_of(&making, std::slice::from_ref(&waiver)).blocking, [Reason::PasswordRequired]);
    making.member(archive, "late.pdf", naming("Marta Quill", "2001-02-03"));
    let gate = gate_of(&making, &[waiver]);
    assert_eq!(gate.blocking, [Reason::PasswordRequired, Reason::WrongPatient]);
}

/// Proves that the slices of a study are accepted with one of them, and those of another study are not.
#[test]
fn a_study_is_accepted_with_one_of_its_images() {
    let mut making = Making::default();
    making.about(child());
    making.add("own.pdf", naming("Rosa Example", "2014-05-06"));
    making.add("1.dcm", slice("1.2", "1.2.1"));
    making.add("2.dcm", slice("1.2", "1.2.2"));
    let one = given(&making, ("1.dcm", Reason::WrongPatient, Reach::Document));
    assert_eq!(gate_of(&making, &[one]).blocking, [Reason::WrongPatient]);
    let study = given(&making, ("1.dcm", Reason::WrongPatient, Reach::Study));
    assert!(gate_of(&making, std::slice::from_ref(&study)).ready);
    making.add("3.dcm", slice("1.3", "1.3.1"));
    assert_eq!(gate_of(&making, &[study]).blocking, [Reason::WrongPatient]);
    let (file, overlay) = making.judged();
    let letter = waivers::resolve(&file, &overlay, "own.pdf").unwrap();
    assert_eq!(Cover::of(&file, letter, Reach::Study).unwrap_err(), Unknown::NoStudy);
}

/// Proves that a list stands for what it lists and is missing, that a missing thing can be named by its path alone, and
/// that one that is missing later is not accepted.
#[test]
fn what_is_listed_and_missing_goes_with_its_list() {
    let list = |names: &[&str]| {
        let mut facts = readable(FileKind::SlideManifest);
        let row = |(name, row): (&&str, u32)| ManifestRow {
            row,
            values: std::iter::once(("file_name".to_owned(), (*name).to_owned())).collect(),
        };
        facts.manifest = Some(ManifestFacts { rows: names.iter().zip(1..).map(row).collect(), fields: Vec::new() });
        facts
    };
    let mut making = Making::default();
    making.add("letter.pdf", readable(FileKind::Pdf));
    let at = making.add("s/list.csv", list(&["one.svs"]));
    let waiver = given(&making, ("s/list.csv", Reason::SlideMissing, Reach::Document));
    assert!(gate_of(&making, std::slice::from_ref(&waiver)).ready);
    let missing = rows_of(&making, std::slice::from_ref(&waiver));
    let missing = row(&missing, "s/one.svs");
    assert_eq!((missing.outcome, missing.reasons[0].severity), (Outcome::Missing, Severity::Info));
    let row_alone = given(&making, ("s/one.svs", Reason::SlideMissing, Reach::Document));
    assert_eq!(gate_of(&making, &[row_alone]).blocking, [Reason::SlideMissing], "the list says it too");
    making.at(at).1.facts = Some(list(&["one.svs", "two.svs"]));
    assert_eq!(gate_of(&making, &[waiver]).blocking, [Reason::SlideMissing]);
}

/// Proves that doubt about whose a document is ends with the waiver, so that it may leave, and only then.
#[test]
fn doubt_ends_with_the_waiver() {
    let mut making = Making::default();
    making.about(child());
    making.add("doubt.pdf", naming("Rosa Maidenname", "2014-05-06"));
    let before = rows_of(&making, &[]);
    assert_eq!(row(&before, "doubt.pdf").reasons[0].severity, Severity::Warn);
    assert!(row(&before, "doubt.pdf").patient.doubtful);
    let waiver = given(&making, ("doubt.pdf", Reason::PatientUnconfirmed, Reach::Document));
    let after = rows_of(&making, &[waiver]);
    assert!(!row(&after, "doubt.pdf").patient.doubtful);
    assert_eq!(row(&after, "doubt.pdf").patient.evidence, row(&before, "doubt.pdf").patient.evidence);
}

/// Proves that a code that nobody may accept is not accepted by a waiver either, however it came to be.
#[test]
fn what_could_do_harm_is_never_accepted() {
    let mut making = Making::default();
    making.add("letter.pdf", readable(FileKind::Pdf));
    let mut facts = readable(FileKind::Pdf);
    facts.observe(Reason::Malware, "found");
    making.add("bad.pdf", facts);
    let waiver = given(&making, ("bad.pdf", Reason::Malware, Reach::Document));
    assert_eq!(gate_of(&making, &[waiver]).blocking, [Reason::Malware]);
    for code in [Reason::Malware, Reason::Executable, Reason::ArchiveBomb, Reason::Stuck, Reason::MissingItem] {
        assert!(waivers::refusal(code).is_some(), "{code}");
    }
}

/// Proves that a name that means nothing, or several things, is said to.
#[test]
fn names_are_resolved_or_refused() {
    let mut making = Making::default();
    let first = making.add("same.pdf", locked());
    let second = making.add("same.pdf", naming("Rosa Example", "2014-05-06"));
    making.add("usb/informe\u{7} alta.pdf", locked());
    making.add("usb/other.pdf", locked());
    making.add("post/other.pdf", locked());
    let (id, second) = (making.at(first).0.id, making.at(second).0.id);
    let (file, overlay) = making.judged();
    let named = |name: &str| waivers::resolve(&file, &overlay, name).map(|place| place.about());
    assert!(named(&id.to_string()).is_ok());
    assert_eq!(
        named("same.pdf"),
        Err(Unknown::Several(vec![format!("same.pdf ({id})"), format!("same.pdf ({second})")]))
    );
    for name in ["informe\u{7} alta.pdf", "informe\u{fffd} alta.pdf", "usb/informe\u{fffd} alta.pdf", "… alta.pdf"] {
        assert!(named(name).is_ok(), "{name}");
    }
    for name in ["alta.pdf", " alta.pdf", "", "…", "sb/other.pdf", "x/usb/other.pdf"] {
        assert_eq!(named(name), Err(Unknown::Nothing), "{name}");
    }
    assert!(named("usb/other.pdf").is_ok() && named("…sb/other.pdf").is_ok());
    let Err(several) = named("other.pdf") else { panic!("two are called that") };
    let told = several.to_string();
    assert!(told.contains("\n  usb/other.pdf (") && told.contains("\n  post/other.pdf ("), "{told}");
    assert_eq!(named("none.pdf"), Err(Unknown::Nothing));
    assert_eq!(named(&"z".repeat(26)), Err(Unknown::Nothing));
}

/// Proves that a slide that is kept back because its row is in doubt says so, so that somebody can let it out.
#[test]
fn a_slide_in_doubt_says_so() {
    let mut making = Making::default();
    making.about(child());
    let mut slide = readable(FileKind::Slide);
    slide.slide = Some(SlideFacts { vendor: "aperio".to_owned(), ..SlideFacts::default() });
    making.add("s/one.svs", slide);
    let values = [("file_name", "one.svs"), ("patient_name", "Rosa Example"), ("birth_date", "2014-05-07")];
    let values = values.iter().map(|(field, value)| ((*field).to_owned(), (*value).to_owned())).collect();
    let mut list = readable(FileKind::SlideManifest);
    list.manifest = Some(ManifestFacts { rows: vec![ManifestRow { row: 1, values }], fields: Vec::new() });
    making.add("s/list.csv", list);
    let rows = rows_of(&making, &[]);
    let slide = row(&rows, "s/one.svs");
    assert!(slide.patient.doubtful);
    let said = slide.reasons.iter().find(|reason| reason.code == Reason::PatientUnconfirmed).unwrap();
    assert_eq!(said.severity, Severity::Warn);
    let waiver = given(&making, ("s/one.svs", Reason::PatientUnconfirmed, Reach::Document));
    assert!(!row(&rows_of(&making, &[waiver]), "s/one.svs").patient.doubtful);
}

fn slide_list(name: &str, birth_date: &str) -> Facts {
    let values = [("file_name", "one.svs"), ("patient_name", name), ("birth_date", birth_date)];
    let values = values.iter().map(|(field, value)| ((*field).to_owned(), (*value).to_owned())).collect();
    let mut list = readable(FileKind::SlideManifest);
    list.manifest = Some(ManifestFacts { rows: vec![ManifestRow { row: 1, values }], fields: Vec::new() });
    list
}

/// Proves that what was accepted of a slide for one list's patient does not hold for another patient in a later list,
/// although both are said in the same words, nor for one where the label itself names the child.
#[test]
fn a_second_list_with_another_stranger_blocks_again() {
    for label in [None, Some(("Rosa Example", "2014-05-06"))] {
        let mut making = Making::default();
        making.about(child());
        let mut slide = label.map_or_else(|| readable(FileKind::Slide), |(name, birth_date)| naming(name, birth_date));
        slide.kind = Some(FileKind::Slide);
        slide.slide = Some(SlideFacts { vendor: "aperio".to_owned(), ..SlideFacts::default() });
        making.add("s/one.svs", slide);
        making.add("s/list.csv", slide_list("Marta Quill", "2001-02-03"));
        let waiver = given(&making, ("s/one.svs", Reason::WrongPatient, Reach::Document));
        let blocks =
            |making: &Making| gate_of(making, std::slice::from_ref(&waiver)).blocking.contains(&Reason::WrongPatient);
        assert!(!blocks(&making), "{label:?}");
        making.add("s/second.csv", slide_list("Nora Third", "2011-11-11"));
        assert!(blocks(&making), "{label:?}: nobody accepted the third");
    }
}

/// Proves that a document which comes to name one more stranger is another finding, however many it named before.
#[test]
fn one_more_stranger_is_another_finding() {
    let strangers = |count: u32| {
        let mut facts = naming("Marta Quill", "2001-02-03");
        let first = facts.people[0].clone();
        let another = |at| NamedPerson { names: vec![format!("Nora Third{at}")], ..first.clone() };
        facts.people.extend((1..count).map(another));
        facts
    };
    let mut before = Making::default();
    before.about(child());
    before.add("other.pdf", strangers(40));
    let waiver = given(&before, ("other.pdf", Reason::WrongPatient, Reach::Document));
    assert!(!gate_of(&before, std::slice::from_ref(&waiver)).blocking.contains(&Reason::WrongPatient));
    let mut after = Making::default();
    after.about(child());
    after.add("other.pdf", strangers(41));
    assert!(gate_of(&after, &[waiver]).blocking.contains(&Reason::WrongPatient));
}
