//! `inspect`: what ingest would do, on a site that exists in memory only.

use super::{
    arguments::Inspect,
    cases::{code, read_passwords, show_ledger},
    desk::{Reach, unexpected},
    progress::Bar,
    read_patient,
};
use crate::{
    app::Site,
    config::{Config, ReadingMode},
    control::{Reply, Request, Shown, Until, client::Refused},
    domain::{
        case::{Patient, ProgrammeName},
        ids::CaseId,
    },
};
use std::{
    io::IsTerminal,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Instant,
};

pub(super) async fn inspect(config: Config, command: &Inspect) -> Result<ExitCode, Refused> {
    let patient = command.patient.as_deref().map(read_patient).transpose()?.unwrap_or_default();
    let passwords = command.password_file.as_deref().map(read_passwords).transpose()?.unwrap_or_default();
    let about = About { programme: &command.programme, patient, passwords };
    let config = if command.no_reading { without_reading(config) } else { config };
    let shown = look(config, (here()?, &command.paths), (about, command.json)).await?.end().await;
    show_ledger(&shown, command.json)?;
    Ok(code(&shown))
}

/// What is on a medium, before it is taken in.
pub(super) async fn preview(config: Config, medium: &Path) -> Result<Shown, Refused> {
    let programme = config.programmes.keys().next().cloned().unwrap_or(ProgrammeName(String::new()));
    let about = About { programme: &programme.0, patient: Patient::default(), passwords: Vec::new() };
    Ok(look(without_reading(config), (here()?, &[medium.to_owned()]), (about, false)).await?.end().await)
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
}

impl Looked {
    /// Throws the site away.
    async fn end(self) -> Shown {
        self.reach.close().await;
        self.shown
    }
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
    let request = Request::Ingest { case, paths: paths.to_vec(), folder, until: Until::Read, disc: false };
    let mut bar = Bar::new(!json && std::io::stderr().is_terminal());
    let reply = reach.give(&request, |note| bar.note(&note)).await;
    bar.finish();
    let mut shown = match reply {
        Ok(Reply::Shown(shown)) => *shown,
        other => {
            reach.close().await;
            return Err(other.err().unwrap_or_else(unexpected));
        }
    };
    shown.summary.seconds = started.elapsed().as_secs_f64();
    Ok(Looked { reach, case, shown })
}
