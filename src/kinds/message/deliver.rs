//! From a message to facts: the same steps for every format.

use super::{
    attachment::{Attachment, hand_over},
    tree::{Fault, Node},
};
use crate::domain::{
    facts::{Facts, FileKind, NamedPerson, Observation, Readable, SearchField},
    reason::Reason,
};
use crate::kinds::{
    Exam,
    archive::delivery::Delivery,
    docs::{
        decode, deliver,
        read::{length_of, read_start},
    },
    text::beside::beside,
};

/// People of one message; a bundle for a ward has some dozens.
pub(super) const PEOPLE_MAX: usize = 1_000;

/// What a message holds.
#[derive(Default)]
pub(super) struct Content<'a> {
    /// What is to be read in it.
    pub(super) text: String,
    pub(super) attachments: Vec<Attachment<'a>>,
    /// Patients in the places that the standard has for them; those of the text come beside them.
    pub(super) people: Vec<NamedPerson>,
    /// What it is called.
    pub(super) title: String,
    /// As declared, each once.
    pub(super) languages: Vec<String>,
    /// What is wrong with it.
    pub(super) flaws: Vec<Observation>,
}

impl Content<'_> {
    /// Adds a line of text unless it is empty.
    pub(super) fn line(&mut self, line: &str) {
        let line = line.trim();
        if !line.is_empty() {
            self.text.push_str(line);
            self.text.push('\n');
        }
    }

    /// Adds a declared language.
    pub(super) fn language(&mut self, tag: &str) {
        let tag = tag.trim();
        if !tag.is_empty() && tag.len() <= 35 && !self.languages.iter().any(|known| known == tag) {
            self.languages.push(tag.to_owned());
        }
    }

    /// Adds that documents are only pointed at.
    pub(super) fn elsewhere(&mut self, documents: usize) {
        if documents > 0 {
            let detail =
                format!("{documents} documents lie elsewhere: they are named and did not come with the message");
            self.flaws.push(Observation::new(Reason::UnsupportedFormat, detail));
        }
    }

    /// Adds what kept the source from being read to its end.
    pub(super) fn fault(&mut self, fault: &Fault) {
        let (reason, detail) = match fault {
            Fault::Cut => (Reason::Truncated, "the message breaks off".to_owned()),
            Fault::Broken(place) => (Reason::Damaged, format!("the message is broken at {place}")),
            Fault::Entities(count) => (Reason::ArchiveBomb, format!("{count} entities are made of other entities")),
            Fault::TooMuch => (Reason::ParserFailed, "only its beginning is read: a limit is reached".to_owned()),
        };
        self.flaws.push(Observation::new(reason, detail));
    }
}

/// The bytes of a message, which is held whole; `Err` are the facts where it is too large.
pub(super) fn bytes(exam: &mut Exam<'_>) -> Result<Vec<u8>, Box<Facts>> {
    // Held twice, as bytes and as characters, and a third time in the tree: a quarter leaves room.
    let most = exam.limits.inspector_memory_bytes_max / 4;
    if length_of(exam.source) > most {
        let mut facts = Facts::of(FileKind::Message, Readable::No);
        facts.observe(Reason::UnsupportedFormat, format!("a message of more than {most} bytes"));
        return Err(Box::new(facts));
    }
    // Bytes that cannot be read are missing, and the fault of the structure tells.
    Ok(read_start(exam.source, most).0)
}

/// The characters of a message in whichever encoding; `Err` as for [`bytes()`].
pub(super) fn source(exam: &mut Exam<'_>) -> Result<String, Box<Facts>> {
    Ok(decode::decode(&bytes(exam)?).text)
}

/// Hands over text and packed documents, and says what is true of the whole.
pub(super) fn facts(exam: &mut Exam<'_>, content: Content<'_>, format: &str) -> Facts {
    let (_, mut delivery) = Delivery::of(exam);
    let is_flawed = !content.flaws.is_empty();
    for flaw in content.flaws {
        delivery.note(flaw.reason, flaw.detail);
    }
    let ended = hand_over(&content.attachments, &mut delivery);
    let mut facts = delivery.finish(FileKind::Message, format, ended);
    facts.kind = Some(FileKind::Message);
    facts.container = facts.container.filter(|container| container.listed > 0);
    facts.language_asked = true;
    let of_members = facts.readable;
    let pages = deliver::split(&content.text, exam.limits);
    deliver::pages(exam, &mut facts, pages);
    let has_text = facts.pages.iter().any(|page| page.words > 0);
    if !has_text && (facts.container.is_some() || is_flawed) {
        // What it says stands in what is packed inside, or behind the fault.
        facts.observations.retain(|observation| observation.reason != Reason::Blank);
        facts.readable = of_members;
    }
    // Whoever can read the text can read the message, whatever became of the rest.
    if has_text && facts.readable == Readable::No && !facts.has(Reason::ArchiveBomb) {
        facts.readable = Readable::Partial;
    }
    facts.search = search(&content.title, &content.people, &content.languages);
    facts.people = beside(content.people, std::mem::take(&mut facts.people));
    facts.people.truncate(PEOPLE_MAX);
    facts
}

fn search(title: &str, people: &[NamedPerson], languages: &[String]) -> Vec<SearchField> {
    let field = |field: &str, text: String| SearchField { field: field.to_owned(), text };
    let mut fields = vec![field("title", title.trim().to_owned())];
    for person in people.iter().take(PEOPLE_MAX) {
        let names = person.names.iter().map(|name| name.replace('^', " "));
        let words: Vec<String> = names.chain(person.ids.iter().map(|(id, _)| id.clone())).collect();
        fields.push(field("patient", words.join(" ")));
    }
    fields.push(field("language", languages.join(" ")));
    fields.retain(|field| !field.text.is_empty());
    fields
}

/// A name of parts in the order of DICOM's PN (PS3.5 6.2.1): family, given, middle, prefix, suffix.
pub(super) fn name_of_parts(parts: [&str; 5]) -> String {
    let parts = parts.map(|part| part.split_whitespace().collect::<Vec<_>>().join(" ").replace('^', " "));
    parts.join("^").trim_end_matches('^').to_owned()
}

/// A name whose parts are elements `family`, `given`, `prefix` and `suffix`, as both XML standards of HL7 have them.
pub(super) fn name_of_elements(name: &Node<'_>) -> String {
    let part = |wanted: &'static str| name.all(wanted).map(Node::value).collect::<Vec<_>>();
    let given = part("given");
    let (first, middle) = given.split_first().map_or(("", String::new()), |(first, rest)| (*first, rest.join(" ")));
    name_of_parts([&part("family").join(" "), first, &middle, &part("prefix").join(" "), &part("suffix").join(" ")])
}

/// A person, unless nothing is said of one.
pub(super) fn known(person: NamedPerson) -> Option<NamedPerson> {
    let says = !person.names.is_empty() || !person.ids.is_empty() || person.birth_date.is_some();
    says.then_some(person)
}
