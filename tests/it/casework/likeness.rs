//! Documents that are alike, and those that only look so.

use super::{Making, codes, readable, row};
use casegate::{
    casework::{
        ledger::{Row, Similar},
        likeness,
    },
    domain::{
        entry::{Outcome, PixelsRead},
        facts::{DicomFacts, Facts, FileKind, NamedPerson, PageText, TextSource},
        ids::PlainDigest,
        reading::{PageLook, PageReading, Reading},
        reason::Reason,
    },
};

const BODY: &str = "HISTORY OF PRESENT ILLNESS: This girl was brought in by her father for evaluation of an injury of the \
    right knee three days ago while playing tennis. She had immediate pain and swelling. At this time she complains of \
    instability. Her past history is significant for a reconstruction of the anterior ligament in 03/2008 by another \
    surgeon, and for laxity of the graft due in part to missed physiotherapy. She takes no medications on a regular \
    basis and is allergic to some antibiotics. She measures 142 cm, weighs 41 kg, and walks with a marked limp on the \
    right side. Inspection of the knee reveals an effusion of 25 ml. Haemoglobin 118, platelets 264, CRP 18.";

fn document(kind: FileKind, text: &str, source: TextSource) -> Facts {
    let mut facts = readable(kind);
    facts.text_print = likeness::print(&[PageText { page: 1, text: text.to_owned() }], source);
    facts
}

fn letter(header: &str) -> String {
    format!("Harbour Lane Children's Clinic, 14 Harbour Lane, Tel 555-0143\n{header}\n{BODY}\nPage 1 of 1")
}

/// What a reader of pixels makes of a text: every `nth` word misread.
fn misread(text: &str, nth: usize) -> String {
    let word = |(at, word): (usize, &str)| if at % nth == 0 { format!("{word}x") } else { word.to_owned() };
    text.split_whitespace().enumerate().map(word).collect::<Vec<_>>().join(" ")
}

#[track_caller]
fn like(rows: &[Row], path: &str, other: &str) {
    let found = row(rows, path);
    assert_eq!(codes(found), [Reason::NearDuplicate], "{path}");
    assert_eq!(found.similar_to, [Similar { path: other.to_owned(), code: Reason::NearDuplicate }]);
    assert_eq!(found.outcome, Outcome::Stored);
}

/// Proves that the same text in another file, under another header, or read from a scan with one word in twelve wrong is
/// linked to the digital one, in whatever order they come.
#[test]
fn one_report_in_many_forms() {
    let files = [
        ("report.pdf", FileKind::Pdf, letter("Department of Surgery"), TextSource::Digital),
        ("report saved again.pdf", FileKind::Pdf, letter("Department of Surgery"), TextSource::Digital),
        (
            "report to the school.docx",
            FileKind::Office,
            letter("To the school, with kind regards"),
            TextSource::Digital,
        ),
        ("Scan0001.pdf", FileKind::Pdf, misread(&letter("Department of Surgery"), 12), TextSource::Pixels),
        ("IMG_1.jpg", FileKind::Image, misread(BODY, 9), TextSource::Pixels),
    ];
    for turned in [false, true] {
        let mut making = Making::default();
        let mut order: Vec<_> = files.iter().collect();
        if turned {
            order.reverse();
        }
        for (name, kind, text, source) in order {
            making.add(name, document(*kind, text, *source));
        }
        let rows = making.ledger();
        assert_eq!(codes(row(&rows, "report.pdf")), []);
        for (name, ..) in &files[1..] {
            like(&rows, name, "report.pdf");
        }
    }
}

/// Proves that a hint says which figures differ.
#[test]
fn what_differs_is_said() {
    let mut making = Making::default();
    making.add("a.pdf", document(FileKind::Pdf, &letter("Report of 02.03.2015"), TextSource::Digital));
    making.add("ab.pdf", document(FileKind::Pdf, &letter("Report of 09.03.2015"), TextSource::Digital));
    let rows = making.ledger();
    like(&rows, "ab.pdf", "a.pdf");
    let detail = &row(&rows, "ab.pdf").reasons[0].detail;
    assert!(detail.contains("only here: 09.03.2015") && detail.contains("only there: 02.03.2015"), "{detail}");
}

/// Proves that letters under one letterhead, one form with other values, and one letter about two children are not
/// called alike.
#[test]
fn forms_are_not_alike() {
    let form = |values: [u32; 8]| {
        let names = ["Hb", "Plt", "LDH", "CRP", "Ferritin", "Na", "K", "Crea"];
        let rows: Vec<String> =
            names.iter().zip(values).map(|(name, value)| format!("{name} {value} mmol/L")).collect();
        format!("Harbour Lane Children's Clinic Laboratory report Haematology and biochemistry {}", rows.join("\n"))
    };
    let other = "PREOPERATIVE DIAGNOSIS: abscess of the distal femur. OPERATION: irrigation. ANESTHESIA: general. She is a \
        child who has a history of burns. After consent was obtained she was placed supine on the table and draped in \
        a sterile fashion. Sutures were removed and three liters of saline were used for the final washout today.";
    let letterhead = "Harbour Lane Children's Clinic, 14 Harbour Lane, Tel 555-0143\nDepartment of Surgery\n";
    let mut making = Making::default();
    making.add("a.pdf", document(FileKind::Pdf, &letter("Department of Surgery"), TextSource::Digital));
    making.add("b.pdf", document(FileKind::Pdf, &format!("{letterhead}{other}"), TextSource::Digital));
    making.add("f1.pdf", document(FileKind::Pdf, &form([89, 64, 1120, 18, 402, 139, 4, 51]), TextSource::Digital));
    making.add("f2.pdf", document(FileKind::Pdf, &form([121, 250, 230, 2, 55, 141, 5, 47]), TextSource::Digital));
    let named = |name: &str| {
        let mut facts = document(FileKind::Pdf, &format!("Invitation to school. {other}"), TextSource::Digital);
        facts.people = vec![NamedPerson { names: vec![name.to_owned()], ..NamedPerson::default() }];
        facts
    };
    let mut two = Making::default();
    two.add("one.pdf", named("Rowan Ashgrove"));
    two.add("other.pdf", named("Marta Ashgrove"));
    for rows in [making.ledger(), two.ledger()] {
        for row in rows {
            assert_eq!(codes(&row), [], "{}: {:?}", row.path, row.reasons);
        }
    }
}

/// Proves that pictures without text are linked by how they look, within a few bits, and that empty pages are not.
#[test]
fn pictures_are_alike() {
    let mut making = Making::default();
    for (name, hash) in [
        ("photo.jpg", 0x00ff_13c7_a55a_0f3e_u64),
        ("photo copy.png", 0x00ff_13c7_a55a_0f3f),
        ("other.jpg", 0xff00_13c7_5aa5_0f3e),
        ("white.png", 0),
        ("white 2.png", 0),
    ] {
        let at = making.add(name, readable(FileKind::Image));
        let look = PageLook { picture_hash: hash, ..PageLook::default() };
        let page = PageReading { page: 1, look, ..PageReading::default() };
        making.at(at).1.reading = Some(Reading { pages: vec![page], ..Reading::default() });
    }
    let rows = making.ledger();
    like(&rows, "photo copy.png", "photo.jpg");
    for name in ["photo.jpg", "other.jpg", "white.png", "white 2.png"] {
        assert_eq!(codes(row(&rows, name)), [], "{name}");
    }
}

/// Proves that a study that lies on two discs is said once, on the disc with less of it, and other studies are not.
#[test]
fn a_study_on_two_discs() {
    let image = |study: &str, instance: &str| {
        let mut facts = readable(FileKind::Dicom);
        let (study, sop_instance) = (study.to_owned(), instance.to_owned());
        facts.dicom = Some(DicomFacts { study, sop_instance, ..DicomFacts::default() });
        facts
    };
    let mut making = Making::default();
    let (a, b) = (making.add("a.iso", readable(FileKind::Disc)), making.add("b.iso", readable(FileKind::Disc)));
    for (disc, name, study, instance) in [
        (a, "IM1", "1.1", "1.1.1"),
        (a, "IM2", "1.1", "1.1.2"),
        (a, "IM3", "1.2", "1.2.1"),
        (b, "IM2", "1.1", "1.1.2"),
        (b, "IM4", "1.3", "1.3.1"),
    ] {
        making.member(disc, name, image(study, instance));
    }
    let rows = making.ledger();
    let of = |path: &str| -> Vec<String> {
        let near = row(&rows, path).reasons.iter().filter(|reason| reason.code == Reason::NearDuplicate);
        near.map(|reason| reason.detail.clone()).collect()
    };
    assert_eq!(of("a.iso"), Vec::<String>::new());
    assert_eq!(of("b.iso"), ["1 of the 1 images of a study on it are on a.iso too, which has 2 of that study"]);
}

/// Proves that one study in two folders, in two archives inside a third, and under new UIDs is said once, and that a
/// disc which holds its series in folders, and studies that share a logo, are not.
#[test]
fn one_study_wherever_it_lies() {
    let image = |study: &str, number: usize| {
        let mut facts = readable(FileKind::Dicom);
        let (study, sop_instance) = (study.to_owned(), format!("{study}.{number}"));
        let (series_number, instance_number) = ("2".to_owned(), number.to_string());
        facts.dicom = Some(DicomFacts { study, sop_instance, series_number, instance_number, ..DicomFacts::default() });
        facts
    };
    let near = |making: &Making| -> Vec<(String, String)> {
        let near = making.ledger().into_iter().flat_map(|row| {
            let reasons: Vec<_> = row.reasons.iter().map(|reason| (reason.code, reason.detail.clone())).collect();
            reasons.into_iter().map(move |reason| (row.path.clone(), reason))
        });
        near.filter(|(_, (code, _))| *code == Reason::NearDuplicate).map(|(path, (_, detail))| (path, detail)).collect()
    };
    let mut folders = Making::default();
    for (path, number) in
        [("d/disc 1/A/1", 1), ("d/disc 1/B/2", 2), ("d/disc 1/B/3", 3), ("d/disc 2/A/1", 1), ("d/disc 2/A/2", 2)]
    {
        folders.add(path, image("1.1", number));
    }
    let said = near(&folders);
    assert_eq!(said.len(), 1, "{said:?}");
    assert_eq!(said[0].0, "d/disc 2/A/1");
    assert_eq!(said[0].1, "2 of the 2 images of a study in d/disc 2/ are in d/disc 1/ too, which has 3 of that study");
    let mut whole = Making::default();
    for (path, number) in [("disc/A/1", 1), ("disc/B/2", 2)] {
        whole.add(path, image("1.1", number));
    }
    assert_eq!(near(&whole), []);
    let mut nested = Making::default();
    let all = nested.add("all.zip", readable(FileKind::Archive));
    for disc in ["1.zip", "2.zip"] {
        let disc = nested.member(all, disc, readable(FileKind::Archive));
        (1..=2).for_each(|number| _ = nested.member(disc, &format!("IM{number}"), image("1.1", number)));
    }
    let said = near(&nested);
    assert!(said.len() == 1 && said[0].0 == "all.zip!/2.zip" && said[0].1.contains("on all.zip!/1.zip"), "{said:?}");
    let under_other_uids = |shared: u8| {
        let mut making = Making::default();
        for (disc, study, date) in [("a.zip", "1.1", "20260105"), ("b.zip", "9.9", "20260101")] {
            let disc = making.add(disc, readable(FileKind::Archive));
            for number in 1..=4 {
                let image = making.member(disc, &format!("IM{number}"), image(study, number));
                let record = &mut making.at(image).1;
                record.facts.as_mut().unwrap().dicom.as_mut().unwrap().study_date = date.to_owned();
                let number = u8::try_from(number).unwrap();
                let shown = if number <= shared { number } else { number + study.as_bytes()[0] };
                record.pixels = Some(PixelsRead::Digest(PlainDigest([shown; 32])));
            }
        }
        near(&making)
    };
    let said = under_other_uids(3);
    assert!(said.len() == 1 && said[0].0 == "b.zip", "{said:?}");
    for words in ["on a.zip under other UIDs", "of another date", "3 images have the same pixels"] {
        assert!(said[0].1.contains(words), "{said:?}");
    }
    assert_eq!(under_other_uids(0), []);
}
