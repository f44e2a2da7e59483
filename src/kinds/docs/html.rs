//! HTML: the words a reader would see. Scripts and styles are not words; they are noted and never run. Files that the page
//! carries in its links are members.

use super::{
    data_links,
    decode::{Decoded, decode, decode_declared, looks_like_text},
    deliver,
    read::{Extent, read_start},
    tables,
};
use crate::{
    domain::{
        facts::{Facts, FileKind, Readable},
        reason::Reason,
    },
    kinds::{Exam, Kind, Probe},
};
use html2text::render::TrivialDecorator;
use std::collections::HashMap;

/// The kind for [`crate::kinds::ALL`].
pub static HTML: &dyn Kind = &Html;

struct Html;

/// Bytes of mark-up that are laid out: a document tree takes some thirty times its source in memory.
const LAID_OUT_BYTES_MAX: usize = 8 << 20;

/// Elements within elements that are laid out; beyond, tags are cut out instead. Pages made by hand have tens.
const LAID_OUT_DEPTH_MAX: usize = 256;

/// Columns of laid-out text: wide enough for a table of results on one line.
const COLUMNS: usize = 160;

impl Kind for Html {
    fn name(&self) -> &'static str {
        "html"
    }

    fn file_kind(&self) -> FileKind {
        FileKind::Text
    }

    fn sniff(&self, probe: &Probe<'_>) -> bool {
        if !looks_like_text(probe.head) {
            return false;
        }
        let head = decode(&probe.head[..probe.head.len().min(4096)]).text.to_ascii_lowercase();
        let mut start = head.trim_start();
        // A comment or an XML declaration may stand before the root element.
        while let Some(end) = ["<!--", "<?xml"].iter().find(|p| start.starts_with(**p)).and_then(|_| start.find('>')) {
            start = start[end + 1..].trim_start();
        }
        ["<!doctype html", "<html", "<head", "<body"].iter().any(|tag| start.starts_with(tag))
    }

    fn examine(&self, exam: &mut Exam<'_>) -> Facts {
        let mut facts = Facts::of(FileKind::Text, Readable::Yes);
        facts.language_asked = true;
        let (bytes, extent) = read_start(exam.source, exam.limits.document_text_bytes_max);
        if extent != Extent::Whole {
            facts.observe(Reason::ParserFailed, format!("only the first {} bytes were read", bytes.len()));
            facts.readable = Readable::Partial;
        }
        let decoded = decode_html(&bytes);
        deliver::note_decoding(&mut facts, &decoded);
        let scripts = scripts(&decoded.text);
        if scripts > 0 {
            facts.observe(Reason::ActiveContent, format!("{scripts} scripts, not run"));
        }
        let files = data_links::hand_over(exam, &mut facts, &decoded.text);
        let pages = deliver::split(&words_of(&decoded.text), exam.limits);
        deliver::pages(exam, &mut facts, pages);
        tables::note_people(&mut facts, &tables::of_html(&decoded.text));
        if files > 0 && facts.has(Reason::Blank) {
            facts.observations.retain(|observation| observation.reason != Reason::Blank);
            facts.observe(Reason::ImageOnly, format!("{files} files in the page and no text"));
            facts.readable = Readable::Undetermined;
        }
        facts
    }
}

/// The text of HTML, laid out where that is safe and else with its tags cut out.
pub fn words_of(source: &str) -> String {
    if source.len() <= LAID_OUT_BYTES_MAX && depth_at_most(source, LAID_OUT_DEPTH_MAX) {
        // Nothing is put before headings, quotations and items: it would hide what a line begins with.
        let laid_out = html2text::config::with_decorator(TrivialDecorator::new())
            .raw_mode(true)
            .no_table_borders()
            .allow_width_overflow()
            .string_from_read(source.as_bytes(), COLUMNS);
        if let Ok(text) = laid_out {
            return text;
        }
    }
    cut_tags(source)
}

fn decode_html(bytes: &[u8]) -> Decoded {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(1024)]).to_ascii_lowercase();
    let label = head.split("charset=").nth(1).map(|rest| rest.trim_start_matches(['"', '\'', ' ']));
    match label.and_then(|rest| rest.split(['"', '\'', ' ', ';', '>', '/']).next()) {
        Some(label) if !label.is_empty() => decode_declared(bytes, label),
        _ => decode(bytes),
    }
}

fn scripts(source: &str) -> usize {
    let bytes = source.as_bytes();
    bytes.windows(7).filter(|window| window.eq_ignore_ascii_case(b"<script")).count()
}

/// Could elements lie deeper than `depth_max`? Counts start tags that are not closed as lying in each other, which
/// is too careful for `<p>` and `<li>`; those are forgiven. An end tag closes only what bears its name.
fn depth_at_most(source: &str, depth_max: usize) -> bool {
    const FORGIVEN: &[&str] = &[
        "p", "li", "br", "hr", "img", "input", "meta", "link", "td", "th", "tr", "dt", "dd", "option", "col", "wbr",
        "area", "base",
    ];
    let mut open: HashMap<String, usize> = HashMap::new();
    let mut depth = 0_usize;
    for tag in source.split('<').skip(1) {
        let (closing, rest) = tag.strip_prefix('/').map_or((false, tag), |rest| (true, rest));
        let name = rest.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or("").to_ascii_lowercase();
        if name.is_empty() || FORGIVEN.contains(&name.as_str()) {
            continue;
        }
        let count = open.entry(name).or_default();
        if !closing {
            *count += 1;
            depth += 1;
        } else if *count > 0 {
            *count -= 1;
            depth -= 1;
        }
        if depth > depth_max {
            return false;
        }
    }
    true
}

/// Text with everything between `<` and `>`, scripts and styles cut out: for sources too large or too deep to lay out.
fn cut_tags(source: &str) -> String {
    let mut text = String::with_capacity(source.len() / 2);
    let mut hidden: Option<&str> = None;
    let mut parts = source.split('<');
    text.push_str(parts.next().unwrap_or(""));
    for part in parts {
        let (tag, after) = part.split_once('>').unwrap_or((part, ""));
        let tag = tag.get(..8.min(tag.len())).unwrap_or("").to_ascii_lowercase();
        hidden = match hidden {
            Some(name) if tag.strip_prefix('/').is_some_and(|t| t.starts_with(name)) => None,
            Some(name) => Some(name),
            None => ["script", "style"].into_iter().find(|name| tag.starts_with(name)),
        };
        if hidden.is_none() {
            text.push(if tag.starts_with("/t") || tag.starts_with("t") { '\t' } else { '\n' });
            text.push_str(after);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves that a reader's words come out and scripts, styles and tags do not.
    #[test]
    fn words_only() {
        let source = "<html><head><style>p{}</style><script>alert(1)</script></head><body><p>Fever &amp; cough\
                      <table><tr><td>Hb</td><td>11.2</td></tr></table></body></html>";
        for text in [words_of(source), cut_tags(source)] {
            assert!(text.contains("Hb") && text.contains("11.2") && text.contains("cough"), "{text}");
            assert!(!text.contains("alert") && !text.contains("p{}") && !text.contains('<'), "{text}");
        }
    }

    /// Proves that words begin their lines, whether they are a heading, a quotation, an item of a list or a link.
    #[test]
    fn words_begin_their_lines() {
        for tag in ["h1", "h2", "h3", "p", "blockquote", "li", "a", "b"] {
            let source = format!("<html><body><{tag}>Patient: Ito, Ben</{tag}><p>Fever</p></body></html>");
            let text = words_of(&source);
            assert!(text.lines().any(|line| line == "Patient: Ito, Ben"), "{tag}: {text}");
        }
        let list = "<ul><li>Patient: Ito, Ben</li><li>Fever</li></ul><ol><li>Cough</li></ol>";
        let lines: Vec<String> = words_of(list).lines().filter(|l| !l.is_empty()).map(str::to_owned).collect();
        assert_eq!(lines, ["Patient: Ito, Ben", "Fever", "Cough"]);
    }

    /// Proves that very deep mark-up neither overflows the stack nor loses its text.
    #[test]
    fn deep_mark_up() {
        let source = format!("<html>{}deep down{}", "<div>".repeat(200_000), "</div>".repeat(200_000));
        assert!(words_of(&source).contains("deep down"));
        let tables = format!("<html>{}inside{}", "<table><tr><td>".repeat(300), "</td></tr></table>".repeat(300));
        assert!(words_of(&tables).contains("inside"));
    }

    /// Proves that the encoding named in a meta element is used.
    #[test]
    fn declared_encoding() {
        let decoded = decode_html(b"<html><meta charset=\"windows-1251\"><p>\xC4\xE0</html>");
        assert!(decoded.text.contains("Да"));
    }
}
