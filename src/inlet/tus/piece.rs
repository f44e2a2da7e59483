//! Taking a piece of an upload.
//!
//! The work runs apart from its connection: where the sender goes away, what has arrived still becomes durable.

use super::{
    super::{
        body::{Next, Reading},
        problem::{CHECKSUM_MISMATCH, Problem},
        way::{Guest, Way},
    },
    checksum::Checksum,
    request,
};
use crate::{
    domain::{ids::UploadId, upload::UploadRow},
    pipeline::uploads::{Hold, Piece, PieceError, Progress},
};
use axum::{body::Body, http::StatusCode};
use std::time::Duration;
use tokio::time::Instant;

/// A link is looked up again this often while a body comes in, so that its revocation holds at once.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// What is to be taken.
pub(super) struct Taking {
    pub(super) upload: UploadId,
    pub(super) offset: u64,
    pub(super) piece: request::Piece,
    /// The length of an upload that was created without one.
    pub(super) deferred: Option<u64>,
}

/// Takes a piece; the upload as it stands then.
pub(super) async fn take(way: Way, guest: Guest, taking: Taking, body: Body) -> Result<(UploadRow, Progress), Problem> {
    let tasks = way.tasks.clone();
    let work = tasks.spawn(async move { take_here(&way, &guest, taking, body).await });
    work.await.unwrap_or_else(|error| {
        tracing::error!(cause = crate::pipeline::ended(&error), "a piece of an upload ended by a bug");
        Err(Problem::stopping())
    })
}

async fn take_here(way: &Way, guest: &Guest, taking: Taking, body: Body) -> Result<(UploadRow, Progress), Problem> {
    let mut piece = way.uploads.piece(taking.upload, taking.offset).await?;
    announce(way, guest, &mut piece, &taking).await?;
    let mut checksum = taking.piece.checksum;
    if checksum.is_some() {
        piece.hold(Hold::UntilChecked);
    }
    let reading = Reading::new(body, &way.stores().limits, way.draining.clone());
    let read = read(way, guest, (&mut piece, &mut checksum), reading).await;
    let row = piece.row().clone();
    let checked = checksum.is_some();
    match read {
        // The store failed, or the link is at an end: nothing more can be kept.
        Err(Stop::Now(problem)) => Err(problem),
        // Bytes that cannot be checked any more are not kept.
        Err(Stop::Ended(problem)) if checked => {
            piece.discard().await;
            Err(problem)
        }
        Err(Stop::Ended(problem)) => {
            piece.end().await?;
            Err(problem)
        }
        Ok(()) if checksum.is_some_and(|checksum| !checksum.matches()) => {
            piece.discard().await;
            Err(mismatch())
        }
        Ok(()) => Ok((row, piece.end().await?)),
    }
}

/// Checks what the headers announce before any byte is read.
async fn announce(way: &Way, guest: &Guest, piece: &mut Piece, taking: &Taking) -> Result<(), Problem> {
    if let Some(length) = taking.deferred
        && piece.row().length != Some(length)
    {
        if piece.row().length.is_some() || length < piece.row().offset {
            return Err(Problem::bad("length_changed", "The length of an upload is set once."));
        }
        way.links.may_take(&guest.link, 0, length - piece.row().offset)?;
        piece.set_length(length).await?;
    }
    let bytes = taking.piece.bytes.unwrap_or(0);
    if piece.row().length.is_some_and(|length| taking.offset.saturating_add(bytes) > length) {
        return Err(PieceError::TooLong.into());
    }
    Ok(way.links.may_take(&guest.link, 0, bytes)?)
}

/// Why reading ended before the body did.
enum Stop {
    /// What has arrived is kept.
    Ended(Problem),
    /// Nothing can be kept beyond what is durable.
    Now(Problem),
}

async fn read(
    way: &Way,
    guest: &Guest,
    (piece, checksum): (&mut Piece, &mut Option<Checksum>),
    mut reading: Reading,
) -> Result<(), Stop> {
    let (mut came, mut looked) = (0_u64, Instant::now());
    loop {
        match reading.next().await {
            Next::Bytes(bytes) => {
                came += bytes.len() as u64;
                way.links.may_take(&guest.link, 0, came).map_err(|quota| Stop::Ended(quota.into()))?;
                if let Some(checksum) = checksum {
                    checksum.update(&bytes);
                }
                piece.write(&bytes).await.map_err(stop)?;
            }
            Next::Pause if checksum.is_none() => piece.flush().await.map_err(stop)?,
            Next::Pause => {}
            Next::End => return Ok(()),
            Next::Lost => return Err(Stop::Ended(Problem::lost())),
            Next::Slow => return Err(Stop::Ended(Problem::slow())),
            Next::Stopping => return Err(Stop::Ended(Problem::stopping())),
        }
        if looked.elapsed() >= LOOK_AGAIN {
            looked = Instant::now();
            let link = way.links.of_token(&guest.token).await.map_err(|e| Stop::Ended(e.into()))?;
            let link = link.ok_or(Stop::Now(Problem::not_found()))?;
            // What came through other uploads of the link meanwhile counts as well.
            way.links.may_take(&link, 0, 0).map_err(|quota| Stop::Ended(quota.into()))?;
        }
    }
}

fn stop(error: PieceError) -> Stop {
    match error {
        PieceError::TooLong | PieceError::TooManyParts => Stop::Ended(error.into()),
        other => Stop::Now(other.into()),
    }
}

fn mismatch() -> Problem {
    let status = StatusCode::from_u16(CHECKSUM_MISMATCH).unwrap_or(StatusCode::BAD_REQUEST);
    Problem::new(status, "checksum_mismatch", "The bytes are not the ones that were announced. Send this piece again.")
}
