//! Where folders really lie, however their paths are spelt: keys must lie apart from the data that they open.

use std::path::{Component, Path, PathBuf};

/// Does one of two folders lie inside the other? By absolute paths, with `.` and `..` taken out and symbolic links
/// followed as far as the folders exist, so that no spelling hides it.
pub(super) fn lie_within_each_other(one: &Path, other: &Path) -> bool {
    let (one, other) = (real(one), real(other));
    one.starts_with(&other) || other.starts_with(&one)
}

/// The path as the system would find it. What does not exist yet is taken as it is written, since a folder that is made
/// there is no link.
fn real(path: &Path) -> PathBuf {
    // Only an empty path, or no current folder, has no absolute one: then nothing better is known.
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut found = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            // What was found so far has no links any more: its parent is the one that is meant.
            Component::ParentDir => _ = found.pop(),
            _ => {
                found.push(part);
                found = found.canonicalize().unwrap_or(found);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves that keys inside the data folder, or data inside the keys folder, are known however either is spelt.
    #[test]
    fn spelling_hides_nothing() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let at = |path: &str| folder.path().join(path);
        std::fs::create_dir_all(at("srv/data")).expect("a folder");
        std::fs::create_dir(at("other")).expect("a folder");
        std::os::unix::fs::symlink(at("srv"), at("link")).expect("a link");
        for keys in
            ["srv/keys", "./srv/keys", "srv/./keys", "other/../srv/keys", "gone/../srv/keys", "link/keys", "srv"]
        {
            assert!(lie_within_each_other(&at(keys), &at("srv")), "{keys}");
            assert!(lie_within_each_other(&at("srv"), &at(keys)), "{keys}, the other way round");
        }
        for keys in ["srv.keys", "other/srv", "srv/../keys", "link/../keys"] {
            assert!(!lie_within_each_other(&at(keys), &at("srv")), "{keys}");
        }
    }

    /// Proves that a relative path and an absolute one to the same folder are known as one.
    #[test]
    fn relative_and_absolute_are_compared() {
        let here = std::env::current_dir().expect("a current folder");
        assert!(lie_within_each_other(Path::new("./srv/keys"), Path::new("srv")));
        assert!(lie_within_each_other(&here.join("srv/keys"), Path::new("srv")));
        assert!(lie_within_each_other(Path::new("srv/keys"), &here.join("srv")));
        assert!(!lie_within_each_other(Path::new("srv.keys"), &here.join("srv")));
    }
}
