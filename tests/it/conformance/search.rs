//! Search: what is found, what is not, and what is left behind.

#![allow(clippy::unwrap_used, reason = "a test stops at the first thing that is not as it should be")]

mod desk;
mod history;

use casegate::{
    domain::{
        facts::FileKind,
        ids::{CaseId, ObjectId},
    },
    search::{IndexDocument, IndexFiles, Query, SearchError},
};
use desk::{Desk, MemoryStore, document, field, id};
use std::sync::Arc;

async fn clinic() -> Desk {
    let mut desk = Desk::new();
    let scan = IndexDocument {
        entry: id(3),
        path: "DICOM/IM_0001".to_owned(),
        kind: FileKind::Dicom,
        pages: vec![],
        fields: vec![field("study", "MRI brain with contrast"), field("patient", "Marta Novák 2015-03-14")],
    };
    let letter = document(1, &["A posterior fossa mass was seen.", "Resection of the mass; medulloblastoma, grade 4."]);
    let report =
        document(2, &["No mass. Block S15-2041 received.\nposterior to the fossa a cyst, medul-\nloblastoma unlikely"]);
    desk.file(vec![letter, report, scan]).await;
    desk
}

/// Proves that each form of question finds what it should and nothing else, on the right page.
#[tokio::test]
async fn forms_of_questions() {
    let desk = clinic().await;
    desk.check("mass", &[(1, 1), (1, 2), (2, 1)]).await;
    desk.check("mass resection", &[(1, 2)]).await;
    desk.check("\"posterior fossa\"", &[(1, 1)]).await;
    desk.check("posterior fossa", &[(1, 1), (2, 1)]).await;
    desk.check("medullobl*", &[(1, 2), (2, 1)]).await;
    desk.check("medulobastoma~2", &[(1, 2), (2, 1)]).await;
    desk.check("resecton~", &[(1, 2)]).await;
    desk.check("mass -cyst", &[(1, 1), (1, 2)]).await;
    desk.check("mass -\"posterior fossa\"", &[(1, 2), (2, 1)]).await;
    desk.check("\"block s1*\"", &[(2, 1)]).await;
    desk.check("\"mass s1*\"", &[]).await;
    desk.check("S15-20*", &[(2, 1)]).await;
    desk.check("nothing", &[]).await;
}

/// Proves that names, kinds and fields are found as the document's own words, and combine with text.
#[tokio::test]
async fn fields() {
    let desk = clinic().await;
    desk.check("study:brain", &[(3, 0)]).await;
    desk.check("contrast", &[(3, 0)]).await;
    desk.check("patient:novak", &[(3, 0)]).await;
    desk.check("patient:20150314", &[(3, 0)]).await;
    desk.check("study:novak", &[]).await;
    desk.check("name:letter", &[(1, 0), (2, 0)]).await;
    desk.check("kind:pdf", &[(1, 0), (2, 0)]).await;
    desk.check("kind:pdf resection", &[(1, 2)]).await;
    desk.check("name:\"letter 1\"", &[(1, 0)]).await;
    desk.check("kind:pdf -name:letter_1", &[(2, 0)]).await;
}

/// Proves that words on several pages of one document are found where no page has them all, and only then.
#[tokio::test]
async fn words_across_pages() {
    let desk = clinic().await;
    desk.check("posterior resection", &[(1, 1), (1, 2)]).await;
    desk.check("letter_1 resection", &[(1, 0), (1, 2)]).await;
    desk.check("posterior resection -grade", &[]).await;
    desk.check("posterior novak", &[]).await;
    desk.check("posterior medulloblastoma", &[(2, 1)]).await;
    desk.check("name:letter posterior resection", &[(1, 1), (1, 2)]).await;
}

/// Proves that numbers, diacritics, presentation forms and scripts without spaces are found as people type them.
#[tokio::test]
async fn scripts() {
    let mut desk = clinic().await;
    let arabic_forms = "\u{FED3}\u{FEA4}\u{FEBA} \u{FE8D}\u{FEDF}\u{FEAA}\u{FEE1}";
    desk.file(vec![document(9, &["Größe und Naïveté", "CT検査結果、肝臓に腫瘤", arabic_forms, "опухоль мозжечка"])])
        .await;
    for question in ["S15-2041", "s152041", "2041", "S15", "\"s15 2041\""] {
        desk.check(question, &[(2, 1)]).await;
    }
    desk.check("GRÖSSE", &[(9, 1)]).await;
    desk.check("naivete", &[(9, 1)]).await;
    desk.check("検査", &[(9, 2)]).await;
    desk.check("査結", &[(9, 2)]).await;
    desk.check("瘤", &[(9, 2)]).await;
    desk.check("腫", &[(9, 2)]).await;
    desk.check("検結", &[]).await;
    desk.check("ct 肝臓", &[(9, 2)]).await;
    desk.check("\u{641}\u{62D}\u{635}", &[(9, 3)]).await;
    desk.check("ОПУХОЛЬ", &[(9, 4)]).await;
}

/// Proves that hits come in order of score, bounded, with a snippet whose marks are what matched.
#[tokio::test]
async fn hits() {
    let desk = clinic().await;
    let hits = desk.ask("mass fossa").await.unwrap();
    assert!(hits.windows(2).all(|pair| pair[0].score >= pair[1].score));
    let hit = hits.iter().find(|hit| hit.entry == id(1)).unwrap();
    assert_eq!((hit.path.as_str(), hit.page, hit.case), ("discharge/letter_1.pdf", Some(1), desk.case));
    let marked: Vec<&str> = hit.marks.iter().map(|(start, end)| &hit.snippet[*start..*end]).collect();
    assert_eq!(marked, ["fossa", "mass"]);
    let query = Query { text: "mass".to_owned(), limit: 1 };
    assert_eq!(desk.engine.search(desk.case, &desk.files, &query).await.unwrap().len(), 1);
    assert!(desk.ask("study:brain").await.unwrap()[0].page.is_none());
}

/// Proves that the word itself outranks words that only begin with it or resemble it.
#[tokio::test]
async fn exact_words_first() {
    let mut desk = Desk::new();
    desk.file(vec![document(1, &["gliomas here"]), document(2, &["glioma here"]), document(3, &["gliomatosis here"])])
        .await;
    for question in ["glioma*", "glioma~"] {
        let hits = desk.ask(question).await.unwrap();
        assert!(hits.len() > 1 && hits[0].entry == id(2), "{question}");
    }
}

/// Proves that a question that cannot be read is refused, on an empty index too.
#[tokio::test]
async fn refusals() {
    let desk = Desk::new();
    for question in ["", "-only", "\"open", "dx:glioma", "a*"] {
        assert!(matches!(desk.ask(question).await, Err(SearchError::Query(_))), "{question}");
    }
    desk.check("glioma", &[]).await;
}

/// Proves that no case sees another's words.
#[tokio::test]
async fn cases_are_apart() {
    let mut one = clinic().await;
    let mut other = Desk { case: CaseId::from_bytes([2; 16]), engine: Arc::clone(&one.engine), ..one.elsewhere() };
    other.files = IndexFiles::default();
    other.file(vec![document(7, &["neuroblastoma"])]).await;
    other.check("mass", &[]).await;
    one.check("neuroblastoma", &[]).await;
    one.engine.forget(other.case).await;
    one.file(vec![document(8, &["mass"])]).await;
    other.check("mass", &[]).await;
    other.check("neuroblastoma", &[(7, 1)]).await;
}

/// Proves that an update is seen under its own files only, and that the earlier files answer as before.
#[tokio::test]
async fn nothing_shows_before_it_is_named() {
    let mut desk = clinic().await;
    let before = desk.elsewhere();
    let names = Desk { engine: Arc::clone(&desk.engine), ..before.elsewhere() };
    desk.file(vec![document(1, &["ependymoma"])]).await;
    for earlier in [&before, &names] {
        earlier.check("ependymoma", &[]).await;
        earlier.check("mass", &[(1, 1), (1, 2), (2, 1)]).await;
    }
    for later in [&desk, &desk.elsewhere()] {
        later.check("ependymoma", &[(1, 1)]).await;
        later.check("mass", &[(2, 1)]).await;
    }
}

/// Proves that a document that left leaves no byte of its text in the files that are named.
#[tokio::test]
async fn what_left_is_gone() {
    let mut desk = clinic().await;
    desk.file(vec![document(5, &["Qxzwvkjh is a rare word"])]).await;
    desk.file(vec![document(6, &["another"])]).await;
    assert!(desk.store.contains(&desk.files, "Qxzwvkjh"), "the store keeps words as they are, or this test is void");
    desk.remove(5).await;
    desk.check("qxzwvkjh", &[]).await;
    assert!(!desk.store.contains(&desk.files, "Qxzwvkjh"));
    desk.check("another", &[(6, 1)]).await;
    desk.check("mass", &[(1, 1), (1, 2), (2, 1)]).await;
    for entry in [1, 2, 3, 6] {
        desk.remove(entry).await;
    }
    desk.check("mass", &[]).await;
    desk.file(vec![document(1, &["mass"])]).await;
    desk.check("mass", &[(1, 1)]).await;
}

/// Proves that a missing, cut or exchanged object is reported as damage, and that rebuilding mends it.
#[tokio::test]
async fn damage() {
    let desk = clinic().await;
    assert_eq!(desk.files.0.len(), 2, "a head and a segment");
    for file in 0..desk.files.0.len() {
        let cuts: [fn(&mut Vec<u8>); 3] = [Vec::clear, |bytes| bytes.truncate(bytes.len() / 2), |bytes| bytes.push(0)];
        for cut in cuts {
            let desk = clinic().await;
            desk.store.change(file, &desk.files, cut);
            assert!(matches!(desk.elsewhere().ask("mass").await, Err(SearchError::Damaged(_))));
            let elsewhere = desk.elsewhere();
            let update = elsewhere.engine.update(desk.case, &desk.files, vec![document(1, &["x"])], &[]).await;
            assert!(matches!(update, Err(SearchError::Damaged(_))));
        }
    }
    let mut cold = desk.elsewhere();
    cold.files.0.pop();
    assert!(matches!(cold.ask("mass").await, Err(SearchError::Damaged(_))));
    let mut missing = desk.elsewhere();
    missing.files.0[1].object = ObjectId::from_bytes([9; 16]);
    assert!(matches!(missing.ask("mass").await, Err(SearchError::Damaged(_))));
    missing.files = IndexFiles::default();
    missing.file(vec![document(1, &["mass"])]).await;
    missing.check("mass", &[(1, 1)]).await;
}

/// Proves that growing page by page keeps objects few, and that an update writes few.
#[tokio::test]
async fn objects_stay_few() {
    let mut desk = Desk::new();
    for entry in 0..40 {
        let writes = desk.store.counts().1;
        desk.file(vec![document(entry, &["mass"])]).await;
        assert!(desk.files.0.len() <= 9, "{} objects", desk.files.0.len());
        assert!(desk.store.counts().1 - writes <= 2);
    }
    assert_eq!(desk.found("mass").await.len(), 40);
    assert_eq!(desk.elsewhere().found("mass").await.len(), 40);
}

/// Proves that an open index answers from memory, that a small cache still answers, and that forgetting forgets.
#[tokio::test]
async fn memory() {
    let mut desk = clinic().await;
    desk.check("mass", &[(1, 1), (1, 2), (2, 1)]).await;
    assert_eq!(desk.store.counts().0, 0, "what was written is open already");
    desk.engine.forget(desk.case).await;
    desk.check("cyst", &[(2, 1)]).await;
    desk.check("mass", &[(1, 1), (1, 2), (2, 1)]).await;
    assert_eq!(desk.store.counts().0, 2, "a head and a segment");
    desk.file(vec![document(4, &["cyst"])]).await;
    desk.check("cyst", &[(2, 1), (4, 1)]).await;
    assert_eq!(desk.store.counts().0, 2, "segments are shared between sets of files");
    let mut tight = Desk::over(Arc::clone(&desk.store), 1);
    tight.files = desk.files.clone();
    tight.check("cyst", &[(2, 1), (4, 1)]).await;
    tight.check("cyst", &[(2, 1), (4, 1)]).await;
    assert_eq!(desk.store.counts().0, 2 + 3 + 3, "nothing fits, all is read each time");
}

/// Proves that of two cases only the one asked last stays where memory is for one.
#[tokio::test]
async fn least_recently_used_goes() {
    let store = Arc::<MemoryStore>::default();
    let mut one = Desk::over(Arc::clone(&store), 110_000);
    let mut other = Desk { engine: Arc::clone(&one.engine), ..one.elsewhere() };
    other.case = CaseId::from_bytes([2; 16]);
    one.file(vec![document(1, &["mass"])]).await;
    other.file(vec![document(2, &["mass"])]).await;
    let mut reads = Vec::new();
    for desk in [&other, &other, &one, &one, &other] {
        assert_eq!(desk.found("mass").await.len(), 1);
        reads.push(store.counts().0);
    }
    assert_eq!(reads, [0, 0, 2, 2, 4]);
}

/// Proves that a page of any length is found to its end, as one hit, and that data without spaces does no harm.
#[tokio::test]
async fn long_pages() {
    let mut desk = Desk::new();
    let text = format!("{} finalword", "mass lesion ".repeat(30_000));
    let solid = "x".repeat(300_000);
    desk.file(vec![document(1, &[&text]), document(2, &[&solid, "mass"]), document(3, &["", " \n"])]).await;
    desk.check("mass", &[(1, 1), (2, 2)]).await;
    desk.check("finalword", &[(1, 1)]).await;
    desk.check(&"x".repeat(64), &[(2, 1)]).await;
    desk.check("kind:pdf", &[(1, 0), (2, 0), (3, 0)]).await;
}

/// Proves that an entry given twice in one update is kept in its later version.
#[tokio::test]
async fn twice_in_one_update() {
    let mut desk = Desk::new();
    desk.file(vec![document(1, &["first", "first"]), document(1, &["second"])]).await;
    desk.check("first", &[]).await;
    desk.check("second", &[(1, 1)]).await;
}

/// Proves that many may ask while the index changes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_at_once() {
    let mut desk = clinic().await;
    let mut asked = Vec::new();
    for entry in 10..16 {
        desk.file(vec![document(entry, &["ependymoma"])]).await;
        let later = Desk { engine: Arc::clone(&desk.engine), ..desk.elsewhere() };
        asked.push(tokio::spawn(async move { later.found("ependymoma").await.len() }));
    }
    for (before, asked) in asked.into_iter().enumerate() {
        assert_eq!(asked.await.unwrap(), before + 1);
    }
}
