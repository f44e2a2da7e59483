//! XML without a better name: its text, element by element. Entities are never expanded, nothing is fetched.

use super::{
    decode::{decode, looks_like_text},
    deliver, entities, labelled, plain, tables,
};
use crate::{
    domain::{
        facts::{Facts, FileKind, Readable},
        reason::Reason,
    },
    kinds::{Exam, Kind, Probe},
};
use quick_xml::{Reader, events::Event};

/// The kind for [`crate::kinds::ALL`].
pub static XML: &dyn Kind = &Xml;

struct Xml;

impl Kind for Xml {
    fn name(&self) -> &'static str {
        "xml"
    }

    fn file_kind(&self) -> FileKind {
        FileKind::Text
    }

    fn sniff(&self, probe: &Probe<'_>) -> bool {
        looks_like_text(probe.head)
            && decode(&probe.head[..probe.head.len().min(512)]).text.trim_start().starts_with("<?xml")
    }

    fn examine(&self, exam: &mut Exam<'_>) -> Facts {
        let mut facts = Facts::of(FileKind::Text, Readable::Yes);
        facts.language_asked = true;
        let source = plain::read_text(exam, &mut facts);
        let text = match text_of(&source) {
            Ok(text) => text,
            Err(XmlFault::EntityBomb(count)) => {
                facts.observe(Reason::ArchiveBomb, format!("{count} entities are made of other entities"));
                facts.readable = Readable::No;
                return facts;
            }
            Err(XmlFault::Malformed { text, offset }) => {
                let detail = format!("the mark-up is broken at byte {offset}");
                facts.observe(
                    if offset + 64 > source.len() as u64 { Reason::Truncated } else { Reason::Damaged },
                    detail,
                );
                text
            }
        };
        let text = match text.chars().any(char::is_alphanumeric) {
            true => text,
            // Recorders write what they measured as attributes: numbers and names, in no language.
            false => {
                facts.language_asked = false;
                attributes_of(&source)
            }
        };
        let pages = deliver::split(&text, exam.limits);
        deliver::pages(exam, &mut facts, pages);
        tables::note_pairs(&mut facts, &[labelled::of_xml(&source)]);
        facts
    }
}

/// Characters of an attribute that is read: samples and pictures are longer and are no words.
const ATTRIBUTE_CHARS_MAX: usize = 400;

/// Attributes that say only together with their element what they mean.
const DEPENDENT: &[&str] = &["name", "id", "number", "value", "sex", "gender"];

/// The attributes, a line for each element, as labels and values: an element without text says so what it says. Names of
/// namespaces and schemas are no content.
fn attributes_of(source: &str) -> String {
    let mut reader = lenient(source);
    let mut text = String::new();
    while let Ok(event) = reader.read_event() {
        let element = match &event {
            Event::Start(element) | Event::Empty(element) => element,
            Event::Eof => break,
            _ => continue,
        };
        let own = element.local_name().into_inner().to_owned();
        let mut fields = Vec::new();
        for attribute in element.attributes().with_checks(false).flatten() {
            let whole = attribute.key.as_ref();
            let name = attribute.key.local_name().into_inner();
            let technical = whole.starts_with("xml") || whole.starts_with("xsi:");
            let value = entities::replaced(&attribute.value);
            let value = value.trim();
            if technical || value.is_empty() || value.chars().nth(ATTRIBUTE_CHARS_MAX).is_some() {
                continue;
            }
            let label = match DEPENDENT.contains(&name.to_ascii_lowercase().as_str()) {
                true => format!("{own} {name}"),
                false => name.to_owned(),
            };
            fields.push(format!("{}: {value}", label.replace(['_', '-'], " ")));
        }
        if !fields.is_empty() {
            text.push_str(&fields.join("  "));
            text.push('\n');
        }
    }
    text
}

/// What keeps XML from being read.
#[derive(Debug)]
pub enum XmlFault {
    /// Entities that refer to entities: the only use is to blow up.
    EntityBomb(usize),
    /// Not well-formed from `offset` on; the text up to there.
    Malformed {
        /// What was read before.
        text: String,
        /// Where it broke.
        offset: u64,
    },
}

/// Reads mark-up whose tags need not match: text is wanted, not structure.
pub(crate) fn lenient(source: &str) -> Reader<&[u8]> {
    let mut reader = Reader::from_str(source);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    reader
}

/// The text between the tags, elements on lines of their own.
///
/// # Errors
/// [`XmlFault`].
pub fn text_of(source: &str) -> Result<String, XmlFault> {
    let mut reader = lenient(source);
    let mut text = String::new();
    loop {
        match reader.read_event() {
            Ok(Event::Text(run)) => text.push_str(&run.xml10_content()),
            Ok(Event::CData(run)) => text.push_str(&run.xml10_content()),
            Ok(Event::GeneralRef(name)) => match entities::character(&name) {
                Some(c) => text.push(c),
                None => text.push_str(&format!("&{};", &*name)),
            },
            Ok(Event::DocType(declaration)) => {
                let nested = nested_entities(&declaration);
                if nested > 0 {
                    return Err(XmlFault::EntityBomb(nested));
                }
            }
            Ok(Event::Start(_) | Event::End(_) | Event::Empty(_)) => end_line(&mut text),
            Ok(Event::Eof) => return Ok(text),
            Ok(Event::Comment(_) | Event::Decl(_) | Event::PI(_)) => {}
            Err(_) => return Err(XmlFault::Malformed { text, offset: reader.error_position() }),
        }
    }
}

/// Ends a line unless it is empty already: indentation between tags is not text.
fn end_line(text: &mut String) {
    let kept = text.trim_end_matches([' ', '\t', '\r', '\n']).len();
    text.truncate(kept);
    if kept > 0 {
        text.push('\n');
    }
}

/// Entity declarations whose value refers to another entity.
pub(in crate::kinds) fn nested_entities(declaration: &str) -> usize {
    let values = declaration.split("<!ENTITY").skip(1);
    values
        .filter(|value| {
            value.split(['>']).next().is_some_and(|v| v.contains('&') && !v.contains("&#") || v.contains("SYSTEM"))
        })
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves that text comes out by element with its character references, and tags do not.
    #[test]
    fn text_without_tags() {
        let source =
            "<?xml version=\"1.0\"?>\n<a>\n  <b>fever &amp; cough</b>\n  <c>3 &lt; 4 &#233;</c><![CDATA[<raw>]]></a>";
        assert_eq!(text_of(source).unwrap(), "fever & cough\n3 < 4 é\n<raw>\n");
    }

    /// Proves that what stands in attributes only is read as labels and values, without samples and namespaces.
    #[test]
    fn attributes_say_something() {
        let source = format!(
            "<?xml version=\"1.0\"?>\n<ecg xmlns=\"urn:x\" xsi:schemaLocation=\"a b\">\n<subject LAST_NAME=\"RUIZ\" \
             FIRST_NAME='Ana &amp; Eva' dob=\"20150302\"/><patient id=\"4711\"/><lead data=\"{}\"/>\n</ecg>",
            "AAEC".repeat(200)
        );
        assert!(!text_of(&source).unwrap().chars().any(char::is_alphanumeric));
        assert_eq!(attributes_of(&source), "LAST NAME: RUIZ  FIRST NAME: Ana & Eva  dob: 20150302\npatient id: 4711\n");
    }

    /// Proves that entities of entities are refused and single ones are left as they stand.
    #[test]
    fn entities_are_not_expanded() {
        let bomb = "<!DOCTYPE x [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]><x>&b;</x>";
        assert!(matches!(text_of(bomb), Err(XmlFault::EntityBomb(1))));
        let outside = "<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/hostname\">]><x>&a;</x>";
        assert!(matches!(text_of(outside), Err(XmlFault::EntityBomb(1))));
        let plain = "<!DOCTYPE x [<!ENTITY a \"ha\">]><x>&a;</x>";
        assert_eq!(text_of(plain).unwrap().trim(), "&a;");
    }

    /// Proves that broken mark-up gives what stands before the break.
    #[test]
    fn broken_mark_up_keeps_the_start() {
        let Err(XmlFault::Malformed { text, .. }) = text_of("<a>before<b att") else { panic!("taken as whole") };
        assert!(text.contains("before"));
    }
}
