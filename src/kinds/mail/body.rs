//! What a message says and what is attached to it.

use crate::domain::limits::Limits;
use mailparse::{DispositionType, MailHeaderMap, ParsedMail};

/// Characters of a line when HTML becomes text: wide enough not to break the lines of tables.
const HTML_LINE_CHARS: usize = 200;
/// Fields shown above the body.
const SHOWN_FIELDS: &[&str] = &["From", "To", "Cc", "Date", "Subject"];

/// A part that is a file of its own.
pub(super) struct Attachment<'a> {
    pub(super) name: String,
    pub(super) part: &'a ParsedMail<'a>,
}

/// A message taken apart.
pub(super) struct Contents<'a> {
    pub(super) text: String,
    pub(super) attachments: Vec<Attachment<'a>>,
    /// There is text beside the header fields.
    pub(super) has_body: bool,
    /// S/MIME or OpenPGP.
    pub(super) is_encrypted: bool,
    /// A text could not be decoded.
    pub(super) is_cut: bool,
    text_bytes_max: usize,
}

/// Takes a message apart.
pub(super) fn contents<'a>(message: &'a ParsedMail<'a>, limits: &Limits) -> Contents<'a> {
    let mut contents = Contents {
        text: String::new(),
        attachments: Vec::new(),
        has_body: false,
        is_encrypted: false,
        is_cut: false,
        text_bytes_max: usize::try_from(limits.document_text_bytes_max).unwrap_or(usize::MAX),
    };
    for field in SHOWN_FIELDS {
        if let Some(value) = message.headers.get_first_value(field) {
            contents.append(&format!("{field}: {value}"));
        }
    }
    contents.append("");
    contents.part(message, false);
    contents
}

impl<'a> Contents<'a> {
    /// Goes through a part; the library bounds how deep they lie. `skip_html`: the same is there as plain text.
    fn part(&mut self, part: &'a ParsedMail<'a>, skip_html: bool) {
        let mimetype = part.ctype.mimetype.to_ascii_lowercase();
        if mimetype == "multipart/encrypted" {
            self.is_encrypted = true;
        }
        if !part.subparts.is_empty() {
            let is_plain = |part: &ParsedMail<'_>| part.ctype.mimetype.eq_ignore_ascii_case("text/plain");
            let skip_html = mimetype == "multipart/alternative" && part.subparts.iter().any(is_plain);
            part.subparts.iter().for_each(|part| self.part(part, skip_html));
            return;
        }
        let disposition = part.get_content_disposition();
        let attached = disposition.disposition == DispositionType::Attachment || file_name(part).is_some();
        match mimetype.as_str() {
            "text/plain" if !attached => self.plain(part),
            "text/html" if !attached && skip_html => {}
            "text/html" if !attached => self.html(part),
            _ => {
                self.is_encrypted |= is_enveloped(part, &mimetype);
                let name = file_name(part).unwrap_or_else(|| self.made_up_name(part, &mimetype));
                self.attachments.push(Attachment { name, part });
            }
        }
    }

    fn plain(&mut self, part: &ParsedMail<'_>) {
        match part.get_body() {
            Ok(text) => {
                self.has_body |= !text.trim().is_empty();
                self.append(&text);
            }
            Err(_) => self.is_cut = true,
        }
    }

    fn html(&mut self, part: &ParsedMail<'_>) {
        let text = part.get_body().ok().and_then(|html| {
            let bounded = html.as_bytes().get(..self.text_bytes_max).unwrap_or(html.as_bytes());
            html2text::config::plain_no_decorate().string_from_read(bounded, HTML_LINE_CHARS).ok()
        });
        match text {
            Some(text) => {
                self.has_body |= !text.trim().is_empty();
                self.append(&text);
            }
            None => self.is_cut = true,
        }
    }

    fn append(&mut self, text: &str) {
        let room = self.text_bytes_max.saturating_sub(self.text.len() + 1);
        let mut end = room.min(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        self.text.push_str(&text[..end]);
        self.text.push('\n');
    }

    /// A name for a part without one: the subject for a message, else its number.
    fn made_up_name(&self, part: &ParsedMail<'_>, mimetype: &str) -> String {
        if mimetype == "message/rfc822" {
            let inner = part.get_body_raw().ok();
            let headers = inner.as_deref().and_then(|raw| mailparse::parse_headers(raw).ok());
            let subject = headers.and_then(|(headers, _)| headers.get_first_value("Subject")).unwrap_or_default();
            let subject = subject.replace(['/', '\\'], "-");
            return if subject.trim().is_empty() { "message.eml".to_owned() } else { format!("{subject}.eml") };
        }
        format!("attachment-{}", self.attachments.len() + 1)
    }
}

/// RFC 2183 2.3: a receiver takes only the last component of a path, and no drive. RFC 2231 is undone by the library.
fn file_name(part: &ParsedMail<'_>) -> Option<String> {
    let disposition = part.get_content_disposition();
    let stated = disposition.params.get("filename").or_else(|| part.ctype.params.get("name"))?;
    let last = stated.rsplit(['/', '\\']).next().unwrap_or(stated).trim();
    let has_drive = last.as_bytes().first().is_some_and(u8::is_ascii_alphabetic) && last[1..].starts_with(':');
    let last = if has_drive { &last[2..] } else { last };
    (!last.is_empty() && last != "..").then(|| last.to_owned())
}

/// RFC 8551 3.2: enveloped data is encrypted, signed data is not.
fn is_enveloped(part: &ParsedMail<'_>, mimetype: &str) -> bool {
    let smime = part.ctype.params.get("smime-type").map(|kind| kind.to_ascii_lowercase());
    matches!(mimetype, "application/pkcs7-mime" | "application/x-pkcs7-mime")
        && smime.is_none_or(|kind| kind.contains("enveloped"))
}
