//! OpenDocument (ISO/IEC 26300): letters, tables, presentations of LibreOffice and its kin.

use super::{
    members,
    package::{Package, names_in_head},
    words::{Vocabulary, words_of},
};
use crate::{
    domain::{
        facts::{Facts, FileKind, Readable},
        reason::Reason,
    },
    kinds::{Exam, Kind, Probe, docs::deliver},
};

/// The kind for [`crate::kinds::ALL`].
pub static OPEN_DOCUMENT: &dyn Kind = &OpenDocument;

struct OpenDocument;

impl Kind for OpenDocument {
    fn name(&self) -> &'static str {
        "open-document"
    }

    fn file_kind(&self) -> FileKind {
        FileKind::Office
    }

    /// The first part is `mimetype`, stored as it is (Part 2, 3.3).
    fn sniff(&self, probe: &Probe<'_>) -> bool {
        let stated = b"application/vnd.oasis.opendocument";
        names_in_head(probe.head).first() == Some(&b"mimetype".as_slice())
            && probe.head.windows(stated.len()).take(128).any(|window| window == stated)
    }

    fn examine(&self, exam: &mut Exam<'_>) -> Facts {
        let mut facts = Facts::of(FileKind::Office, Readable::Yes);
        facts.language_asked = true;
        let opened = Package::open(exam.source, exam.limits);
        let mut package = match opened {
            Ok(package) => package,
            Err((reason, detail)) => return refused(facts, reason, detail),
        };
        // Parts of a locked document are ciphers, though the package opens.
        let locked = package.mark_up("META-INF/manifest.xml").is_ok_and(|list| list.contains("encryption-data"));
        if locked {
            return refused(facts, Reason::PasswordRequired, "the parts are encrypted");
        }
        if package.names().iter().any(|name| name.starts_with("Basic/") || name.starts_with("Scripts/")) {
            facts.observe(Reason::ActiveContent, "macros, not run");
        }
        let mut text = String::new();
        for (part, needed) in [("content.xml", true), ("styles.xml", false)] {
            let words = package.mark_up(part).and_then(|source| Ok(words_of(&source, Vocabulary::OpenDocument)?));
            match words {
                Ok(words) => text.push_str(&words),
                Err(fault) if needed => {
                    fault.note(&mut facts, part);
                    facts.readable = Readable::No;
                    return facts;
                }
                Err(_) => {}
            }
        }
        let wanted = |name: &str| name.starts_with("Pictures/") && !name.ends_with('/');
        let pictures = members::hand_over(&mut package, wanted, exam.limits, &mut *exam.sink, &mut facts);
        drop(package);
        let pages = deliver::split(&text, exam.limits);
        deliver::pages(exam, &mut facts, pages);
        if pictures > 0 && facts.has(Reason::Blank) {
            facts.observations.retain(|observation| observation.reason != Reason::Blank);
            facts.observe(Reason::ImageOnly, format!("{pictures} pictures and no text"));
            facts.readable = Readable::Undetermined;
        }
        facts
    }
}

fn refused(mut facts: Facts, reason: Reason, detail: impl Into<String>) -> Facts {
    facts.observe(reason, detail);
    facts.readable = Readable::No;
    facts
}
