//! The child: locks itself in, then reads documents for the host, one after the other, until the host hangs up.
//!
//! It may do nothing but compute and talk over its standard input, which is one end of a socket pair. It never reads
//! an order before its walls stand. A panic of a parser is told to the host; then the child ends, since what the
//! panic left behind cannot be trusted.

mod examine;
mod link;
mod probe;
mod sink;
mod source;

use super::{
    protocol::{FromChild, Outcome, ToChild},
    sandbox::{self, Walls},
};
use crate::kinds::text::{language::Detector, people::people};
use link::Link;
use std::{
    cell::RefCell,
    io,
    os::{fd::AsFd, unix::net::UnixStream},
    panic::{AssertUnwindSafe, catch_unwind},
    process::ExitCode,
    rc::Rc,
    thread,
};

/// Stack of the thread that parses: parsers recurse as deep as documents nest, and the first thread's 8 MiB are soon
/// used up. Only touched pages cost memory.
const STACK_BYTES: usize = 64 << 20;

/// What a child is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    /// Reads documents.
    Inspector,
    /// Tells languages apart, from text alone.
    Language,
}

impl Role {
    /// The hidden sub-command.
    pub const fn command(self) -> &'static str {
        match self {
            Self::Inspector => "jail-inspector",
            Self::Language => "jail-language",
        }
    }

    /// The role of that sub-command.
    pub fn from_command(command: &str) -> Option<Self> {
        [Self::Inspector, Self::Language].into_iter().find(|role| role.command() == command)
    }
}

/// Whether documents may ask for misdeeds that prove the walls.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Probes {
    /// Never, in the product.
    #[default]
    Ignored,
    /// In tests.
    Obeyed,
}

/// What is done where this kernel cannot give every wall.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum JailMode {
    /// Nothing is read.
    #[default]
    Strict,
    /// The walls that can be had are taken.
    BestEffort,
}

/// What the host tells a child on its command line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Terms {
    /// Walls.
    pub walls: Walls,
    /// See [`JailMode`].
    pub mode: JailMode,
    /// See [`Probes`].
    pub probes: Probes,
}

impl Terms {
    /// As arguments.
    pub fn to_arguments(self) -> Vec<String> {
        let mut arguments = vec![self.walls.memory_bytes.to_string(), self.walls.cpu_seconds.to_string()];
        if self.mode == JailMode::BestEffort {
            arguments.push("--best-effort".to_owned());
        }
        if self.probes == Probes::Obeyed {
            arguments.push("--probes".to_owned());
        }
        arguments
    }

    /// From arguments; `None` where they are not those of `to_arguments`.
    pub fn from_arguments(mut arguments: impl Iterator<Item = String>) -> Option<Self> {
        let memory_bytes = arguments.next()?.parse().ok()?;
        let cpu_seconds = arguments.next()?.parse().ok()?;
        let walls = Walls { memory_bytes, cpu_seconds };
        let mut terms = Self { walls, mode: JailMode::Strict, probes: Probes::Ignored };
        for argument in arguments {
            match argument.as_str() {
                "--best-effort" => terms.mode = JailMode::BestEffort,
                "--probes" => terms.probes = Probes::Obeyed,
                _ => return None,
            }
        }
        Some(terms)
    }
}

/// The main function of a child; `arguments` are those after the sub-command. Must be called before the process has
/// started any other thread or opened anything.
pub fn run(role: Role, arguments: impl Iterator<Item = String>) -> ExitCode {
    let Some(terms) = Terms::from_arguments(arguments) else { return ExitCode::from(2) };
    probe::remember_panics();
    let missing = sandbox::enclose(terms.walls).iter().map(ToString::to_string).collect();
    // The walls of this thread are inherited by the one that parses; seccomp is put up there, for both.
    let started = thread::Builder::new().stack_size(STACK_BYTES).spawn(move || locked_in(role, terms, missing));
    match started.map(thread::JoinHandle::join) {
        Ok(Ok(Ok(()))) => ExitCode::SUCCESS,
        Ok(Ok(Err(_)) | Err(_)) | Err(_) => ExitCode::FAILURE,
    }
}

fn locked_in(role: Role, terms: Terms, mut missing: Vec<String>) -> io::Result<()> {
    let stream = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    if let Err(error) = sandbox::filter_calls() {
        missing.push(error.to_string());
    }
    let mut link = Link::new(stream);
    if terms.mode == JailMode::Strict && !missing.is_empty() {
        return link.send(&FromChild::Unjailed(missing.join("; ")));
    }
    link.send(&FromChild::Ready(missing))?;
    match role {
        Role::Inspector => inspect(link, terms),
        Role::Language => tell_languages(link),
    }
}

/// Serves documents until the host hangs up.
fn inspect(link: Link, terms: Terms) -> io::Result<()> {
    let link = Rc::new(RefCell::new(link));
    loop {
        let order = match link.borrow_mut().receive()? {
            ToChild::Order(order) => *order,
            // Left over from the document before: credit for bytes that nobody waits for any more.
            ToChild::Credit | ToChild::Stop(_) => continue,
            other => return Err(link::unexpected(&other)),
        };
        link.borrow_mut().begin_document();
        let served = catch_unwind(AssertUnwindSafe(|| examine::serve(&link, order, terms)));
        let outcome = served.unwrap_or_else(|_| Outcome::Panicked(probe::last_panic()));
        let spent = matches!(outcome, Outcome::Panicked(_));
        link.borrow_mut().send(&FromChild::Done(outcome))?;
        if spent {
            return Ok(());
        }
    }
}

/// Answers questions about texts until the host hangs up.
fn tell_languages(mut link: Link) -> io::Result<()> {
    let detector = Detector::new();
    loop {
        match link.receive()? {
            ToChild::Texts(texts) => {
                let languages = texts.iter().map(|text| detector.languages(text)).collect();
                link.send(&FromChild::Languages(languages))?;
            }
            ToChild::People(pages) => link.send(&FromChild::People(people(&pages)))?,
            other => return Err(link::unexpected(&other)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves that terms come back from the command line as they were put there, and that others are refused.
    #[test]
    fn terms_round_trip() {
        let walls = Walls { memory_bytes: 1 << 30, cpu_seconds: 60 };
        for mode in [JailMode::Strict, JailMode::BestEffort] {
            for probes in [Probes::Ignored, Probes::Obeyed] {
                let terms = Terms { walls, mode, probes };
                assert_eq!(Terms::from_arguments(terms.to_arguments().into_iter()), Some(terms));
            }
        }
        let refused = |words: &[&str]| Terms::from_arguments(words.iter().map(ToString::to_string)).is_none();
        assert!(refused(&[]) && refused(&["1"]) && refused(&["1", "x"]) && refused(&["1", "2", "--loose"]));
    }
}
