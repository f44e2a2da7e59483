//! A document packed inside a message, handed over as an entry of its own.

use crate::domain::{facts::Observation, reason::Reason};
use crate::kinds::{
    Stop,
    archive::delivery::{Delivery, Item},
    base64::Base64,
};
use flate2::read::{DeflateDecoder, ZlibDecoder};
use std::io::{Cursor, Read};

/// Characters of a name that is made of a title.
const NAME_CHARS_MAX: usize = 120;

/// A packed document.
pub(super) struct Attachment<'a> {
    /// A title or file name, where one is given.
    pub(super) title: &'a str,
    /// Its media type as declared, for a name's ending only.
    pub(super) media_type: &'a str,
    pub(super) coding: Coding<'a>,
}

/// How its bytes are written down.
pub(super) enum Coding<'a> {
    Base64(&'a str),
    /// Deflate (RFC 1951) in base64.
    Deflated(&'a str),
    /// zlib (RFC 1950) in base64.
    Zlib(&'a str),
    /// Pairs of hexadecimal digits.
    Hexadecimal(&'a str),
    /// As they are.
    Plain(String),
}

/// Hands all over, in their order.
///
/// # Errors
/// [`Stop`]: hand over nothing more.
pub(super) fn hand_over(attachments: &[Attachment<'_>], delivery: &mut Delivery<'_>) -> Result<(), Stop> {
    for (index, attachment) in attachments.iter().enumerate() {
        let mut item = Item::new(attachment.name(index + 1).into_bytes(), None);
        match &attachment.coding {
            Coding::Base64(text) => delivery.copy(item, &mut Base64::new(text))?,
            Coding::Deflated(text) => {
                item.packed_bytes = Some(packed_bytes(text));
                delivery.copy(item, &mut DeflateDecoder::new(Base64::new(text)))?;
            }
            Coding::Zlib(text) => {
                item.packed_bytes = Some(packed_bytes(text));
                delivery.copy(item, &mut ZlibDecoder::new(Base64::new(text)))?;
            }
            Coding::Hexadecimal(text) => hexadecimal(item, text, delivery)?,
            Coding::Plain(text) => delivery.copy(item, &mut text.as_bytes())?,
        }
    }
    Ok(())
}

fn packed_bytes(text: &str) -> u64 {
    text.len() as u64 / 4 * 3
}

fn hexadecimal(mut item: Item, text: &str, delivery: &mut Delivery<'_>) -> Result<(), Stop> {
    let digits: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let decoded = data_encoding::HEXLOWER_PERMISSIVE.decode(&digits);
    let bytes = decoded.unwrap_or_else(|error| {
        item.flaw = Some(Observation::new(Reason::Damaged, format!("no digit at character {}", error.position)));
        let whole = error.position / 2 * 2;
        data_encoding::HEXLOWER_PERMISSIVE.decode(&digits[..whole.min(digits.len())]).unwrap_or_default()
    });
    let mut reader: Box<dyn Read> = Box::new(Cursor::new(bytes));
    delivery.copy(item, &mut reader)
}

impl Attachment<'_> {
    /// A name to show: the title's, with the ending of the media type where it has none.
    fn name(&self, number: usize) -> String {
        let cut = |c: char| if c.is_control() || matches!(c, '/' | '\\' | ':') { '-' } else { c };
        let title: String = self.title.trim().chars().map(cut).take(NAME_CHARS_MAX).collect();
        let title = title.trim_matches(['.', ' ']);
        let ending = ending(self.media_type);
        let has_ending = title.rsplit_once('.').is_some_and(|(stem, last)| {
            !stem.is_empty() && (2..=5).contains(&last.len()) && last.bytes().all(|byte| byte.is_ascii_alphanumeric())
        });
        match (title, has_ending) {
            ("", _) => format!("attachment-{number}.{ending}"),
            (title, true) => title.to_owned(),
            (title, false) => format!("{title}.{ending}"),
        }
    }
}

/// The usual ending of a media type, or of the subtype alone, as HL7 version 2 states it.
fn ending(media_type: &str) -> String {
    let bare = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let subtype = bare.rsplit('/').next().unwrap_or_default();
    let known = match subtype {
        "jpeg" | "jpg" | "pjpeg" => "jpg",
        "plain" | "text" => "txt",
        "tiff" => "tif",
        "dicom" => "dcm",
        "msword" => "doc",
        "vnd.openxmlformats-officedocument.wordprocessingml.document" => "docx",
        "vnd.openxmlformats-officedocument.spreadsheetml.sheet" => "xlsx",
        "xhtml+xml" | "html" => "html",
        "hl7-v3+xml" | "fhir+xml" | "xml" => "xml",
        "fhir+json" | "json" => "json",
        "octet-stream" | "" => "bin",
        other if other.len() <= 5 && other.bytes().all(|byte| byte.is_ascii_alphanumeric()) => other,
        _ => "bin",
    };
    known.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(title: &str, media_type: &str, expected: &str) {
        let attachment = Attachment { title, media_type, coding: Coding::Base64("") };
        assert_eq!(attachment.name(3), expected);
    }

    /// Proves that every packed document gets a name that stays where it is.
    #[test]
    fn names_are_tame() {
        check("Echo report", "application/pdf", "Echo report.pdf");
        check("scan.tif", "image/tiff", "scan.tif");
        check("", "image/jpeg", "attachment-3.jpg");
        check("../../etc", "text/plain; charset=utf-8", "-..-etc.txt");
        check("C:\\x\\report v1.2", "", "C--x-report v1.2.bin");
        check("..", "PDF", "attachment-3.pdf");
    }
}
