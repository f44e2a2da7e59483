//! Judging one document: facts and the programme's policy in, a verdict out. Pure; it cannot fail and does no I/O.
//!
//! What concerns several documents at once (discs, manifests, instances, identity) is `casework`'s and is judged anew
//! whenever the case changes.

use super::examine::Examined;
use crate::{
    casework::{language, reading},
    domain::{
        case::{LanguagePolicy, Programme},
        entry::{EntryRecord, EntryRow, Outcome},
        facts::{Facts, FileKind, Observation, PageText, Readable},
        reading::Reading,
        reason::{Family, Reason, Severity},
        verdict::{Finding, PageVerdict, Verdict},
    },
};

/// Words from which a page should tell its language: fewer are a heading, figures, a page number.
const UNTOLD_WORDS_MIN: u32 = 20;

/// And letters.
const UNTOLD_LETTERS_MIN: u32 = 100;

/// A document with its verdict. Only [`super::file`] takes it further.
pub struct Judged {
    /// The entry as the catalog has it.
    pub row: EntryRow,
    /// Its record, with facts and verdict.
    pub record: EntryRecord,
    /// What becomes of it.
    pub outcome: Outcome,
    /// Its text by page.
    pub pages: Vec<PageText>,
}

/// Judges a document under a programme.
pub fn judge(examined: Examined, programme: &Programme) -> Judged {
    let Examined { row, mut record, facts, pages, reading } = examined;
    record.facts = Some(facts);
    record.reading = reading;
    let outcome = judge_record(&mut record, programme);
    Judged { row, record, outcome, pages }
}

/// Judges a record by its facts and by what was read from its pixels so far: sets its verdict, and says what becomes of
/// the document.
pub fn judge_record(record: &mut EntryRecord, programme: &Programme) -> Outcome {
    let Some(facts) = &record.facts else { return Outcome::Stored };
    let read = record.reading.as_ref().map(|reading| reading::as_read(facts, reading));
    let facts = read.as_ref().unwrap_or(facts);
    let verdict = verdict(facts, (&record.claims, record.reading.as_ref()), programme);
    let outcome = outcome(facts, &verdict);
    record.verdict = Some(verdict);
    outcome
}

/// The verdict on a document by itself, as its facts stand after what was read of its pixels.
pub fn verdict(facts: &Facts, (claims, reading): (&[Observation], Option<&Reading>), programme: &Programme) -> Verdict {
    let readable = readable(facts, claims);
    let mut findings: Vec<Finding> =
        claims.iter().chain(&facts.observations).map(|seen| finding(seen, (readable, reading), programme)).collect();
    let pages = page_verdicts(facts, reading);
    let (language, shares) = document_language(facts);
    if programme.language != LanguagePolicy::Off {
        findings.extend(language_findings(facts, &pages, &language, programme));
    }
    findings.sort_by_key(|f| (std::cmp::Reverse(f.severity), f.page, f.code));
    findings.dedup();
    Verdict { readable, language, shares, findings, pages }
}

/// What the container said weighs like what the document says: bytes known to be cut are not readable.
fn readable(facts: &Facts, claims: &[Observation]) -> Readable {
    let cut = claims.iter().any(|claim| matches!(claim.reason, Reason::Truncated | Reason::PasswordRequired));
    if cut { Readable::No } else { facts.readable }
}

fn finding(seen: &Observation, (readable, reading): (Readable, Option<&Reading>), programme: &Programme) -> Finding {
    let mut severity = programme.severity_of(seen.reason);
    let told_by_programme = programme.severity.contains_key(&seen.reason);
    // Damage that was recovered from, and a fault of one page of a document that can be read, are warnings.
    let mild = matches!(seen.reason, Reason::Damaged | Reason::Truncated) && readable == Readable::Yes;
    if mild && !told_by_programme {
        severity = severity.min(Severity::Warn);
    }
    // A sheet with an empty back is no trouble; an empty document is.
    if seen.reason == Reason::Blank && !told_by_programme {
        severity = if readable == Readable::No { Severity::Block } else { Severity::Info };
    }
    // A picture that was looked at and holds no text is a picture, and nobody's trouble.
    let looked_at = reading.is_some_and(|reading| reading::has_no_text(reading, seen.page));
    if seen.reason == Reason::ImageOnly && looked_at && !told_by_programme {
        severity = Severity::Info;
    }
    Finding { code: seen.reason, severity, page: seen.page, detail: seen.detail.clone() }
}

fn page_verdicts(facts: &Facts, reading: Option<&Reading>) -> Vec<PageVerdict> {
    let mut pages: Vec<PageVerdict> = facts
        .pages
        .iter()
        .map(|page| {
            let (language, share_non_english) = language::of_page(&page.languages);
            let language = if facts.language_asked { language } else { "-".to_owned() };
            let readable = page_readable(facts, page.page);
            PageVerdict {
                page: page.page,
                readable,
                language,
                share_non_english,
                words: page.words,
                ocr_confidence: reading.and_then(|reading| reading::confidence(reading, page.page)),
                language_lines: if facts.language_asked { page.language_lines.clone() } else { Vec::new() },
            }
        })
        .collect();
    pages.sort_by_key(|page| page.page);
    pages
}

fn page_readable(facts: &Facts, page: u32) -> Readable {
    let seen = facts.observations.iter().any(|o| o.page == Some(page) && o.reason.family() == Family::Unreadable);
    if !seen && facts.readable == Readable::No { Readable::No } else { reading::of_page(facts, page) }
}

fn document_language(facts: &Facts) -> (String, Vec<crate::domain::facts::LanguageShare>) {
    if !facts.language_asked || facts.readable == Readable::No {
        return ("-".to_owned(), Vec::new());
    }
    let pages: Vec<_> = facts.pages.iter().map(|page| page.languages.clone()).collect();
    let (tag, _, shares) = language::of_document(&pages);
    (tag, shares)
}

fn language_findings(facts: &Facts, pages: &[PageVerdict], document: &str, programme: &Programme) -> Vec<Finding> {
    if !facts.language_asked || facts.readable == Readable::No {
        return Vec::new();
    }
    let say = |code: Reason, page: Option<u32>, detail: String| Finding {
        code,
        severity: programme.severity_of(code),
        page,
        detail,
    };
    let mut findings: Vec<Finding> = pages
        .iter()
        .filter(|page| language::is_foreign(page.share_non_english))
        .map(|page| {
            let mixed = page.language.split('+').any(|tag| tag == "en");
            let code = if mixed { Reason::MixedLanguage } else { Reason::NotEnglish };
            let share = (page.share_non_english * 100.0).round();
            say(
                code,
                Some(page.page),
                format!(
                    "{}: {share} % of the letters{}",
                    page.language,
                    language::lines_in_words(&page.language_lines)
                ),
            )
        })
        .collect();
    let foreign_tag = document.split('+').any(|tag| !matches!(tag, "en" | "und" | "-"));
    if findings.is_empty() && foreign_tag {
        findings.push(say(Reason::NotEnglish, None, document.to_owned()));
    }
    if findings.is_empty() && document == "und" {
        findings.push(say(Reason::LanguageUndetermined, None, "too little text to tell".to_owned()));
    }
    // Beside pages that are told, one that is not would pass unseen.
    // Figures are words as well.
    let letters = |number: u32| {
        let page = facts.pages.iter().find(|page| page.page == number);
        page.map_or(0, |page| page.languages.iter().map(|share| share.letters).sum::<u32>())
    };
    let is_open = |page: &&PageVerdict| {
        page.language == "und" && page.words >= UNTOLD_WORDS_MIN && letters(page.page) >= UNTOLD_LETTERS_MIN
    };
    if document != "und" {
        let untold = pages.iter().filter(is_open);
        findings.extend(untold.map(|page| {
            let detail = format!("{} words, and their language cannot be told", page.words);
            say(Reason::LanguageUndetermined, Some(page.page), detail)
        }));
    }
    findings
}

/// What becomes of a document, by itself.
fn outcome(facts: &Facts, verdict: &Verdict) -> Outcome {
    match facts.kind {
        Some(FileKind::SystemJunk | FileKind::Executable) => Outcome::Junk,
        _ if verdict.findings.iter().any(|f| f.code.family() == Family::Safety && holds_back(f)) => Outcome::Held,
        _ if verdict.readable == Readable::No => Outcome::Unreadable,
        _ => Outcome::Stored,
    }
}

/// Content that could do harm waits for a person; what merely deserves a remark does not.
fn holds_back(finding: &Finding) -> bool {
    finding.severity == Severity::Block || finding.code == Reason::LinkEntry
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::facts::{LanguageShare, PageFacts};

    fn programme(language: LanguagePolicy) -> Programme {
        Programme { language, ..Programme::default() }
    }

    fn page(number: u32, languages: &[(&str, u32)]) -> PageFacts {
        let languages =
            languages.iter().map(|(tag, letters)| LanguageShare { tag: (*tag).to_owned(), letters: *letters });
        PageFacts { page: number, words: 100, languages: languages.collect(), ..PageFacts::default() }
    }

    /// Proves that a Spanish page among English ones is named with its number, and blocks only where the programme says so.
    #[test]
    fn a_foreign_page_is_named() {
        let mut facts = Facts::of(FileKind::Pdf, Readable::Yes);
        facts.language_asked = true;
        facts.pages = vec![page(1, &[("en", 900)]), page(2, &[("es", 800)]), page(3, &[("en", 700)])];
        for (policy, severity) in [(LanguagePolicy::Block, Severity::Block), (LanguagePolicy::Warn, Severity::Warn)] {
            let verdict = verdict(&facts, (&[], None), &programme(policy));
            let codes: Vec<_> = verdict.findings.iter().map(|f| (f.code, f.page, f.severity)).collect();
            assert_eq!(codes, [(Reason::NotEnglish, Some(2), severity)]);
            assert_eq!(verdict.language, "en+es");
        }
        assert!(verdict(&facts, (&[], None), &programme(LanguagePolicy::Off)).findings.is_empty());
    }

    /// Proves that a page whose language cannot be told is named beside others that are, and a few words are not.
    #[test]
    fn a_page_that_is_not_told_is_named() {
        let mut facts = Facts::of(FileKind::Pdf, Readable::Yes);
        facts.language_asked = true;
        let heading = PageFacts { words: 3, ..page(3, &[("und", 14)]) };
        facts.pages = vec![page(1, &[("en", 900)]), page(2, &[("und", 800)]), heading];
        let verdict = verdict(&facts, (&[], None), &programme(LanguagePolicy::Block));
        let codes: Vec<_> = verdict.findings.iter().map(|f| (f.code, f.page)).collect();
        assert_eq!(codes, [(Reason::LanguageUndetermined, Some(2))]);
    }

    /// Proves that recovered damage warns, and damage that hides the content blocks.
    #[test]
    fn damage_weighs_by_what_it_costs() {
        for (readable, severity) in [(Readable::Yes, Severity::Warn), (Readable::No, Severity::Block)] {
            let mut facts = Facts::of(FileKind::Pdf, readable);
            facts.observe(Reason::Damaged, "cross-reference table rebuilt");
            let verdict = verdict(&facts, (&[], None), &programme(LanguagePolicy::Warn));
            assert_eq!(verdict.findings[0].severity, severity);
        }
    }

    /// Proves that a link in an archive is held, and a program is junk.
    #[test]
    fn outcomes_follow_content() {
        let warn = programme(LanguagePolicy::Warn);
        let facts = Facts::of(FileKind::Unknown, Readable::No);
        let claims = [Observation::new(Reason::LinkEntry, "symbolic link")];
        assert_eq!(outcome(&facts, &verdict(&facts, (&claims, None), &warn)), Outcome::Held);
        let program = Facts::of(FileKind::Executable, Readable::No);
        assert_eq!(outcome(&program, &verdict(&program, (&[], None), &warn)), Outcome::Junk);
    }
}
