//! Random histories of a case against a plain scan of its pages.

use super::desk::{Desk, document};
use casegate::search::IndexDocument;
use proptest::prelude::*;
use std::collections::BTreeMap;

const VOCABULARY: &[&str] = &["mass", "cyst", "glioma", "fossa", "left", "right", "検査", "Größe"];

/// One step of a case's life.
#[derive(Clone, Debug)]
enum Step {
    Put(Vec<(u8, Vec<Vec<usize>>)>),
    Remove(u8),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let page = proptest::collection::vec(0..VOCABULARY.len(), 1..5);
    let document = (0..6_u8, proptest::collection::vec(page, 0..3));
    let step = prop_oneof![
        3 => proptest::collection::vec(document, 1..3).prop_map(Step::Put),
        1 => (0..6_u8).prop_map(Step::Remove),
    ];
    proptest::collection::vec(step, 1..14)
}

type Model = BTreeMap<u8, Vec<Vec<usize>>>;

fn text(words: &[usize]) -> String {
    words.iter().map(|word| VOCABULARY[*word]).collect::<Vec<_>>().join(" ")
}

fn model_document(entry: u8, pages: &[Vec<usize>]) -> IndexDocument {
    let texts: Vec<String> = pages.iter().map(|page| text(page)).collect();
    document(entry, &texts.iter().map(String::as_str).collect::<Vec<_>>())
}

fn pages(model: &Model, matches: impl Fn(&[usize]) -> bool) -> Vec<(u8, u32)> {
    let pages =
        model.iter().flat_map(|(entry, pages)| (1..).zip(pages).map(move |(page, words)| (*entry, page, words)));
    pages.filter(|(_, _, words)| matches(words)).map(|(entry, page, _)| (entry, page)).collect()
}

/// Pages that have both words; else pages that have one, of documents that have both.
fn both(model: &Model, first: usize, second: usize) -> Vec<(u8, u32)> {
    let found = pages(model, |words| words.contains(&first) && words.contains(&second));
    if !found.is_empty() {
        return found;
    }
    let has = |pages: &[Vec<usize>], word| pages.iter().any(|page| page.contains(&word));
    let mut documents = model.clone();
    documents.retain(|_, pages| has(pages, first) && has(pages, second));
    pages(&documents, |words| words.contains(&first) || words.contains(&second))
}

async fn agrees(desk: &Desk, model: &Model) {
    for (first, word) in VOCABULARY.iter().enumerate() {
        let second = (first + 1) % VOCABULARY.len();
        let other = VOCABULARY[second];
        desk.check(word, &pages(model, |words| words.contains(&first))).await;
        desk.check(&format!("{word} {other}"), &both(model, first, second)).await;
        let without = |words: &[usize]| words.contains(&first) && !words.contains(&second);
        desk.check(&format!("{word} -{other}"), &pages(model, without)).await;
        let beside = |words: &[usize]| words.windows(2).any(|pair| pair == [first, second]);
        desk.check(&format!("\"{word} {other}\""), &pages(model, beside)).await;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    /// Proves that after any history an index answers as a plain scan of the pages does, warm, cold and rebuilt.
    #[test]
    fn any_history(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let (mut desk, mut model) = (Desk::new(), Model::new());
            for step in steps {
                match step {
                    Step::Put(documents) => {
                        desk.file(documents.iter().map(|(entry, pages)| model_document(*entry, pages)).collect()).await;
                        model.extend(documents);
                    }
                    Step::Remove(entry) => {
                        desk.remove(entry).await;
                        model.remove(&entry);
                    }
                }
            }
            agrees(&desk, &model).await;
            agrees(&desk.elsewhere(), &model).await;
            let mut rebuilt = Desk::new();
            rebuilt.file(model.iter().map(|(entry, pages)| model_document(*entry, pages)).collect()).await;
            agrees(&rebuilt, &model).await;
        });
    }
}
