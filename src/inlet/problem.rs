//! Errors over HTTP: problem details (RFC 9457) with a code of ours, a sentence, and what to do next.
//!
//! A problem never repeats what the asker sent: no names, no tokens.

use crate::{
    domain::upload::UploadState,
    pipeline::{Trouble, links::Quota, uploads::PieceError},
};
use axum::{
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

/// Seconds after which a sender may try again when the world failed.
const RETRY_AFTER_SECONDS: &str = "5";

/// The status of the tus checksum extension for bytes that do not match.
pub const CHECKSUM_MISMATCH: u16 = 460;

/// A problem.
#[derive(Clone, Debug)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    detail: &'static str,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Problem {
    /// A problem of that status and code, with a sentence that says what is wrong and what to do.
    pub const fn new(status: StatusCode, code: &'static str, detail: &'static str) -> Self {
        Self { status, code, detail, headers: Vec::new() }
    }

    /// The same with a header.
    #[must_use]
    pub fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Nothing is here. The same for whatever is not there, was there, or is somebody else's.
    pub const fn not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not_found",
            "There is nothing at this address. If it is a link you were given, it may have ended: ask for a new one.",
        )
    }

    /// The request makes no sense.
    pub const fn bad(code: &'static str, detail: &'static str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail)
    }

    /// The daemon is ending.
    pub fn stopping() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "stopping",
            "The service is being restarted. What arrived is kept: ask for the offset and go on from there.",
        )
        .retry()
    }

    /// The body came too slowly.
    pub const fn slow() -> Self {
        Self::new(
            StatusCode::REQUEST_TIMEOUT,
            "slow_body",
            "The bytes came too slowly. What arrived is kept: ask for the offset and go on from there.",
        )
    }

    /// The body ended before it was whole; nobody may be there to read this.
    pub const fn lost() -> Self {
        Self::bad("body_cut_short", "The connection broke. Ask for the offset and go on from there.")
    }

    /// Too many requests.
    pub fn too_many_requests() -> Self {
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too_many_requests",
            "Too many requests came through this link at once. Wait a moment and try again.",
        )
        .with(header::RETRY_AFTER, HeaderValue::from_static("1"))
    }

    /// A status that says the sender's method does not fit.
    pub fn method_not_allowed(allow: &'static str) -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "This address does not do that.")
            .with(header::ALLOW, HeaderValue::from_static(allow))
    }

    /// The status it is answered with.
    pub const fn status(&self) -> StatusCode {
        self.status
    }

    /// Its sentence.
    pub const fn detail(&self) -> &'static str {
        self.detail
    }

    /// As JSON.
    pub fn to_json(&self) -> serde_json::Value {
        let title = self.status.canonical_reason().unwrap_or("Checksum mismatch");
        serde_json::json!({
            "type": "about:blank", "title": title, "status": self.status.as_u16(),
            "code": self.code, "detail": self.detail,
        })
    }

    fn retry(self) -> Self {
        self.with(header::RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER_SECONDS))
    }
}

impl From<Trouble> for Problem {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Full => Self::new(
                StatusCode::INSUFFICIENT_STORAGE,
                "store_full",
                "There is no room left here. Nothing was lost that was confirmed; try again later.",
            )
            .with(header::RETRY_AFTER, HeaderValue::from_static("60")),
            Trouble::Refused(_) => Self::new(
                StatusCode::FORBIDDEN,
                "refused",
                "This link takes nothing more. Ask the people who gave it to you.",
            ),
            Trouble::Damaged(what) => {
                tracing::error!(%what, "stored data is damaged");
                Self::new(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "damaged",
                    "Something that was stored is damaged. Send this file again as a new one.",
                )
            }
            Trouble::Retry { act, cause } | Trouble::Source { act, cause } => {
                tracing::warn!(act, %cause, "a request could not be served");
                Self::unavailable()
            }
            Trouble::Bug(what) => {
                tracing::error!(what, "a request met a bug");
                Self::unavailable()
            }
            Trouble::Fenced | Trouble::Stale => Self::unavailable(),
        }
    }
}

impl Problem {
    fn unavailable() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "unavailable",
            "This cannot be done just now. Nothing that was confirmed is lost; try again in a moment.",
        )
        .retry()
    }
}

impl From<PieceError> for Problem {
    fn from(error: PieceError) -> Self {
        match error {
            PieceError::Busy => Self::new(
                StatusCode::LOCKED,
                "upload_busy",
                "Another piece of this upload is under way. Wait until it has ended, then ask for the offset.",
            ),
            PieceError::Moved(_) => Self::new(
                StatusCode::CONFLICT,
                "offset_mismatch",
                "The upload stands at another offset. Ask for the offset and go on from there.",
            ),
            PieceError::Ended(UploadState::Finished) => {
                Self::new(StatusCode::CONFLICT, "upload_finished", "This upload is complete. Nothing more is needed.")
            }
            PieceError::Ended(_) => {
                Self::new(StatusCode::GONE, "upload_ended", "This upload has ended. Send the file again as a new one.")
            }
            PieceError::TooLong => Self::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "upload_too_long",
                "More bytes came than were announced. Ask for the offset and go on from there.",
            ),
            PieceError::TooManyParts => Self::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "too_many_pieces",
                "This upload came in too many small pieces. Send it again in larger ones.",
            ),
            PieceError::Trouble(trouble) => trouble.into(),
        }
    }
}

impl From<Quota> for Problem {
    fn from(quota: Quota) -> Self {
        match quota {
            Quota::Files => Self::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "link_files_exceeded",
                "This link has taken as many files as it may. Ask for a new one, or put the files into one ZIP.",
            ),
            Quota::Bytes => Self::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "link_bytes_exceeded",
                "This link has taken as many bytes as it may. Ask the people who gave it to you for another way.",
            ),
            Quota::Uploads => Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "link_uploads_exceeded",
                "Too many uploads are open through this link. Finish or end some of them first.",
            )
            .with(header::RETRY_AFTER, HeaderValue::from_static("30")),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = self.to_json().to_string();
        let mut response = (self.status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.extend(self.headers);
        response
    }
}
