//! What segments of results, notes and diagnoses say, and documents packed in OBX (HL7 v2 7.4.2).

use super::super::{
    attachment::{Attachment, Coding},
    deliver::Content,
};
use super::segment::Segment;

/// Adds what a segment says. Those of people, places and administration say nothing here.
pub(super) fn of_segment<'a>(segment: Segment<'a>, content: &mut Content<'a>) {
    match segment.name {
        "OBX" => observation(&segment, content),
        "OBR" => content.line(&named(&segment, 4)),
        "NTE" => repeats(&segment, 3, content),
        "DG1" => match segment.text(4, 1) {
            empty if empty.is_empty() => content.line(&named(&segment, 3)),
            description => content.line(&description),
        },
        "AL1" | "PR1" | "IAM" => content.line(&named(&segment, 3)),
        "RXE" | "RXA" | "RXO" => content.line(&named(&segment, if segment.name == "RXA" { 5 } else { 2 })),
        "TXA" => {
            let title = match segment.text(25, 1) {
                empty if empty.is_empty() => named(&segment, 2),
                title => title,
            };
            content.line(&title);
            if content.title.is_empty() {
                content.title = title;
            }
        }
        _ => {}
    }
}

/// A coded element in words: its text, else its code.
fn named(segment: &Segment<'_>, field: usize) -> String {
    match segment.text(field, 2) {
        empty if empty.is_empty() => segment.text(field, 1),
        text => text,
    }
}

fn repeats(segment: &Segment<'_>, field: usize, content: &mut Content<'_>) {
    segment.repeats(field).for_each(|repeat| content.line(&segment.words(repeat)));
}

fn observation<'a>(segment: &Segment<'a>, content: &mut Content<'a>) {
    let what = named(segment, 3);
    match segment.field(2) {
        "ED" => segment.repeats(5).for_each(|repeat| content.attachments.push(packed(segment, repeat))),
        // A pointer to a document elsewhere, which is never followed.
        "RP" => segment.repeats(5).for_each(|repeat| {
            let place = segment.component(repeat, 1);
            content.line(&format!("The document itself lies elsewhere: {what} {place}"));
        }),
        kind => {
            let words = segment.repeats(5).map(|repeat| value(segment, kind, repeat)).collect::<Vec<_>>().join("\n");
            content.line(&with_limits(segment, &what, &words));
        }
    }
}

/// A value of any type in words.
fn value(segment: &Segment<'_>, kind: &str, repeat: &str) -> String {
    let component = |number| segment.component(repeat, number);
    match kind {
        // Coded: the text, else the code, else the text as it was written first.
        "CE" | "CWE" | "CNE" | "CF" => {
            [2, 1, 9].into_iter().map(component).find(|words| !words.is_empty()).unwrap_or_default()
        }
        // A structured number: comparison, number, separator, number.
        "SN" => [1, 2, 3, 4].into_iter().map(component).collect::<String>(),
        "TX" | "FT" | "ST" => segment.words(repeat),
        _ => component(1),
    }
}

/// A result as a report prints it: name, value, unit, range, flag.
fn with_limits(segment: &Segment<'_>, what: &str, words: &str) -> String {
    if words.is_empty() {
        return String::new();
    }
    // A text with labels of its own begins its own line: a label counts where a line or a cell begins.
    let joint = if words.contains(": ") { ":\n" } else { ": " };
    let mut line = if what.is_empty() { words.to_owned() } else { format!("{what}{joint}{words}") };
    let (unit, range, flag) = (segment.text(6, 1), segment.text(7, 1), segment.text(8, 1));
    if !unit.is_empty() {
        line.push_str(&format!(" {unit}"));
    }
    if !range.is_empty() {
        line.push_str(&format!(" ({range})"));
    }
    if !flag.is_empty() && flag != "N" {
        line.push_str(&format!(" {flag}"));
    }
    line
}

/// ED (HL7 v2 2A.2.24): source, type, subtype, encoding, data.
fn packed<'a>(segment: &Segment<'a>, repeat: &'a str) -> Attachment<'a> {
    let data = segment.raw_component(repeat, 5);
    let coding = match segment.component(repeat, 4).to_ascii_lowercase().as_str() {
        "hex" => Coding::Hexadecimal(data),
        "a" => Coding::Plain(segment.words(data)),
        // Base64 is stated, and meant where nothing is.
        _ => Coding::Base64(data),
    };
    let media_type = match segment.raw_component(repeat, 3) {
        "" => segment.raw_component(repeat, 2),
        subtype => subtype,
    };
    Attachment { title: segment.raw_component(segment.field(3), 2), media_type, coding }
}

#[cfg(test)]
mod tests {
    use super::super::segment::segments;
    use super::*;

    fn read(source: &str) -> Content<'_> {
        let mut content = Content::default();
        segments(source).for_each(|segment| of_segment(segment, &mut content));
        content
    }

    /// Proves that values of each type are written as a report would, and pointers are not followed.
    #[test]
    fn values_in_words() {
        let source = "OBX|1|SN|a^Titre||>^1^:^80\rOBX|2|CWE|b^Blood group||A^A positive^L\rOBX|3|DT|c||20240102\r\
                      OBX|4|ST|d^Empty||\"\"\rOBX|5|RP|e^Film||http://x/1^PACS\rDG1|1||C74.9^Neuroblastoma\r";
        assert_eq!(
            read(source).text,
            "Titre: >1:80\nBlood group: A positive\nc: 20240102\nThe document itself lies elsewhere: Film http://x/1\nNeuroblastoma\n"
        );
    }

    /// Proves that a text which has labels of its own begins its own line.
    #[test]
    fn texts_with_labels() {
        let source = "OBX|1|TX|n^Note||Patient: Ben Ito~Date of birth: 2014-01-05\rOBX|2|ST|p^Patient name||Ben Ito\r";
        assert_eq!(read(source).text, "Note:\nPatient: Ben Ito\nDate of birth: 2014-01-05\nPatient name: Ben Ito\n");
    }

    /// Proves that packed documents are found in each of their codings.
    #[test]
    fn packed_documents() {
        let source =
            "OBX|1|ED|r^Report||LAB^AP^PDF^Base64^JVBE\rOBX|2|ED|h||^AP^JPEG^Hex^FFD8\rOBX|3|ED|t||^TX^^A^a\\T\\b";
        let content = read(source);
        let [pdf, jpeg, text] = content.attachments.as_slice() else { panic!("three documents") };
        assert!(matches!(pdf.coding, Coding::Base64("JVBE")) && (pdf.title, pdf.media_type) == ("Report", "PDF"));
        assert!(matches!(jpeg.coding, Coding::Hexadecimal("FFD8")));
        assert!(matches!(&text.coding, Coding::Plain(text) if text == "a&b"));
    }
}
