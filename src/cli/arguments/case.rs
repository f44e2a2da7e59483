//! Arguments of the commands about cases.

use super::{Flag, Unflag, Unwaive, Waive};
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// `casegate case …`
#[derive(Subcommand, Debug)]
#[allow(missing_docs, reason = "the help texts are the documentation")]
pub enum Case {
    /// Open a case under a programme
    Open {
        /// One of the configured programmes
        #[arg(long)]
        programme: String,
        /// The child: TOML or JSON with given, family, birth_date, sex, ids, aliases
        #[arg(long, value_name = "FILE")]
        patient: PathBuf,
        /// {"case":"ID"}
        #[arg(long)]
        json: bool,
    },
    /// List cases
    List {
        /// One JSON object a case
        #[arg(long)]
        json: bool,
    },
    /// Show a case: its ledger, media, manifests and gate
    Show {
        /// The case's id, or its beginning
        case: String,
        /// As one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Say whether a case is ready, and why not (exit code 1)
    Gate {
        /// The case's id, or its beginning
        case: String,
        /// As one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Close a case: it takes nothing more
    Close {
        /// The case's id, or its beginning
        case: String,
        /// {"case":"ID","state":"…"}
        #[arg(long)]
        json: bool,
    },
    /// Put a case on hold: nothing of it may be destroyed
    Hold {
        /// The case's id, or its beginning
        case: String,
        /// {"case":"ID","state":"…"}
        #[arg(long)]
        json: bool,
    },
    /// Open a closed or held case again
    Reopen {
        /// The case's id, or its beginning
        case: String,
        /// {"case":"ID","state":"…"}
        #[arg(long)]
        json: bool,
    },
    /// Supply a password for locked documents: asked for on a terminal, or read from standard input or a file
    Password {
        /// The case's id, or its beginning
        case: String,
        /// The file; `-` reads standard input
        #[arg(long, value_name = "FILE", default_value = "-")]
        password_file: PathBuf,
        /// {"case":"ID","passwords":N}
        #[arg(long)]
        json: bool,
    },
    /// Move a document, with all that is in it, to the case it belongs to
    Move {
        /// The id of the case it is in, or its beginning; `holding` is the holding case
        case: String,
        /// The document's id, its path as `case show` has it, or the last part of that where it is unique
        document: String,
        /// The id of the case it belongs to, or its beginning; `holding` is the holding case
        #[arg(long, value_name = "CASE")]
        to: String,
        /// {"document":"ID","case":"ID"}
        #[arg(long)]
        json: bool,
    },
    /// Accept a finding with its reason, so that it keeps nothing back any more
    ///
    /// Holds for this very finding: where a later reading says anything else, it has to be accepted again. A document
    /// that nobody can read stays out of the packet all the same; what could do harm cannot be accepted at all.
    Waive(Waive),
    /// Take back that a finding was accepted
    ///
    /// Name the document that was named then. With --page: whatever has that page; each is taken back whole.
    Unwaive(Unwaive),
    /// Set a finding that you see and no detector does, such as poor_translation, with its reason
    ///
    /// It weighs what the programme gives its code and stays through later readings until it is taken back or accepted.
    Flag(Flag),
    /// Take back that a finding was set
    ///
    /// Name the document that was named then, as `case show` has it.
    Unflag(Unflag),
    /// Discard an upload that nobody goes on with: what came of it is deleted, and the case waits for it no longer
    ///
    /// Of an intake that was broken off, what it brought stays.
    Discard(Discard),
    /// Destroy the keys of a case: it can never be read again
    Shred {
        /// The case's whole id
        case: String,
        /// Say that this is meant
        #[arg(long)]
        yes: bool,
        /// {"case":"ID","state":"shredded"}
        #[arg(long)]
        json: bool,
    },
}

/// `casegate case discard`
#[derive(Args, Debug)]
#[allow(missing_docs, reason = "the help texts are the documentation")]
pub struct Discard {
    /// The case's id, or its beginning
    pub case: String,
    /// The id of the upload or intake, as `case gate` and `case show` have it
    pub upload: String,
    /// Why; `-` reads standard input. Kept sealed in the audit trail
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// {"upload":"ID","bytes":N,"gate":{…}}
    #[arg(long)]
    pub json: bool,
}

#[cfg(test)]
mod tests {
    use super::super::Arguments;
    use clap::CommandFactory;

    /// Every command without commands of its own, by its words.
    fn leaves(command: &clap::Command, words: &str, found: &mut Vec<(String, bool)>) {
        let own = format!("{words} {}", command.get_name());
        let json = command.get_arguments().any(|argument| argument.get_long() == Some("json"));
        if !command.has_subcommands() || json {
            found.push((own.trim_start().to_owned(), json));
        }
        command.get_subcommands().for_each(|within| leaves(within, &own, found));
    }

    /// Proves that every command which a program may call answers in JSON where that is asked for: all but those by which a
    /// person sets up a site and its keys, the daemon, and the trail, which is JSON anyway.
    #[test]
    fn casework_speaks_json() {
        const WITHOUT: &[&str] = &["init", "serve", "check-config", "audit export"];
        let mut found = Vec::new();
        Arguments::command().get_subcommands().for_each(|command| leaves(command, "", &mut found));
        let silent = |(words, json): &&(String, bool)| {
            !json && !words.starts_with("keys ") && !WITHOUT.contains(&words.as_str())
        };
        let silent: Vec<&(String, bool)> = found.iter().filter(silent).collect();
        assert!(found.len() > 25 && silent.is_empty(), "{silent:?}");
    }
}
