//! What files that were given by their paths are called.
//!
//! In a ledger, which goes to a specialist with the packet, the folders of this machine have no place: `/srv/inbox/` is
//! nobody's business. There a name begins with what was given itself, as on the page of a link, where browsers put a folder's
//! own name first.

use super::{Found, cannot};
use crate::{domain::path::RawName, pipeline::Trouble};
use serde::{Deserialize, Serialize};
use std::{collections::HashSet, os::unix::ffi::OsStrExt, path::Path};

/// How names begin.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub enum Naming {
    /// With the own name of the folder or file that was given.
    #[default]
    OwnName,
    /// As the path was given: what is only looked at is known by where it lies.
    AsGiven,
}

/// The names of what is given with one command. No two of them are the same.
pub struct Names {
    naming: Naming,
    taken: HashSet<Vec<u8>>,
}

impl Names {
    /// None yet.
    pub fn new(naming: Naming) -> Self {
        Self { naming, taken: HashSet::new() }
    }

    /// Names everything that was found at a path that was given, which lies at `top`.
    ///
    /// # Errors
    /// A path such as `..`, which does not say a name, cannot be looked at.
    pub fn of(&mut self, found: Vec<Found>, (top, given): (&Path, &Path)) -> Result<Vec<Found>, Trouble> {
        let name = match self.naming {
            Naming::AsGiven => given.as_os_str().as_bytes().to_vec(),
            Naming::OwnName => {
                let is_file = matches!(found.as_slice(), [one] if one.path == top);
                self.free(own_name(top)?, is_file)
            }
        };
        let named = |one: Found| Found { name: below(&one.path, top, &name), ..one };
        Ok(found.into_iter().map(named).collect())
    }

    /// A name that nothing else has that was given: the second `CD` is `CD (2)`, the second `a.pdf` is `a (2).pdf`.
    fn free(&mut self, wanted: Vec<u8>, is_file: bool) -> Vec<u8> {
        let dot = wanted.iter().rposition(|byte| *byte == b'.').filter(|dot| is_file && *dot > 0);
        let (stem, extension) = wanted.split_at(dot.unwrap_or(wanted.len()));
        let mut name = wanted.clone();
        let mut number = 1_u32;
        while !self.taken.insert(name.clone()) {
            number += 1;
            name = [stem, format!(" ({number})").as_bytes(), extension].concat();
        }
        name
    }
}

/// The name as the person gave it, for telling that person about it.
pub fn as_given(path: &Path, (top, given): (&Path, &Path)) -> RawName {
    below(path, top, given.as_os_str().as_bytes())
}

/// The last part of a path; empty for the root of the file system.
fn own_name(top: &Path) -> Result<Vec<u8>, Trouble> {
    if let Some(name) = top.file_name() {
        return Ok(name.as_bytes().to_vec());
    }
    let whole = top.canonicalize().map_err(|error| cannot("looking at a path that was given", &error))?;
    Ok(whole.file_name().unwrap_or_default().as_bytes().to_vec())
}

/// What lies at `path`, where what lies at `top` has this name.
fn below(path: &Path, top: &Path, name: &[u8]) -> RawName {
    let (whole, top) = (path.as_os_str().as_bytes(), top.as_os_str().as_bytes());
    let rest = whole.strip_prefix(top).unwrap_or(whole);
    let rest = rest.strip_prefix(b"/").unwrap_or(rest);
    let joint: &[u8] = if rest.is_empty() || name.is_empty() || name.ends_with(b"/") { b"" } else { b"/" };
    RawName([name, joint, rest].concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inlet::files::Nature;
    use std::path::PathBuf;

    fn named(naming: Naming, given: &[(&str, &[&str])]) -> Vec<String> {
        let mut names = Names::new(naming);
        let found = |path: &&str| Found {
            path: PathBuf::from(path),
            name: RawName(Vec::new()),
            nature: Nature::Bytes,
            bytes: 0,
        };
        let each = given.iter().flat_map(|(given, paths)| {
            let found = paths.iter().map(found).collect();
            let top = Path::new("/h/ana").join(given);
            names.of(found, (&top, Path::new(given))).unwrap()
        });
        each.map(|one| one.name.shown()).collect()
    }

    /// Proves that whatever way a folder is given, names begin with its own name, and a file's name stands alone.
    #[test]
    fn names_begin_with_what_was_given() {
        for given in ["CD", "CD/", "./CD", "x/../CD/", "/mnt/CD", "/mnt/CD/."] {
            let top = Path::new("/h/ana").join(given);
            let inside = format!("{}/D/1", top.display().to_string().trim_end_matches('/'));
            assert_eq!(named(Naming::OwnName, &[(given, &[&inside])]), ["CD/D/1"], "{given}");
            let as_given = format!("{}/D/1", given.trim_end_matches('/'));
            assert_eq!(named(Naming::AsGiven, &[(given, &[&inside])]), [as_given], "{given}");
        }
        assert_eq!(named(Naming::OwnName, &[(".", &["/h/ana/./a.pdf"])]), ["ana/a.pdf"]);
        assert_eq!(named(Naming::OwnName, &[("/h/b/a.pdf", &["/h/b/a.pdf"])]), ["a.pdf"]);
        assert_eq!(named(Naming::OwnName, &[("/", &["/etc/a"])]), ["etc/a"]);
    }

    /// Proves that things of one name, also one thing that is given twice, keep apart.
    #[test]
    fn two_of_one_name_keep_apart() {
        let given: &[(&str, &[&str])] = &[
            ("a/CD", &["/h/ana/a/CD/x"]),
            ("CD (2)", &["/h/ana/CD (2)/x"]),
            ("b/CD", &["/h/ana/b/CD/x"]),
            ("c/r.v1", &["/h/ana/c/r.v1/x"]),
            ("r.v1", &["/h/ana/r.v1"]),
            ("d/r.v1", &["/h/ana/d/r.v1"]),
        ];
        let expected = ["CD/x", "CD (2)/x", "CD (3)/x", "r.v1/x", "r (2).v1", "r (3).v1"];
        assert_eq!(named(Naming::OwnName, given), expected);
    }
}
