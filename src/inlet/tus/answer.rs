//! Writing the headers of answers.

use super::{super::problem::Problem, checksum::ALGORITHMS, request::VERSION};
use crate::{
    domain::{
        time::Instant,
        upload::{UploadRow, UploadState},
    },
    pipeline::{
        Stores,
        uploads::{self, PieceError, Progress},
    },
};
use axum::{
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

const EXTENSIONS: &str = "creation,creation-with-upload,creation-defer-length,checksum,termination,expiration";

/// What this server can do.
pub(super) fn options(max_bytes: u64) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    put(headers, "tus-resumable", VERSION);
    put(headers, "tus-version", VERSION);
    put(headers, "tus-extension", EXTENSIONS);
    put(headers, "tus-checksum-algorithm", ALGORITHMS);
    put(headers, "tus-max-size", &max_bytes.to_string());
    response
}

/// The sender speaks another version, or did not say which.
pub(super) fn version_mismatch() -> Response {
    let problem = Problem::new(
        StatusCode::PRECONDITION_FAILED,
        "tus_version",
        "Every request names the version it speaks: Tus-Resumable: 1.0.0.",
    );
    finish(Err(problem.with(HeaderName::from_static("tus-version"), HeaderValue::from_static(VERSION))))
}

/// Adds what every answer says.
pub(super) fn finish(result: Result<Response, Problem>) -> Response {
    let mut response = result.unwrap_or_else(IntoResponse::into_response);
    let headers = response.headers_mut();
    put(headers, "tus-resumable", VERSION);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Where an upload stands.
pub(super) fn head(stores: &Stores, row: &UploadRow) -> Result<Response, Problem> {
    if matches!(row.state, UploadState::Terminated | UploadState::Expired) {
        return Err(PieceError::Ended(row.state).into());
    }
    let record = uploads::record_of(stores, row)?;
    let mut response = StatusCode::OK.into_response();
    let headers = response.headers_mut();
    // A finished one stands at its end: its last part was never named apart from its entry.
    let finished = row.state == UploadState::Finished;
    let offset = row.length.filter(|_| finished).unwrap_or(row.offset);
    put(headers, "upload-offset", &offset.to_string());
    match row.length {
        Some(length) => put(headers, "upload-length", &length.to_string()),
        None => put(headers, "upload-defer-length", "1"),
    }
    if !record.metadata.is_empty() {
        put(headers, "upload-metadata", &record.metadata);
    }
    if !finished {
        expires(headers, row.expires);
    }
    Ok(response)
}

/// A piece was taken.
pub(super) fn progress(row: &UploadRow, progress: &Progress) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    progress_headers(response.headers_mut(), row, progress);
    response
}

/// An upload was created, with or without a first piece.
pub(super) fn created(location: &str, row: &UploadRow, progress: &Progress) -> Response {
    let mut response = StatusCode::CREATED.into_response();
    let headers = response.headers_mut();
    put(headers, "location", location);
    progress_headers(headers, row, progress);
    response
}

fn progress_headers(headers: &mut HeaderMap, row: &UploadRow, progress: &Progress) {
    match progress {
        Progress::Waiting(offset) => {
            put(headers, "upload-offset", &offset.to_string());
            expires(headers, row.expires);
        }
        Progress::Finished(receipt) => put(headers, "upload-offset", &receipt.bytes.to_string()),
    }
}

/// RFC 9110, 5.6.7: the preferred form of an HTTP date.
fn expires(headers: &mut HeaderMap, at: Instant) {
    if let Ok(at) = jiff::Timestamp::from_millisecond(at.0) {
        put(headers, "upload-expires", &at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string());
    }
}

fn put(headers: &mut HeaderMap, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(HeaderName::from_static(name), value);
    }
}
