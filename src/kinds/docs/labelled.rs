//! People named in structured data, XML or JSON without a better name: exports of portals, recorders and laboratories.
//!
//! There the name of an element or member is the label, and what it lies in says whose it is. Labels and values are made
//! of both here, as in a table of pairs, and the rules for those apply. What lies in a physician's, parent's or device's
//! part names no patient.

use super::{
    entities,
    tables::{Rows, bounded},
    xml::lenient,
};
use crate::kinds::text::people::speaks_of_others;
use quick_xml::events::{BytesStart, Event};
use serde_json::Value;

/// Bytes that are taken apart.
const BYTES_MAX: usize = 8 << 20;

/// Labels and values of one document.
const VALUES_MAX: usize = 5_000;

/// Values are short; letters, samples and pictures are not.
const VALUE_CHARS_MAX: usize = 200;

/// Elements within each other that bear on what the innermost means.
const DEPTH_MAX: usize = 128;

/// Words of whoever is the patient.
const PATIENT: &[&str] = &["patient", "patients", "patientin", "paciente", "subject", "child", "pid"];

/// Words of others, beside those that letters have.
const OTHERS: &[&str] = &[
    "author",
    "performer",
    "operator",
    "technician",
    "organization",
    "organisation",
    "facility",
    "device",
    "user",
    "sender",
    "receiver",
    "investigator",
    "custodian",
    "practitioner",
    "staff",
    "reviewer",
    "requester",
    "nk",
    "in",
];

/// Names of elements and members, without what parts their words, and what they are called in letters.
const LABELS: &[(&str, &[&str])] = &[
    ("Given name", &["given", "givenname", "givennames", "first", "firstname", "fname", "forename", "namefirst"]),
    ("Family name", &["family", "familyname", "last", "lastname", "lname", "surname", "namelast"]),
    ("Date of birth", &["dob", "birthdate", "dateofbirth", "birthtime", "birthday", "birthdatetime", "datebirth"]),
    ("Sex", &["sex", "gender"]),
    ("Name", &["name", "fullname", "personname", "displayname"]),
    ("ID", &["id", "identifier", "mrn", "number", "no", "medicalrecordnumber"]),
];

/// Fields of HL7 version 2 in its XML encoding (v2.xml), which have numbers for names: the field, its part, the label.
const NUMBERED: &[(&str, &str, &str)] = &[
    ("PID.3", "CX.1", "Patient ID"),
    ("PID.5", "FN.1", "Family name"),
    ("PID.5", "XPN.1", "Family name"),
    ("PID.5", "XPN.2", "Given name"),
    ("PID.7", "TS.1", "Date of birth"),
    ("PID.7", "DTM.1", "Date of birth"),
    ("PID.7", "PID.7", "Date of birth"),
    ("PID.8", "PID.8", "Sex"),
];

/// Labels and values of JSON, or of several of its values one behind the other; items of a list each by themselves.
pub(super) fn of_json(source: &str) -> Option<Vec<Rows>> {
    let source = source.trim_start_matches('\u{FEFF}').trim_start();
    if !source.starts_with(['{', '[']) || source.len() > BYTES_MAX {
        return None;
    }
    let mut labels = Labels::default();
    for value in serde_json::Deserializer::from_str(source).into_iter::<Value>().map_while(Result::ok) {
        labels.item("", &value);
    }
    Some(labels.items)
}

/// Labels and values of XML, as far as it is well-formed.
pub(super) fn of_xml(source: &str) -> Rows {
    let mut labels = Labels::default();
    if source.len() > BYTES_MAX {
        return labels.rows;
    }
    let mut reader = lenient(source);
    let mut text = String::new();
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Start(element) => {
                text.clear();
                labels.element(&element);
            }
            Event::Empty(element) => {
                labels.element(&element);
                labels.path.pop();
            }
            Event::Text(run) if text.len() < VALUE_CHARS_MAX * 4 => text.push_str(&run.xml10_content()),
            Event::CData(run) if text.len() < VALUE_CHARS_MAX * 4 => text.push_str(&run.xml10_content()),
            Event::GeneralRef(name) => text.extend(entities::character(&name)),
            Event::End(_) => {
                if let Some(own) = labels.path.pop() {
                    labels.value(&own, &text);
                }
                text.clear();
            }
            Event::Eof => break,
            _ => {}
        }
    }
    labels.rows
}

#[derive(Default)]
struct Labels {
    rows: Rows,
    /// Items of lists that are done.
    items: Vec<Rows>,
    values: usize,
    /// Names of what the value lies in, outermost first.
    path: Vec<String>,
}

impl Labels {
    /// An item, whose members have no order: what is said of one patient must not run into the next.
    fn item(&mut self, own: &str, value: &Value) {
        let around = std::mem::take(&mut self.rows);
        self.json(own, value);
        let rows = std::mem::replace(&mut self.rows, around);
        self.items.extend((!rows.is_empty()).then_some(rows));
    }

    fn json(&mut self, own: &str, value: &Value) {
        match value {
            Value::Object(members) if self.path.len() < DEPTH_MAX => {
                self.path.push(own.to_owned());
                members.iter().for_each(|(name, value)| self.json(name, value));
                self.path.pop();
            }
            // Given names come as a list.
            Value::Array(items) if items.iter().all(Value::is_string) => {
                let words: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
                self.value(own, &words.join(" "));
            }
            Value::Array(items) => items.iter().for_each(|item| self.item(own, item)),
            Value::String(text) => self.value(own, text),
            Value::Number(number) => self.value(own, &number.to_string()),
            Value::Object(_) | Value::Bool(_) | Value::Null => {}
        }
    }

    /// Begins an element, and takes its attributes: values of their own, or its own value.
    fn element(&mut self, element: &BytesStart<'_>) {
        let own =
            if self.path.len() < DEPTH_MAX { element.local_name().into_inner().to_owned() } else { String::new() };
        // `<field name="DOB">` and `<item key="DOB" value="…"/>` name themselves.
        let mut called = own.clone();
        self.path.push(own.clone());
        for attribute in element.attributes().with_checks(false).flatten() {
            let name = attribute.key.local_name().into_inner().to_owned();
            let value = entities::replaced(&attribute.value);
            match name.to_ascii_lowercase().as_str() {
                "value" | "val" => {
                    let inner = self.path.pop();
                    self.value(&called, &value);
                    self.path.extend(inner);
                }
                "name" | "key" | "label" if label_of(&spelt_out(&value)).is_some() => called = value,
                _ if !attribute.key.as_ref().starts_with("xml") => self.value(&name, &value),
                _ => {}
            }
        }
        if called != own
            && let Some(last) = self.path.last_mut()
        {
            *last = called;
        }
    }

    fn value(&mut self, own: &str, value: &str) {
        let value = value.trim();
        let fits = !value.is_empty() && value.len() <= VALUE_CHARS_MAX * 4 && value.chars().count() <= VALUE_CHARS_MAX;
        if !fits || self.values >= VALUES_MAX {
            return;
        }
        if let Some(label) = self.label(own) {
            let value = if label == "Date of birth" { day(value) } else { value };
            self.values += 1;
            self.rows.push(vec![label, bounded(value)]);
        }
    }

    /// What a value is called, in the words of a letter; nothing where it is somebody else's.
    fn label(&self, own: &str) -> Option<String> {
        let numbered = |(field, part, label): &(&str, &str, &str)| {
            (*part == own && (part == field || self.path.iter().any(|name| name == field))).then(|| (*label).to_owned())
        };
        if let Some(label) = NUMBERED.iter().find_map(numbered) {
            return Some(label);
        }
        let words = spelt_out(own);
        let whose =
            std::iter::once(words.as_slice().to_vec()).chain(self.path.iter().rev().map(|name| spelt_out(name)));
        let mut is_patients = false;
        for names in whose {
            if names.iter().any(|word| PATIENT.contains(&word.as_str())) {
                is_patients = true;
                break;
            }
            if names.iter().any(|word| OTHERS.contains(&word.as_str()) || speaks_of_others(word)) {
                return None;
            }
        }
        match (label_of(&words), is_patients) {
            (Some("ID"), false) => None,
            (Some(label @ ("Name" | "ID")), true) => Some(format!("Patient {}", label.replace("Name", "name"))),
            (Some(label), _) => Some(label.to_owned()),
            (None, _) => Some(words.join(" ")),
        }
    }
}

/// The label that letters have for these words, the patient's own word apart.
fn label_of(words: &[String]) -> Option<&'static str> {
    let own: String = words.iter().filter(|word| !PATIENT.contains(&word.as_str())).map(String::as_str).collect();
    LABELS.iter().find(|(_, names)| names.contains(&own.as_str())).map(|(label, _)| *label)
}

/// `PatientLastName`, `patient_last-name` as words in small letters.
fn spelt_out(name: &str) -> Vec<String> {
    let mut spaced = String::new();
    let mut before = ' ';
    for c in name.chars().take(VALUE_CHARS_MAX) {
        if c.is_uppercase() && before.is_lowercase() {
            spaced.push(' ');
        }
        spaced.push(if c.is_alphabetic() { c } else { ' ' });
        before = c;
    }
    spaced.to_lowercase().split_whitespace().map(str::to_owned).collect()
}

/// The day of a moment (ISO 8601, HL7 v2 2A.2.78): what follows it is the time.
fn day(value: &str) -> &str {
    let figures = value.bytes().take_while(u8::is_ascii_digit).count();
    match value.split_once(['T', ' ']) {
        Some((day, _)) if day.len() == 10 && day.is_ascii() => day,
        _ if figures >= 10 => &value[..8],
        _ => value,
    }
}

#[cfg(test)]
mod tests {
    use super::{super::tables::note_pairs, *};
    use crate::domain::facts::{Facts, FileKind, Readable};

    fn found(rows: impl IntoIterator<Item = Rows>) -> Vec<(String, Option<String>)> {
        let mut facts = Facts::of(FileKind::Text, Readable::Yes);
        note_pairs(&mut facts, &Vec::from_iter(rows));
        facts.people.into_iter().map(|person| (person.names.join("|"), person.birth_date)).collect()
    }

    fn ana(name: &str, birth: &str) -> Vec<(String, Option<String>)> {
        vec![(name.to_owned(), Some(birth.to_owned()))]
    }

    /// Proves that the patient is found in exports of portals, recorders and laboratories, as each of them writes it.
    #[test]
    fn patients_of_xml() {
        for (source, name, birth) in [
            (
                "<RestingECG><PatientDemographics><PatientID>X77</PatientID><PatientLastName>Ruiz</PatientLastName>\
                 <PatientFirstName>Ana</PatientFirstName><DateofBirth>03-02-2015</DateofBirth></PatientDemographics>\
                 </RestingECG>",
                "Ruiz^Ana",
                "03-02-2015",
            ),
            (
                "<AnnotatedECG><subject><trialSubject><id root='1.2' extension='X77'/><subjectDemographicPerson>\
                 <name>Ana Ruiz</name><birthTime value='20150302101500'/></subjectDemographicPerson></trialSubject>\
                 </subject></AnnotatedECG>",
                "Ana Ruiz",
                "20150302",
            ),
            (
                "<ORU_R01><PID><PID.3><CX.1>X77</CX.1></PID.3><PID.5><XPN.1><FN.1>Ruiz</FN.1></XPN.1><XPN.2>Ana</XPN.2>\
                 </PID.5><PID.7><TS.1>20150302</TS.1></PID.7></PID></ORU_R01>",
                "Ruiz^Ana",
                "20150302",
            ),
            (
                "<r><field name='PatientName'>Ana Ruiz</field><item key='dob' value='2015-03-02'/></r>",
                "Ana Ruiz",
                "2015-03-02",
            ),
            ("<r><patient name='Ana Ruiz' dob='2015-03-02T00:00:00Z'/></r>", "Ana Ruiz", "2015-03-02"),
            (
                "<p><nombre>Ana</nombre><apellidos>Ruiz</apellidos><fecha_nacimiento>02/03/2015</fecha_nacimiento></p>",
                "Ruiz^Ana",
                "02/03/2015",
            ),
        ] {
            assert_eq!(found([of_xml(source)]), ana(name, birth), "{source}");
        }
    }

    /// Proves the same for JSON, and that several patients stay several.
    #[test]
    fn patients_of_json() {
        for (source, name, birth) in [
            (
                r#"{"patient":{"name":"Ana Ruiz","dateOfBirth":"2015-03-02","mrn":"X77"},"report":"Well."}"#,
                "Ana Ruiz",
                "2015-03-02",
            ),
            (
                r#"{"demographics":{"firstName":"Ana","lastName":"Ruiz","birth_date":"2015-03-02"}}"#,
                "Ruiz^Ana",
                "2015-03-02",
            ),
            (
                r#"{"subject":{"name":{"given":["Ana","Eva"],"family":"Ruiz"},"birthDate":"2015-03-02"}}"#,
                "Ruiz^Ana Eva",
                "2015-03-02",
            ),
        ] {
            assert_eq!(found(of_json(source).unwrap()), ana(name, birth), "{source}");
        }
        let two =
            "[{\"patient\":\"Ana Ruiz\",\"dob\":\"2015-03-02\"},{\"patient\":\"Ben Ito\",\"dob\":\"2014-01-05\"}]";
        assert_eq!(found(of_json(two).unwrap()).len(), 2);
    }

    /// Proves that physicians, parents, devices and tests are no patients, and broken or deep data does no harm.
    #[test]
    fn others_are_nobody() {
        for source in [
            "<r><physician><name>Eva Klein</name><birthDate>1970-01-01</birthDate></physician></r>",
            "<r><patient><mother><name>Eva Ruiz</name><birthDate>1985-09-30</birthDate></mother></patient></r>",
            "<r><test><name>Total Cholesterol</name><id>4711</id></test></r>",
            "<r><device><name>Resting Recorder</name><id>4711</id></device><operator id='99'>Jo Lee</operator></r>",
        ] {
            assert_eq!(found([of_xml(source)]), [], "{source}");
        }
        assert_eq!(found(of_json(r#"{"tests":[{"name":"Total Cholesterol","value":4.1}]}"#).unwrap()), []);
        assert_eq!(of_json("Dear colleague"), None);
        assert!(of_json(&"{\"a\":".repeat(5_000)).unwrap().is_empty());
        assert!(of_xml(&"<a>".repeat(50_000)).is_empty());
        assert!(of_xml("<a b='").is_empty());
    }
}
