//! Findings that a person set: what they say, of what, and that nothing else is changed by them.

use super::{At, Making, codes, image, readable, row};
use casegate::{
    casework::{
        case::{CaseFile, Overlay},
        flags::{self, Flag, Flagged, Unfit},
        gate,
        ledger::{self, Row},
        waivers::{self, Place, Reach, Unknown, Waiver},
    },
    domain::{
        case::{Gate, Patient, Programme},
        facts::{Facts, FileKind, ManifestFacts, ManifestRow, PageFacts, Readable},
        ids::RulingId,
        job::OpenWork,
        reason::{Family, Reason, Severity},
        time::Instant,
        verdict::PatientMatch,
    },
};

const WHY: &str = "the doses on this page make no sense";

fn letter(pages: u32) -> Facts {
    let mut facts = readable(FileKind::Pdf);
    facts.pages = (1..=pages).map(|page| PageFacts { page, words: 100, ..PageFacts::default() }).collect();
    facts
}

fn id(number: u8) -> RulingId {
    RulingId::from_bytes([number; 16])
}

/// A flag of what is at this place, as the desk sets it.
fn flag(making: &mut Making, at: At, (code, page, reach): (Reason, Option<u32>, Reach)) -> Flag {
    Flag {
        code,
        severity: flags::weight(code, &Programme::default()),
        named: making.at(at).0.id,
        page,
        reach,
        reason: WHY.to_owned(),
        by: "os:0".to_owned(),
        at: Instant(5),
    }
}

fn of_document(making: &mut Making, at: At, code: Reason) -> Flag {
    flag(making, at, (code, None, Reach::Document))
}

/// The case with these rulings, each under the number of its place.
fn judged(making: &Making, set: &[Flag], accepted: &[Waiver]) -> (CaseFile, Overlay) {
    let (file, mut overlay) = making.judged();
    overlay.flagged = flags::laid(&file, &numbered(set));
    overlay.waived = waivers::in_force(&waivers::findings(&file, &overlay), &numbered(accepted));
    (file, overlay)
}

fn numbered<R: Clone>(rulings: &[R]) -> Vec<(RulingId, R)> {
    rulings.iter().zip(1..).map(|(ruling, number)| (id(number), ruling.clone())).collect()
}

fn rows(making: &Making, set: &[Flag], accepted: &[Waiver]) -> Vec<Row> {
    let (file, overlay) = judged(making, set, accepted);
    ledger::rows(&file, &overlay, None)
}

fn gate_of(making: &Making, set: &[Flag], accepted: &[Waiver]) -> Gate {
    let (file, overlay) = judged(making, set, accepted);
    gate::judge(&file, &overlay, (OpenWork::default(), 1, Instant(1)))
}

/// The paths of what a flag is laid on.
fn laid(making: &Making, set: &[Flag]) -> Vec<Vec<String>> {
    let (file, overlay) = judged(making, set, &[]);
    let paths = |one: &Flagged| one.entries.iter().map(|entry| file.get(*entry).unwrap().path.clone()).collect();
    overlay.flagged.iter().map(paths).collect()
}

/// Proves that what is set stands with its page, weight, reason and author beside what the machine said, of which nothing is
/// changed, and blocks where its weight says so.
#[test]
fn what_is_set_stands_beside_what_was_found() {
    let mut making = Making::default();
    let at = making.add("letter.pdf", letter(3));
    making.add("other.pdf", letter(1));
    let poor = flag(&mut making, at, (Reason::PoorTranslation, Some(2), Reach::Document));
    let before = rows(&making, &[], &[]);
    let after = rows(&making, std::slice::from_ref(&poor), &[]);
    let (was, is) = (row(&before, "letter.pdf"), row(&after, "letter.pdf"));
    assert_eq!(codes(is), [codes(was), vec![Reason::PoorTranslation]].concat());
    let said = is.reasons.last().unwrap();
    let set = said.flagged.as_ref().unwrap();
    assert_eq!((said.severity, said.page, said.detail.as_str()), (Severity::Warn, Some(2), "set at the desk"));
    assert_eq!((set.flag, set.reason.as_deref(), set.by.as_str()), (id(1), Some(WHY), "os:0"));
    assert_eq!(
        (is.readable, &is.language, &is.pages, &is.patient),
        (was.readable, &was.language, &was.pages, &was.patient)
    );
    assert_eq!(row(&after, "other.pdf"), row(&before, "other.pdf"));
    assert!(gate_of(&making, &[poor], &[]).ready, "it warns");
    let illegible = of_document(&mut making, at, Reason::Illegible);
    assert_eq!(gate_of(&making, std::slice::from_ref(&illegible), &[]).blocking, [Reason::Illegible]);
    assert_eq!(row(&rows(&making, &[illegible], &[]), "letter.pdf").readable, Readable::Yes, "as it was judged");
}

/// Proves that a flag stays when its document is judged again, is of its copies too and stands with the first of them, and
/// is gone with its document.
#[test]
fn a_flag_hangs_on_its_document() {
    let mut making = Making::default();
    let at = making.add("scan.pdf", letter(1));
    let copy = making.add("scan (1).pdf", letter(1));
    making.duplicate(copy, at);
    let set = [of_document(&mut making, at, Reason::PoorTranslation)];
    let mut later = letter(1);
    later.observe(Reason::HardToRead, "read meanwhile");
    making.at(at).1.facts = Some(later);
    let all = rows(&making, &set, &[]);
    assert!(codes(row(&all, "scan.pdf")).contains(&Reason::PoorTranslation));
    assert_eq!(codes(row(&all, "scan (1).pdf")), [Reason::ExactDuplicate]);
    let gone = Flag { named: casegate::domain::ids::EntryId::from_bytes([99; 16]), ..set[0].clone() };
    assert!(laid(&making, &[gone]).is_empty());
}

/// Proves that what is set twice of one document, page and code is said once, whoever set it, by the one that weighs most and
/// of those by the last, which nobody has accepted yet; and what differs is not.
#[test]
fn the_same_is_said_once() {
    let mut making = Making::default();
    let at = making.add("letter.pdf", letter(3));
    let page = |making: &mut Making, page| flag(making, at, (Reason::CutOff, page, Reach::Document));
    let set =
        [page(&mut making, Some(1)), page(&mut making, Some(1)), page(&mut making, Some(2)), page(&mut making, None)];
    let (_, overlay) = judged(&making, &set, &[]);
    let ids: Vec<RulingId> = overlay.flagged.iter().map(|flagged| flagged.id).collect();
    assert_eq!(ids, [id(2), id(3), id(4)]);
    let heavier =
        [Flag { severity: Severity::Block, ..set[0].clone() }, Flag { severity: Severity::Warn, ..set[1].clone() }];
    let (_, overlay) = judged(&making, &heavier, &[]);
    assert_eq!(overlay.flagged.iter().map(|flagged| flagged.id).collect::<Vec<_>>(), [id(1)]);
}

/// Proves that a container stands for everything in it, what comes out of it later too, that a study stands for its images,
/// and that junk is nobody's document.
#[test]
fn containers_and_studies_stand_for_what_is_in_them() {
    let mut making = Making::default();
    let archive = making.add("all.zip", readable(FileKind::Archive));
    making.member(archive, "a.pdf", letter(1));
    making.member(archive, "Thumbs.db", Facts::of(FileKind::SystemJunk, Readable::No));
    making.add("apart.pdf", letter(1));
    let strangers = [of_document(&mut making, archive, Reason::WrongPatient)];
    assert_eq!(laid(&making, &strangers), [["all.zip", "all.zip!/a.pdf"]]);
    making.member(archive, "late.pdf", letter(1));
    assert_eq!(laid(&making, &strangers), [["all.zip", "all.zip!/a.pdf", "all.zip!/late.pdf"]]);
    let slice = |study: &str, instance: &str| {
        let mut facts = image(instance, "Example^Rosa");
        facts.dicom.as_mut().unwrap().study = study.to_owned();
        facts
    };
    let first = making.add("1.dcm", slice("1.2", "1.2.1"));
    making.add("2.dcm", slice("1.2", "1.2.2"));
    making.add("3.dcm", slice("1.3", "1.3.1"));
    let study = flag(&mut making, first, (Reason::ScreenshotNotImaging, None, Reach::Study));
    assert_eq!(laid(&making, &[study]), [["1.dcm", "2.dcm"]]);
}

/// Proves that a person's word on whose a document is keeps it in the house, whatever the programme weighs, even where
/// nothing was compared, until that is accepted or taken back; the machine's answer stays.
#[test]
fn whose_it_is_keeps_it_in_the_house() {
    let mut making = Making::default();
    making.about(Patient { given: "Rosa".to_owned(), family: "Example".to_owned(), ..Patient::default() });
    let at = making.add("page.pdf", letter(1));
    for code in [Reason::WrongPatient, Reason::MultiplePatients, Reason::PatientUnconfirmed] {
        let mut set = of_document(&mut making, at, code);
        assert!(set.severity >= Severity::Warn, "{code}");
        set.severity = Severity::Info;
        let held = &rows(&making, &[set.clone()], &[])[0];
        assert!(held.patient.doubtful && held.patient.matches == PatientMatch::Unknown, "{code}");
        let accepted = waiver(&making, &set, "a maiden name");
        assert!(!rows(&making, &[set], &[accepted])[0].patient.doubtful, "{code}");
    }
    assert!(!rows(&making, &[], &[])[0].patient.doubtful);
    let lenient = Programme { severity: [(Reason::PatientUnconfirmed, Severity::Info)].into(), ..Programme::default() };
    assert_eq!(flags::weight(Reason::PatientUnconfirmed, &lenient), Severity::Warn);
}

/// A waiver of everything that this flag, alone, says.
fn waiver(making: &Making, set: &Flag, reason: &str) -> Waiver {
    let (file, overlay) = judged(making, std::slice::from_ref(set), &[]);
    let seen: Vec<_> = waivers::findings(&file, &overlay).into_iter().filter(|seen| seen.flag.is_some()).collect();
    Waiver {
        code: set.code,
        named: seen[0].place.about(),
        findings: waivers::grouped(&seen),
        reason: reason.to_owned(),
        by: "os:0".to_owned(),
        at: Instant(6),
    }
}

/// Proves that what was set can be accepted, and that this holds for that flag only: not for one that is set afterwards in the
/// same words, nor for the same found by the machine.
#[test]
fn accepting_holds_for_that_flag_only() {
    let mut making = Making::default();
    let at = making.add("letter.pdf", letter(1));
    let set = of_document(&mut making, at, Reason::Illegible);
    let accepted = waiver(&making, &set, "the specialist can read it");
    assert!(gate_of(&making, std::slice::from_ref(&set), std::slice::from_ref(&accepted)).ready);
    let said = &rows(&making, std::slice::from_ref(&set), std::slice::from_ref(&accepted))[0].reasons[0];
    assert!(said.severity == Severity::Info && said.waived.is_some() && said.flagged.is_some(), "{said:?}");
    let (file, mut overlay) = making.judged();
    overlay.flagged = flags::laid(&file, &[(id(8), set)]);
    let seen = waivers::findings(&file, &overlay);
    assert!(waivers::in_force(&seen, &numbered(std::slice::from_ref(&accepted))).is_empty(), "set anew");
    let mut facts = letter(1);
    facts.observe(Reason::Illegible, "set at the desk");
    let mut found = Making::default();
    found.add("letter.pdf", facts);
    assert_eq!(gate_of(&found, &[], &[accepted]).blocking, [Reason::Illegible], "found in the same words");
}

/// Proves what nothing is set of: what is no document, junk, a page that is not there or not one document's, an image of no
/// study.
#[test]
fn what_nobody_can_have_seen_is_not_set() {
    let mut making = Making::default();
    making.add("letter.pdf", letter(3));
    making.add("unread.pdf", readable(FileKind::Pdf));
    making.add("Thumbs.db", Facts::of(FileKind::SystemJunk, Readable::No));
    let archive = making.add("all.zip", readable(FileKind::Archive));
    making.member(archive, "a.pdf", letter(1));
    let values = std::iter::once(("file_name".to_owned(), "one.svs".to_owned())).collect();
    let mut list = readable(FileKind::SlideManifest);
    list.manifest = Some(ManifestFacts { rows: vec![ManifestRow { row: 1, values }], fields: Vec::new() });
    making.add("s/list.csv", list);
    let (file, overlay) = making.judged();
    let named = |path: &str| waivers::resolve(&file, &overlay, path).unwrap();
    let tried = |place: Place<'_>, page, reach| flags::reached(&file, place, (page, reach)).map(|all| all.len());
    let document = Reach::Document;
    assert_eq!(tried(named("letter.pdf"), Some(3), document), Ok(1));
    assert_eq!(tried(named("letter.pdf"), Some(4), document), Err(Unfit::Beyond(3)));
    assert_eq!(tried(named("letter.pdf"), Some(0), document), Err(Unfit::NoPage));
    assert_eq!(tried(named("unread.pdf"), Some(9), document), Ok(1), "its pages are not known");
    assert_eq!(tried(named("Thumbs.db"), None, document), Err(Unfit::Junk(FileKind::SystemJunk)));
    assert_eq!(tried(named("all.zip"), None, document), Ok(2));
    assert_eq!(tried(named("all.zip"), Some(1), document), Err(Unfit::PageOfSeveral));
    assert_eq!(tried(named("s/one.svs"), None, document), Err(Unfit::NoDocument));
    assert_eq!(tried(named("letter.pdf"), None, Reach::Study), Err(Unfit::Unknown(Unknown::NoStudy)));
}

/// Proves that a person may set what is seen by looking, and nothing that speaks of lists, copies, harm or the case.
#[test]
fn only_what_is_seen_by_looking_may_be_set() {
    for code in Reason::ALL {
        let may = flags::refusal(*code).is_none();
        match code.family() {
            Family::Disc | Family::Slides | Family::Safety | Family::Case | Family::Duplicates => {
                assert!(!may, "{code}")
            }
            Family::Identity | Family::Imaging => assert!(may, "{code}"),
            Family::Unreadable | Family::Language => {}
        }
        // Whatever may be set can be accepted again.
        assert!(!may || waivers::refusal(*code).is_none(), "{code}");
    }
    for code in [Reason::PoorTranslation, Reason::Illegible, Reason::HardToRead, Reason::NotEnglish, Reason::CutOff] {
        assert!(flags::refusal(code).is_none(), "{code}");
    }
    for code in [Reason::ReadingPending, Reason::ParserFailed, Reason::ImageOnly, Reason::LanguageUndetermined] {
        assert!(flags::refusal(code).is_some(), "{code}");
    }
}
