//! Ledgers that can be compared. Two are equal when, sorted by path, path, bytes, kind, reasons and outcome agree,
//! members of one duplicate group being interchangeable; ids and times do not count.

use serde_json::Value;
use std::collections::{BTreeMap, HashMap};

/// One row, as far as it counts.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Line {
    pub(crate) path: String,
    pub(crate) bytes: u64,
    pub(crate) kind: String,
    pub(crate) outcome: String,
    pub(crate) reasons: Vec<String>,
    pub(crate) sha256: Option<String>,
}

/// The ledger of a case or an arrival.
#[derive(Clone, Debug)]
pub(crate) struct Ledger(pub(crate) Vec<Line>);

impl Ledger {
    /// The ledger of `case show --json`.
    pub(crate) fn of_case(shown: &Value) -> Self {
        Self(shown["rows"].as_array().unwrap().iter().map(line).collect())
    }

    /// The ledger of `ingest --json`.
    pub(crate) fn of_lines(said: &str) -> Self {
        let rows = said.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        Self(rows.filter(|row| row.get("path").is_some()).map(|row| line(&row)).collect())
    }

    /// The same delivery taken in twice, seen as one: of rows with one path and the same bytes, a copy goes.
    pub(crate) fn without_repeats(mut self) -> Self {
        let rank = |line: &Line| u8::from(line.outcome == "duplicate_of");
        self.0.sort_by(|a, b| (&a.path, rank(a)).cmp(&(&b.path, rank(b))));
        self.0.dedup_by(|later, kept| later.path == kept.path && later.sha256 == kept.sha256);
        self
    }

    /// The first row of a path.
    pub(crate) fn at(&self, path: &str) -> &Line {
        self.0.iter().find(|line| line.path == path).unwrap_or_else(|| panic!("no row for {path}"))
    }

    /// What two equal ledgers have in common, and no two others.
    pub(crate) fn canonical(&self) -> Vec<String> {
        let (groups, names) = self.groups();
        let mut canonical: Vec<String> = Vec::new();
        for members in groups.values() {
            let mut paths: Vec<String> = members.iter().map(|line| renamed(&line.path, &names)).collect();
            let mut verdicts: Vec<String> = members
                .iter()
                .map(|line| format!("{} {} {} {:?}", line.bytes, line.kind, line.outcome, line.reasons))
                .collect();
            paths.sort();
            verdicts.sort();
            canonical.push(format!("{} | {}", paths.join(", "), verdicts.join(", ")));
        }
        canonical.sort();
        canonical
    }

    /// Rows by group of equal bytes (what is nobody's duplicate is alone), and the name that stands for each member.
    fn groups(&self) -> (BTreeMap<String, Vec<&Line>>, HashMap<String, String>) {
        let copied: Vec<&String> = self
            .0
            .iter()
            .filter(|line| line.outcome == "duplicate_of")
            .filter_map(|line| line.sha256.as_ref())
            .collect();
        let mut groups: BTreeMap<String, Vec<&Line>> = BTreeMap::new();
        for (number, line) in self.0.iter().enumerate() {
            match &line.sha256 {
                Some(sha256) if copied.contains(&sha256) => groups.entry(sha256.clone()).or_default().push(line),
                _ => groups.entry(format!("row {number}")).or_default().push(line),
            }
        }
        let mut names = HashMap::new();
        for members in groups.values().filter(|members| members.len() > 1) {
            let first = members.iter().map(|line| &line.path).min().unwrap();
            names.extend(members.iter().map(|line| (line.path.clone(), first.clone())));
        }
        (groups, names)
    }
}

/// Members of a container that is one of several equal ones are members of any of them.
fn renamed(path: &str, names: &HashMap<String, String>) -> String {
    match path.rsplit_once("!/") {
        Some((container, member)) => {
            let container = names.get(container).cloned().unwrap_or_else(|| renamed(container, names));
            format!("{container}!/{member}")
        }
        None => path.to_owned(),
    }
}

fn line(row: &Value) -> Line {
    let text = |key: &str| row[key].as_str().unwrap().to_owned();
    let mut reasons: Vec<String> =
        row["reasons"].as_array().unwrap().iter().map(|reason| reason["code"].as_str().unwrap().to_owned()).collect();
    reasons.sort();
    let sha256 = row["sha256"].as_str().map(str::to_owned);
    Line {
        path: text("path"),
        bytes: row["bytes"].as_u64().unwrap(),
        kind: text("kind"),
        outcome: text("outcome"),
        reasons,
        sha256,
    }
}

/// Stops the test where two ledgers differ, and shows how.
pub(crate) fn assert_equal(found: &Ledger, expected: &Ledger, when: &str) {
    let (found, expected) = (found.canonical(), expected.canonical());
    let only = |of: &[String], other: &[String]| {
        of.iter().filter(|line| !other.contains(line)).cloned().collect::<Vec<_>>().join("\n  ")
    };
    assert!(
        found == expected,
        "{when}: the ledger differs from an undisturbed run\nonly here:\n  {}\nonly there:\n  {}",
        only(&found, &expected),
        only(&expected, &found)
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ledger(rows: &[(&str, &str, &str)]) -> Ledger {
        let line = |(path, outcome, sha256): &(&str, &str, &str)| Line {
            path: (*path).to_owned(),
            bytes: 1,
            kind: "text".to_owned(),
            outcome: (*outcome).to_owned(),
            reasons: Vec::new(),
            sha256: Some((*sha256).to_owned()),
        };
        Ledger(rows.iter().map(line).collect())
    }

    /// Proves that members of a duplicate group are interchangeable, with what they contain, and nothing else is.
    #[test]
    fn groups_are_interchangeable_and_nothing_else() {
        let one = ledger(&[("a.zip", "stored", "1"), ("b.zip", "duplicate_of", "1"), ("a.zip!/x", "stored", "2")]);
        let other = ledger(&[("a.zip", "duplicate_of", "1"), ("b.zip", "stored", "1"), ("b.zip!/x", "stored", "2")]);
        assert_eq!(one.canonical(), other.canonical());
        let twice = ledger(&[("a.zip", "stored", "1"), ("b.zip", "stored", "1"), ("a.zip!/x", "stored", "2")]);
        assert_ne!(one.canonical(), twice.canonical());
        let less = ledger(&[("a.zip", "stored", "1"), ("b.zip", "duplicate_of", "1")]);
        assert_ne!(one.canonical(), less.canonical());
    }

    /// Proves that a second delivery of the same adds nothing, and that other bytes under an old name do.
    #[test]
    fn repeats_are_seen_as_one() {
        let once = ledger(&[("a", "stored", "1"), ("b", "duplicate_of", "1")]);
        let again = ledger(&[
            ("a", "stored", "1"),
            ("a", "duplicate_of", "1"),
            ("b", "duplicate_of", "1"),
            ("b", "duplicate_of", "1"),
        ]);
        assert_eq!(again.without_repeats().canonical(), once.canonical());
        let other = ledger(&[("a", "stored", "1"), ("a", "stored", "9"), ("b", "duplicate_of", "1")]);
        assert_ne!(other.without_repeats().canonical(), once.canonical());
    }
}
