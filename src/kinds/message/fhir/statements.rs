//! What a resource says in words: its narrative, and values that are text.

use super::super::{deliver::Content, tree::Node};
use super::type_of;
use crate::kinds::docs::html;

/// Elements whose value is a sentence or a name of something, not a code, a reference or a date.
const WORDS: &[&str] = &[
    "display",
    "title",
    "description",
    "conclusion",
    "comment",
    "valueString",
    "valueMarkdown",
    "contentString",
    "summary",
    "patientInstruction",
    "content",
    "answer",
    "outcome",
];

/// Elements that hold words in `text`: annotations, and concepts that are not coded.
const CONCEPTS: &[&str] = &[
    "note",
    "code",
    "category",
    "type",
    "valueCodeableConcept",
    "reasonCode",
    "bodySite",
    "method",
    "interpretation",
    "vaccineCode",
    "medicationCodeableConcept",
    "reaction",
    "manifestation",
    "substance",
    "dosageInstruction",
    "dosage",
    "class",
    "specialty",
    "serviceType",
    "outcomeCodeableConcept",
    "conclusionCode",
];

/// What a resource is called: its title, or what its type is called.
pub(super) fn title(node: &Node<'_>) -> String {
    let titled = [node.value_of("title"), node.value_of("description")];
    let titled = titled.into_iter().find(|text| !text.is_empty()).map(str::to_owned);
    titled.unwrap_or_else(|| ["type", "code"].iter().find_map(|name| concept(node.child(name)?)).unwrap_or_default())
}

/// Adds what one resource says; the resources inside of it speak for themselves.
pub(super) fn of_resource(kind: &str, node: &Node<'_>, content: &mut Content<'_>) {
    // Names stand in places of their own, and a bundle only holds others.
    if matches!(kind, "Bundle" | "Binary") {
        return;
    }
    let narrative = node.at(&["text", "div"]).map(narrative).unwrap_or_default();
    content.line(&narrative);
    if kind == "Observation" {
        measured(node, content);
    }
    if kind == "Patient" {
        return;
    }
    let mut lines = Vec::new();
    node.children.iter().filter(|child| child.name != "text").for_each(|child| collect(child, &mut lines));
    for line in lines {
        // A narrative usually says the same, laid out for reading.
        if !narrative.contains(line.trim()) {
            content.line(&line);
        }
    }
}

/// XHTML as text. In JSON it is a string, in XML mark-up that was kept.
fn narrative(div: &Node<'_>) -> String {
    let source = if div.raw.is_empty() { &*div.text } else { div.raw };
    html::words_of(&format!("<html><body>{source}</body></html>"))
}

/// The result of an observation and of its components, on a line each.
fn measured(node: &Node<'_>, content: &mut Content<'_>) {
    for one in std::iter::once(node).chain(node.all("component")) {
        let what = one.child("code").and_then(concept).unwrap_or_default();
        let value = one.children.iter().find(|child| child.name.starts_with("value"));
        let value = value.map(written).filter(|value| !value.is_empty());
        match (what.as_str(), value) {
            (_, None) => {}
            ("", Some(value)) => content.line(&value),
            (what, Some(value)) => content.line(&format!("{what}: {value}")),
        }
    }
}

/// A value of any type as a person would write it.
fn written(value: &Node<'_>) -> String {
    match &*value.name {
        "valueQuantity" => {
            let unit = [value.value_of("unit"), value.value_of("code")].into_iter().find(|unit| !unit.is_empty());
            let parts = [value.value_of("comparator"), value.value_of("value"), unit.unwrap_or_default()];
            parts.join(" ").trim().to_owned()
        }
        "valueCodeableConcept" => concept(value).unwrap_or_default(),
        _ => value.value().to_owned(),
    }
}

/// A CodeableConcept in words.
fn concept(node: &Node<'_>) -> Option<String> {
    let display = node.child("coding").map_or("", |coding| coding.value_of("display"));
    let found = [node.value_of("text"), display].into_iter().find(|text| !text.is_empty())?;
    Some(found.to_owned())
}

/// Texts of an element and below, not of resources inside.
fn collect(node: &Node<'_>, lines: &mut Vec<String>) {
    if type_of(node).is_some() {
        return;
    }
    // Sections of a document have narratives of their own.
    if node.name == "div" {
        push(lines, narrative(node));
        return;
    }
    let value = node.value();
    if WORDS.contains(&&*node.name) && !value.is_empty() && node.children.is_empty() {
        push(lines, value.to_owned());
    }
    if CONCEPTS.contains(&&*node.name) {
        push(lines, node.value_of("text").to_owned());
    }
    if node.child("contentType").is_some() && node.child("data").is_none() {
        let url = node.value_of("url");
        // Within a bundle this names another of its resources, which is there.
        if url.starts_with("http") {
            push(lines, format!("The document itself lies elsewhere: {} {url}", node.value_of("title")));
        }
    }
    node.children.iter().for_each(|child| collect(child, lines));
}

fn push(lines: &mut Vec<String>, line: String) {
    // A resource that repeats itself (the text of a code, its display) is read once.
    let recent = lines.len().saturating_sub(8);
    if !line.trim().is_empty() && !lines[recent..].contains(&line) {
        lines.push(line);
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::json;
    use super::*;

    fn said(source: &str) -> String {
        let (root, fault) = json::read(source);
        assert_eq!(fault, None);
        let mut content = Content::default();
        let node = &root.children[0];
        of_resource(type_of(node).unwrap(), node, &mut content);
        content.text
    }

    /// Proves that narrative, results and notes are read, once each, and codes and references are not.
    #[test]
    fn words_of_resources() {
        let report = r#"{"resourceType":"DiagnosticReport","status":"final","text":{"status":"generated",
            "div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>MRI of the brain &amp; spine</p></div>"},
            "code":{"coding":[{"system":"http://loinc.org","code":"24590-2","display":"MRI of the brain"}]},
            "conclusion":"No mass.","presentedForm":[{"contentType":"application/pdf","url":"https://x/1","title":"MRI"}]}"#;
        let text = said(report);
        assert_eq!(
            text.lines().map(str::trim).collect::<Vec<_>>(),
            ["MRI of the brain & spine", "No mass.", "The document itself lies elsewhere: MRI https://x/1"]
        );
        let pressure = r#"{"resourceType":"Observation","code":{"text":"Blood pressure"},"component":[
            {"code":{"text":"systolic"},"valueQuantity":{"value":104,"unit":"mmHg"}},
            {"code":{"text":"diastolic"},"valueQuantity":{"comparator":"<","value":60,"unit":"mmHg"}}],
            "note":[{"text":"after rest"}]}"#;
        let text = said(pressure);
        assert!(text.contains("systolic: 104 mmHg") && text.contains("diastolic: < 60 mmHg"), "{text}");
        assert!(text.contains("after rest"), "{text}");
    }
}
