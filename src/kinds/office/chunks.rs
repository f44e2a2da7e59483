//! Parts of a letter that are written in another format: HTML, a web archive, RTF, text, another letter (ECMA-376 Part 1,
//! 17.17.2, `altChunk`). Programs that make letters out of templates put the whole text there.
//!
//! Word takes them in when it opens the letter, so their words are the letter's. They stand behind its own.

use super::{
    package::{Package, PartFault},
    words::{Vocabulary, words_of},
};
use crate::{
    domain::{
        facts::{Facts, Readable},
        limits::Limits,
        reason::Reason,
    },
    kinds::docs::{decode::decode, html, rtf, xml},
};
use mailparse::ParsedMail;
use quick_xml::events::Event;
use std::{collections::HashSet, io::Cursor};

/// How the type of such a relationship ends, in both of the standard's vocabularies.
const RELATIONSHIP: &str = "/aFChunk";

/// Parts that are taken in.
const PARTS_MAX: usize = 1_000;

/// The words of all such parts of the letter `main`. One that cannot be read is noted, and the letter is not whole then.
pub(super) fn words(package: &mut Package<'_>, main: &str, facts: &mut Facts, limits: &Limits) -> String {
    let (folder, file) = main.rsplit_once('/').unwrap_or(("", main));
    let links = package.mark_up(&format!("{folder}/_rels/{file}.rels")).unwrap_or_default();
    let mut text = String::new();
    // Each once: a part in a thousand places would be read a thousand times.
    let mut known: HashSet<String> = HashSet::new();
    for part in targets(&links).iter().map(|target| resolved(folder, target)) {
        if !known.insert(part.clone()) {
            continue;
        }
        let words = package.bytes(&part).and_then(|bytes| of_part(bytes, limits));
        match words {
            Ok(words) => {
                text.push_str(words.trim());
                text.push('\n');
            }
            Err(fault) => {
                fault.note(facts, &part);
                facts.readable = Readable::Partial;
            }
        }
    }
    text
}

/// Where such relationships lead, as written.
fn targets(links: &str) -> Vec<String> {
    let mut reader = xml::lenient(links);
    let mut found = Vec::new();
    while let Ok(event) = reader.read_event() {
        let element = match &event {
            Event::Start(element) | Event::Empty(element) => element,
            Event::Eof => break,
            _ => continue,
        };
        let value = |name: &str| {
            let mut attributes = element.attributes();
            let mut attributes = attributes.with_checks(false).flatten();
            attributes.find(|attribute| attribute.key.as_ref() == name).map(|attribute| attribute.value.to_string())
        };
        let wanted = value("Type").is_some_and(|kind| kind.ends_with(RELATIONSHIP));
        // Nothing is fetched from elsewhere.
        if wanted && value("TargetMode").is_none_or(|mode| mode != "External") && found.len() < PARTS_MAX {
            found.extend(value("Target"));
        }
    }
    found
}

/// The name of a part, from the package's root or from the folder of the letter.
fn resolved(folder: &str, target: &str) -> String {
    if let Some(absolute) = target.strip_prefix('/') {
        return absolute.to_owned();
    }
    let mut steps: Vec<&str> = folder.split('/').filter(|step| !step.is_empty()).collect();
    for step in target.split('/') {
        match step {
            "." | "" => {}
            ".." => _ = steps.pop(),
            step => steps.push(step),
        }
    }
    steps.join("/")
}

/// The words of one part, told by its content.
fn of_part(bytes: Vec<u8>, limits: &Limits) -> Result<String, PartFault> {
    if bytes.starts_with(b"PK\x03\x04") {
        return of_letter(bytes, limits);
    }
    if bytes.trim_ascii_start().starts_with(b"{\\rt") {
        return Ok(rtf::read(&bytes).text);
    }
    let is_field = |name: &[u8]| bytes.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
    if [b"MIME-Version:".as_slice(), b"From:", b"Content-Type:"].into_iter().any(is_field) {
        let archive = mailparse::parse_mail(&bytes).map_err(|error| PartFault::Broken(error.to_string()))?;
        return page_of(&archive).ok_or_else(|| PartFault::Broken("a web archive without a page".to_owned()));
    }
    let text = decode(&bytes).text;
    let is_page = text.trim_start().starts_with('<');
    Ok(if is_page { html::words_of(&text) } else { text })
}

/// The first page of a web archive (RFC 2557).
fn page_of(archive: &ParsedMail<'_>) -> Option<String> {
    if !archive.subparts.is_empty() {
        return archive.subparts.iter().find_map(page_of);
    }
    let body = || archive.get_body().ok();
    match archive.ctype.mimetype.to_ascii_lowercase().as_str() {
        "text/html" | "application/xhtml+xml" => Some(html::words_of(&body()?)),
        "text/plain" => body(),
        _ => None,
    }
}

/// The body of a letter within the letter; what is in it in turn is not taken in.
fn of_letter(bytes: Vec<u8>, limits: &Limits) -> Result<String, PartFault> {
    let mut source = Cursor::new(bytes);
    let mut package = Package::open(&mut source, limits).map_err(|(reason, detail)| match reason {
        Reason::TooManyEntries => PartFault::Bomb(detail),
        _ => PartFault::Broken(detail),
    })?;
    let main = package.numbered("word/document").into_iter().next().ok_or(PartFault::Absent)?;
    Ok(words_of(&package.mark_up(&main)?, Vocabulary::OpenXml)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves that links to parts are found in both vocabularies and resolved, and those to elsewhere are not followed.
    #[test]
    fn links_to_parts() {
        let links = "<Relationships>\
            <Relationship Id='a' Type='http://schemas.openxmlformats.org/officeDocument/2006/relationships/aFChunk' Target='/word/a.mht'/>\
            <Relationship Id='b' Type='http://purl.oclc.org/ooxml/officeDocument/relationships/aFChunk' Target='../b.html'/>\
            <Relationship Id='c' Type='http://x/aFChunk' Target='http://x/c.html' TargetMode='External'/>\
            <Relationship Id='d' Type='http://x/styles' Target='styles.xml'/></Relationships>";
        let found: Vec<String> = targets(links).iter().map(|target| resolved("word", target)).collect();
        assert_eq!(found, ["word/a.mht", "b.html"]);
        assert_eq!(resolved("word", "./parts/c.rtf"), "word/parts/c.rtf");
    }

    /// Proves that each format gives its words.
    #[test]
    fn formats() {
        let archive = "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\
                       \r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<p>Fie=\r\nber</p>\r\n--b--\r\n";
        for part in ["<html><body><p>Fieber</p></body></html>", archive, "{\\rtf1 Fieber}", "Fieber"] {
            assert_eq!(of_part(part.as_bytes().to_vec(), &Limits::default()).unwrap().trim(), "Fieber", "{part}");
        }
        assert!(of_part(b"PK\x03\x04cut".to_vec(), &Limits::default()).is_err());
    }
}
