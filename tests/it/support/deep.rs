//! A file whose path is longer than the system takes (PATH_MAX of Linux, 4,096 bytes): whoever lists it knows that something
//! is there and cannot look at it, root neither.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Characters of each folder's name, and folders in a row: two rows are longer than a path may be, one is not.
const NAME_CHARS: usize = 200;
const FOLDERS: usize = 12;

/// Puts one below a folder that is there.
pub(crate) fn too_deep(folder: &Path) {
    let row = |top: &Path| -> PathBuf {
        let path = (0..FOLDERS).fold(top.to_owned(), |path, _| path.join("d".repeat(NAME_CHARS)));
        fs::create_dir_all(&path).unwrap();
        path
    };
    let upper = row(&folder.join("deep"));
    let lower = row(&folder.join("other"));
    fs::write(lower.join("letter.txt"), "a letter that nobody can reach").unwrap();
    fs::rename(folder.join("other"), upper.join("below")).unwrap();
}
