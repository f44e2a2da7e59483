//! Creating an upload, with or without its first bytes.

use super::{
    super::{
        problem::Problem,
        way::{Guest, Way},
    },
    answer, is_piece, max_bytes,
    metadata::Metadata,
    piece::{self, Taking},
    request, text,
};
use crate::{
    domain::{origin::Inlet, upload::UploadRow},
    pipeline::uploads::{NewUpload, Progress, UPLOAD_REST_MS},
};
use axum::{
    body::Body,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode},
    response::Response,
};

/// Creates an upload.
pub(super) async fn create(way: Way, guest: Guest, (headers, body): (&HeaderMap, Body)) -> Result<Response, Problem> {
    let length = length(headers)?;
    if length.is_some_and(|length| length > max_bytes(&way)) {
        return Err(Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "upload_too_large",
            "This file is larger than Tus-Max-Size. Ask the people who gave you the link for another way.",
        ));
    }
    way.links.may_take(&guest.link, 1, length.unwrap_or(0))?;
    let metadata = Metadata::read(text(headers, "upload-metadata").unwrap_or_default())?;
    // Headers are checked before anything is made: a refused request leaves nothing behind.
    let first = is_piece(headers).then(|| request::Piece::read(headers)).transpose()?;
    let name = metadata.name(guest.link.files + 1, &way.stores().limits)?;
    let arrival = way.links.arrival(&guest.link, Inlet::Tus, &guest.peer).await?;
    let new = NewUpload {
        arrival,
        link: Some(guest.link.id),
        name,
        length,
        metadata: metadata.text,
        rest_ms: UPLOAD_REST_MS,
    };
    let row = way.uploads.create(new).await?;
    let location = format!("/u/{}/files/{}", guest.token, row.id);
    begin(way, guest, (row, first), body)
        .await
        .map(|(row, progress)| answer::created(&location, &row, &progress))
        .map_err(
            // The upload is there whatever became of its first bytes: the sender goes on with it.
            |problem| match HeaderValue::from_str(&location) {
                Ok(location) => problem.with(HeaderName::from_static("location"), location),
                Err(_) => problem,
            },
        )
}

/// Takes the first bytes. What is empty is complete at once.
async fn begin(
    way: Way,
    guest: Guest,
    (row, first): (UploadRow, Option<request::Piece>),
    body: Body,
) -> Result<(UploadRow, Progress), Problem> {
    let piece = match first {
        Some(first) => first,
        None if row.length == Some(0) => request::Piece { checksum: None, bytes: Some(0) },
        None => return Ok((row, Progress::Waiting(0))),
    };
    let taking = Taking { upload: row.id, offset: 0, piece, deferred: None };
    piece::take(way, guest, taking, body).await
}

fn length(headers: &HeaderMap) -> Result<Option<u64>, Problem> {
    const NEEDED: Problem =
        Problem::bad("length_missing", "An upload needs either Upload-Length or Upload-Defer-Length: 1.");
    let length = request::number(headers, "upload-length")?;
    match (length, text(headers, "upload-defer-length")) {
        (Some(length), None) => Ok(Some(length)),
        (None, Some("1")) => Ok(None),
        _ => Err(NEEDED),
    }
}
