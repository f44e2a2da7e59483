//! Segments, fields, repeats, components (HL7 v2 2.5).

use super::escape::{Separators, resolved};

/// Characters of a segment's name.
const NAME_CHARS: usize = 3;

/// One segment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment<'a> {
    /// Three letters or digits.
    pub(super) name: &'a str,
    line: &'a str,
    pub(super) separators: Separators,
}

/// The segments of a file in their order. They end with a carriage return; line feeds are met just as often. Lines
/// that are no segment, as after a line break that nobody escaped, are left out.
pub(super) fn segments(source: &str) -> impl Iterator<Item = Segment<'_>> {
    let mut separators = Separators::USUAL;
    // The frame of the transport: 0B before a message, 1C behind it.
    let lines = source.split(['\r', '\n']).map(|line| line.trim_start_matches(['\u{B}', '\u{1C}', '\u{FEFF}', ' ']));
    lines.filter_map(move |line| {
        let name = line.get(..NAME_CHARS).filter(|name| name.bytes().all(|byte| byte.is_ascii_alphanumeric()))?;
        if matches!(name, "MSH" | "FHS" | "BHS") {
            separators = Separators::stated(line);
        }
        let follows = line[NAME_CHARS..].chars().next();
        follows.is_none_or(|c| c == separators.field).then_some(Segment { name, line, separators })
    })
}

impl<'a> Segment<'a> {
    /// A field as it stands; empty where there is none. In a head, field 1 is the separator itself.
    pub(super) fn field(&self, number: usize) -> &'a str {
        let is_head = matches!(self.name, "MSH" | "FHS" | "BHS");
        let place = number.saturating_sub(usize::from(is_head));
        self.line.split(self.separators.field).nth(place).unwrap_or_default()
    }

    /// The repeats of a field; of an empty field there are none.
    pub(super) fn repeats(&self, number: usize) -> impl Iterator<Item = &'a str> + use<'a> {
        self.field(number).split(self.separators.repeat).filter(|repeat| !is_null(repeat))
    }

    /// A component of a field's first repeat, in words.
    pub(super) fn text(&self, field: usize, component: usize) -> String {
        self.repeats(field).next().map(|repeat| self.component(repeat, component)).unwrap_or_default()
    }

    /// A component of a repeat as it stands.
    pub(super) fn raw_component(&self, repeat: &'a str, number: usize) -> &'a str {
        repeat.split(self.separators.component).nth(number.saturating_sub(1)).unwrap_or_default()
    }

    /// A component of a repeat in words.
    pub(super) fn component(&self, repeat: &str, number: usize) -> String {
        let component = repeat.split(self.separators.component).nth(number.saturating_sub(1)).unwrap_or_default();
        self.words(component)
    }

    /// A subcomponent of a repeat in words.
    pub(super) fn subcomponent(&self, repeat: &str, component: usize, number: usize) -> String {
        let component = repeat.split(self.separators.component).nth(component.saturating_sub(1)).unwrap_or_default();
        let sub = component.split(self.separators.subcomponent).nth(number.saturating_sub(1)).unwrap_or_default();
        self.words(sub)
    }

    /// Text with its escapes resolved and blanks around it cut; `""` says that there is nothing.
    pub(super) fn words(&self, text: &str) -> String {
        if is_null(text) { String::new() } else { resolved(text, self.separators).trim().to_owned() }
    }
}

/// HL7 v2 2.5.3: two quotation marks delete a value.
fn is_null(text: &str) -> bool {
    text.is_empty() || text == "\"\""
}
