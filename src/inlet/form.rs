//! A plain HTML form (multipart/form-data, RFC 7578): works without script.
//!
//! Files are streamed one after the other through the door; none is buffered as a whole and none touches a disk in the
//! clear. Each is acknowledged by itself: where the body breaks, the files before it stay, and the one under way is
//! ended without a trace in the case.

use super::{
    body::Pace,
    problem::Problem,
    way::{Guest, Way},
};
use crate::{
    domain::{
        ids::UploadId,
        origin::{Actor, Inlet},
        path::RawName,
    },
    pipeline::{
        door::Arrival,
        uploads::{NewUpload, PieceError, Progress},
    },
};
use axum::extract::{
    Multipart,
    multipart::{Field, MultipartError},
};
use std::time::Duration;
use tokio::time::{Instant, timeout};

/// What a form leaves open is over after this long, in milliseconds: nobody can go on with it.
const REST_MS: i64 = 10 * 60_000;
/// A link is looked up again this often while a body comes in.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// A file that came with the form and is durable.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// Its name, as it came.
    pub name: RawName,
    /// Its bytes.
    pub bytes: u64,
}

/// What came of a form.
#[derive(Clone, Debug, Default)]
pub struct Sent {
    /// Files that are durable.
    pub lines: Vec<Line>,
    /// Why not all of them are.
    pub problem: Option<Problem>,
}

/// Takes the files of a form. Runs apart from its connection, so that a file that is whole is never lost.
pub async fn take(way: Way, guest: Guest, form: Multipart) -> Sent {
    let tasks = way.tasks.clone();
    let work = tasks.spawn(async move {
        let mut sent = Sent::default();
        sent.problem = take_here(&way, &guest, form, &mut sent.lines).await.err();
        sent
    });
    work.await.unwrap_or_else(|error| {
        tracing::error!(cause = crate::pipeline::ended(&error), "a form ended by a bug");
        Sent { lines: Vec::new(), problem: Some(Problem::stopping()) }
    })
}

async fn take_here(way: &Way, guest: &Guest, mut form: Multipart, lines: &mut Vec<Line>) -> Result<(), Problem> {
    let mut taker = Taker { way, guest, pace: Pace::new(&way.stores().limits), looked: Instant::now(), arrival: None };
    loop {
        let next = taker.patiently(form.next_field()).await?;
        let Some(mut field) = next else { return Ok(()) };
        let Some(name) = field.file_name().map(RawName::from_text) else {
            taker.skip(&mut field).await?;
            continue;
        };
        if let Some(line) = taker.file(name, &mut field).await? {
            lines.push(line);
        }
    }
}

/// Takes one file after the other.
struct Taker<'a> {
    way: &'a Way,
    guest: &'a Guest,
    pace: Pace,
    looked: Instant,
    arrival: Option<Arrival>,
}

impl Taker<'_> {
    /// Takes a file; `None` where the field was left empty.
    async fn file(&mut self, name: RawName, field: &mut Field<'_>) -> Result<Option<Line>, Problem> {
        let mut first = self.chunk(field).await?;
        while first.as_ref().is_some_and(bytes::Bytes::is_empty) {
            first = self.chunk(field).await?;
        }
        // A browser sends a field that was left empty as a file without a name.
        if first.is_none() && name.0.is_empty() {
            return Ok(None);
        }
        self.store(name, first, field).await.map(Some)
    }

    async fn store(
        &mut self,
        name: RawName,
        first: Option<bytes::Bytes>,
        field: &mut Field<'_>,
    ) -> Result<Line, Problem> {
        let link = self.link().await?;
        self.way.links.may_take(&link, 1, 0)?;
        let name = if name.0.is_empty() { RawName::from_text(&format!("upload-{}", link.files + 1)) } else { name };
        if name.0.len() > self.way.stores().limits.name_bytes_max {
            return Err(Problem::bad("name_too_long", "The name of a file is too long. Give it a shorter one."));
        }
        let arrival = match &self.arrival {
            Some(arrival) => arrival.clone(),
            None => self.way.links.arrival(&link, Inlet::Form, &self.guest.peer).await?,
        };
        self.arrival = Some(arrival.clone());
        let (link, metadata) = (Some(link.id), String::new());
        let new = NewUpload { arrival, link, name: name.clone(), length: None, metadata, rest_ms: REST_MS };
        let row = self.way.uploads.create(new).await?;
        match self.stream(row.id, first, field).await {
            Ok(bytes) => Ok(Line { name, bytes }),
            Err(problem) => {
                // Half a file is no file. Where even this fails, the upload expires by itself.
                let _ = self.way.uploads.terminate(row.id, &Actor::Link(self.guest.link.id)).await;
                Err(problem)
            }
        }
    }

    async fn stream(
        &mut self,
        upload: UploadId,
        first: Option<bytes::Bytes>,
        field: &mut Field<'_>,
    ) -> Result<u64, Problem> {
        let mut piece = self.way.uploads.piece(upload, 0).await?;
        let mut next = first;
        while let Some(bytes) = next {
            piece.write(&bytes).await?;
            self.way.links.may_take(&self.guest.link, 0, piece.end_so_far())?;
            if self.looked.elapsed() >= LOOK_AGAIN {
                let link = self.link().await?;
                self.way.links.may_take(&link, 0, 0)?;
            }
            next = self.chunk(field).await?;
        }
        match piece.end_here().await? {
            Progress::Finished(receipt) => Ok(receipt.bytes),
            Progress::Waiting(offset) => Err(PieceError::Moved(offset).into()),
        }
    }

    /// The link, looked up again.
    async fn link(&mut self) -> Result<crate::domain::link::LinkRow, Problem> {
        self.looked = Instant::now();
        self.way.links.of_token(&self.guest.token).await?.ok_or(Problem::not_found())
    }

    async fn chunk(&mut self, field: &mut Field<'_>) -> Result<Option<bytes::Bytes>, Problem> {
        self.patiently(field.chunk()).await
    }

    async fn skip(&mut self, field: &mut Field<'_>) -> Result<(), Problem> {
        while self.chunk(field).await?.is_some() {}
        Ok(())
    }

    /// Waits for the sender, as long as it is fast enough.
    async fn patiently<T: Weighed>(
        &mut self,
        coming: impl Future<Output = Result<Option<T>, MultipartError>>,
    ) -> Result<Option<T>, Problem> {
        tokio::pin!(coming);
        loop {
            let begun = Instant::now();
            let came = tokio::select! {
                biased;
                () = self.way.draining.cancelled() => return Err(Problem::stopping()),
                came = timeout(self.pace.left(), &mut coming) => came,
            };
            let bytes = match &came {
                Ok(Ok(Some(one))) => one.bytes(),
                _ => 0,
            };
            if self.pace.note(begun.elapsed(), bytes) == super::body::Verdict::Slow {
                return Err(Problem::slow());
            }
            match came {
                Ok(Ok(one)) => return Ok(one),
                Ok(Err(_)) => {
                    return Err(Problem::bad("form_cut_short", "The connection broke. Send what is missing again."));
                }
                Err(_) => {}
            }
        }
    }
}

/// What counts as bytes from the sender.
trait Weighed {
    fn bytes(&self) -> u64;
}

impl Weighed for bytes::Bytes {
    fn bytes(&self) -> u64 {
        self.len() as u64
    }
}

impl Weighed for Field<'_> {
    /// A new field says that the sender lives; its headers are not counted.
    fn bytes(&self) -> u64 {
        0
    }
}
