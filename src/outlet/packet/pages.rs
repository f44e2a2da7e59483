//! The packet's own pages: what is in it, what was left out, what is open; for people and for programs.
//!
//! Everything that came from outside is escaped for where it stands: HTML by the template, tables by [`cell`].

use super::plan::{Leaving, Plan};
use crate::{
    casework::ledger::{ReasonRow, Row, WaivedRow},
    domain::{
        case::Gate,
        ids::CaseId,
        reason::{Reason, Severity},
    },
    outlet::words::{self, Audience, Words},
    pipeline::Trouble,
};
use askama::Template;
use serde_json::json;
use std::{collections::HashMap, fmt::Write};

/// What the pages say about the case.
pub(super) struct About<'a> {
    pub(super) case: CaseId,
    pub(super) programme: String,
    pub(super) child: String,
    pub(super) made: String,
    pub(super) gate: &'a Gate,
}

/// Every page with its name. `sums` are those of the documents.
pub(super) fn all(
    about: &About<'_>,
    plan: &Plan<'_>,
    sums: &[(String, String)],
) -> Result<Vec<(&'static str, Vec<u8>)>, Trouble> {
    let sums: HashMap<&str, &str> = sums.iter().map(|(name, sum)| (name.as_str(), sum.as_str())).collect();
    let page = Index::new(about, plan).render();
    let page = page.map_err(|e| Trouble::Retry { act: "writing a page", cause: e.to_string() })?;
    let manifest = serde_json::to_vec_pretty(&manifest(about, plan, &sums));
    let manifest = manifest.map_err(|e| Trouble::Retry { act: "writing a manifest", cause: e.to_string() })?;
    let mut all = vec![
        ("index.html", page.into_bytes()),
        ("manifest.json", manifest),
        ("findings.tsv", findings(plan).into_bytes()),
        ("left-out.tsv", left_out(plan).into_bytes()),
    ];
    if rows(plan).any(|(row, _)| row.reasons.iter().any(|reason| reason.waived.is_some())) {
        all.push(("accepted.tsv", accepted(plan).into_bytes()));
    }
    Ok(all)
}

fn manifest(about: &About<'_>, plan: &Plan<'_>, sums: &HashMap<&str, &str>) -> serde_json::Value {
    let document = |leaving: &Leaving<'_>| {
        json!({
            "file": leaving.file, "sha256": sums.get(leaving.file.as_str()), "bytes": leaving.row.bytes,
            "path": leaving.row.path, "kind": leaving.row.kind, "outcome": leaving.row.outcome,
            "readable": leaving.row.readable, "language": leaving.row.language, "reasons": leaving.row.reasons,
            "dicom": leaving.row.dicom, "in_file_set": leaving.image.is_some(),
        })
    };
    let left = |staying: &super::plan::Staying<'_>| {
        let row = staying.row;
        json!({
            "path": row.path, "kind": row.kind, "outcome": row.outcome, "bytes": row.bytes, "sha256": row.sha256,
            "duplicate_of": row.duplicate_of, "why": staying.why, "reasons": row.reasons,
        })
    };
    json!({
        "format": "casegate-packet/1", "case": about.case, "programme": about.programme, "made": about.made,
        "ready": about.gate.ready, "blocking": about.gate.blocking,
        "documents": plan.leaving.iter().map(document).collect::<Vec<_>>(),
        "left_out": plan.staying.iter().map(left).collect::<Vec<_>>(),
    })
}

/// Open findings of everything, the heavy ones first.
fn findings(plan: &Plan<'_>) -> String {
    let mut text = "severity\treason\tfile\tpath\tpage\tdetail\twhat to do\n".to_owned();
    for weight in [Severity::Block, Severity::Warn] {
        for (row, file) in rows(plan) {
            for reason in row.reasons.iter().filter(|reason| reason.severity == weight) {
                let page = reason.page.map(|page| page.to_string()).unwrap_or_default();
                let next = words::of(reason.code, Audience::Physician).next;
                let (told, code) = (reason.told(), reason.code.code());
                let cells = [weight_name(weight), code, file, &row.path, &page, &told, next];
                let _ = writeln!(text, "{}", cells.map(cell).join("\t"));
            }
        }
    }
    text
}

/// Findings that somebody at the desk accepted, with the reason.
fn accepted(plan: &Plan<'_>) -> String {
    let mut text = "severity\treason\tfile\tpath\tpage\tdetail\taccepted because\tby\tat\n".to_owned();
    for (row, file) in rows(plan) {
        for reason in &row.reasons {
            let Some(waived) = &reason.waived else { continue };
            let page = reason.page.map(|page| page.to_string()).unwrap_or_default();
            let (was, code, WaivedRow { reason: because, by, at, .. }) = (weight_name(waived.was), reason.code, waived);
            let told = reason.told();
            let cells = [was, code.code(), file, &row.path, &page, &told, because, by, at];
            let _ = writeln!(text, "{}", cells.map(cell).join("\t"));
        }
    }
    text
}

fn left_out(plan: &Plan<'_>) -> String {
    let mut text = "path\tkind\toutcome\tbytes\tsha256\twhy\n".to_owned();
    for staying in &plan.staying {
        let row = staying.row;
        let (bytes, sum) = (row.bytes.to_string(), row.sha256.clone().unwrap_or_default());
        let cells = [row.path.as_str(), row.kind.name(), row.outcome.name(), &bytes, &sum, staying.why];
        let _ = writeln!(text, "{}", cells.map(cell).join("\t"));
    }
    text
}

fn rows<'a>(plan: &'a Plan<'_>) -> impl Iterator<Item = (&'a Row, &'a str)> {
    let leaving = plan.leaving.iter().map(|leaving| (leaving.row, leaving.file.as_str()));
    leaving.chain(plan.staying.iter().map(|staying| (staying.row, "")))
}

/// A cell of a table: on one line, and no formula for a spreadsheet.
fn cell(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for c in text.chars() {
        if is_odd(c) {
            let _ = write!(clean, "\\u{{{:x}}}", u32::from(c));
        } else {
            clean.push(c);
        }
    }
    if clean.starts_with(['=', '+', '-', '@']) {
        clean.insert(0, '\'');
    }
    clean
}

/// Control characters, and those that turn the direction of writing.
fn is_odd(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

const fn weight_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "info",
        Severity::Warn => "warn",
        Severity::Block => "block",
    }
}

/// The first page. The template escapes every value.
#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Case {{ case }}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>body{font:16px/1.5 sans-serif;max-width:70em;margin:2em auto;padding:0 1em}table{border-collapse:collapse;width:100%}
td,th{border-bottom:1px solid #ccc;padding:.3em .6em;text-align:left;vertical-align:top;overflow-wrap:anywhere}.block{font-weight:bold}
@media(max-width:45em){tr{display:block;padding:.6em 0;border-bottom:1px solid #ccc}td{display:block;border:0;padding:.1em 0}th{display:none}}</style></head>
<body><h1>{{ child }}</h1>
<p>Case {{ case }}, {{ programme }}. Written {{ made }}.</p>
<p>{{ state }}</p>
<h2>Open ({{ open.len() }})</h2>
{% if open.is_empty() %}<p>Nothing.</p>{% else %}<table><tr><th>Document</th><th>What</th><th>Where</th><th>What the sender is asked to do</th></tr>
{% for line in open %}<tr class="{{ line.weight }}"><td>{{ line.path }}</td><td>{{ line.what }}</td><td>{{ line.place }}</td><td>{{ line.next }}</td></tr>
{% endfor %}</table>{% endif %}
{% if !accepted.is_empty() %}<h2>Accepted by the desk ({{ accepted.len() }})</h2>
<table><tr><th>Document</th><th>What</th><th>Where</th><th>Accepted because</th><th>By</th></tr>
{% for line in accepted %}<tr><td>{{ line.path }}</td><td>{{ line.what }}</td><td>{{ line.place }}</td><td>{{ line.because }}</td><td>{{ line.by }}</td></tr>
{% endfor %}</table>{% endif %}
<h2>Documents ({{ documents.len() }})</h2>
<table><tr><th>File</th><th>As it came</th><th>Kind</th><th>Language</th></tr>
{% for line in documents %}<tr><td><a href="{{ line.0 }}">{{ line.0 }}</a></td><td>{{ line.1 }}</td><td>{{ line.2 }}</td><td>{{ line.3 }}</td></tr>
{% endfor %}</table>
{% if !locked.is_empty() %}<h2>Locked ({{ locked.len() }})</h2>
<p>{{ locked_words.wrong }} {{ locked_words.next }}</p>
<table><tr><th>File</th><th>As it came</th></tr>
{% for line in locked %}<tr><td>{{ line.0 }}</td><td>{{ line.1 }}</td></tr>
{% endfor %}</table>{% endif %}
<h2>Left out ({{ left.len() }})</h2>
<table><tr><th>As it came</th><th>Kind</th><th>Why</th></tr>
{% for line in left %}<tr><td>{{ line.0 }}</td><td>{{ line.1 }}</td><td>{{ line.2 }}</td></tr>
{% endfor %}</table>
<p>Images that form a DICOM File-set lie below <code>DICOM</code> and are listed in <code>DICOMDIR</code>. To check that
every file is as it was written: <code>sha256sum -c SHA256SUMS</code>.</p>
</body></html>
"#
)]
struct Index {
    case: String,
    programme: String,
    child: String,
    made: String,
    state: String,
    open: Vec<Open>,
    accepted: Vec<Accepted>,
    documents: Vec<(String, String, &'static str, String)>,
    /// Documents that open with a password only.
    locked: Vec<(String, String)>,
    locked_words: Words,
    left: Vec<(String, &'static str, &'static str)>,
}

struct Open {
    weight: &'static str,
    path: String,
    what: String,
    place: String,
    next: &'static str,
}

struct Accepted {
    path: String,
    what: &'static str,
    place: String,
    because: String,
    by: String,
}

impl Index {
    fn new(about: &About<'_>, plan: &Plan<'_>) -> Self {
        let open = |weight: Severity| {
            rows(plan).flat_map(move |(row, _)| {
                let wanted = row.reasons.iter().filter(move |reason| reason.severity == weight);
                wanted.map(move |reason| Open::new(row, reason))
            })
        };
        let codes: Vec<&str> = about.gate.blocking.iter().map(|reason| reason.code()).collect();
        let state = match (about.gate.ready, codes.is_empty()) {
            (true, _) => "Nothing blocks this case.".to_owned(),
            (false, true) => "Something of this case is not read yet.".to_owned(),
            (false, false) => format!("This case is NOT ready: {}.", codes.join(", ")),
        };
        Self {
            case: about.case.to_string(),
            programme: about.programme.clone(),
            child: shown(&about.child),
            made: about.made.clone(),
            state,
            open: open(Severity::Block).chain(open(Severity::Warn)).collect(),
            accepted: rows(plan)
                .flat_map(|(row, _)| row.reasons.iter().filter_map(|r| Accepted::new(row, r)))
                .collect(),
            documents: plan.leaving.iter().map(document).collect(),
            locked: plan.leaving.iter().filter_map(locked).collect(),
            locked_words: words::of(Reason::OpensWithPassword, Audience::Physician),
            left: plan.staying.iter().map(|s| (shown(&s.row.path), s.row.kind.name(), s.why)).collect(),
        }
    }
}

impl Open {
    fn new(row: &Row, reason: &ReasonRow) -> Self {
        let words = words::of(reason.code, Audience::Physician);
        Self {
            weight: weight_name(reason.severity),
            path: shown(&row.path),
            what: words.wrong.to_owned(),
            place: place(reason),
            next: words.next,
        }
    }
}

impl Accepted {
    fn new(row: &Row, reason: &ReasonRow) -> Option<Self> {
        let waived = reason.waived.as_ref()?;
        Some(Self {
            path: shown(&row.path),
            what: words::of(reason.code, Audience::Physician).wrong,
            place: place(reason),
            because: shown(&waived.reason),
            by: format!("{}, {}", waived.by, waived.at),
        })
    }
}

/// Page and evidence.
fn place(reason: &ReasonRow) -> String {
    let page = reason.page.map(|page| format!("page {page}"));
    let told: Vec<String> = page.into_iter().chain([shown(&reason.told())]).filter(|text| !text.is_empty()).collect();
    told.join(": ")
}

fn document(leaving: &Leaving<'_>) -> (String, String, &'static str, String) {
    let row = leaving.row;
    (leaving.file.clone(), shown(&row.path), row.kind.name(), row.language.clone())
}

/// A document that leaves as it came, locked: the specialist has to ask for its password, which is not in the packet.
fn locked(leaving: &Leaving<'_>) -> Option<(String, String)> {
    let is_locked = leaving.row.reasons.iter().any(|reason| reason.code == Reason::OpensWithPassword);
    is_locked.then(|| (leaving.file.clone(), shown(&leaving.row.path)))
}

/// Text of others on a page of ours: in one direction, without control characters.
fn shown(text: &str) -> String {
    text.chars().map(|c| if is_odd(c) { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves that a cell is never a formula and never leaves its line.
    #[test]
    fn cells_are_defused() {
        for (text, expected) in [
            ("=1+1", "'=1+1"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("a=1", "a=1"),
            ("a\tb\nc\r", "a\\u{9}b\\u{a}c\\u{d}"),
            ("\t=1", "\\u{9}=1"),
            ("x\u{202e}y", "x\\u{202e}y"),
        ] {
            assert_eq!(cell(text), expected);
        }
    }
}
