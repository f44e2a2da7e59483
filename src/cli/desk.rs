//! Reaching a desk: the daemon's over its socket, or one opened here on the data folder.

use super::remark;
use crate::{
    app::{AppError, Purpose, Site},
    config::Config,
    control::{
        CaseSummary, Note, Reply, Request,
        client::{self, Refused},
    },
    domain::{
        ids::{CaseId, EntryId},
        origin::Actor,
        reading::Bitmap,
    },
    ops::keys::KeysError,
};
use std::time::{Duration, Instant};
use tokio::{sync::mpsc, task::JoinHandle};
use tokio_util::sync::CancellationToken;

/// A daemon that starts takes commands within this time, also on a machine that is busy.
const STARTING_WITHIN: Duration = Duration::from_secs(10);
/// How often one looks for it meanwhile.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// What the holding case is called; an id is longer.
const HOLDING: &str = "holding";

/// A way to give commands.
pub(crate) enum Reach {
    /// The daemon that holds the data folder.
    Daemon(std::path::PathBuf),
    /// The data folder itself.
    Here(Box<Here>),
}

/// A site opened for one command.
pub(crate) struct Here {
    site: Site,
    working: JoinHandle<()>,
    stop: CancellationToken,
}

impl Here {
    /// Writes into the audit trail that keys were changed.
    pub(super) async fn note_keys_changed(&self, what: &str) -> Result<(), Refused> {
        let actor = Actor::Os(nix::unistd::Uid::current().as_raw());
        let mut event = self.site.desk.event(&actor, crate::audit::Act::KeysChanged, None, "site".to_owned());
        event.detail = what.to_owned();
        let written = self.site.desk.stores().catalog.append_audit(event).await;
        written.map_err(|e| Refused::world(format!("the audit trail could not be written: {e}")))
    }
}

impl From<KeysError> for Refused {
    fn from(error: KeysError) -> Self {
        match error {
            KeysError::NoRecipient => Self::usage(error.to_string()),
            KeysError::Store(_) => Self::world(error.to_string()),
        }
    }
}

impl From<AppError> for Refused {
    fn from(error: AppError) -> Self {
        match error {
            AppError::NoSite(_) | AppError::SiteExists(_) | AppError::KeysInUse(_) | AppError::FileExists(_) => {
                Self::usage(error.to_string())
            }
            AppError::Closed(..)
            | AppError::Locked(_)
            | AppError::NoKey(_)
            | AppError::WrongKey(_)
            | AppError::File { .. }
            | AppError::Folder(..)
            | AppError::World { .. } => Self::world(error.to_string()),
        }
    }
}

impl Reach {
    /// The daemon where one runs, else the folder itself.
    pub(crate) async fn open(config: &Config) -> Result<Self, Refused> {
        Ok(match opened(config, Purpose::Work).await? {
            Some(site) => Self::on(site),
            None => Self::Daemon(config.data.folder.clone()),
        })
    }

    /// The same, but where the folder itself is opened nobody works on its jobs: what is taken in waits.
    pub(crate) async fn open_idle(config: &Config) -> Result<Self, Refused> {
        let Some(site) = opened(config, Purpose::TakeIn).await? else {
            return Ok(Self::Daemon(config.data.folder.clone()));
        };
        Ok(Self::Here(Box::new(Here { site, working: tokio::spawn(async {}), stop: CancellationToken::new() })))
    }

    /// A site that is open already.
    pub(crate) fn on(site: Site) -> Self {
        let stop = CancellationToken::new();
        let working = site.start(stop.clone());
        Self::Here(Box::new(Here { site, working, stop }))
    }

    /// Gives a command.
    pub(crate) async fn give(&self, request: &Request, mut note: impl FnMut(Note)) -> Result<Reply, Refused> {
        match self {
            Self::Daemon(folder) => {
                let stream = client::reach(folder).await.ok_or_else(|| Refused::world("the daemon went away"))?;
                client::give(stream, request, note).await
            }
            Self::Here(here) => {
                let (notes, mut told) = mpsc::channel(64);
                let (desk, request) = (here.site.desk.clone(), request.clone());
                let actor = Actor::Os(nix::unistd::Uid::current().as_raw());
                let work = tokio::spawn(async move { desk.handle(request, &actor, &notes).await });
                while let Some(progress) = told.recv().await {
                    note(progress);
                }
                let done = work.await.map_err(|e| Refused::world(format!("a bug stopped this command: {e}")))?;
                done.map_err(Refused::from)
            }
        }
    }

    /// Gives a command without minding its progress.
    pub(crate) async fn ask(&self, request: &Request) -> Result<Reply, Refused> {
        self.give(request, |_| {}).await
    }

    /// Finds a case by its id or the beginning of it; the holding case also by its name.
    pub(crate) async fn case(&self, text: &str) -> Result<CaseId, Refused> {
        if let Ok(case) = text.parse() {
            return Ok(case);
        }
        let wanted = text.to_lowercase();
        if wanted == HOLDING {
            let holding = self.cases().await?.into_iter().find(|case| case.holding);
            let none = "there is no holding case yet: nothing has come in without a case";
            return holding.map(|case| case.case).ok_or_else(|| Refused::usage(none));
        }
        let found: Vec<_> =
            self.cases().await?.into_iter().filter(|case| case.case.to_string().starts_with(&wanted)).collect();
        match found.as_slice() {
            [one] => Ok(one.case),
            [] => Err(Refused::usage(format!("no case begins with `{text}`; `casegate case list` shows them"))),
            _ => Err(Refused::usage(format!("{} cases begin with `{text}`; give more of the id", found.len()))),
        }
    }

    /// The same for what a document is moved to: the holding case is opened where there is none yet.
    pub(crate) async fn destination(&self, text: &str) -> Result<CaseId, Refused> {
        if text.to_lowercase() != HOLDING {
            return self.case(text).await;
        }
        match self.ask(&Request::HoldingCase).await? {
            Reply::Case(case) => Ok(case),
            _ => Err(unexpected()),
        }
    }

    /// The first page of an entry, small enough to look at; `None` where it cannot be drawn. On a site opened here only:
    /// pages do not travel over the daemon's socket.
    pub(crate) async fn draw(&self, case: CaseId, entry: EntryId) -> Result<Option<Bitmap>, Refused> {
        let Self::Here(here) = self else { return Ok(None) };
        let actor = Actor::Os(nix::unistd::Uid::current().as_raw());
        Ok(here.site.desk.draw((case, entry), 1, &actor).await?)
    }

    /// Every case.
    pub(crate) async fn cases(&self) -> Result<Vec<CaseSummary>, Refused> {
        match self.ask(&Request::Cases).await? {
            Reply::Cases(cases) => Ok(cases),
            _ => Err(unexpected()),
        }
    }

    /// Ends what was opened here: jobs under way are finished, the rest waits in the queue.
    pub(crate) async fn close(self) {
        if let Self::Here(here) = self {
            here.stop.cancel();
            let _ = here.working.await;
            here.site.close().await;
        }
    }
}

/// The site, opened here; `None` where a daemon takes commands. A process that holds the folder and takes none is waited
/// for: it is a daemon that is starting, or a command that will end.
pub(super) async fn opened(config: &Config, purpose: Purpose) -> Result<Option<Site>, Refused> {
    let folder = &config.data.folder;
    let mut until = None;
    loop {
        if client::reach(folder).await.is_some() {
            return Ok(None);
        }
        crate::jail::sandbox::harden_self();
        match Site::open(config, purpose).await {
            Ok(site) => return Ok(Some(site)),
            Err(AppError::Locked(_)) if until.is_none_or(|until| Instant::now() < until) => {}
            Err(error) => return Err(error.into()),
        }
        if until.is_none() {
            remark("Another process holds the data folder and takes no commands yet: waiting a few seconds for it.");
            until = Some(Instant::now() + STARTING_WITHIN);
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

/// An answer to another question.
pub(crate) fn unexpected() -> Refused {
    Refused::world("the daemon answered another question; is it of the same version?")
}
