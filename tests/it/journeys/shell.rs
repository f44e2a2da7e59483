//! Somebody at the command line, with a site of their own.

use crate::support::daemon::Daemon;
use serde_json::Value;
use std::{
    collections::BTreeMap,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};
use tempfile::TempDir;

/// The child most journeys are about, as a patient file.
pub(crate) const PATIENT: &str = "given = \"Ana María\"\nfamily = \"Sample\"\nbirth_date = \"2019-03-14\"\nsex = \"female\"\n\
    [[ids]]\nvalue = \"SMP-0042\"\nissuer = \"CASEGATE-DEMO\"\n";

/// A site in a folder of its own.
pub(crate) struct Shell {
    pub(crate) folder: TempDir,
}

/// What a command said.
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Said {
    /// Standard output as JSON lines; stops the test where a line is none.
    pub(crate) fn lines(&self) -> Vec<Value> {
        let parse = |line: &str| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
        self.out.lines().map(parse).collect()
    }

    /// The command must have ended so.
    #[track_caller]
    pub(crate) fn ended(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout: {}\nstderr: {}", self.out, self.err);
        self
    }
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Shell {
    /// A folder without a site.
    pub(crate) fn nowhere() -> Self {
        let shell = Self { folder: tempfile::tempdir().unwrap() };
        std::fs::write(shell.path("patient.toml"), PATIENT).unwrap();
        shell
    }

    /// A new site.
    pub(crate) fn init() -> Self {
        let shell = Self::nowhere();
        shell.run(["init", "--recovery-out", "recovery.key"]).ended(0);
        shell
    }

    /// A path in the folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Where the data lies.
    pub(crate) fn data(&self) -> PathBuf {
        self.path("site")
    }

    /// Where the keys lie.
    pub(crate) fn keys(&self) -> PathBuf {
        self.path("site.keys")
    }

    /// A command in this folder, on this site.
    pub(crate) fn command(&self) -> Command {
        let mut command = program(env!("CARGO_BIN_EXE_casegate"));
        command.current_dir(self.folder.path()).env("CASEGATE_DATA", "site").env_remove("CASEGATE_CONFIG");
        command.stdin(Stdio::null());
        command
    }

    /// Runs a command to its end.
    pub(crate) fn run<A: AsRef<std::ffi::OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Said {
        self.command().args(arguments).output().unwrap().into()
    }

    /// Opens a case.
    pub(crate) fn open_case(&self) -> String {
        let opened =
            ["case", "open", "--programme", "childrens-national-domestic", "--patient", "patient.toml", "--json"];
        self.run(opened).ended(0).lines()[0]["case"].as_str().unwrap().to_owned()
    }

    /// Takes paths in until everything is read; the rows and the closing line.
    pub(crate) fn ingest(&self, case: &str, paths: &[&str]) -> Vec<Value> {
        let said = self.run(["ingest", "--case", case, "--until", "read", "--json"].iter().chain(paths));
        assert!(matches!(said.code, 0 | 1), "{}", said.err);
        said.lines()
    }

    /// Everything of a case, as JSON.
    pub(crate) fn show(&self, case: &str) -> Value {
        self.run(["case", "show", case, "--json"]).ended(0).lines().remove(0)
    }

    /// Writes a file of the folder, with its folders.
    pub(crate) fn write(&self, name: &str, content: &[u8]) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    /// Writes a family's folder: letters, a picture, a disc folder, a ZIP, a program, a duplicate, a large file of
    /// several parts. Gives every file by name.
    pub(crate) fn write_upload(&self) -> BTreeMap<String, Vec<u8>> {
        let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        let letter =
            "Dear colleague,\n\nthank you for seeing this child in your clinic. The scan of January showed a mass.\n";
        files.insert("upload/letter.txt".into(), letter.as_bytes().to_vec());
        files.insert("upload/copy of letter.txt".into(), letter.as_bytes().to_vec());
        files.insert(
            "upload/=cmd|' /C calc'!A0.txt".into(),
            b"Results of the laboratory were normal in March.\n".to_vec(),
        );
        files.insert("upload/empty.txt".into(), Vec::new());
        files.insert(
            "upload/Thumbs.db".into(),
            [&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1][..], &[0; 1016]].concat(),
        );
        files.insert("upload/large.bin".into(), noise(9 << 20));
        for (name, bytes) in crate::make::dicom::ct_series(&crate::make::dicom::CHILD, 4) {
            files.insert(format!("upload/disc/{name}"), bytes);
        }
        files.insert("upload/disc/DICOMDIR".into(), crate::make::dicom::dicomdir(&crate::make::dicom::CHILD, 4));
        let member = b"A second letter, which came inside an archive, says that the biopsy was benign.\n";
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        zip.start_file("inner/second.txt", zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(member).unwrap();
        files.insert("upload/more.zip".into(), zip.finish().unwrap().into_inner());
        for (name, content) in &files {
            self.write(name, content);
        }
        files
    }

    /// Starts the daemon and waits until it answers.
    pub(crate) fn serve(&self) -> Daemon {
        let config = "[http]\nlisten = \"127.0.0.1:0\"\n[metrics]\nlisten = \"\"\n";
        std::fs::write(self.path("pipeline.toml"), config).unwrap();
        let mut command = self.command();
        command.args(["--config", "pipeline.toml", "serve"]);
        Daemon::start(command, &self.data(), &self.path("daemon.log"))
    }
}

/// A program: ours, or one that a journey compares us with.
#[allow(clippy::disallowed_methods, reason = "journeys start programs as people do")]
pub(crate) fn program(name: &str) -> Command {
    Command::new(name)
}

/// Bytes without a pattern, always the same.
pub(crate) fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    std::iter::repeat_with(next).take(length).collect()
}

/// Every file below a folder, by path relative to it.
pub(crate) fn tree(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut waiting = vec![root.to_owned()];
    while let Some(folder) = waiting.pop() {
        for item in std::fs::read_dir(&folder).unwrap() {
            let path = item.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.is_file() {
                let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
                files.insert(name, std::fs::read(&path).unwrap());
            }
        }
    }
    files
}

/// Copies a folder with all that is in it.
pub(crate) fn copy(from: &Path, to: &Path) {
    for (name, content) in tree(from) {
        let path = to.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
}
