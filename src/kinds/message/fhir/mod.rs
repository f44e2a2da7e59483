//! FHIR (HL7 FHIR R4, R4B and R5; earlier releases as far as they agree), in JSON or XML: single resources, bundles,
//! and files of one resource a line.
//!
//! Text is each resource's narrative and what it states in words; attachments that carry their data become entries,
//! those that name a place elsewhere are mentioned and never fetched.

mod elsewhere;
mod people;
mod statements;

use super::{
    attachment::{Attachment, Coding},
    deliver::{self, Content},
    json,
    tree::Node,
    xml,
};
use crate::domain::facts::{Facts, FileKind};
use crate::kinds::{Exam, Kind, Probe};

/// The namespace of its XML.
const NAMESPACE: &str = "http://hl7.org/fhir";

/// The FHIR kind.
#[derive(Debug)]
pub struct Fhir;

impl Kind for Fhir {
    fn name(&self) -> &'static str {
        "fhir"
    }

    fn file_kind(&self) -> FileKind {
        FileKind::Message
    }

    fn sniff(&self, probe: &Probe<'_>) -> bool {
        let text = probe.head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(probe.head).trim_ascii_start();
        let keyed = || text.windows(14).any(|window| window == b"\"resourceType\"");
        if matches!(text.first(), Some(b'{' | b'[')) {
            return keyed();
        }
        xml::root_element(probe.head).is_some_and(|(_, tag)| tag.split(['"', '\'']).any(|value| value == NAMESPACE))
    }

    fn examine(&self, exam: &mut Exam<'_>) -> Facts {
        let source = match deliver::source(exam) {
            Ok(source) => source,
            Err(facts) => return *facts,
        };
        let (format, (root, fault)) = match source.trim_start().starts_with(['{', '[']) {
            true => ("fhir+json", json::read(&source)),
            false => ("fhir+xml", xml::read(&source, |_, name| name == "div")),
        };
        let mut content = content(&root);
        if let Some(fault) = fault {
            content.fault(&fault);
        }
        deliver::facts(exam, content, format)
    }
}

/// A resource's type: named in JSON, the element itself in XML, where only resources begin with a capital letter.
pub(super) fn type_of<'n>(node: &'n Node<'_>) -> Option<&'n str> {
    match node.value_of("resourceType") {
        "" => node.name.starts_with(|c: char| c.is_ascii_uppercase()).then_some(&*node.name),
        named => Some(named),
    }
}

fn content<'a>(root: &'a Node<'a>) -> Content<'a> {
    let mut content = Content::default();
    let (mut patients, mut resources) = (0, Vec::new());
    root.walk(&mut |node| {
        if let Some(kind) = type_of(node) {
            resources.push((kind, node));
        }
        content.attachments.extend(attachment(node));
    });
    content.elsewhere(elsewhere::documents(&resources, root));
    for (kind, node) in resources {
        content.language(node.value_of("language"));
        if kind == "Patient" && patients < deliver::PEOPLE_MAX {
            patients += 1;
            content.people.extend(people::patient(node, format!("Patient {patients}")));
        }
        if content.title.is_empty() && matches!(kind, "Composition" | "DocumentReference" | "DiagnosticReport") {
            content.title = statements::title(node);
        }
        statements::of_resource(kind, node, &mut content);
    }
    content
}

/// An Attachment, or a Binary, with its data inside (FHIR R4 2.24.0.2 and 2.20).
fn attachment<'a>(node: &'a Node<'a>) -> Option<Attachment<'a>> {
    let media_type = node.value_of("contentType");
    // Before R4 the data of a Binary was its content.
    let old = type_of(node) == Some("Binary");
    let data = node.child("data").or_else(|| node.child("content").filter(|_| old))?.value();
    let (described, filled) = (node.child("contentType").is_some() || old, !data.is_empty());
    (described && filled).then(|| {
        let title = match node.value_of("title") {
            "" => node.value_of("url").rsplit('/').next().unwrap_or_default(),
            title => title,
        };
        Attachment { title, media_type, coding: Coding::Base64(data) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::path::RawName;

    fn is_fhir(head: &str) -> bool {
        Fhir.sniff(&Probe { head: head.as_bytes(), bytes: head.len() as u64, name: &RawName::from_text("x") })
    }

    /// Proves that resources are told from other JSON and XML, whatever prefix they write.
    #[test]
    fn resources_are_recognised() {
        assert!(is_fhir("{\n \"resourceType\": \"Patient\"}"));
        assert!(is_fhir("<?xml version=\"1.0\"?><f:Patient xmlns:f=\"http://hl7.org/fhir\"><f:id value=\"1\"/>"));
        assert!(is_fhir("<Bundle xmlns='http://hl7.org/fhir'>"));
        assert!(is_fhir("[{\"resourceType\":\"Patient\"}]"));
        assert!(!is_fhir("{\"name\": \"Patient\"}"));
        assert!(!is_fhir("<note>see http://hl7.org/fhir</note>"));
        assert!(!is_fhir("{\"slides\": []}"));
    }

    /// Proves that JSON and XML of the same resources give the same content.
    #[test]
    fn both_encodings_agree() {
        let in_json = r#"{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient","language":"es",
            "name":[{"family":"Gil","given":["Ana","Eva"]}],"birthDate":"2017-03-04","gender":"female",
            "identifier":[{"system":"urn:oid:1.2","value":"77"}]}},
            {"resource":{"resourceType":"Observation","code":{"text":"Hb"},"valueQuantity":{"value":11.2,"unit":"g/dl"}}},
            {"resource":{"resourceType":"Binary","contentType":"text/plain","data":"aGVsbG8="}}]}"#;
        let in_xml = "<Bundle xmlns='http://hl7.org/fhir'><entry><resource><Patient><language value='es'/>\
            <identifier><system value='urn:oid:1.2'/><value value='77'/></identifier><name><family value='Gil'/>\
            <given value='Ana'/><given value='Eva'/></name><gender value='female'/><birthDate value='2017-03-04'/>\
            </Patient></resource></entry><entry><resource><Observation><code><text value='Hb'/></code><valueQuantity>\
            <value value='11.2'/><unit value='g/dl'/></valueQuantity></Observation></resource></entry><entry><resource>\
            <Binary><contentType value='text/plain'/><data value='aGVsbG8='/></Binary></resource></entry></Bundle>";
        let ((json, no_fault), (xml, none)) = (json::read(in_json), xml::read(in_xml, |_, name| name == "div"));
        assert_eq!((no_fault, none), (None, None));
        let (json, xml) = (content(&json), content(&xml));
        assert_eq!((&json.text, &json.people, &json.languages), (&xml.text, &xml.people, &xml.languages));
        assert!(json.text.contains("Hb: 11.2 g/dl"), "{}", json.text);
        assert_eq!(json.people[0].names, ["Gil^Ana^Eva"]);
        assert_eq!((json.attachments.len(), xml.attachments.len()), (1, 1));
    }
}
