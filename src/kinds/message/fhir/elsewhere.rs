//! Documents that a resource only points at (FHIR R4 2.24.0.2): what lies elsewhere did not come, and nothing is fetched.

use super::super::tree::Node;
use std::collections::HashSet;

/// How many documents of these resources, each with its type, lie outside of the message.
pub(super) fn documents(resources: &[(&str, &Node<'_>)], root: &Node<'_>) -> usize {
    let mut here: HashSet<String> = HashSet::new();
    for (kind, node) in resources {
        here.insert(format!("{kind}/{}", node.value_of("id")));
    }
    root.walk(&mut |node| {
        here.insert(node.value_of("fullUrl").to_owned());
    });
    let pointers = resources.iter().flat_map(|(kind, node)| attachments(kind, node)).filter_map(pointer);
    pointers.filter(|url| !is_here(url, &here)).count()
}

/// The places in which resources hold a document, not a photo of somebody.
fn attachments<'n>(kind: &str, node: &'n Node<'n>) -> Vec<&'n Node<'n>> {
    match kind {
        "DocumentReference" => node.all("content").filter_map(|content| content.child("attachment")).collect(),
        "DiagnosticReport" => node.all("presentedForm").collect(),
        "Media" => node.all("content").collect(),
        _ => Vec::new(),
    }
}

/// Where a document lies whose data is not given.
fn pointer<'n>(attachment: &'n Node<'n>) -> Option<&'n str> {
    let url = attachment.value_of("url");
    (attachment.value_of("data").is_empty() && !url.is_empty()).then_some(url)
}

/// Is it another resource of the message, one within the same resource, or written out in the address itself?
fn is_here(url: &str, here: &HashSet<String>) -> bool {
    let bare = url.split("/_history/").next().unwrap_or(url);
    let mut steps = bare.rsplit('/');
    let last_two = match (steps.next(), steps.next()) {
        (Some(id), Some(kind)) => format!("{kind}/{id}"),
        _ => String::new(),
    };
    url.starts_with('#') || url.starts_with("data:") || here.contains(bare) || here.contains(&last_two)
}

#[cfg(test)]
mod tests {
    use super::super::{super::json, content};
    use crate::domain::reason::Reason;

    /// What is said of a bundle with a reference to a document, and another resource.
    fn check(attachment: &str, other: &str, expected: bool) {
        let source = format!(
            r#"{{"resourceType":"Bundle","entry":[{{"resource":{{"resourceType":"DocumentReference","content":[
            {{"attachment":{{"contentType":"application/pdf","title":"MRI",{attachment}}}}}]}}}},{other}]}}"#
        );
        let (root, fault) = json::read(&source);
        assert_eq!(fault, None);
        let told = content(&root).flaws.iter().any(|flaw| flaw.reason == Reason::UnsupportedFormat);
        assert_eq!(told, expected, "{attachment} {other}");
    }

    /// Proves that a document that is only pointed at is told, and one that is in the message, wherever, is not.
    #[test]
    fn documents_that_did_not_come() {
        let binary = r#"{"fullUrl":"urn:uuid:5","resource":{"resourceType":"Binary","id":"77","data":"aGVsbG8="}}"#;
        let patient = r#"{"resource":{"resourceType":"Patient","id":"77","photo":[{"url":"https://x/photo"}]}}"#;
        check(r#""url":"Binary/77""#, patient, true);
        check(r#""url":"https://fhir.example.org/Binary/78""#, binary, true);
        check(r#""url":"Binary/77""#, binary, false);
        check(r#""url":"https://fhir.example.org/Binary/77/_history/1""#, binary, false);
        check(r#""url":"urn:uuid:5""#, binary, false);
        check(r#""url":"https://x/1","data":"aGVsbG8=""#, patient, false);
        check(r#""language":"en""#, patient, false);
    }
}
