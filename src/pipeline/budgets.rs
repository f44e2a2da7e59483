//! What a container and everything inside it may hand over: one budget of entries and bytes for the whole tree under an
//! outermost container.
//!
//! Counted by container, so that a container that is examined again (after a failure, with a password) counts once, and
//! rebuilt from the catalog where this process does not know the tree: a restart makes no budget larger.

use super::{Stores, Trouble};
use crate::{
    domain::{
        entry::{EntryRow, Stage},
        ids::{CaseId, EntryId},
        limits::Limits,
    },
    kinds::Stop,
};
use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// The trees that are being unpacked.
#[derive(Default)]
pub struct Budgets {
    trees: Mutex<HashMap<(CaseId, EntryId), Tree>>,
}

type Tree = Arc<Mutex<Counts>>;

/// What came out of each container of a tree, and out of all.
#[derive(Default)]
struct Counts {
    all: Spent,
    by_container: HashMap<EntryId, Spent>,
}

impl Counts {
    fn spend(&mut self, container: EntryId, more: Spent) {
        let own = self.by_container.entry(container).or_default();
        for sum in [own, &mut self.all] {
            sum.entries += more.entries;
            sum.bytes += more.bytes;
        }
    }

    /// Takes back what a container spent: it is counted anew.
    fn reset(&mut self, container: EntryId) {
        if let Some(own) = self.by_container.remove(&container) {
            self.all.entries -= own.entries;
            self.all.bytes -= own.bytes;
        }
    }
}

/// What came out of one container, its members' members not counted.
#[derive(Clone, Copy, Default)]
struct Spent {
    entries: u64,
    bytes: u64,
}

/// The outermost container of an entry.
#[derive(Clone, Copy)]
pub struct Root {
    /// Its id.
    pub id: EntryId,
    /// Its size: what swelling is measured against.
    pub bytes: u64,
}

/// What one container may still hand over.
pub struct Allowance {
    tree: Tree,
    container: EntryId,
    root_bytes: u64,
}

impl Budgets {
    /// Begins to count what comes out of a container, from nothing: what it handed over in an earlier run is met again.
    ///
    /// # Errors
    /// The catalog failed.
    pub async fn begin(
        &self,
        stores: &Stores,
        (case, container): (CaseId, &EntryRow),
        root: Root,
    ) -> Result<Allowance, Trouble> {
        let known = lock(&self.trees).get(&(case, root.id)).cloned();
        let tree = match known {
            Some(tree) => tree,
            None => {
                // An outermost container that is examined for the first time cannot have anything inside yet.
                let fresh = container.id == root.id && container.stage == Stage::Received;
                let counts = if fresh { Counts::default() } else { counted_before(stores, case, root.id).await? };
                let made = Arc::new(Mutex::new(counts));
                lock(&self.trees).entry((case, root.id)).or_insert(made).clone()
            }
        };
        lock(&tree).reset(container.id);
        Ok(Allowance { tree, container: container.id, root_bytes: root.bytes })
    }

    /// Forgets the trees of a case in which nothing is being examined. Whoever counts in one of them goes on doing so.
    pub fn forget(&self, case: CaseId) {
        lock(&self.trees).retain(|(of, _), _| *of != case);
    }
}

impl Allowance {
    /// Counts a member.
    ///
    /// # Errors
    /// [`Stop::Entries`] where the tree has had its share.
    pub fn entry(&self, limits: &Limits) -> Result<(), Stop> {
        let spent = self.spend(Spent { entries: 1, bytes: 0 });
        if spent.entries > limits.container_entries_max { Err(Stop::Entries) } else { Ok(()) }
    }

    /// Counts bytes of a member.
    ///
    /// # Errors
    /// [`Stop::Bytes`] where the tree has had its share, or swells beyond what any honest archive does.
    pub fn bytes(&self, more: u64, limits: &Limits) -> Result<(), Stop> {
        let spent = self.spend(Spent { entries: 0, bytes: more });
        let swollen = spent.bytes > limits.container_ratio_from_bytes
            && spent.bytes / self.root_bytes.max(1) >= limits.container_ratio_max;
        if swollen || spent.bytes > limits.container_bytes_max { Err(Stop::Bytes) } else { Ok(()) }
    }

    /// Adds to what this container handed over; what the whole tree did.
    fn spend(&self, more: Spent) -> Spent {
        let mut counts = lock(&self.tree);
        counts.spend(self.container, more);
        counts.all
    }
}

/// What the catalog knows to have come out of each container of a tree.
async fn counted_before(stores: &Stores, case: CaseId, root: EntryId) -> Result<Counts, Trouble> {
    let mut counts = Counts::default();
    let mut inside = HashSet::from([root]);
    // A container is received before its members, so one pass in the order of receiving meets it first.
    for row in stores.catalog.entries(case).await? {
        let Some(container) = row.parent.filter(|container| inside.contains(container)) else { continue };
        counts.spend(container, Spent { entries: 1, bytes: row.bytes });
        inside.insert(row.id);
    }
    Ok(counts)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
