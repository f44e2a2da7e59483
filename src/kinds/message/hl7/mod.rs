//! HL7 version 2 (2.1 to 2.9) in its classic encoding: single messages, several in a row, batches; with or without the
//! framing of the transport (MLLP).
//!
//! Results and notes are text, packed documents in OBX segments become entries, PID segments name the patients.

mod charset;
mod escape;
mod results;
mod segment;

use super::deliver::{self, Content, known, name_of_parts};
use crate::domain::{
    facts::{Facts, FileKind, NamedPerson, Observation, PersonRole},
    reason::Reason,
};
use crate::kinds::{Exam, Kind, Probe, docs::decode};
use segment::{Segment, segments};

/// Segments that begin a message, a file or a batch, and state the characters that separate.
const HEADS: [&[u8]; 3] = [b"MSH", b"FHS", b"BHS"];

/// The HL7 version 2 kind.
#[derive(Debug)]
pub struct Hl7;

impl Kind for Hl7 {
    fn name(&self) -> &'static str {
        "hl7-v2"
    }

    fn file_kind(&self) -> FileKind {
        FileKind::Message
    }

    fn sniff(&self, probe: &Probe<'_>) -> bool {
        let text = probe.head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(probe.head).trim_ascii_start();
        let text = text.strip_prefix(b"\x0B").unwrap_or(text);
        // HL7 v2 2.5.4: the separator of fields, then up to five more characters that mean something.
        HEADS.iter().any(|segment| text.starts_with(segment))
            && text.get(3).is_some_and(u8::is_ascii_punctuation)
            && text.get(3..8).is_some_and(|five| five.iter().filter(|b| b.is_ascii_punctuation()).count() >= 4)
    }

    fn examine(&self, exam: &mut Exam<'_>) -> Facts {
        let bytes = match deliver::bytes(exam) {
            Ok(bytes) => bytes,
            Err(facts) => return *facts,
        };
        let source = match charset::label(&bytes) {
            Some(label) => decode::decode_declared(&bytes, label),
            None => decode::decode(&bytes),
        };
        drop(bytes);
        let mut content = content(&source.text);
        if source.malformed > 0 {
            let detail = format!("{} characters have no meaning in {}", source.malformed, source.encoding);
            content.flaws.push(Observation::new(Reason::Damaged, detail));
        }
        deliver::facts(exam, content, "hl7-v2")
    }
}

fn content(source: &str) -> Content<'_> {
    let mut content = Content::default();
    let (mut messages, mut batch) = (0_u64, Batch::default());
    for segment in segments(source) {
        match segment.name {
            "MSH" => {
                messages += 1;
                batch.messages += 1;
                content.text.push('\n');
                content.language(&segment.text(19, 1));
            }
            "PID" if content.people.len() < deliver::PEOPLE_MAX => {
                let place = if messages > 1 { format!("message {messages}, PID") } else { "PID".to_owned() };
                content.people.extend(patient(&segment, place).filter(|person| !is_known(&content.people, person)));
                content.language(&segment.text(15, 1));
            }
            "FHS" => batch.file_is_open = true,
            "FTS" => batch.file_is_open = false,
            "BHS" => batch.messages = 0,
            "BTS" => batch.note_count(&segment, &mut content),
            _ => results::of_segment(segment, &mut content),
        }
    }
    if batch.file_is_open {
        let detail = format!("the batch file has no end; {messages} messages are there");
        content.flaws.push(Observation::new(Reason::Truncated, detail));
    }
    content
}

/// The account that a batch file keeps of itself (HL7 v2 2.10.3).
#[derive(Default)]
struct Batch {
    file_is_open: bool,
    messages: u64,
}

impl Batch {
    fn note_count(&self, segment: &Segment<'_>, content: &mut Content<'_>) {
        let Ok(stated) = segment.text(1, 1).parse::<u64>() else { return };
        if stated != self.messages {
            let detail = format!("{} messages in a batch of {stated}", self.messages);
            let reason = if self.messages < stated { Reason::Truncated } else { Reason::Damaged };
            content.flaws.push(Observation::new(reason, detail));
        }
    }
}

/// The same person with another place is no other person.
fn is_known(people: &[NamedPerson], person: &NamedPerson) -> bool {
    let same = |known: &&NamedPerson| {
        known.names == person.names && known.ids == person.ids && known.birth_date == person.birth_date
    };
    people.iter().rev().any(|known| same(&known))
}

/// PID (HL7 v2 3.4.2): 2 to 4 identifiers, 5 names, 7 birth, 8 sex, 9 other names.
fn patient(segment: &Segment<'_>, place: String) -> Option<NamedPerson> {
    let filled = |text: String| (!text.is_empty()).then_some(text);
    let mut ids: Vec<(String, Option<String>)> = Vec::new();
    for field in [3, 2, 4] {
        for repeat in segment.repeats(field) {
            let value = segment.component(repeat, 1);
            // CX.4, a hierarchic designator: a name, else a universal id.
            let issuer = match segment.subcomponent(repeat, 4, 1) {
                name if name.is_empty() => segment.subcomponent(repeat, 4, 2),
                name => name,
            };
            if !value.is_empty() && !ids.iter().any(|(id, _)| *id == value) {
                ids.push((value, filled(issuer)));
            }
        }
    }
    let names = [5, 9].into_iter().flat_map(|field| segment.repeats(field)).map(|repeat| name(segment, repeat));
    known(NamedPerson {
        names: names.filter(|name| !name.is_empty()).collect(),
        // A time stamp begins with the day.
        birth_date: filled(segment.text(7, 1).chars().take(8).collect()),
        sex: filled(segment.text(8, 1)),
        ids,
        place,
        role: PersonRole::Patient,
    })
}

/// XPN: family (in subcomponents), given, further names, suffix, prefix.
fn name(segment: &Segment<'_>, repeat: &str) -> String {
    let part = |number| segment.component(repeat, number);
    let family = segment.subcomponent(repeat, 1, 1);
    name_of_parts([&family, &part(2), &part(3), &part(5), &part(4)])
}

#[cfg(test)]
mod tests {
    use super::*;

    const RESULT: &str = "MSH|^~\\&|LAB|HOSP|||20240305||ORU^R01|1|P|2.5||||||8859/1|es\r\
        PID|1||77^^^HOSP&1.2.3&ISO~99^^^CITY||P\\T\\rez&de^Ana^Eva^^Srta~Gil^Ana||20170304101500|F\r\
        OBR|1|||718-7^Hemoglobin\rOBX|1|NM|718-7^Hemoglobin||11.2|g/dl|11.5-15.5|L|||F\r\
        OBX|2|FT|x^Comment||first\\.br\\second \\S\\ third~fourth\rNTE|1||repeat in a week\r";

    /// Proves that a result's text, patient, identifiers with issuers and languages are read.
    #[test]
    fn results_are_read() {
        let content = content(RESULT);
        let text = content.text.trim();
        assert_eq!(
            text,
            "Hemoglobin\nHemoglobin: 11.2 g/dl (11.5-15.5) L\nComment: first\nsecond ^ third\nfourth\nrepeat in a week"
        );
        let person = &content.people[0];
        assert_eq!(person.names, ["P&rez^Ana^Eva^Srta", "Gil^Ana"]);
        assert_eq!(
            person.ids,
            [("77".to_owned(), Some("HOSP".to_owned())), ("99".to_owned(), Some("CITY".to_owned()))]
        );
        assert_eq!((person.birth_date.as_deref(), person.sex.as_deref()), (Some("20170304"), Some("F")));
        assert_eq!((content.languages, content.flaws), (vec!["es".to_owned()], Vec::new()));
    }

    /// Proves that several messages in one file are read with the characters that each of them states, framed or not.
    #[test]
    fn messages_in_a_row() {
        let other = "\u{B}MSH#:~?*#X#Y\nPID#1##5:::Z##Roe:Max\nOBX#1#TX#n:Note##well?S?\n\u{1C}\n";
        let source = format!("{RESULT}{RESULT}{other}");
        let content = content(&source);
        assert_eq!(content.people.len(), 2);
        assert_eq!(
            (content.people[1].names[0].as_str(), content.people[1].place.as_str()),
            ("Roe^Max", "message 3, PID")
        );
        assert!(content.text.ends_with("Note: well:\n"), "{}", content.text);
    }

    /// Proves that a batch that holds fewer messages than it says, or has no end, is called cut off.
    #[test]
    fn batches_keep_account() {
        let flaws = |source: &str| content(source).flaws.into_iter().map(|flaw| flaw.reason).collect::<Vec<_>>();
        let whole = format!("FHS|^~\\&|A\rBHS|^~\\&|A\r{RESULT}BTS|1\rFTS|1\r");
        assert_eq!(flaws(&whole), []);
        assert_eq!(flaws(&whole.replace("BTS|1", "BTS|2")), [Reason::Truncated]);
        assert_eq!(flaws(whole.split("BTS").next().unwrap()), [Reason::Truncated]);
    }
}
