//! The child's side of the tools' jail: this binary, executed again with a hidden sub-command, puts up the walls around
//! itself and becomes the outside program.
//!
//! It reads nothing foreign before it has become the program. The first line on standard error is the launcher's and
//! says how the walls stand; whatever follows is the program's. Since the launcher writes first, the program cannot
//! forge it.

use super::{calls, walls};
use crate::jail::worker::JailMode;
use crate::seal;
use std::{
    ffi::{CStr, CString},
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

/// The hidden sub-command.
pub const COMMAND: &str = "jail-tool";

/// How the launcher's line begins where the program was started.
pub(super) const JAILED: &str = "jailed";

/// How it begins where the program was not, because a wall is missing.
pub(super) const UNJAILED: &str = "unjailed: ";

/// Bytes among which the program's path is hidden.
const HAYSTACK_BYTES: usize = 1 << 20;

/// What is to be run, and within which walls.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Launch {
    /// Bytes of address space.
    pub(super) memory_bytes: u64,
    /// Seconds of processor time.
    pub(super) cpu_seconds: u64,
    /// See [`JailMode`].
    pub(super) mode: JailMode,
    /// Files and folders that it may read beside the system's libraries.
    pub(super) readable: Vec<PathBuf>,
    /// Its environment, `NAME=value`.
    pub(super) environment: Vec<String>,
    /// The program, by its path without links.
    pub(super) program: PathBuf,
    /// Its arguments, without its name.
    pub(super) arguments: Vec<String>,
}

impl Launch {
    /// As arguments of this binary. Seen by every user of the machine while the program runs, so nothing secret and
    /// nothing of a document may be among them.
    pub(super) fn to_arguments(&self) -> Vec<String> {
        let mut words = vec![COMMAND.to_owned(), self.memory_bytes.to_string(), self.cpu_seconds.to_string()];
        if self.mode == JailMode::BestEffort {
            words.push("--best-effort".to_owned());
        }
        let mut give = |name: &str, value: String| words.extend([name.to_owned(), value]);
        self.readable.iter().for_each(|path| give("--read", path.to_string_lossy().into_owned()));
        self.environment.iter().for_each(|setting| give("--set", setting.clone()));
        words.push(self.program.to_string_lossy().into_owned());
        words.extend(self.arguments.iter().cloned());
        words
    }

    /// From the arguments after the sub-command; `None` where they are not those of `to_arguments`.
    fn from_arguments(mut words: impl Iterator<Item = String>) -> Option<Self> {
        let memory_bytes = words.next()?.parse().ok()?;
        let cpu_seconds = words.next()?.parse().ok()?;
        let (mut mode, mut readable, mut environment) = (JailMode::Strict, Vec::new(), Vec::new());
        let program = loop {
            let word = words.next()?;
            match word.as_str() {
                "--best-effort" => mode = JailMode::BestEffort,
                "--read" => readable.push(PathBuf::from(words.next()?)),
                "--set" => environment.push(words.next()?),
                _ if word.starts_with('/') => break PathBuf::from(word),
                _ => return None,
            }
        };
        let arguments = words.collect();
        Some(Self { memory_bytes, cpu_seconds, mode, readable, environment, program, arguments })
    }
}

/// The main function of the child; `arguments` are those after the sub-command. Returns only where the program was not
/// started. Must be called before the process has started any other thread or opened anything.
pub fn run(arguments: impl Iterator<Item = String>) -> ExitCode {
    let Some(launch) = Launch::from_arguments(arguments) else { return ExitCode::from(2) };
    let why = become_program(&launch);
    let _ = writeln!(io::stderr(), "{UNJAILED}{why}");
    ExitCode::FAILURE
}

/// Says why it did not come to that.
fn become_program(launch: &Launch) -> String {
    let Some((program, words, settings)) = c_strings(launch) else { return "an argument holds a zero byte".to_owned() };
    let mut missing: Vec<String> = walls::enclose(launch).iter().map(ToString::to_string).collect();
    let mut haystack = vec![0; HAYSTACK_BYTES];
    let Some(hidden) = hide(&program, &mut haystack) else { return "the path is too long".to_owned() };
    if let Err(error) = calls::filter(hidden.as_ptr() as u64) {
        missing.push(error.to_string());
    }
    if launch.mode == JailMode::Strict && !missing.is_empty() {
        return missing.join("; ");
    }
    let line = if missing.is_empty() { format!("{JAILED}\n") } else { format!("{JAILED}: {}\n", missing.join("; ")) };
    if io::stderr().write_all(line.as_bytes()).is_err() {
        return "nobody listens".to_owned();
    }
    let refused = nix::unistd::execve(hidden, &words, &settings);
    // Behind the line above, so the host takes it for the program's own words, and the exit code for its own.
    format!("the program cannot be executed: {}", refused.err().map_or("", nix::errno::Errno::desc))
}

type Strings = (CString, Vec<CString>, Vec<CString>);

fn c_strings(launch: &Launch) -> Option<Strings> {
    let path = launch.program.to_str()?;
    let program = CString::new(path).ok()?;
    let name = [path.to_owned()];
    let words = name.iter().chain(&launch.arguments).map(|word| CString::new(word.as_str()).ok());
    let settings = launch.environment.iter().map(|setting| CString::new(setting.as_str()).ok());
    Some((program, words.collect::<Option<_>>()?, settings.collect::<Option<_>>()?))
}

/// Puts the path to a random place among zeros, at an address that is random itself: `execve` is allowed with this
/// very address and no other, and what has become the program does not know it. See `calls`.
fn hide<'a>(program: &CStr, haystack: &'a mut [u8]) -> Option<&'a CStr> {
    let bytes = program.to_bytes_with_nul();
    let places = haystack.len().checked_sub(bytes.len())? as u64;
    let place = (u64::from_le_bytes(seal::random_bytes()) % places) as usize;
    haystack[place..place + bytes.len()].copy_from_slice(bytes);
    CStr::from_bytes_until_nul(&haystack[place..]).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves that what is to be run comes back from the command line as it was put there, and that others are refused.
    #[test]
    fn launches_round_trip() {
        for mode in [JailMode::Strict, JailMode::BestEffort] {
            let launch = Launch {
                memory_bytes: 1 << 30,
                cpu_seconds: 60,
                mode,
                readable: vec![PathBuf::from("/usr/share/x y"), PathBuf::from("/etc/z")],
                environment: vec!["A=b c".to_owned()],
                program: PathBuf::from("/usr/bin/true"),
                arguments: vec!["--read".to_owned(), String::new(), "/x".to_owned()],
            };
            let words = launch.to_arguments();
            assert_eq!(words[0], COMMAND);
            assert_eq!(Launch::from_arguments(words.into_iter().skip(1)), Some(launch));
        }
        let refused = |words: &[&str]| Launch::from_arguments(words.iter().map(ToString::to_string)).is_none();
        assert!(refused(&[]) && refused(&["1", "2"]) && refused(&["1", "2", "true"]) && refused(&["1", "x", "/true"]));
    }

    /// Proves that the hidden path is whole, and hardly ever at the same place twice.
    #[test]
    fn paths_are_hidden() {
        let (mut one, mut other) = (vec![0; HAYSTACK_BYTES], vec![0; HAYSTACK_BYTES]);
        let program = c"/usr/bin/true";
        let first = hide(program, &mut one).map(|it| (it == program, it.as_ptr().addr()));
        let start = one.as_ptr().addr();
        let second = hide(program, &mut other).map(|it| (it == program, it.as_ptr().addr()));
        let (Some((true, first)), Some((true, second))) = (first, second) else { panic!("not whole") };
        assert_ne!(first - start, second - other.as_ptr().addr());
        assert!(hide(program, &mut [0; 4]).is_none());
    }
}
