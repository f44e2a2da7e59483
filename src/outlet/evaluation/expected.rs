//! What people say of files: `expected.tsv` and `expected-duplicates.tsv`, tab-separated with a line of headings.

use crate::domain::reason::Reason;

/// A table cannot be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// A line has fewer columns than it needs.
    #[error("line {line} has {found} columns, {wanted} are needed: path, kind, readable, language")]
    Short {
        /// Counted from 1.
        line: usize,
        /// Columns found.
        found: usize,
        /// Columns needed.
        wanted: usize,
    },
    /// The third column is neither `yes` nor `no`.
    #[error("line {line}: `readable` is `yes` or `no`")]
    Readable {
        /// Counted from 1.
        line: usize,
    },
    /// The sixth column names what is no reason code.
    #[error("line {line}: {code} is not a reason code; `casegate check-config --reasons` lists them")]
    Code {
        /// Counted from 1.
        line: usize,
        /// As written.
        code: String,
    },
}

/// What a person says of one file.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Expected {
    /// Relative to the corpus, control characters escaped.
    pub path: String,
    /// A word for what made the file: rows of the table by kind.
    pub kind: String,
    /// Can a person get at its content?
    pub readable: bool,
    /// BCP 47 tags joined by `+`; `-` where language means nothing.
    pub language: String,
    /// Why, in words. `UNCERTAIN` in it: not counted. `UNSUPPORTED-OK`: it may be called unsupported.
    pub reason: String,
    /// Reason codes that should be found, where the table says so.
    pub codes: Vec<Reason>,
}

impl Expected {
    /// Is the truth known well enough to be counted?
    pub fn is_certain(&self) -> bool {
        !self.reason.contains("UNCERTAIN")
    }

    /// Is readability a question here?
    pub fn is_counted(&self) -> bool {
        self.is_certain() && self.kind != "junk"
    }

    /// Does the answer lie in pixels that have to be read?
    pub fn needs_reading(&self) -> bool {
        matches!(self.kind.as_str(), "photo" | "scan-pdf" | "scan-tiff" | "image")
            || self.reason.contains("OCR sees text")
            || self.reason.contains("no or almost no text layer")
    }
}

/// Files that are alike.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Group {
    /// Its name and in what way: `exact`, `semantic`, `conflict`; other ways are not counted.
    pub name: String,
    /// See `name`.
    pub relation: String,
    /// Its files.
    pub paths: Vec<String>,
}

/// Both tables.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Truths {
    /// A row for each file, in the order of the table.
    pub files: Vec<Expected>,
    /// Groups of files that are alike; `None` where there is no such table.
    pub groups: Option<Vec<Group>>,
}

impl Truths {
    /// Reads the tables.
    ///
    /// # Errors
    /// [`TableError`].
    pub fn read(files: &str, groups: Option<&str>) -> Result<Self, TableError> {
        let mut read: Vec<Expected> = Vec::new();
        let lines = files.lines().enumerate().skip(1).filter(|(_, line)| !line.is_empty());
        for (at, line) in lines {
            let file = expected(at + 1, line)?;
            match read.iter_mut().find(|known| known.path == file.path) {
                Some(known) => *known = file,
                None => read.push(file),
            }
        }
        Ok(Self { files: read, groups: groups.map(self::groups) })
    }

    /// The row of a file.
    pub fn file(&self, path: &str) -> Option<&Expected> {
        self.files.iter().find(|file| file.path == path)
    }
}

fn expected(line: usize, text: &str) -> Result<Expected, TableError> {
    let fields: Vec<&str> = text.split('\t').collect();
    let [path, kind, readable, language, rest @ ..] = fields.as_slice() else {
        return Err(TableError::Short { line, found: fields.len(), wanted: 4 });
    };
    let readable = match *readable {
        "yes" => true,
        "no" => false,
        _ => return Err(TableError::Readable { line }),
    };
    let codes = rest.get(1).map_or("", |codes| codes.trim()).split([',', ' ']).filter(|code| !code.is_empty());
    let read = |code: &str| code.parse().map_err(|_| TableError::Code { line, code: code.to_owned() });
    Ok(Expected {
        path: key(path),
        kind: (*kind).to_owned(),
        readable,
        language: (*language).to_owned(),
        reason: rest.first().map_or("", |reason| *reason).to_owned(),
        codes: codes.map(read).collect::<Result<_, _>>()?,
    })
}

fn groups(text: &str) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for line in text.lines().skip(1) {
        let mut fields = line.split('\t');
        let (Some(name), Some(relation), Some(path)) = (fields.next(), fields.next(), fields.next()) else { continue };
        match groups.iter_mut().find(|group| group.name == name && group.relation == relation) {
            Some(group) => group.paths.push(key(path)),
            None => {
                groups.push(Group { name: name.to_owned(), relation: relation.to_owned(), paths: vec![key(path)] });
            }
        }
    }
    groups
}

/// A path as both sides write it: without `./` before and `/` behind.
pub(super) fn key(path: &str) -> String {
    path.strip_prefix("./").unwrap_or(path).trim_end_matches('/').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves that tables are read, and that what cannot be used is named with its line.
    #[test]
    fn tables_are_read() {
        let head = "path\tkind\treadable\tlanguage\treason\tcodes\n";
        let check = |row: &str| Truths::read(&format!("{head}{row}\n"), None).map(|mut truths| truths.files.remove(0));
        let file = check("./a/b.pdf\tdoc-pdf\tno\t-\tcut at half\ttruncated, damaged").expect("a good row");
        assert_eq!((file.path.as_str(), file.readable, file.codes.len()), ("a/b.pdf", false, 2));
        assert!(check("a\tphoto\tyes\ten").expect("codes and reason may be left out").needs_reading());
        assert_eq!(check("a\tpdf\tyes"), Err(TableError::Short { line: 2, found: 3, wanted: 4 }));
        assert_eq!(check("a\tpdf\tmaybe\ten\t"), Err(TableError::Readable { line: 2 }));
        assert_eq!(check("a\tpdf\tno\ten\t\tcurse"), Err(TableError::Code { line: 2, code: "curse".to_owned() }));
        let groups = "group\trelation\tpath\tnotes\ng\texact\ta\t\ng\texact\tb\t\ng\tsemantic\tc\t\n";
        let truths = Truths::read(head, Some(groups)).expect("groups");
        assert_eq!(
            truths.groups.map(|groups| groups.iter().map(|g| g.paths.len()).collect::<Vec<_>>()),
            Some(vec![2, 1])
        );
    }
}
