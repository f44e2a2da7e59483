//! Which outside programs are here.

use std::path::{Path, PathBuf};

/// Where programs of the system are looked for, and nowhere else: not along a `PATH` that the daemon was started with.
const FOLDERS: &[&str] = &["/usr/bin", "/usr/local/bin", "/bin"];

/// An outside program.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Program {
    /// What people call it.
    pub name: &'static str,
    /// Where it is, without links; `None` where it is not installed or not to be used.
    pub path: Option<PathBuf>,
}

impl Program {
    /// Looks for it.
    pub fn find(name: &'static str) -> Self {
        let places = FOLDERS.iter().map(|folder| Path::new(folder).join(name));
        let path = places.filter_map(|place| place.canonicalize().ok()).find(|place| place.is_file());
        Self { name, path }
    }

    /// One that is not to be used.
    pub const fn absent(name: &'static str) -> Self {
        Self { name, path: None }
    }
}

/// The programs that are used.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Programs {
    /// Reads words.
    pub tesseract: Program,
    /// The second drawer of a PDF's pages.
    pub pdftoppm: Program,
}

impl Programs {
    /// Those that are installed.
    pub fn find() -> Self {
        Self { tesseract: Program::find("tesseract"), pdftoppm: Program::find("pdftoppm") }
    }

    /// None at all.
    pub const fn none() -> Self {
        Self { tesseract: Program::absent("tesseract"), pdftoppm: Program::absent("pdftoppm") }
    }
}
