//! Reading the headers of a request.

use super::{super::problem::Problem, checksum::Checksum, is_piece, text};
use axum::http::{HeaderMap, Method, StatusCode, header};

/// The version of the protocol that is spoken.
pub(super) const VERSION: &str = "1.0.0";

/// What is asked, and in which version.
pub struct Ask {
    /// The method that counts.
    pub method: Method,
    resumable: bool,
}

impl Ask {
    /// Reads method and version. A method named in `X-HTTP-Method-Override` counts, as the protocol asks: some networks
    /// let only POST through.
    pub fn new(method: &Method, headers: &HeaderMap) -> Self {
        let named = text(headers, "x-http-method-override").filter(|_| method == Method::POST);
        let method = named.and_then(|name| name.parse().ok()).unwrap_or_else(|| method.clone());
        Self { method, resumable: text(headers, "tus-resumable") == Some(VERSION) }
    }

    /// Whether it is in our version of the protocol.
    pub const fn is_resumable(&self) -> bool {
        self.resumable
    }
}

/// What the headers say about the body.
pub struct Piece {
    /// Its checksum, where one is given.
    pub checksum: Option<Checksum>,
    /// Its length, where it is known.
    pub bytes: Option<u64>,
}

impl Piece {
    /// Reads them.
    ///
    /// # Errors
    /// They are malformed, or not those of a piece.
    pub fn read(headers: &HeaderMap) -> Result<Self, Problem> {
        if !is_piece(headers) {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "content_type",
                "A piece of an upload has the Content-Type application/offset+octet-stream.",
            ));
        }
        let checksum = text(headers, "upload-checksum").map(Checksum::read).transpose()?;
        Ok(Self { checksum, bytes: number(headers, header::CONTENT_LENGTH.as_str())? })
    }
}

/// A header that holds a count of bytes.
pub(super) fn number(headers: &HeaderMap, name: &str) -> Result<Option<u64>, Problem> {
    const MALFORMED: Problem =
        Problem::bad("number_malformed", "Upload-Offset, Upload-Length and Content-Length are whole numbers.");
    let Some(value) = headers.get(name) else { return Ok(None) };
    let digits = value.to_str().map_err(|_| MALFORMED)?.trim();
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(MALFORMED);
    }
    let number: u64 = digits.parse().map_err(|_| MALFORMED)?;
    // What the catalog counts with.
    if i64::try_from(number).is_err() { Err(MALFORMED) } else { Ok(Some(number)) }
}
