//! `inspect`: what ingest would do, on a site that exists in memory only.

use super::{
    arguments::Inspect,
    cases::{code, show_ledger},
    desk::{Reach, unexpected},
    passwords,
    progress::{Bar, NotTaken},
    read_patient,
    table::Kept,
};
use crate::{
    app::Site,
    config::{Config, ReadingMode},
    control::{Reply, Request, Shown, Until, client::Refused},
    domain::{
        case::{Patient, ProgrammeName},
        ids::CaseId,
    },
    inlet::files::Naming,
};
use std::{
    io::IsTerminal,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Instant,
};

pub(super) async fn inspect(config: Config, command: &Inspect) -> Result<ExitCode, Refused> {
    let patient = command.patient.as_deref().map(read_patient).transpose()?.unwrap_or_default();
    let passwords = command.password_file.as_deref().map(passwords::read).transpose()?.unwrap_or_default();
    let about = About { programme: &command.programme, patient, passwords };
    let config = if command.no_reading { without_reading(config) } else { config };
    let looked = look(config, (here()?, &command.paths), (about, command.json)).await?;
    looked.reach.close().await;
    show_ledger(&looked.shown, Kept::Nothing, command.json)?;
    looked.not_taken.tell();
    Ok(code(&looked.shown, &looked.not_taken))
}

/// What is on a medium and who, beside the child of the case it is for, before it is taken in.
pub(super) async fn preview(
    config: Config,
    medium: &Path,
    (programme, patient): (ProgrammeName, Patient),
) -> Result<Shown, Refused> {
    // The holding case is under no programme; who is on a disc is the same under each.
    let programme = match config.programmes.contains_key(&programme) {
        true => programme,
        false => config.programmes.keys().next().cloned().unwrap_or(programme),
    };
    let about = About { programme: &programme.0, patient, passwords: Vec::new() };
    let looked = look(without_reading(config), (here()?, &[medium.to_owned()]), (about, false)).await?;
    looked.reach.close().await;
    looked.not_taken.tell();
    Ok(looked.shown)
}

/// The fast answer: pages that are only pixels stay pictures of text.
fn without_reading(mut config: Config) -> Config {
    config.reading.mode = ReadingMode::Off;
    config
}

fn here() -> Result<PathBuf, Refused> {
    std::env::current_dir().map_err(|e| Refused::world(format!("where am I? {e}")))
}

/// Whose records these should be, and how they are judged.
pub(super) struct About<'a> {
    pub(super) programme: &'a str,
    pub(super) patient: Patient,
    pub(super) passwords: Vec<String>,
}

/// What was seen, and the site on which it was, still open.
pub(super) struct Looked {
    pub(super) reach: Reach,
    pub(super) case: CaseId,
    pub(super) shown: Shown,
    /// What could not be read.
    pub(super) not_taken: NotTaken,
}

/// Looks at paths, relative ones from the folder given.
pub(super) async fn look(
    config: Config,
    (folder, paths): (PathBuf, &[PathBuf]),
    (about, json): (About<'_>, bool),
) -> Result<Looked, Refused> {
    let started = Instant::now();
    crate::jail::sandbox::harden_self();
    let reach = Reach::on(Site::throwaway(&config).await?);
    let programme = ProgrammeName(about.programme.to_owned());
    let Reply::Case(case) = reach.ask(&Request::OpenCase { programme, patient: about.patient }).await? else {
        return Err(unexpected());
    };
    for password in about.passwords {
        reach.ask(&Request::AddPassword { case, password }).await?;
    }
    let naming = Naming::AsGiven;
    let request = Request::Ingest { case, paths: paths.to_vec(), folder, until: Until::Read, disc: false, naming };
    let mut bar = Bar::new(!json && std::io::stderr().is_terminal());
    let reply = reach.give(&request, |note| bar.note(&note)).await;
    let not_taken = bar.finish();
    let mut shown = match reply {
        Ok(Reply::Shown(shown)) => *shown,
        other => {
            not_taken.tell();
            reach.close().await;
            return Err(other.err().unwrap_or_else(unexpected));
        }
    };
    shown.summary.seconds = started.elapsed().as_secs_f64();
    Ok(Looked { reach, case, shown, not_taken })
}
