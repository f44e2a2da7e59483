//! Languages of texts and pages against what a person says of them.

use super::{corpus, pdf, rows};
use casegate::{casework::language::of_document, kinds::text::language::Detector};
use std::path::Path;

/// The pages of a PDF or of a text file, whatever its encoding.
fn pages(path: &Path) -> Option<Vec<String>> {
    if path.extension().is_some_and(|extension| extension == "pdf") {
        let (_, taken) = pdf::examine(path, &[])?;
        return Some(taken.pages.into_iter().map(|page| page.text).collect());
    }
    let bytes = std::fs::read(path).unwrap();
    let (encoding, start) = encoding_rs::Encoding::for_bom(&bytes).unwrap_or_else(|| {
        let mut guess = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
        guess.feed(&bytes, true);
        (guess.guess(None, chardetng::Utf8Detection::Allow), 0)
    });
    Some(vec![encoding.decode(&bytes[start..]).0.into_owned()])
}

fn tags(text: &str) -> Vec<&str> {
    let mut tags: Vec<&str> = text.split('+').filter(|tag| !matches!(*tag, "-" | "")).collect();
    tags.sort_unstable();
    tags
}

/// Proves recall of foreign documents, the absence of false alarms on English ones, and the tags, over the corpus's
/// documents that need no pixels.
#[test]
fn languages_of_documents_are_told() {
    let Some(corpus) = corpus() else { return };
    let wanted = |path: &str| {
        let folders = ["text/", "pdf/", "case/upload/", "duplicates/"];
        folders.iter().any(|folder| path.starts_with(folder)) && (path.ends_with(".pdf") || path.ends_with(".txt"))
    };
    let detector = Detector::new();
    let (mut foreign, mut found, mut english, mut alarms, mut exact, mut all) = (0, 0, 0, 0, 0, 0);
    for row in rows(&corpus, wanted) {
        let scored = row.language != "-" && row.readable == "yes" && row.is_certain() && !row.needs_pixels();
        let Some(pages) = pages(&corpus.join(&row.path)) else { continue };
        let shares: Vec<_> = pages.iter().map(|page| detector.shares(page)).collect();
        let (tag, share, _) = of_document(&shares);
        if std::env::var_os("GOLDEN_ALL").is_some() {
            println!("{}\t{}\t{tag}\t{share:.2}\t{shares:?}", row.path, row.language);
        }
        if !scored || pages.is_empty() {
            continue;
        }
        let (is, said) = (tags(&row.language), tags(&tag));
        let flagged = said.iter().any(|tag| !matches!(*tag, "en" | "und"));
        all += 1;
        exact += usize::from(is == said);
        if is == ["en"] {
            english += 1;
            alarms += usize::from(flagged);
        } else {
            foreign += 1;
            found += usize::from(flagged);
        }
        if is != said {
            println!("MISS {} is {} said {tag} ({share:.2}) {shares:?}", row.path, row.language);
        }
    }
    println!("foreign {found}/{foreign}, false alarms {alarms}/{english}, exact {exact}/{all}");
    assert!(found * 100 >= foreign * 98, "recall");
    assert!(alarms * 100 <= english, "false alarms");
    assert!(exact * 100 >= all * 95, "exact");
}
