//! XML to a tree. Entities are never expanded, nothing is fetched, style sheets are not looked at.

use super::tree::{Builder, Fault, Node};
use crate::kinds::docs::{character, decode, xml};
use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};
use std::borrow::Cow;

/// Is an element of this name in a parent of that name narrative mark-up, kept as it stands?
pub(super) type Verbatim = fn(parent: &str, name: &str) -> bool;

/// Reads a document; the root of the tree holds its root element. A fault leaves what was read before it.
pub(super) fn read(source: &str, verbatim: Verbatim) -> (Node<'_>, Option<Fault>) {
    let mut reader = Reader::from_str(source);
    let mut builder = Builder::new();
    while builder.fault.is_none() {
        match reader.read_event() {
            Ok(Event::Start(element)) => {
                let parent = builder.current().map(|node| node.name.to_string()).unwrap_or_default();
                if !begin(&mut builder, &element) {
                    break;
                }
                if verbatim(&parent, element.local_name().into_inner()) {
                    keep(&mut builder, &mut reader, (source, &element));
                }
            }
            Ok(Event::Empty(element)) => {
                begin(&mut builder, &element);
                builder.end();
            }
            Ok(Event::End(_)) => builder.end(),
            Ok(Event::Text(run)) => builder.text(run.xml10_content()),
            Ok(Event::CData(run)) => builder.text(run.xml10_content()),
            Ok(Event::GeneralRef(name)) => {
                let known = character(&name).map_or_else(|| format!("&{};", &*name), String::from);
                builder.text(Cow::Owned(known));
            }
            Ok(Event::DocType(declaration)) => {
                let nested = xml::nested_entities(&declaration);
                builder.fault = (nested > 0).then_some(Fault::Entities(nested));
            }
            Ok(Event::Eof) => {
                builder.fault = (builder.depth() > 0).then_some(Fault::Cut);
                break;
            }
            Ok(Event::Comment(_) | Event::Decl(_) | Event::PI(_)) => {}
            Err(_) => builder.fault = Some(fault_at(reader.error_position(), source)),
        }
    }
    builder.finish()
}

/// Begins an element with its attributes.
fn begin(builder: &mut Builder<'_>, element: &BytesStart<'_>) -> bool {
    if !builder.begin(Cow::Owned(element.local_name().into_inner().to_owned())) {
        return false;
    }
    let mut attributes = element.attributes();
    for attribute in attributes.with_checks(false).flatten() {
        let name = attribute.key.local_name().into_inner().to_owned();
        if let Some(node) = builder.current() {
            node.attributes.push((Cow::Owned(name), Cow::Owned(unescaped(&attribute.value))));
        }
    }
    true
}

/// Keeps the mark-up of the element that has just begun, and ends it.
fn keep<'a>(builder: &mut Builder<'a>, reader: &mut Reader<&'a [u8]>, (source, element): (&'a str, &BytesStart<'_>)) {
    let start = reader.buffer_position();
    let (end, fault) = match reader.read_to_end(element.name()) {
        Ok(span) => (span.end, None),
        Err(_) => (source.len() as u64, Some(Fault::Cut)),
    };
    if let Some(node) = builder.current() {
        node.raw = source.get(start as usize..end as usize).unwrap_or_default();
    }
    match fault {
        None => builder.end(),
        Some(fault) => builder.fault = Some(fault),
    }
}

fn fault_at(offset: u64, source: &str) -> Fault {
    // As with other mark-up: what breaks at the very end was cut off.
    if offset + 64 > source.len() as u64 { Fault::Cut } else { Fault::Broken(format!("byte {offset}")) }
}

/// An attribute's value with its character references resolved.
fn unescaped(value: &str) -> String {
    let mut parts = value.split('&');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once(';').and_then(|(name, rest)| Some((character(name)?, rest))) {
            Some((c, rest)) => {
                text.push(c);
                text.push_str(rest);
            }
            None => {
                text.push('&');
                text.push_str(part);
            }
        }
    }
    text
}

/// The root element's name without prefix, and its whole start tag, of the head of a document that may be XML.
pub(super) fn root_element(head: &[u8]) -> Option<(String, String)> {
    let first = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start().first()?;
    if !matches!(first, b'<' | 0xFE | 0xFF) && head.get(..2) != Some(b"\0<") {
        return None;
    }
    let text = decode::decode(head).text;
    let mut rest = text.trim_start();
    loop {
        let end = match rest.get(..2)? {
            "<?" => rest.find("?>")? + 2,
            "<!" if rest.starts_with("<!--") => rest.find("-->")? + 3,
            // A document type may hold declarations in brackets.
            "<!" if rest.find('[').is_some_and(|at| Some(at) < rest.find('>')) => rest.find("]>")? + 2,
            "<!" => rest.find('>')? + 1,
            _ => break,
        };
        rest = rest.get(end.min(rest.len())..)?.trim_start();
    }
    let tag = rest.strip_prefix('<')?;
    let tag = &tag[..tag.find('>').unwrap_or(tag.len())];
    let name = tag.split([' ', '\t', '\r', '\n', '/']).next()?;
    let name = name.rsplit(':').next().unwrap_or(name);
    (!name.is_empty()).then(|| (name.to_owned(), tag.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(head: &str, expected: Option<&str>) {
        assert_eq!(root_element(head.as_bytes()).map(|(name, _)| name).as_deref(), expected, "{head}");
    }

    /// Proves that the root is found behind whatever may stand before it, and not in what is no XML.
    #[test]
    fn roots_are_found() {
        check(
            "<?xml version='1.0'?><?xml-stylesheet href='x'?>\n<!-- <a> --><v3:ClinicalDocument xmlns:v3='u'>",
            Some("ClinicalDocument"),
        );
        check("\u{FEFF}<Bundle/>", Some("Bundle"));
        check("<!DOCTYPE a [<!ENTITY b \"c\">]><a>", Some("a"));
        check("<!DOCTYPE a><a>", Some("a"));
        check("text <a>", None);
        check("<?xml", None);
        check("", None);
    }

    /// Proves that text, attributes and kept mark-up come out, with references resolved and entities left alone.
    #[test]
    fn elements_are_read() {
        let source = "<a x='1 &lt; 2'>t&amp;u&v;<s><text>p <b>q</b></text></s><!-- c --><n:e/></a>";
        let (root, fault) = read(source, |parent, name| parent == "s" && name == "text");
        let a = &root.children[0];
        assert_eq!(fault, None);
        assert_eq!((a.attribute("x"), &*a.text), ("1 < 2", "t&u&v;"));
        assert_eq!(a.at(&["s", "text"]).unwrap().raw, "p <b>q</b>");
        assert!(a.child("e").is_some());
    }

    /// Proves that a cut keeps what stands before it, and that declared entities of entities are refused.
    #[test]
    fn faults_are_named() {
        let (root, fault) = read("<a><b>one</b><c>tw", |_, _| false);
        assert_eq!((root.at(&["a", "b"]).unwrap().value(), fault), ("one", Some(Fault::Cut)));
        let (root, fault) = read("<a><s><text>half <b>of", |_, name| name == "text");
        assert_eq!((root.at(&["a", "s", "text"]).unwrap().raw, fault), ("half <b>of", Some(Fault::Cut)));
        let bomb = "<!DOCTYPE x [<!ENTITY a 'h'><!ENTITY b '&a;&a;'>]><x>&b;</x>";
        assert_eq!(read(bomb, |_, _| false).1, Some(Fault::Entities(1)));
    }
}
