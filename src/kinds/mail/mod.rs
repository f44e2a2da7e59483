//! E-mail (RFC 5322, MIME RFC 2045 to 2049) and mailboxes of it (RFC 4155).
//!
//! Headers and body are page 1; attachments are members, messages within the message too. Recognised by several header
//! fields at the start, never by name. A message is held in memory as a whole, a mailbox message by message.

mod body;
mod mailbox;

pub use mailbox::Mailbox;

use super::archive::delivery::{Delivery, Item};
use super::{Exam, Kind, Probe, Source, Stop, text::people::people};
use crate::domain::{
    facts::{Facts, FileKind, PageFacts, PageText, Readable, SearchField},
    reason::Reason,
};
use mailparse::{MailHeaderMap, ParsedMail};
use std::io::{Cursor, Read, SeekFrom};

/// Fields of which several begin a message and hardly anything else.
const FIELDS: &[&str] = &[
    "received",
    "return-path",
    "delivered-to",
    "message-id",
    "mime-version",
    "from",
    "to",
    "cc",
    "bcc",
    "date",
    "subject",
    "reply-to",
    "sender",
    "content-type",
    "content-transfer-encoding",
    "dkim-signature",
    "in-reply-to",
    "references",
    "authentication-results",
    "list-id",
    "list-unsubscribe",
    "importance",
    "thread-topic",
    "thread-index",
    "x-mailer",
    "x-priority",
    "arc-seal",
];
/// Fields without which it is no message.
const FIELDS_NEEDED: &[&str] = &["from", "received", "return-path", "message-id", "mime-version", "delivered-to"];
/// Known fields from which on it is a message.
const FIELDS_ENOUGH: usize = 3;

/// A single message.
#[derive(Debug)]
pub struct Mail;

impl Kind for Mail {
    fn name(&self) -> &'static str {
        "mail"
    }

    fn file_kind(&self) -> FileKind {
        FileKind::Message
    }

    fn sniff(&self, probe: &Probe<'_>) -> bool {
        begins_message(probe.head)
    }

    fn examine(&self, exam: &mut Exam<'_>) -> Facts {
        // A message is held whole, and decoded beside that: a quarter of the memory leaves room for both.
        let most = exam.limits.inspector_memory_bytes_max / 4;
        if Source::bytes(&*exam.source) > most {
            let mut facts = Facts::of(FileKind::Message, Readable::No);
            facts.observe(Reason::UnsupportedFormat, format!("a message of more than {most} bytes"));
            return facts;
        }
        let mut raw = Vec::new();
        let read = exam.source.seek(SeekFrom::Start(0)).and_then(|_| exam.source.take(most).read_to_end(&mut raw));
        match read.ok().and_then(|_| mailparse::parse_mail(&raw).ok()) {
            Some(message) => examine(&message, exam),
            None => {
                let mut facts = Facts::of(FileKind::Message, Readable::No);
                facts.observe(Reason::Damaged, "the parts of the message cannot be told apart");
                facts
            }
        }
    }
}

/// Does a message begin here? All lines up to the first empty one are fields, and enough of them known ones.
pub(super) fn begins_message(head: &[u8]) -> bool {
    let mut known = Vec::new();
    for (number, line) in head.split(|byte| *byte == b'\n').enumerate() {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() || known.len() > 2 * FIELDS_ENOUGH {
            break;
        }
        if number > 0 && matches!(line[0], b' ' | b'\t') {
            continue;
        }
        match field_name(line) {
            Some(name) if FIELDS.contains(&name.as_str()) && !known.contains(&name) => known.push(name),
            Some(_) => {}
            // The head may end within a line; before that, a line that is no field ends the hope.
            None if number > 0 && known.len() >= FIELDS_ENOUGH => break,
            None => return false,
        }
    }
    known.len() >= FIELDS_ENOUGH && known.iter().any(|name| FIELDS_NEEDED.contains(&name.as_str()))
}

/// RFC 5322 2.2: printable ASCII without a colon, then a colon.
fn field_name(line: &[u8]) -> Option<String> {
    let colon = line.iter().position(|byte| *byte == b':').filter(|at| (1..=76).contains(at))?;
    let name = &line[..colon];
    name.iter().all(|byte| byte.is_ascii_graphic()).then(|| String::from_utf8_lossy(name).to_ascii_lowercase())
}

fn examine(message: &ParsedMail<'_>, exam: &mut Exam<'_>) -> Facts {
    let contents = body::contents(message, exam.limits);
    let subject = message.headers.get_first_value("Subject").unwrap_or_default();
    let words = contents.text.split_whitespace().count();
    let (has_body, is_encrypted) = (contents.has_body, contents.is_encrypted);
    let text = PageText { page: 1, text: contents.text };
    let people = people(std::slice::from_ref(&text));
    exam.sink.page(text);
    let (_, mut delivery) = Delivery::of(exam);
    if contents.is_encrypted {
        delivery.note(Reason::PasswordRequired, "the message is encrypted for its recipient");
    }
    if contents.is_cut {
        delivery.note(Reason::Damaged, "some parts of the message could not be decoded");
    }
    let ended = deliver(&contents.attachments, &mut delivery);
    let mut facts = delivery.finish(FileKind::Message, "mail", ended);
    // What is handed over of an encrypted message is the sealed envelope.
    if is_encrypted && !has_body {
        facts.readable = Readable::No;
    }
    // Whoever can read the text can read the message, whatever became of an attachment.
    if has_body && facts.readable == Readable::No && !facts.has(Reason::ArchiveBomb) {
        facts.readable = Readable::Partial;
    }
    facts.kind = Some(FileKind::Message);
    facts.people = people;
    facts.language_asked = true;
    facts.pages = vec![PageFacts { page: 1, words: u32::try_from(words).unwrap_or(u32::MAX), ..PageFacts::default() }];
    if !subject.is_empty() {
        facts.search.push(SearchField { field: "title".to_owned(), text: subject });
    }
    facts
}

fn deliver(attachments: &[body::Attachment<'_>], delivery: &mut Delivery<'_>) -> Result<(), Stop> {
    for attachment in attachments {
        let item = Item::new(attachment.name.clone().into_bytes(), None);
        match attachment.part.get_body_raw() {
            Ok(bytes) => delivery.copy(item, &mut Cursor::new(bytes))?,
            Err(_) => {
                // The encoded bytes are still worth keeping: a person may make something of them.
                let why = crate::domain::facts::Observation::new(Reason::Damaged, "its encoding is faulty");
                let mut raw = Cursor::new(attachment.part.raw_bytes);
                delivery.copy(Item { flaw: Some(why), ..item }, &mut raw)?;
            }
        }
    }
    Ok(())
}
