//! Which module may know which: every `crate::` path in `src/` against the arrows of the architecture.

use super::files;
use std::collections::BTreeSet;

/// From where, and what may be named there. The first entry whose beginning fits a file holds; what a module says of
/// itself is always allowed. A path allows everything below it.
const ARROWS: &[(&str, &[&str])] = &[
    ("src/domain/", &[]),
    ("src/kinds/", &["domain"]),
    ("src/casework/", &["domain"]),
    ("src/seal/", &["domain"]),
    ("src/audit.rs", &["domain"]),
    ("src/config/", &["domain"]),
    // The traits, then their adapters.
    ("src/vault/mod.rs", &["domain"]),
    ("src/catalog/mod.rs", &["domain"]),
    ("src/search/mod.rs", &["domain"]),
    ("src/jail/mod.rs", &["domain"]),
    ("src/vault/", &["domain", "seal"]),
    ("src/catalog/", &["domain", "seal"]),
    ("src/search/", &["domain", "seal", "vault"]),
    // The jailed worker is where foreign formats are read, and nowhere else.
    ("src/jail/", &["domain", "seal", "kinds"]),
    ("src/pipeline/", &["domain", "catalog", "vault", "search", "jail", "casework", "seal", "audit", "kinds"]),
    ("src/inlet/", &["domain", "config", "pipeline::door"]),
    ("src/outlet/", &["domain", "access", "casework", "catalog", "search", "vault"]),
    ("src/access.rs", &["domain", "audit", "catalog"]),
    ("src/ops/", &["domain", "audit", "catalog", "config", "pipeline", "seal", "vault"]),
    // The desk carries commands out for the command line and for the daemon's socket.
    (
        "src/control/",
        &["domain", "audit", "casework", "catalog", "inlet", "ops", "outlet", "pipeline", "seal", "search", "vault"],
    ),
    // The command line reads arguments and shows answers; only `serve` and `desk` open a site.
    (
        "src/cli/",
        &["domain", "app", "audit", "casework", "config", "control", "inlet", "jail", "ops", "outlet", "search"],
    ),
    (
        "src/app",
        &[
            "audit", "catalog", "config", "control", "domain", "inlet", "jail", "ops", "outlet", "pipeline", "seal",
            "search", "vault",
        ],
    ),
    ("src/main.rs", &[]),
    ("src/lib.rs", &[]),
];

/// Arrows that stand although none is drawn: each is a debt or a decision, with its reason. One that is gone must go
/// from here as well.
const BEYOND: &[(&str, &str, &str)] = &[
    (
        "src/catalog/",
        "audit",
        "decided: what changes something and its audit event are one transaction, so the trait takes it",
    ),
    ("src/inlet/", "pipeline", "decided: what stands beside the door: receipts, resumable uploads, what it answers"),
    ("src/outlet/packet/", "audit", "decided: a release is written into the trail before its first byte goes out"),
    ("src/outlet/packet/", "seal", "decided: the packet opens the case's objects and states their digests"),
    (
        "src/outlet/",
        "pipeline",
        "decided: a case is laid open in one place; pages and packet ask there, and never lead into the door",
    ),
];

/// Proves that no module names another that it may not know, and that the exceptions are still needed.
#[test]
fn modules_know_only_what_they_may() {
    let mut breaches = BTreeSet::new();
    let mut used = BTreeSet::new();
    for source in files("src", ".rs").iter().filter(|source| !source.is_test()) {
        for reference in references(&source.code()) {
            if allowed(&source.path, &reference) {
                continue;
            }
            match BEYOND.iter().position(|(from, to, _)| source.path.starts_with(from) && below(&reference, to)) {
                Some(exception) => used.insert(exception),
                None => breaches.insert(format!("{} names {reference}", source.path)),
            };
        }
    }
    let idle = (0..BEYOND.len()).filter(|at| !used.contains(at)).map(|at| format!("not needed: {:?}", BEYOND[at]));
    let breaches: Vec<_> = breaches.into_iter().chain(idle).collect();
    super::none("arrows of the architecture", &breaches);
}

/// Proves that no file stands outside of the arrows.
#[test]
fn every_file_has_its_arrows() {
    let strays: Vec<_> =
        files("src", ".rs").into_iter().map(|s| s.path).filter(|path| arrows(path).is_none()).collect();
    super::none("files without arrows", &strays);
}

/// Proves that the reader of paths finds nested, renamed and qualified ones.
#[test]
fn paths_are_read_out_of_use_trees() {
    let code = "use crate::{a::{self, b as c, d::*}, e}; fn f(_: crate::g::H<crate::i::J>) {} $crate::k::l; xcrate::m";
    let found: Vec<_> = references(code).into_iter().collect();
    assert_eq!(found, ["a", "a::b", "a::d", "e", "g::H", "i::J", "k::l"]);
}

fn arrows(path: &str) -> Option<&'static [&'static str]> {
    ARROWS.iter().find(|(from, _)| path.starts_with(from)).map(|(_, to)| *to)
}

fn allowed(path: &str, reference: &str) -> bool {
    let own = path.trim_start_matches("src/").split(['/', '.']).next().unwrap_or_default();
    // What `pub mod` in the root declares is named `crate::x`; macros and the root itself have no module.
    below(reference, own) || arrows(path).is_some_and(|to| to.iter().any(|to| below(reference, to)))
}

fn below(reference: &str, path: &str) -> bool {
    reference.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

/// Every path that begins with `crate::`, without that, use trees unfolded.
fn references(code: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let part_of_a_name = code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
        if !part_of_a_name {
            tree(&code[at + "crate::".len()..], "", &mut found);
        }
    }
    found
}

/// Reads one use tree or path from the beginning of `text`; answers with what follows it.
fn tree<'a>(text: &'a str, prefix: &str, found: &mut BTreeSet<String>) -> &'a str {
    let text = text.trim_start();
    if let Some(group) = text.strip_prefix('{') {
        return branches(group, prefix, found);
    }
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let path = match (prefix, name) {
        (_, "" | "self") => prefix.to_owned(),
        ("", name) => name.to_owned(),
        (prefix, name) => format!("{prefix}::{name}"),
    };
    let goes_on = |after: &&str| after.starts_with(|c: char| c.is_alphabetic() || matches!(c, '_' | '{' | '*'));
    if let Some(after) = rest.strip_prefix("::").filter(goes_on) {
        return tree(after, &path, found);
    }
    found.insert(path);
    rest
}

/// Reads what stands between braces; answers with what follows them.
fn branches<'a>(mut rest: &'a str, prefix: &str, found: &mut BTreeSet<String>) -> &'a str {
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == ',');
        if rest.is_empty() {
            return rest;
        }
        if let Some(after) = rest.strip_prefix('}') {
            return after;
        }
        // A branch ends at a comma or brace: `as name` and `*` are of no interest.
        rest = tree(rest, prefix, found).trim_start_matches(|c| !matches!(c, ',' | '}'));
    }
}
