//! Fields of forms (ISO 32000-2, 12.7): what was filled in, where it stands, and what the form calls it.
//!
//! What a field shows is drawn with the page where it has an appearance; where it has none, a viewer makes one of its
//! value, so that it is put at its place here. What a form calls its fields says whose name and birth date stand in
//! them where the words on the page are too far away to say it.

use super::{glyphs::Glyph, structure};
use hayro_interpret::kurbo::{Affine, Rect};
use hayro_syntax::object::{Dict, Name, Rect as PdfRect, String as PdfString};
use hayro_syntax::page::Page;

/// Names of a field above each other that are looked at.
const PARENTS_MAX: usize = 16;

/// The largest letters that a viewer sets a value in by itself, points.
const LETTERS_POINTS_MAX: f64 = 12.0;

/// Share of an em from one line of a value to the next.
const LEADING_EM: f64 = 1.2;

/// Width of a letter, as a share of an em: what stands beside it matters, not where it ends.
const LETTER_EM: f64 = 0.5;

/// A field that somebody filled in.
pub(super) struct Field {
    /// What the form calls it, outermost first.
    name: String,
    /// What it says of itself to whoever points at it.
    hint: String,
    /// What was filled in.
    value: String,
    /// Where it stands, in the page's own space, where it is not drawn with the page.
    undrawn: Option<PdfRect>,
}

/// The fields of a page that hold words.
pub(super) fn of_page(page: &Page<'_>) -> Vec<Field> {
    let is_field = |field: &Dict<'_>| field.get::<Name<'_>>("Subtype").as_deref() == Some(b"Widget");
    structure::annotations(page).filter(is_field).filter_map(|field| filled_in(&field)).collect()
}

fn filled_in(field: &Dict<'_>) -> Option<Field> {
    let chain = chain(field);
    let text = |key: &str| {
        let found = chain.iter().find_map(|dict| dict.get::<PdfString<'_>>(key));
        found.map(|text| structure::decoded(text.as_bytes()).trim().to_owned())
    };
    let value = text("V").filter(|value| !value.is_empty())?;
    let names = chain.iter().rev().filter_map(|dict| dict.get::<PdfString<'_>>("T"));
    let names: Vec<String> = names.map(|name| spelt_out(&structure::decoded(name.as_bytes()))).collect();
    let undrawn = if field.contains_key("AP") { None } else { field.get::<PdfRect>("Rect") };
    Some(Field { name: names.join(" "), hint: text("TU").unwrap_or_default(), value, undrawn })
}

/// The field and those it belongs to, the innermost first.
fn chain<'a>(field: &Dict<'a>) -> Vec<Dict<'a>> {
    let mut chain = vec![field.clone()];
    while let Some(parent) = chain.last().and_then(|dict| dict.get::<Dict<'a>>("Parent")) {
        if chain.len() >= PARENTS_MAX {
            break;
        }
        chain.push(parent);
    }
    chain
}

/// `PatientName[0]`, `patient_name` as words: `Patient Name`, `patient name`.
fn spelt_out(name: &str) -> String {
    let mut words = String::new();
    let mut index = false;
    let mut before = ' ';
    for c in name.chars() {
        match c {
            '[' => index = true,
            ']' => index = false,
            _ if index => {}
            _ if c.is_alphabetic() => {
                if c.is_uppercase() && before.is_lowercase() {
                    words.push(' ');
                }
                words.push(c);
            }
            _ => words.push(' '),
        }
        before = c;
    }
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The values that are not drawn with the page.
pub(super) fn undrawn(fields: &[Field]) -> impl Iterator<Item = &str> {
    fields.iter().filter(|field| field.undrawn.is_some()).map(|field| field.value.as_str())
}

/// Their letters at their places, as the page is shown.
pub(super) fn placed(fields: &[Field], shown: Affine) -> Vec<Glyph> {
    let mut glyphs = Vec::new();
    for field in fields {
        let Some(place) = &field.undrawn else { continue };
        let place = shown.transform_rect_bbox(Rect::new(place.x0, place.y0, place.x1, place.y1));
        if ![place.x0, place.y0, place.x1, place.y1].iter().all(|number| number.is_finite()) {
            continue;
        }
        let size = (place.height() * 0.8).clamp(1.0, LETTERS_POINTS_MAX);
        let several = field.value.lines().count() > 1;
        // One line stands in the middle of its field, several begin at the top.
        let first = if several { place.y0 + size } else { place.center().y + size * 0.35 };
        for (line, text) in field.value.lines().enumerate() {
            glyphs.push(Glyph {
                text: text.trim().to_owned(),
                along: place.x0,
                across: first + line as f64 * size * LEADING_EM,
                advance: text.chars().count() as f64 * size * LETTER_EM,
                size,
                turn: 0,
            });
        }
    }
    glyphs
}

/// What the form says of its fields, a line for each: by their names, and by what they say of themselves.
pub(super) fn said(fields: &[Field]) -> [String; 2] {
    let lines = |of: fn(&Field) -> &str| {
        let named = fields.iter().filter(|field| !of(field).is_empty());
        let line = |field: &Field| format!("{}: {}", of(field).trim_end_matches([':', ' ']), field.value);
        named.map(line).collect::<Vec<_>>().join("\n")
    };
    [lines(|field| &field.name), lines(|field| &field.hint)]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves that names made for programs are spelt out for the labels to be found in them.
    #[test]
    fn names_are_spelt_out() {
        for (name, words) in [
            ("PatientName", "Patient Name"),
            ("form1[0].#subform[0].patient_DOB[12]", "form subform patient DOB"),
            ("Text 3", "Text"),
            ("имяПациента", "имя Пациента"),
        ] {
            assert_eq!(spelt_out(name), words);
        }
    }
}
