//! Resumable uploads by the tus protocol, version 1.0.0 (tus.io/protocols/resumable-upload), with the extensions
//! creation, creation-with-upload, creation-defer-length, checksum, termination and expiration.
//!
//! Everything stands under one upload link: an upload that came through another one is not there. The last offset is told
//! only with a receipt in hand. What arrives before a connection breaks is kept.

mod answer;
pub mod checksum;
mod create;
pub mod metadata;
mod piece;
pub mod request;

use super::{
    problem::Problem,
    way::{Guest, Way},
};
use crate::domain::{ids::UploadId, limits::PART_BYTES_MAX, origin::Actor, upload::UploadRow};
use axum::{
    body::Body,
    http::{HeaderMap, Method, header},
    response::{IntoResponse, Response},
};
use request::Ask;

/// Serves the address at which uploads are created.
pub async fn files(way: Way, guest: Guest, request: axum::extract::Request) -> Response {
    let (parts, body) = request.into_parts();
    let ask = Ask::new(&parts.method, &parts.headers);
    let result = match ask.method {
        Method::OPTIONS => return answer::options(max_bytes(&way)),
        _ if !ask.is_resumable() => return answer::version_mismatch(),
        Method::POST => create::create(way, guest, (&parts.headers, body)).await,
        _ => Err(Problem::method_not_allowed("OPTIONS, POST")),
    };
    answer::finish(result)
}

/// Serves the address of one upload.
pub async fn file(way: Way, guest: Guest, id: &str, request: axum::extract::Request) -> Response {
    let (parts, body) = request.into_parts();
    let ask = Ask::new(&parts.method, &parts.headers);
    let result = match ask.method {
        Method::OPTIONS => return answer::options(max_bytes(&way)),
        _ if !ask.is_resumable() => return answer::version_mismatch(),
        Method::HEAD => head(&way, &guest, id).await,
        Method::PATCH => patch(way, guest, id, (&parts.headers, body)).await,
        Method::DELETE => delete(&way, &guest, id).await,
        _ => Err(Problem::method_not_allowed("OPTIONS, HEAD, PATCH, DELETE")),
    };
    answer::finish(result)
}

/// The longest upload that is taken.
fn max_bytes(way: &Way) -> u64 {
    let limits = &way.stores().limits;
    limits.link_bytes_max.min(u64::from(limits.object_parts_max).saturating_mul(PART_BYTES_MAX))
}

async fn head(way: &Way, guest: &Guest, id: &str) -> Result<Response, Problem> {
    let row = upload(way, guest, id).await?;
    answer::head(way.stores(), &row)
}

async fn patch(way: Way, guest: Guest, id: &str, (headers, body): (&HeaderMap, Body)) -> Result<Response, Problem> {
    let piece = request::Piece::read(headers)?;
    let offset = request::number(headers, "upload-offset")?
        .ok_or(Problem::bad("offset_missing", "A piece needs an Upload-Offset."))?;
    let row = upload(&way, &guest, id).await?;
    let deferred = request::number(headers, "upload-length")?;
    let taking = piece::Taking { upload: row.id, offset, piece, deferred };
    let (row, progress) = piece::take(way, guest, taking, body).await?;
    Ok(answer::progress(&row, &progress))
}

async fn delete(way: &Way, guest: &Guest, id: &str) -> Result<Response, Problem> {
    let row = upload(way, guest, id).await?;
    way.uploads.terminate(row.id, &Actor::Link(guest.link.id)).await?;
    Ok(axum::http::StatusCode::NO_CONTENT.into_response())
}

/// The upload of that id, if it came through this link.
async fn upload(way: &Way, guest: &Guest, id: &str) -> Result<UploadRow, Problem> {
    let Ok(id) = id.parse::<UploadId>() else {
        return Err(Problem::not_found());
    };
    way.uploads.of_link(id, guest.link.id).await?.ok_or_else(Problem::not_found)
}

/// The value of a header as text; one that is no text is as good as none.
fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// Does the body claim to be a piece of an upload?
fn is_piece(headers: &HeaderMap) -> bool {
    text(headers, header::CONTENT_TYPE.as_str()).is_some_and(|kind| {
        kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/offset+octet-stream")
    })
}
