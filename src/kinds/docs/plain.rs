//! Plain text in any encoding: letters, logs, CSV, JSON. The last kind to be asked.

use super::{
    decode::{decode, looks_like_text},
    deliver, labelled,
    read::{Extent, read_start},
    sealed, tables,
};
use crate::{
    domain::{
        facts::{Facts, FileKind, Readable},
        reason::Reason,
    },
    kinds::{Exam, Kind, Probe},
};

/// The kind for [`crate::kinds::ALL`].
pub static PLAIN: &dyn Kind = &Plain;

struct Plain;

/// Below this many bytes a file that is named as a binary is not taken for text: nobody wrote it as a message.
const REMAINS_BYTES: u64 = 16;

/// Extensions of formats that are never plain text.
const BINARIES: &[&str] = &[
    "zip", "7z", "rar", "gz", "tar", "iso", "img", "pdf", "dcm", "jpg", "jpeg", "png", "gif", "bmp", "webp", "heic",
    "tif", "tiff", "svs", "ndpi", "scn", "bif", "mrxs", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "odt", "mp4",
    "exe",
];

impl Kind for Plain {
    fn name(&self) -> &'static str {
        "text"
    }

    fn file_kind(&self) -> FileKind {
        FileKind::Text
    }

    fn sniff(&self, probe: &Probe<'_>) -> bool {
        // A few letters are text by any measure; named as something else they are its remains.
        let remains = probe.bytes < REMAINS_BYTES && BINARIES.contains(&probe.name.extension().as_str());
        !remains && (looks_like_text(probe.head) || sealed::is_age_file(probe.head))
    }

    fn examine(&self, exam: &mut Exam<'_>) -> Facts {
        let mut facts = Facts::of(FileKind::Text, Readable::Yes);
        facts.language_asked = true;
        let mut text = read_text(exam, &mut facts);
        if let Some(open) = sealed::open_part(&text) {
            facts.observe(Reason::PasswordRequired, "encrypted for its recipient (OpenPGP or age)");
            if !open.chars().any(char::is_alphanumeric) {
                facts.readable = Readable::No;
                facts.language_asked = false;
                return facts;
            }
            facts.readable = Readable::Partial;
            text = open;
        }
        let pages = deliver::split(&text, exam.limits);
        deliver::pages(exam, &mut facts, pages);
        match labelled::of_json(&text) {
            Some(pairs) => tables::note_pairs(&mut facts, &pairs),
            None => tables::note_people(&mut facts, &tables::separated(&text)),
        }
        facts
    }
}

/// Reads and decodes a text document as far as limits allow, and notes what is wrong with it.
pub fn read_text(exam: &mut Exam<'_>, facts: &mut Facts) -> String {
    let bytes_max = exam.limits.document_text_bytes_max;
    let (bytes, extent) = read_start(exam.source, bytes_max);
    if extent != Extent::Whole {
        facts.observe(Reason::ParserFailed, format!("only the first {} bytes were read", bytes.len()));
        facts.readable = Readable::Partial;
    }
    note_binary(facts, &bytes);
    let mut decoded = decode(&bytes);
    if decoded.text.len() as u64 > bytes_max {
        decoded.text.truncate(deliver::whole_chars(&decoded.text, bytes_max as usize));
        facts.observe(Reason::ParserFailed, format!("only the first {bytes_max} bytes of text were read"));
        facts.readable = Readable::Partial;
    }
    deliver::note_decoding(facts, &decoded);
    decoded.text
}

/// The head was text; a disk fault or a broken transfer may have put something else behind it.
fn note_binary(facts: &mut Facts, bytes: &[u8]) {
    const WINDOW: usize = 4096;
    let windows = bytes.chunks(WINDOW).count();
    let zeroed = bytes.chunks(WINDOW).filter(|window| window.len() == WINDOW && window.iter().all(|b| *b == 0)).count();
    if zeroed > 0 {
        facts.observe(Reason::Damaged, format!("{zeroed} of {windows} blocks of {WINDOW} bytes are zeros"));
    }
}
