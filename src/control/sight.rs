//! What a process sees at a path. A daemon that runs as a service may be shut off from folders, or have a `/tmp` and a
//! `/dev` of its own: whoever names a path to it is told when the two do not mean the same.

use serde::{Deserialize, Serialize};
use std::{os::unix::fs::MetadataExt, path::Path};

/// What is seen at a path.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Sight {
    /// Device and inode, which two processes see alike where they see the same; nothing where nothing is seen.
    pub file: Option<(u64, u64)>,
    /// May this process read it?
    pub readable: bool,
    /// May this process write to it?
    pub writable: bool,
}

impl Sight {
    /// What this process sees.
    pub fn of(path: &Path) -> Self {
        let file = std::fs::metadata(path).ok().map(|found| (found.dev(), found.ino()));
        let may = |flags| nix::unistd::access(path, flags).is_ok();
        Self { file, readable: may(nix::unistd::AccessFlags::R_OK), writable: may(nix::unistd::AccessFlags::W_OK) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves that two looks at one folder, by whatever path, are equal, and that what is not there is nothing.
    #[test]
    fn the_same_is_seen_alike() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let seen = Sight::of(folder.path());
        assert!(seen.file.is_some() && seen.readable && seen.writable);
        assert_eq!(seen, Sight::of(&folder.path().join(".")));
        let nothing = Sight { file: None, readable: false, writable: false };
        assert_eq!(Sight::of(&folder.path().join("gone")), nothing);
    }
}
