//! The stores looked at from outside, while a daemon may run: the catalog's tables by plain SQL, the vault's files by
//! their names. It knows nothing of the program's own reading of them.

use super::watch::{self, PATIENCE};
use casegate::domain::ids::{EpochId, ObjectId};
use rusqlite::{Connection, OpenFlags, params};
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

/// A look at a data folder.
pub(crate) struct Oracle {
    catalog: Connection,
    vault: PathBuf,
}

impl Oracle {
    /// Looks at this data folder.
    pub(crate) fn open(data: &Path) -> Self {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let catalog = Connection::open_with_flags(data.join("catalog.db"), flags).unwrap();
        catalog.busy_timeout(PATIENCE).unwrap();
        Self { catalog, vault: data.join("objects") }
    }

    fn count(&self, sql: &str) -> u64 {
        self.catalog.query_row(sql, [], |row| row.get(0)).unwrap()
    }

    /// Entries of all cases.
    pub(crate) fn entries(&self) -> u64 {
        self.count("SELECT count(*) FROM entries")
    }

    /// Jobs that wait or run, but for those that wait for a program to be installed.
    pub(crate) fn open_jobs(&self) -> u64 {
        self.count("SELECT count(*) FROM jobs WHERE state <> 'stuck' AND kind <> 'read_later'")
    }

    /// Is nothing left to do, and each gate of a case with entries computed from the case as it stands?
    pub(crate) fn is_settled(&self) -> bool {
        let behind = "SELECT count(*) FROM cases WHERE id IN (SELECT case_id FROM entries)
            AND NOT EXISTS (SELECT 1 FROM indexes WHERE case_id = cases.id AND indexes.revision = cases.revision)";
        self.open_jobs() == 0 && self.count(behind) == 0
    }

    /// Waits until a running daemon has settled everything.
    pub(crate) fn settle(&self) {
        watch::until("everything to settle", PATIENCE, || self.is_settled().then_some(()));
    }

    /// Jobs that were given up.
    pub(crate) fn stuck(&self) -> u64 {
        self.count("SELECT count(*) FROM jobs WHERE state = 'stuck'")
    }

    /// Entries that duplicate themselves, or something that is a duplicate itself or holds no bytes.
    pub(crate) fn false_duplicates(&self) -> u64 {
        self.count(
            "SELECT count(*) FROM entries AS copy LEFT JOIN entries AS first ON first.id = copy.twin
             WHERE copy.outcome = 'duplicate_of'
                AND (first.id IS NULL OR first.id = copy.id OR first.outcome = 'duplicate_of' OR first.object IS NULL)",
        )
    }

    /// Parts that the catalog names.
    pub(crate) fn named_parts(&self) -> BTreeSet<String> {
        let mut query = self.catalog.prepare("SELECT epoch, name FROM parts").unwrap();
        let rows =
            query.query_map(params![], |row| Ok((EpochId::from_bytes(row.get(0)?), ObjectId::from_bytes(row.get(1)?))));
        rows.unwrap().map(|row| row.map(|(epoch, name)| format!("{epoch}/{name}")).unwrap()).collect()
    }

    /// Files in the vault, as `epoch/name`.
    pub(crate) fn files(&self) -> BTreeSet<String> {
        let mut files = BTreeSet::new();
        for epoch in names(&self.vault) {
            for shard in names(&self.vault.join(&epoch)) {
                files.extend(names(&self.vault.join(&epoch).join(shard)).iter().map(|name| format!("{epoch}/{name}")));
            }
        }
        files
    }

    /// Waits until the vault holds exactly what the catalog names: what dead processes left is collected.
    pub(crate) fn collected(&self) {
        watch::until_true("orphaned parts to be collected", PATIENCE, || self.files() == self.named_parts());
    }
}

fn names(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect()
}
