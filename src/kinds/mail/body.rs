//! What a message says and what is attached to it.

use crate::{domain::limits::Limits, kinds::docs::sealed};
use mailparse::{DispositionType, MailHeaderMap, ParsedMail};
use std::collections::HashSet;

/// Characters of a line when HTML becomes text: wide enough not to break the lines of tables.
const HTML_LINE_CHARS: usize = 200;
/// Fields shown above the body.
const SHOWN_FIELDS: &[&str] = &["From", "To", "Cc", "Date", "Subject"];
/// Words that the better of two alternatives may have alone without saying more: what its layout adds.
const OWN_WORDS_FEW: usize = 2;

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
    contents.part(message, None);
    contents
}

impl<'a> Contents<'a> {
    /// Goes through a part; the library bounds how deep they lie. `said_from`: where the text begins to which this part
    /// is an alternative.
    fn part(&mut self, part: &'a ParsedMail<'a>, said_from: Option<usize>) {
        let mimetype = part.ctype.mimetype.to_ascii_lowercase();
        if mimetype == "multipart/encrypted" {
            self.is_encrypted = true;
        }
        if !part.subparts.is_empty() {
            let is_alternative = mimetype == "multipart/alternative";
            let said_from = said_from.or_else(|| is_alternative.then_some(self.text.len()));
            let is_plain = |part: &&ParsedMail<'_>| part.ctype.mimetype.eq_ignore_ascii_case("text/plain");
            // What is plain is read as it stands, so of alternatives it comes first.
            let (first, last): (Vec<_>, Vec<_>) =
                part.subparts.iter().partition(|part| is_alternative && is_plain(part));
            first.into_iter().chain(last).for_each(|part| self.part(part, said_from));
            return;
        }
        let disposition = part.get_content_disposition();
        let attached = disposition.disposition == DispositionType::Attachment || file_name(part).is_some();
        match mimetype.as_str() {
            "text/plain" if !attached => self.plain(part),
            "text/html" if !attached => self.html(part, said_from),
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
                let text = self.opened(text);
                self.has_body |= !text.trim().is_empty();
                self.append(&text);
            }
            Err(_) => self.is_cut = true,
        }
    }

    /// RFC 2046 5.1.4: the last alternative is the best. It is left out only where the plain one says the same.
    fn html(&mut self, part: &ParsedMail<'_>, said_from: Option<usize>) {
        let text = part.get_body().ok().and_then(|html| {
            let bounded = html.as_bytes().get(..self.text_bytes_max).unwrap_or(html.as_bytes());
            html2text::config::plain_no_decorate().string_from_read(bounded, HTML_LINE_CHARS).ok()
        });
        match text.map(|text| self.opened(text)) {
            Some(text) if said_from.is_some_and(|from| repeats(&self.text[from..], &text)) => {}
            Some(text) => {
                self.has_body |= !text.trim().is_empty();
                self.append(&text);
            }
            None => self.is_cut = true,
        }
    }

    /// A text without what is encrypted in it.
    fn opened(&mut self, text: String) -> String {
        let open = sealed::open_part(&text);
        self.is_encrypted |= open.is_some();
        open.unwrap_or(text)
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

/// Does a text say nothing of substance beyond what was said? Many programs send a blank or a sentence about HTML as the
/// plain alternative of a letter.
fn repeats(said: &str, text: &str) -> bool {
    let (said, text) = (words(said), words(text));
    let own = text.difference(&said).count();
    own == 0 || (own <= OWN_WORDS_FEW && own * 10 < text.len())
}

/// The words of a text, each once. Scripts that set no blanks between words count by characters, since lines are
/// broken anywhere in them.
fn words(text: &str) -> HashSet<String> {
    let unspaced = |c: char| matches!(c, '\u{E00}'..='\u{EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}' | '\u{3040}'..='\u{9FFF}');
    let mut words = HashSet::new();
    for run in text.to_lowercase().split(|c: char| !c.is_alphanumeric()).filter(|run| !run.is_empty()) {
        words.extend(run.chars().filter(|c| unspaced(*c)).map(String::from));
        words.extend(run.split(unspaced).filter(|word| !word.is_empty()).map(str::to_owned));
    }
    words
}

/// RFC 8551 3.2: enveloped data is encrypted, signed data is not.
fn is_enveloped(part: &ParsedMail<'_>, mimetype: &str) -> bool {
    let smime = part.ctype.params.get("smime-type").map(|kind| kind.to_ascii_lowercase());
    matches!(mimetype, "application/pkcs7-mime" | "application/x-pkcs7-mime")
        && smime.is_none_or(|kind| kind.contains("enveloped"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LETTER: &str = "<html><head><style>p{color:red}</style></head><body><p>Patient: Ana Gil</p><p>Fever for three \
                          weeks, the heart sounds were normal.</p></body></html>";

    /// What is read of a message with these alternatives, its header fields aside.
    fn read(plain: &str, inner: &str) -> String {
        let message = format!(
            "From: a@b.c\nMIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=x\n\n--x\nContent-Type: \
             text/plain; charset=utf-8\n\n{plain}\n--x\n{inner}\n--x--\n"
        );
        let message = mailparse::parse_mail(message.as_bytes()).unwrap();
        let contents = contents(&message, &Limits::default());
        contents.text.replace("From: a@b.c", "").split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Proves that a letter in HTML is read where the plain alternative is blank, a stub or says something else, inside a
    /// part with pictures too.
    #[test]
    fn letters_are_read_beside_stubs() {
        let html = format!("Content-Type: text/html; charset=utf-8\n\n{LETTER}");
        let related = format!("Content-Type: multipart/related; boundary=y\n\n--y\n{html}\n--y--");
        for plain in ["", " \n", "Your program cannot show HTML. Please open this message in another one.", "Leo Gil"] {
            for inner in [&html, &related] {
                let text = read(plain, inner);
                assert!(text.contains("Patient: Ana Gil") && text.contains("three weeks"), "{plain:?}: {text}");
                assert!(text.contains(plain.trim()), "{plain:?}: {text}");
            }
        }
    }

    /// Proves that text encrypted within a message is told as such and is no text, in either alternative, and that what
    /// stands beside it is.
    #[test]
    fn encrypted_text_is_no_text() {
        let lines = format!("{}\n", "hQEMA+w/9".repeat(7)).repeat(3);
        let sealed = format!("-----BEGIN PGP MESSAGE-----\n\n{lines}-----END PGP MESSAGE-----");
        for (kind, text) in [("plain", sealed.clone()), ("html", format!("<pre>{sealed}</pre>"))] {
            for beside in ["", "Sent from my telephone"] {
                let message = format!("From: a@b.c\nSubject: x\nContent-Type: text/{kind}\n\n{text}\n{beside}\n");
                let message = mailparse::parse_mail(message.as_bytes()).unwrap();
                let contents = contents(&message, &Limits::default());
                assert!(contents.is_encrypted, "{kind}");
                assert_eq!(contents.has_body, !beside.is_empty(), "{kind}: {}", contents.text);
                assert!(!contents.text.contains("hQEMA") && contents.text.contains(beside), "{kind}");
            }
        }
    }

    /// Proves that a letter is read once where both alternatives say the same, whichever lines it has, with words between
    /// blanks and without.
    #[test]
    fn the_same_letter_is_read_once() {
        let html = format!("Content-Type: text/html; charset=utf-8\n\n{LETTER}");
        let plain = "Patient: Ana Gil\n\nFever for three\nweeks, the heart\nsounds were normal.";
        assert_eq!(read(plain, &html).matches("normal").count(), 1);
        let html = "Content-Type: text/html; charset=utf-8\n\n<p>患者は三週間の発熱で入院した。</p>";
        assert_eq!(read("患者は三週間の\n発熱で入院した。", html).matches("入院").count(), 1);
    }
}
