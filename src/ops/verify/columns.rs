//! Clear columns of entries against what is sealed beside them.

use super::trail::Trail;
use crate::{
    catalog::{Account, FirstVerdict},
    domain::{
        entry::{EntryRecord, EntryRow, Outcome, Stage},
        facts::FileKind,
        reason::{Reason, Severity},
        verdict::{Finding, Verdict},
    },
    pipeline::{Stores, file::instance_of},
    seal::CaseKeys,
};

/// What is wrong with an entry, if anything.
pub(super) fn fault(stores: &Stores, keys: &CaseKeys, account: &Account, trail: &Trail) -> Option<&'static str> {
    let Ok(record) = stores.record(keys, &account.row) else { return Some("its seal does not hold") };
    trail
        .contradicts(&account.row)
        .or_else(|| beside(keys, &account.row, &record))
        .or_else(|| keyed(keys, account, &record))
        .or_else(|| verdicts(account, &record))
        .or_else(|| first(stores, keys, account, trail))
}

/// What stands in the row and does not agree with its record.
fn beside(keys: &CaseKeys, row: &EntryRow, record: &EntryRecord) -> Option<&'static str> {
    if row.parent.is_some_and(|parent| keys.member_id(parent, row.ordinal) != row.id) {
        return Some("it is not the member of its container that its row says");
    }
    if keeps_bytes(row.outcome) && record.sha256.is_some() && row.bytes > 0 && row.object.is_none() {
        return Some("its bytes are not named any more");
    }
    let verdict = judged(row, record)?;
    let language = if verdict.language.is_empty() { "-" } else { &verdict.language };
    (verdict.readable != row.readable || language != row.language)
        .then_some("its readability or language is not the one of its verdict")
}

/// Keyed hashes are those of what the record says; bytes that are whole have one.
fn keyed(keys: &CaseKeys, account: &Account, record: &EntryRecord) -> Option<&'static str> {
    let expected = record.sha256.as_ref().map(|digest| keys.fingerprint(digest));
    match account.fingerprint {
        Some(_) if account.fingerprint != expected => return Some("its fingerprint is not the one of its bytes"),
        Some(_) if account.row.object.is_none() => return Some("it has a fingerprint and no bytes"),
        None if should_be_known(account) => return Some("its fingerprint was given up although its bytes are whole"),
        _ => {}
    }
    let filed = account.row.stage == Stage::Filed && account.row.outcome != Some(Outcome::DuplicateOf);
    (filed && account.instance != instance_of(keys, record))
        .then_some("its instance is not the one that stands in the document")
}

/// Are these bytes such that a second copy of them must be found out? What ends as junk never counted; see
/// `pipeline::receive`.
fn should_be_known(account: &Account) -> bool {
    let row = &account.row;
    let junk = matches!(row.kind, FileKind::SystemJunk | FileKind::Executable);
    row.object.is_some() && row.bytes > 0 && !account.damaged && !junk && keeps_bytes(row.outcome)
}

const fn keeps_bytes(outcome: Option<Outcome>) -> bool {
    matches!(outcome, Some(Outcome::Stored | Outcome::ConflictWith | Outcome::Held | Outcome::Unreadable) | None)
}

fn verdicts(account: &Account, record: &EntryRecord) -> Option<&'static str> {
    let verdict = judged(&account.row, record)?;
    (account.findings != clear(&verdict.findings)).then_some("its findings are not the ones of its verdict")
}

/// The first verdict of what was judged again: its own record, findings and outcome.
fn first(stores: &Stores, keys: &CaseKeys, account: &Account, trail: &Trail) -> Option<&'static str> {
    let Some(FirstVerdict { outcome, record, findings }) = account.first.as_ref() else {
        let lost = trail.was_judged_again(account.row.id);
        return lost.then_some("it was judged again, and its first verdict is not there");
    };
    let row = EntryRow { record: record.clone(), ..account.row.clone() };
    let Ok(record) = stores.record(keys, &row) else { return Some("the seal of its first verdict does not hold") };
    if record.verdict.as_ref().is_some_and(|verdict| *findings != clear(&verdict.findings)) {
        return Some("the findings of its first verdict are not the ones of that verdict");
    }
    (!trail.agrees_on_first(account.row.id, *outcome)).then_some("the outcome of its first verdict is another one")
}

/// The verdict that the row speaks of: a duplicate's is its twin's.
fn judged<'a>(row: &EntryRow, record: &'a EntryRecord) -> Option<&'a Verdict> {
    let own = row.stage == Stage::Filed && row.outcome != Some(Outcome::DuplicateOf);
    record.verdict.as_ref().filter(|_| own)
}

fn clear(findings: &[Finding]) -> Vec<(Reason, Severity)> {
    findings.iter().map(|finding| (finding.code, finding.severity)).collect()
}
