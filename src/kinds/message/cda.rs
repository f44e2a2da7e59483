//! C-CDA: documents of the HL7 Clinical Document Architecture, release 2 (and 2.1), in XML.
//!
//! The narrative of each section is what a person reads; coded entries say the same to machines. Bodies that are no XML
//! and pictures inside are packed as base64. The style sheet that most documents name is never fetched.

use super::{
    attachment::{Attachment, Coding},
    deliver::{self, Content},
    tree::Node,
    xml,
};
use crate::domain::facts::{Facts, FileKind, NamedPerson, PersonRole};
use crate::kinds::{Exam, Kind, Probe, docs::xml::lenient};
use quick_xml::events::Event;

/// Bytes of a document's head in which its root element stands; comments before it are longer than usual texts.
const ROOT_WITHIN_BYTES: usize = 16 * 1024;

/// The C-CDA kind.
#[derive(Debug)]
pub struct ClinicalDocument;

impl Kind for ClinicalDocument {
    fn name(&self) -> &'static str {
        "c-cda"
    }

    fn file_kind(&self) -> FileKind {
        FileKind::Message
    }

    fn sniff(&self, probe: &Probe<'_>) -> bool {
        let head = &probe.head[..probe.head.len().min(ROOT_WITHIN_BYTES)];
        xml::root_element(head).is_some_and(|(name, _)| name == "ClinicalDocument")
    }

    fn examine(&self, exam: &mut Exam<'_>) -> Facts {
        let source = match deliver::source(exam) {
            Ok(source) => source,
            Err(facts) => return *facts,
        };
        let (root, fault) = xml::read(&source, |parent, name| parent == "section" && name == "text");
        let document = root.child("ClinicalDocument").unwrap_or(&root);
        let mut content = content(document);
        if let Some(fault) = fault {
            content.fault(&fault);
        }
        deliver::facts(exam, content, "c-cda")
    }
}

fn content<'a>(document: &'a Node<'a>) -> Content<'a> {
    let mut content = Content { title: document.value_of("title").to_owned(), ..Content::default() };
    content.line(document.value_of("title"));
    document.all("languageCode").for_each(|code| content.language(code.attribute("code")));
    let roles = document.all("recordTarget").filter_map(|target| target.child("patientRole"));
    for (index, role) in roles.enumerate().take(deliver::PEOPLE_MAX) {
        let place = if index == 0 { "recordTarget".to_owned() } else { format!("recordTarget {}", index + 1) };
        content.people.extend(patient(role, place));
    }
    document.walk(&mut |node| element(node, &mut content));
    content
}

/// What an element anywhere in the document adds.
fn element<'a>(node: &'a Node<'a>, content: &mut Content<'a>) {
    if node.name == "section" {
        content.text.push('\n');
        content.line(node.value_of("title"));
        node.all("text").for_each(|text| content.line(&narrative(text.raw)));
        node.all("languageCode").for_each(|code| content.language(code.attribute("code")));
        return;
    }
    let body = node.name == "nonXMLBody";
    let packed = if body { node.child("text") } else { Some(node) };
    let Some(packed) = packed else { return };
    if body {
        node.all("languageCode").for_each(|code| content.language(code.attribute("code")));
    }
    if packed.attribute("representation") == "B64" {
        // The body's text is met once more as an element of its own; one of the two is enough.
        if !body {
            content.attachments.push(attachment(packed));
        }
    } else if body {
        content.line(&packed.text);
        let elsewhere = packed.child("reference").map_or("", |reference| reference.attribute("value"));
        if !elsewhere.is_empty() {
            content.line(&format!("The document itself lies elsewhere: {elsewhere}"));
            content.elsewhere(1);
        }
    }
}

fn attachment<'a>(packed: &'a Node<'a>) -> Attachment<'a> {
    let text = &*packed.text;
    // CDA R2 (ED.compression): deflate, gzip, zlib, compress. The two with a head of their own are files as they are.
    let coding = match packed.attribute("compression") {
        "DF" => Coding::Deflated(text),
        "ZL" => Coding::Zlib(text),
        _ => Coding::Base64(text),
    };
    let title = match packed.attribute("compression") {
        "GZ" => "attachment.gz",
        "Z" => "attachment.Z",
        _ => packed.child("reference").map_or("", |reference| reference.attribute("value")),
    };
    Attachment { title, media_type: packed.attribute("mediaType"), coding }
}

/// Eight, four, four, four and twelve hexadecimal digits (RFC 9562, 4).
fn is_uuid(root: &str) -> bool {
    let groups = root.split('-').map(|group| group.chars().all(|c| c.is_ascii_hexdigit()).then_some(group.len()));
    groups.eq([8, 4, 4, 4, 12].map(Some))
}

fn patient(role: &Node<'_>, place: String) -> Option<NamedPerson> {
    let filled = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let patient = role.child("patient");
    let coded = |name: &str, attribute: &str| patient.and_then(|p| filled(p.child(name)?.attribute(attribute)));
    let names = patient.into_iter().flat_map(|patient| patient.all("name")).filter_map(|node| filled(&name(node)));
    // An object identifier without an extension names whoever issues numbers, and `nullFlavor` says that there is none;
    // a UUID stands for itself (HL7 data types, II).
    let given = role.all("id").filter(|id| id.attribute("nullFlavor").is_empty());
    let ids = given.filter_map(|id| match (id.attribute("extension"), id.attribute("root")) {
        ("", root) => is_uuid(root).then(|| (root.to_owned(), None)),
        (extension, root) => Some((extension.to_owned(), filled(root))),
    });
    deliver::known(NamedPerson {
        names: names.collect(),
        // A point in time (TS) begins with the day.
        birth_date: coded("birthTime", "value").map(|time| time.chars().take(8).collect()),
        sex: coded("administrativeGenderCode", "code").or_else(|| coded("administrativeGenderCode", "displayName")),
        ids: ids.collect(),
        place,
        role: PersonRole::Patient,
    })
}

/// A person's name (PN): its parts, or its text where it has none.
fn name(name: &Node<'_>) -> String {
    match deliver::name_of_elements(name) {
        written if written.is_empty() => name.text.split_whitespace().collect::<Vec<_>>().join(" "),
        written => written,
    }
}

/// The words of a narrative block (CDA R2, 4.3.5): paragraphs, lists and tables.
fn narrative(mark_up: &str) -> String {
    let mut reader = lenient(mark_up);
    let mut text = String::new();
    loop {
        match reader.read_event() {
            Ok(Event::Text(run)) => run_of(&mut text, &run.xml10_content()),
            Ok(Event::CData(run)) => run_of(&mut text, &run.xml10_content()),
            Ok(Event::GeneralRef(name)) => text.extend(crate::kinds::docs::character(&name)),
            Ok(Event::Start(element)) => begin_block(&mut text, element.local_name().into_inner()),
            Ok(Event::End(element)) => end_block(&mut text, element.local_name().into_inner()),
            Ok(Event::Empty(element)) => end_block(&mut text, element.local_name().into_inner()),
            // What was cut off has been noted for the document as a whole.
            Ok(Event::Eof) | Err(_) => return text,
            Ok(Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_)) => {}
        }
    }
}

/// Adds a run of text, blanks and line ends of the mark-up folded.
fn run_of(text: &mut String, run: &str) {
    if run.starts_with(char::is_whitespace) && !text.is_empty() && !text.ends_with(char::is_whitespace) {
        text.push(' ');
    }
    let words = run.split_whitespace().collect::<Vec<_>>().join(" ");
    text.push_str(&words);
    if !words.is_empty() && run.ends_with(char::is_whitespace) {
        text.push(' ');
    }
}

fn begin_block(text: &mut String, name: &str) {
    let block = matches!(name, "paragraph" | "list" | "item" | "table" | "tr" | "caption");
    if block && !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
}

fn end_block(text: &mut String, name: &str) {
    match name {
        "td" | "th" => text.push('\t'),
        "paragraph" | "item" | "tr" | "caption" | "br" | "title" if !text.ends_with('\n') => text.push('\n'),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::reason::Reason;

    /// Proves that paragraphs, lists and tables come out as lines and columns, with inline mark-up in place.
    #[test]
    fn narratives_are_laid_out() {
        let source = "\n <paragraph>Fever &amp; <content styleCode='Bold'>cough</content> since\n Monday</paragraph><list>\
                      <item>one</item><item>two</item></list><table><thead><tr><th>Hb</th><th>g/dl</th></tr></thead>\
                      <tbody><tr><td>11.2</td><td>low</td></tr></tbody></table>a<br/>b";
        let text = narrative(source);
        let lines: Vec<&str> = text.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
        assert_eq!(lines, ["Fever & cough since Monday", "one", "two", "Hb\tg/dl", "11.2\tlow", "a", "b"]);
    }

    /// Proves that a body that is only pointed at is told, and one that is inside is not.
    #[test]
    fn bodies_that_did_not_come() {
        let told = |text: &str| {
            let source = format!(
                "<ClinicalDocument xmlns='urn:hl7-org:v3'><component><nonXMLBody>{text}</nonXMLBody></component></ClinicalDocument>"
            );
            let (root, _) = xml::read(&source, |_, _| false);
            let content = content(root.child("ClinicalDocument").unwrap());
            content.flaws.iter().map(|flaw| flaw.reason).collect::<Vec<_>>()
        };
        let pointed = "<text mediaType='application/pdf'><reference value='mri.pdf'/></text>";
        assert_eq!(told(pointed), [Reason::UnsupportedFormat]);
        let inside =
            "<text mediaType='application/pdf' representation='B64'>JVBERi0=<reference value='mri.pdf'/></text>";
        assert_eq!(told(inside), []);
        assert_eq!(told("<text mediaType='text/plain'>Fever for three weeks.</text>"), []);
    }

    /// Proves that the patient of the record is read with each name and the issuer of each id, and nobody else is.
    #[test]
    fn the_patient_is_read() {
        let source = "<ClinicalDocument xmlns='urn:hl7-org:v3'><recordTarget><patientRole>\
            <id root='2.16.840.1.1' extension='778-1'/><id nullFlavor='NI'/><id root='1.2.3' nullFlavor='UNK'/>\
            <id root='1.2.3'/><id root='2d5ff1f4-9a09-4c4e-9b5a-8f0a4a3a1c11'/><patient>\
            <name use='L'><prefix>Miss</prefix><given>Ana</given><given>Lucía</given><family>Pérez Gil</family></name>\
            <name>Ana Perez</name><administrativeGenderCode code='F'/><birthTime value='20170304101500+0100'/></patient>\
            </patientRole></recordTarget><author><assignedAuthor><assignedPerson><name>Dr No</name></assignedPerson>\
            </assignedAuthor></author></ClinicalDocument>";
        let (root, _) = xml::read(source, |_, _| false);
        let content = content(root.child("ClinicalDocument").unwrap());
        let person = &content.people[0];
        assert_eq!(content.people.len(), 1);
        assert_eq!(person.names, ["Pérez Gil^Ana^Lucía^Miss", "Ana Perez"]);
        let own = "2d5ff1f4-9a09-4c4e-9b5a-8f0a4a3a1c11".to_owned();
        let ids = [("778-1".to_owned(), Some("2.16.840.1.1".to_owned())), (own, None)];
        assert_eq!(person.ids, ids);
        assert_eq!((person.birth_date.as_deref(), person.sex.as_deref()), (Some("20170304"), Some("F")));
    }
}
