//! Answers a question from one open index.
//!
//! All clauses must match one row (a page, or the document's own words). Where no row has them all, documents that
//! have them on several pages are the answer, with the pages that have some. Questions that name only fields are
//! about documents and answered by page 0. Expansion of prefixes and near words runs along the term dictionary as an
//! automaton, so it is complete, and bounded by the case's own index; only the last word of a phrase has a cap.

use super::{
    Hit, SearchError,
    question::{Clause, How, Pattern, Place, Wanted},
    schema::{DOCUMENT, LAYOUT, Row},
    sealed::damaged,
    snippet::{Shown, snippet},
};
use crate::domain::{ids::CaseId, limits::QUERY_HITS_MAX};
use std::collections::BTreeSet;
use tantivy::{
    DocAddress, Score, Searcher, TantivyDocument, Term,
    collector::{DocSetCollector, TopDocs},
    query::{
        BooleanQuery, BoostQuery, ConstScoreQuery, FuzzyTermQuery, Occur, PhrasePrefixQuery, PhraseQuery, Query,
        TermQuery, TermSetQuery,
    },
    schema::{Field, IndexRecordOption},
};

/// Words that the cut-off last word of a phrase may stand for.
const PHRASE_EXPANSIONS_MAX: u32 = 1_000;
/// The word itself weighs more than those that only begin with it or resemble it.
const EXACT_BOOST: Score = 2.0;
/// Rows asked for beyond the hits wanted: a long page has several.
const SPARE_ROWS: usize = 16;

/// Hits in the order of their score, at most `limit`, each page of a document once.
///
/// # Errors
/// [`SearchError::Damaged`].
pub(super) fn answer(
    searcher: &Searcher,
    case: CaseId,
    clauses: &[Clause],
    limit: usize,
) -> Result<Vec<Hit>, SearchError> {
    let limit = limit.min(QUERY_HITS_MAX);
    let mut best = best_pages(searcher, &page_query(clauses), limit)?;
    if best.is_empty()
        && let Some(query) = document_query(searcher, clauses).map_err(|error| damaged(&error))?
    {
        best = best_pages(searcher, &query, limit)?;
    }
    Ok(hits(case, best, clauses))
}

fn best_pages(searcher: &Searcher, query: &BooleanQuery, limit: usize) -> Result<Vec<(Score, Row)>, SearchError> {
    let mut wanted = limit + SPARE_ROWS;
    loop {
        let rows = searcher.search(query, &TopDocs::with_limit(wanted).order_by_score());
        let rows = rows.map_err(|error| damaged(&error))?;
        let best = best_rows(searcher, &rows, limit)?;
        if best.len() == limit || rows.len() < wanted {
            return Ok(best);
        }
        wanted *= 2;
    }
}

/// The best row of each page.
fn best_rows(
    searcher: &Searcher,
    rows: &[(Score, DocAddress)],
    limit: usize,
) -> Result<Vec<(Score, Row)>, SearchError> {
    let mut pages = BTreeSet::new();
    let mut best = Vec::new();
    for (score, address) in rows {
        if best.len() == limit {
            break;
        }
        let row: TantivyDocument = searcher.doc(*address).map_err(|error| damaged(&error))?;
        let row = LAYOUT.read(&row);
        let row = row.ok_or_else(|| SearchError::Damaged("a row is none of ours".to_owned()))?;
        if pages.insert((row.entry, row.page)) {
            best.push((*score, row));
        }
    }
    Ok(best)
}

fn hits(case: CaseId, rows: Vec<(Score, Row)>, clauses: &[Clause]) -> Vec<Hit> {
    let mut hits: Vec<Hit> = rows
        .into_iter()
        .map(|(score, row)| {
            let Shown { snippet, marks, found } = snippet(&row.text, clauses);
            let page = (row.page > 0).then_some(row.page);
            Hit {
                case,
                entry: row.entry,
                path: row.path,
                page,
                snippet,
                marks,
                score,
                row: row.text,
                found,
                boxes: Vec::new(),
            }
        })
        .collect();
    // Equal scores come in the order of segments, which is nobody's business.
    hits.sort_by(|a, b| {
        b.score.total_cmp(&a.score).then_with(|| (&a.path, a.page, a.entry).cmp(&(&b.path, b.page, b.entry)))
    });
    hits
}

/// One row has it all.
fn page_query(clauses: &[Clause]) -> BooleanQuery {
    let mut parts = absent(clauses);
    parts.extend(present(clauses).map(|clause| (Occur::Must, clause_query(clause))));
    if present(clauses).all(|clause| clause.place != Place::Text) {
        let own = TermQuery::new(Term::from_field_u64(LAYOUT.page, 0), IndexRecordOption::Basic);
        parts.push((Occur::Must, silent(own)));
    }
    BooleanQuery::new(parts)
}

/// Rows with some of it, of documents that have it all; `None` where there is no such document.
fn document_query(searcher: &Searcher, clauses: &[Clause]) -> tantivy::Result<Option<BooleanQuery>> {
    if present(clauses).count() < 2 {
        return Ok(None);
    }
    let mut documents: Option<BTreeSet<u64>> = None;
    for clause in present(clauses) {
        let mut parts = absent(clauses);
        parts.push((Occur::Must, clause_query(clause)));
        let with = documents_with(searcher, &BooleanQuery::new(parts))?;
        let both = documents.map_or_else(|| with.clone(), |before| &before & &with);
        if both.is_empty() {
            return Ok(None);
        }
        documents = Some(both);
    }
    let documents = documents.into_iter().flatten().map(|number| Term::from_field_u64(LAYOUT.document, number));
    let in_text: Vec<&Clause> = present(clauses).filter(|clause| clause.place == Place::Text).collect();
    let shown = if in_text.is_empty() { present(clauses).collect() } else { in_text };
    let mut parts = absent(clauses);
    parts.push((Occur::Must, silent(TermSetQuery::new(documents))));
    parts.push((Occur::Must, Box::new(BooleanQuery::union(shown.into_iter().map(clause_query).collect()))));
    Ok(Some(BooleanQuery::new(parts)))
}

fn documents_with(searcher: &Searcher, query: &BooleanQuery) -> tantivy::Result<BTreeSet<u64>> {
    let columns = searcher.segment_readers().iter().map(|segment| segment.fast_fields().u64(DOCUMENT));
    let columns = columns.collect::<tantivy::Result<Vec<_>>>()?;
    let rows = searcher.search(query, &DocSetCollector)?;
    Ok(rows.iter().filter_map(|row| columns.get(row.segment_ord as usize)?.first(row.doc_id)).collect())
}

fn present(clauses: &[Clause]) -> impl Iterator<Item = &Clause> {
    clauses.iter().filter(|clause| clause.wanted == Wanted::Present)
}

fn absent(clauses: &[Clause]) -> Vec<(Occur, Box<dyn Query>)> {
    let absent = clauses.iter().filter(|clause| clause.wanted == Wanted::Absent);
    absent.map(|clause| (Occur::MustNot, clause_query(clause))).collect()
}

/// Chooses rows without a say in their order.
fn silent(query: impl Query) -> Box<dyn Query> {
    Box::new(ConstScoreQuery::new(Box::new(query), 0.0))
}

fn clause_query(clause: &Clause) -> Box<dyn Query> {
    let field = LAYOUT.field(clause.place);
    let mut phrases: Vec<Box<dyn Query>> = clause.phrases.iter().map(|phrase| phrase_query(field, phrase)).collect();
    match phrases.len() {
        1 => phrases.swap_remove(0),
        _ => Box::new(BooleanQuery::union(phrases)),
    }
}

fn phrase_query(field: Field, phrase: &[Pattern]) -> Box<dyn Query> {
    let term = |pattern: &Pattern| Term::from_field_text(field, &pattern.text);
    if let [word] = phrase {
        return word_query(term(word), word.how);
    }
    let terms = phrase.iter().map(|pattern| (pattern.offset, term(pattern))).collect();
    match phrase.last().map(|last| last.how) {
        Some(How::Prefix) => {
            let mut query = PhrasePrefixQuery::new_with_offset(terms);
            query.set_max_expansions(PHRASE_EXPANSIONS_MAX);
            Box::new(query)
        }
        _ => Box::new(PhraseQuery::new_with_offset(terms)),
    }
}

fn word_query(term: Term, how: How) -> Box<dyn Query> {
    let exact = TermQuery::new(term.clone(), IndexRecordOption::WithFreqs);
    let near = match how {
        How::Exact => return Box::new(exact),
        How::Prefix => FuzzyTermQuery::new_prefix(term, 0, false),
        How::Fuzzy(distance) => FuzzyTermQuery::new(term, distance, true),
    };
    Box::new(BooleanQuery::union(vec![Box::new(BoostQuery::new(Box::new(exact), EXACT_BOOST)), Box::new(near)]))
}
