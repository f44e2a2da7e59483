//! What comes in before it is a document: headers and bodies of requests, files that people write.

use axum::{
    body::Body,
    extract::{FromRequest, Multipart, Request},
    http::{HeaderMap, HeaderName, HeaderValue, Method, header},
};
use casegate::{
    config::Config,
    domain::{case::Patient, limits::Limits, path::RawName},
    inlet::tus::{
        checksum::Checksum,
        metadata::Metadata,
        request::{Ask, Piece},
    },
};

/// Bytes of a body that come at a time, so that boundaries are cut anywhere.
const PIECE_BYTES: usize = 37;

/// Headers of an upload by tus: a method, then a name, a colon and a value a line.
pub(super) fn tus_headers(bytes: &[u8]) {
    let mut lines = bytes.split(|byte| *byte == b'\n');
    let method = Method::from_bytes(lines.next().unwrap_or_default()).unwrap_or(Method::POST);
    let mut headers = HeaderMap::new();
    for line in lines.take(64) {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
        let (name, value) = (HeaderName::from_bytes(&line[..colon]), HeaderValue::from_bytes(&line[colon + 1..]));
        if let (Ok(name), Ok(value)) = (name, value) {
            headers.append(name, value);
        }
    }
    let ask = Ask::new(&method, &headers);
    let _ = (ask.is_resumable(), Piece::read(&headers));
    // As the headers carry them, and with bytes that no header may hold.
    let text = String::from_utf8_lossy(bytes);
    let noted = headers.get("upload-metadata").and_then(|value| value.to_str().ok());
    for text in noted.into_iter().chain([text.as_ref()]) {
        if let Ok(metadata) = Metadata::read(text)
            && let Ok(name) = metadata.name(7, &Limits::default())
        {
            assert!(name.0.len() <= Limits::default().name_bytes_max, "a name beyond its limit");
            let _ = name.shown();
        }
    }
    if let Ok(mut checksum) = Checksum::read(&text) {
        checksum.update(bytes);
        let _ = checksum.matches();
    }
}

/// A form, of which the first line is its content type.
pub(super) fn form(bytes: &[u8]) {
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
    let (kind, body) = (&bytes[..end], bytes.get(end + 1..).unwrap_or_default());
    let Ok(kind) = HeaderValue::from_bytes(kind) else { return };
    let pieces: Vec<Result<Vec<u8>, std::io::Error>> =
        body.chunks(PIECE_BYTES).map(|piece| Ok(piece.to_vec())).collect();
    let body = Body::from_stream(futures_util::stream::iter(pieces));
    let request = Request::builder().header(header::CONTENT_TYPE, kind).body(body);
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime without a driver");
    runtime.block_on(async {
        let Ok(mut form) = Multipart::from_request(request.expect("a request"), &()).await else { return };
        while let Ok(Some(mut field)) = form.next_field().await {
            let _ = field.file_name().map(|name| RawName::from_text(name).shown());
            while let Ok(Some(_)) = field.chunk().await {}
        }
    });
}

/// A patient file, TOML or JSON.
pub(super) fn patient(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let _ = toml::from_str::<Patient>(&text);
    let _ = serde_json::from_slice::<Patient>(bytes);
}

/// A configuration.
pub(super) fn config(bytes: &[u8]) {
    let _ = Config::from_text(&String::from_utf8_lossy(bytes), "the file");
}
