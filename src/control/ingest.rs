//! Taking files in for a command, waiting until they are judged, and showing what became of them.

use super::{Desk, Note, Reply, Shown, Until};
use crate::{
    domain::{
        ids::{ArrivalId, CaseId},
        origin::{Actor, Inlet, NotRead, Origin, Unread},
    },
    inlet::files::{self, Handed, Names, Naming},
    pipeline::{Trouble, intakes},
};
use std::path::{Path, PathBuf};
use tokio::sync::mpsc::Sender;

/// How often one looks for a gate while nothing else is open and something is stuck: half a second or less each.
const GATE_LOOKS_MAX: u32 = 120;

/// Open jobs of a case that end within a millisecond, at most, however fast the machine: counting what is open takes
/// longer the more it is, so one looks again only when it can be done.
const JOBS_A_MILLISECOND_MAX: u64 = 8;

/// How long one looks away at most: progress is shown in between.
const LOOK_AWAY_MS_MAX: u64 = 250;

/// What is to be taken in.
pub struct Intent<'a> {
    /// The case.
    pub case: CaseId,
    /// The paths as given.
    pub paths: &'a [PathBuf],
    /// What they are relative to.
    pub folder: &'a Path,
    /// When to answer.
    pub until: Until,
    /// Through which inlet.
    pub inlet: Inlet,
    /// How the names in the ledger begin.
    pub naming: Naming,
}

impl Desk {
    /// Takes in what is intended; answers with the rows of this arrival. What cannot be read is told of and stops nothing, and
    /// leaves the intake open: the case waits for it until it comes, or is given up.
    ///
    /// # Errors
    /// A path cannot be read, the case takes nothing more, or the store failed. What was acknowledged stays.
    pub async fn ingest(&self, intent: Intent<'_>, actor: &Actor, notes: &Sender<Note>) -> Result<Reply, Trouble> {
        let (found, closed) = find(&intent)?;
        let nothing = found.is_empty() && !closed.is_empty();
        for Unread { path, why } in closed.clone() {
            tell(notes, Note::NotTaken { path, why }).await;
        }
        if nothing {
            return Err(Trouble::Retry {
                act: "opening what was named",
                cause: "nothing of it can be read; nothing was taken in".to_owned(),
            });
        }
        let bytes = found.iter().map(|one| one.bytes).sum();
        tell(notes, Note::Total { entries: found.len() as u64, bytes }).await;
        let origin = Origin {
            inlet: intent.inlet,
            actor: actor.clone(),
            peer: intent.folder.display().to_string(),
            given: intent.paths.iter().map(|path| intent.folder.join(path).display().to_string()).collect(),
            not_read: NotRead::default(),
            at: self.stores().clock.now(),
        };
        let arrival = self.door().arrive(intent.case, &origin, None).await?;
        let working = self.at_work.begin(arrival.id);
        let mut gone: Vec<Unread> = Vec::new();
        let told = |handed| match handed {
            // A reader of progress that is behind misses a step, nothing more.
            Handed::Taken(receipt) => _ = notes.try_send(Note::Received { bytes: receipt.bytes }),
            Handed::Closed(name, why) => gone.push(Unread { path: name.shown(), why }),
        };
        files::hand_in(self.door(), &arrival, found, told).await?;
        for Unread { path, why } in gone.clone() {
            tell(notes, Note::NotTaken { path, why }).await;
        }
        let not_read = NotRead::of(closed.into_iter().chain(gone).collect());
        intakes::end(self.door(), (intent.case, arrival.id), (&origin.given, not_read)).await?;
        drop(working);
        if intent.until != Until::Received {
            self.settle(intent.case, intent.until, notes).await?;
        }
        Ok(Reply::Shown(Box::new(self.shown_arrival(intent.case, Some(arrival.id)).await?)))
    }

    /// Waits until nothing of a case is open any more, as far as `until` says.
    ///
    /// # Errors
    /// The catalog failed.
    pub async fn settle(&self, case: CaseId, until: Until, notes: &Sender<Note>) -> Result<(), Trouble> {
        let mut still = 0;
        loop {
            // Asked for before looking, so that a job that ends in between still wakes us.
            let done = self.done().notified();
            let work = self.stores().catalog.open_work(Some(case)).await?;
            let open = match until {
                Until::Received => 0,
                Until::Filed => work.jobs.saturating_sub(work.slow),
                Until::Read => work.jobs,
            };
            let revision = self.stores().catalog.case(case).await?.revision;
            let gate = self.stores().catalog.index(case).await?.gate;
            if open == 0 && gate.revision == revision {
                return Ok(());
            }
            // A gate that was given up is not computed again until something else happens: nobody may wait for that.
            still = if open == 0 && work.jobs == 0 && work.stuck > 0 { still + 1 } else { 0 };
            if still > GATE_LOOKS_MAX {
                let cause = "it was given up; the daemon's log says why".to_owned();
                return Err(Trouble::Retry { act: "computing the gate of this case", cause });
            }
            let readings = if until == Until::Read { work.readings } else { 0 };
            tell(notes, Note::Open { jobs: open, readings }).await;
            let away_ms = (open / JOBS_A_MILLISECOND_MAX).min(LOOK_AWAY_MS_MAX);
            tokio::time::sleep(std::time::Duration::from_millis(away_ms)).await;
            let _ = tokio::time::timeout(std::time::Duration::from_millis(500), done).await;
        }
    }

    async fn shown_arrival(&self, case: CaseId, arrival: Option<ArrivalId>) -> Result<Shown, Trouble> {
        self.shown(case, arrival).await
    }
}

/// Walks the paths, relative ones from the folder the command was given in.
fn find(intent: &Intent<'_>) -> Result<(Vec<files::Found>, Vec<Unread>), Trouble> {
    let (mut found, mut closed) = (Vec::new(), Vec::new());
    let mut names = Names::new(intent.naming);
    for path in intent.paths {
        // An absolute path joined to a folder is itself.
        let top = intent.folder.join(path);
        let (there, not_readable) = files::walk_what_opens(&top)?;
        found.extend(names.of(there, (&top, path))?);
        let as_given = |one: files::Closed| Unread {
            path: files::as_given(&one.path, (&top, path)).shown(),
            why: one.error.to_string(),
        };
        closed.extend(not_readable.into_iter().map(as_given));
    }
    Ok((found, closed))
}

async fn tell(notes: &Sender<Note>, note: Note) {
    // Nobody listening is no trouble: the work goes on.
    let _ = notes.send(note).await;
}
