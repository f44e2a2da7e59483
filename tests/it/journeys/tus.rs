//! The tus protocol, rule by rule, by raw HTTP.

use super::daemon::{Link, Site, row, sha256};
use crate::{
    crash::prove_soon,
    support::{
        family::{PIECE, V},
        http::{self, Answer},
    },
};
use data_encoding::BASE64;
use std::io::Write;

/// Uploads as a client of a link does them.
struct Family<'a> {
    site: &'a Site,
    link: &'a Link,
}

impl Family<'_> {
    fn post(&self, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let headers = [&[V], headers].concat();
        self.site.ask("POST", &format!("{}/files", self.link.path), &headers, body)
    }

    fn create(&self, name: &str, length: usize) -> String {
        let (length, metadata) = (length.to_string(), format!("filename {}", BASE64.encode(name.as_bytes())));
        let answer = self.post(&[("Upload-Length", &length), ("Upload-Metadata", &metadata)], b"");
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.header("location").to_owned()
    }

    fn patch(&self, upload: &str, offset: usize, more: &[(&str, &str)], body: &[u8]) -> Answer {
        let offset = offset.to_string();
        let headers = [&[V, PIECE, ("Upload-Offset", &offset)], more].concat();
        self.site.ask("PATCH", upload, &headers, body)
    }

    fn offset(&self, upload: &str) -> usize {
        let answer = self.site.ask("HEAD", upload, &[V], b"");
        assert_eq!((answer.status, answer.header("cache-control")), (200, "no-store"), "{answer:?}");
        answer.header("upload-offset").parse().unwrap()
    }
}

fn bytes(count: usize) -> Vec<u8> {
    (0..count as u32).flat_map(|number| number.wrapping_mul(2_654_435_761).to_le_bytes()).take(count).collect()
}

/// Proves that an upload goes piece by piece under its relative path, tells its offset, length, metadata and expiry, and
/// is in the ledger with the sender's bytes.
#[test]
fn an_upload_in_pieces_arrives_whole() {
    let mut site = Site::running("");
    let (case, link) = site.family();
    let family = Family { site: &site, link: &link };
    let (body, path) = (bytes(300_000), "scan 1/Größe.txt");
    let metadata = format!("filename {},relativePath {}", BASE64.encode(b"x"), BASE64.encode(path.as_bytes()));
    let created = family.post(&[("Upload-Length", "300000"), ("Upload-Metadata", &metadata)], b"");
    assert_eq!((created.status, created.header("upload-offset")), (201, "0"));
    assert!(created.header("upload-expires").ends_with(" GMT"), "{created:?}");
    let upload = created.header("location").to_owned();
    assert!(upload.starts_with(&format!("{}/files/", link.path)));
    for (from, to) in [(0, 100_000), (100_000, 100_001), (100_001, 300_000)] {
        let answer = family.patch(&upload, from, &[], &body[from..to]);
        assert_eq!((answer.status, answer.header("upload-offset")), (204, to.to_string().as_str()));
        assert_eq!(family.offset(&upload), to);
    }
    let head = site.ask("HEAD", &upload, &[V], b"");
    assert_eq!((head.header("upload-length"), head.header("upload-metadata")), ("300000", metadata.as_str()));
    assert_eq!(head.header("tus-resumable"), "1.0.0");
    let rows = site.ledger(&case);
    assert_eq!(row(&rows, path)["sha256"], sha256(&body));
    assert_eq!(row(&rows, path)["bytes"], 300_000);
}

/// Proves that what is wrong with a request is said with the protocol's status and a code, and changes nothing.
#[test]
fn wrong_requests_are_refused_by_name() {
    let site = Site::running("");
    let (_, link) = site.family();
    let family = Family { site: &site, link: &link };
    let files = format!("{}/files", link.path);
    let options = site.ask("OPTIONS", &files, &[], b"");
    assert_eq!((options.status, options.header("tus-version")), (204, "1.0.0"));
    assert_eq!(options.header("tus-checksum-algorithm"), "sha1,sha256");
    let extensions = options.header("tus-extension");
    for extension in
        ["creation", "creation-with-upload", "creation-defer-length", "checksum", "termination", "expiration"]
    {
        assert!(extensions.split(',').any(|one| one == extension), "{extension}");
    }
    let too_large = (options.header("tus-max-size").parse::<u64>().unwrap() + 1).to_string();
    let upload = family.create("a.txt", 10);
    let old = site.ask("PATCH", &upload, &[("Tus-Resumable", "0.2.2"), PIECE, ("Upload-Offset", "0")], b"x");
    assert_eq!((old.status, old.header("tus-version"), old.code().as_str()), (412, "1.0.0", "tus_version"));
    let said = |answer: Answer| (answer.status, answer.code());
    let head = site.ask("HEAD", &upload, &[], b"");
    assert_eq!((head.status, head.body.len()), (412, 0));
    let patch = |headers: &[(&str, &str)], body: &[u8]| said(site.ask("PATCH", &upload, headers, body));
    assert_eq!(patch(&[V, ("Upload-Offset", "0")], b"x"), (415, "content_type".into()));
    assert_eq!(patch(&[V, PIECE], b"x"), (400, "offset_missing".into()));
    assert_eq!(patch(&[V, PIECE, ("Upload-Offset", "-1")], b"x"), (400, "number_malformed".into()));
    assert_eq!(patch(&[V, PIECE, ("Upload-Offset", "5")], b"x"), (409, "offset_mismatch".into()));
    assert_eq!(patch(&[V, PIECE, ("Upload-Offset", "0")], b"12345678901"), (413, "upload_too_long".into()));
    assert_eq!(
        said(family.patch(&upload, 0, &[("Upload-Checksum", "md5 YQ==")], b"x")),
        (400, "checksum_unsupported".into())
    );
    assert_eq!(said(family.post(&[], b"")), (400, "length_missing".into()));
    assert_eq!(said(family.post(&[("Upload-Length", "ten")], b"")), (400, "number_malformed".into()));
    assert_eq!(said(family.post(&[("Upload-Length", &too_large)], b"")), (413, "upload_too_large".into()));
    let bad = [("Upload-Length", "1"), ("Upload-Metadata", "filename ***")];
    assert_eq!(said(family.post(&bad, b"")), (400, "metadata_malformed".into()));
    let long = format!("filename {}", BASE64.encode(&[b'n'; 5_000]));
    assert_eq!(
        said(family.post(&[("Upload-Length", "1"), ("Upload-Metadata", &long)], b"")),
        (400, "name_too_long".into())
    );
    assert_eq!(said(site.ask("PUT", &upload, &[V], b"")), (405, "method_not_allowed".into()));
    let unknown = format!("{files}/{}", "a".repeat(26));
    assert_eq!(said(site.ask("PATCH", &unknown, &[V, PIECE, ("Upload-Offset", "0")], b"x")), (404, "not_found".into()));
    assert_eq!(family.offset(&upload), 0);
    assert_eq!(site.ask("GET", "/healthz", &[("X-Long", &"x".repeat(20_000))], b"").status, 431);
}

/// Proves that nothing of a piece with a wrong checksum is kept, and that the right bytes are taken afterwards.
#[test]
fn a_wrong_checksum_leaves_nothing() {
    let mut site = Site::running("");
    let (case, link) = site.family();
    let family = Family { site: &site, link: &link };
    // More than one part, so that parts were durable before the checksum was known.
    let body = bytes(5 << 20);
    let upload = family.create("c.bin", body.len());
    let digest = format!("sha256 {}", BASE64.encode(&casegate::seal::sha256(&body).0));
    let mut wrong = body.clone();
    wrong[4_500_000] ^= 1;
    let refused = family.patch(&upload, 0, &[("Upload-Checksum", &digest)], &wrong);
    assert_eq!((refused.status, refused.code().as_str()), (460, "checksum_mismatch"));
    assert_eq!(family.offset(&upload), 0);
    let taken = family.patch(&upload, 0, &[("Upload-Checksum", &digest)], &body);
    assert_eq!(taken.status, 204, "{taken:?}");
    let rows = site.ledger(&case);
    assert_eq!(rows.len(), 1);
    assert_eq!(row(&rows, "c.bin")["sha256"], sha256(&body));
}

/// Proves creation with the first bytes, a length told later, empty uploads, empty metadata and the override of methods.
#[test]
fn the_ways_to_begin() {
    let mut site = Site::running("");
    let (case, link) = site.family();
    let family = Family { site: &site, link: &link };
    let whole = family.post(&[("Upload-Length", "5"), ("Upload-Metadata", ""), PIECE], b"hello");
    assert_eq!((whole.status, whole.header("upload-offset")), (201, "5"));
    let empty = family.post(&[("Upload-Length", "0"), ("Upload-Metadata", "filename ZW1wdHk=")], b"");
    assert_eq!((empty.status, empty.header("upload-offset")), (201, "0"));
    let deferred = family.post(&[("Upload-Defer-Length", "1"), ("Upload-Metadata", "filename ZGVmZXJyZWQ=")], b"");
    let upload = deferred.header("location").to_owned();
    assert_eq!(family.patch(&upload, 0, &[], b"abc").status, 204);
    let head = site.ask("HEAD", &upload, &[V], b"");
    assert_eq!((head.header("upload-defer-length"), head.header("upload-length")), ("1", ""));
    let override_method =
        [V, PIECE, ("X-HTTP-Method-Override", "PATCH"), ("Upload-Offset", "3"), ("Upload-Length", "6")];
    assert_eq!(site.ask("POST", &upload, &override_method, b"def").status, 204);
    let rows = site.ledger(&case);
    assert_eq!(row(&rows, "upload-1")["bytes"], 5);
    assert_eq!(row(&rows, "empty")["kind"], "empty");
    assert_eq!(row(&rows, "deferred")["sha256"], sha256(b"abcdef"));
}

/// Proves that a terminated upload is gone for good and in no ledger, and that a complete one cannot be ended.
#[test]
fn termination() {
    let mut site = Site::running("");
    let (case, link) = site.family();
    let family = Family { site: &site, link: &link };
    let upload = family.create("gone.txt", 10);
    assert_eq!(family.patch(&upload, 0, &[], b"12345").status, 204);
    assert_eq!(site.ask("DELETE", &upload, &[V], b"").status, 204);
    assert_eq!(site.ask("HEAD", &upload, &[V], b"").status, 410);
    assert_eq!(family.patch(&upload, 5, &[], b"67890").code(), "upload_ended");
    let complete = family.post(&[("Upload-Length", "1"), PIECE], b"x").header("location").to_owned();
    assert_eq!(site.ask("DELETE", &complete, &[V], b"").code(), "upload_finished");
    assert_eq!(site.ledger(&case).len(), 1);
}

/// Proves that what arrived before a connection broke is kept, and that two pieces never meet: the second is refused
/// while the first is under way.
#[test]
fn broken_connections_and_rivals() {
    let mut site = Site::running("");
    let (case, link) = site.family();
    let body = bytes(100_000);
    let upload = Family { site: &site, link: &link }.create("b.bin", body.len());
    let asks = [V, PIECE, ("Upload-Offset", "0"), ("Expect", "100-continue")];
    let mut first = http::begin(&site.address(), &http::head("PATCH", &upload, &asks, body.len()));
    // The daemon asks for a body only when the upload is this request's alone.
    assert_eq!(http::interim(&mut first), "HTTP/1.1 100 Continue");
    first.write_all(&body[..40_000]).unwrap();
    let rival = Family { site: &site, link: &link }.patch(&upload, 0, &[], b"");
    assert_eq!((rival.status, rival.code().as_str()), (423, "upload_busy"));
    assert_eq!(site.ask("DELETE", &upload, &[V], b"").status, 423);
    drop(first);
    site.until("what arrived is durable", |site| Family { site, link: &link }.offset(&upload) == 40_000);
    assert_eq!(Family { site: &site, link: &link }.patch(&upload, 40_000, &[], &body[40_000..]).status, 204);
    assert_eq!(row(&site.ledger(&case), "b.bin")["sha256"], sha256(&body));
}

/// Proves that a body that trickles ends, and keeps what arrived.
#[test]
fn a_slow_body_ends() {
    let site = Site::running("[limits]\nhttp_slow_seconds = 1\nhttp_slow_bytes_per_second = 1024\n");
    let (_, link) = site.family();
    let family = Family { site: &site, link: &link };
    let upload = family.create("s.bin", 100_000);
    let head = http::head("PATCH", &upload, &[V, PIECE, ("Upload-Offset", "0")], 100_000);
    let mut slow = http::begin(&site.address(), &head);
    slow.write_all(b"0123456789").unwrap();
    let answer = http::answer(slow);
    assert_eq!((answer.status, answer.code().as_str()), (408, "slow_body"));
    assert_eq!(family.offset(&upload), 10);
}

/// Proves that the daemon may die at any moment of a body: what it told is there, and the upload goes on to the same
/// bytes. It is ready again within two seconds.
#[test]
fn killed_in_the_middle_of_a_body() {
    let mut site = Site::running("");
    let (case, link) = site.family();
    let body = bytes(9 << 20);
    let upload = Family { site: &site, link: &link }.create("k.bin", body.len());
    assert_eq!(Family { site: &site, link: &link }.patch(&upload, 0, &[], &body[..1_000]).status, 204);
    let head = http::head("PATCH", &upload, &[V, PIECE, ("Upload-Offset", "1000")], body.len() - 1_000);
    let mut first = http::begin(&site.address(), &head);
    first.write_all(&body[1_000..6 << 20]).unwrap();
    site.until("a part of it is durable", |site| Family { site, link: &link }.offset(&upload) > 1_000);
    site.kill();
    drop(first);
    prove_soon(site.start(), "killed in the middle of a body");
    let offset = Family { site: &site, link: &link }.offset(&upload);
    assert!((1_001..=6 << 20).contains(&offset), "{offset}");
    assert_eq!(Family { site: &site, link: &link }.patch(&upload, offset, &[], &body[offset..]).status, 204);
    assert_eq!(row(&site.ledger(&case), "k.bin")["sha256"], sha256(&body));
}

/// Proves T9 and T10: unknown, malformed, expired, revoked and other links' addresses are one and the same 404; a
/// revocation holds with the next request; and no token is in the log.
#[test]
fn t9_t10_links_that_do_not_live() {
    let site = Site::running("");
    let (case, link) = site.family();
    let (_, other) = site.family();
    let upload = Family { site: &site, link: &link }.create("a.txt", 3);
    let id = upload.rsplit('/').next().unwrap();
    let expired = site.link(&case, -1);
    let unknown = format!("/u/{}", "A".repeat(43));
    let nothing = site.ask("GET", "/nothing/at/all", &[], b"");
    let alike = |path: &str| {
        let answer = site.ask("PATCH", path, &[V, PIECE, ("Upload-Offset", "0")], b"abc");
        assert_eq!((answer.status, &answer.body), (404, &nothing.body), "{path}");
    };
    alike(&format!("{}/files/{id}", other.path));
    alike(&format!("{}/files/{id}", expired.path));
    alike(&format!("{unknown}/files/{id}"));
    alike(&format!("/u/short/files/{id}"));
    alike(&format!("{}/files/not-an-id", link.path));
    assert_eq!(site.ask("GET", &format!("{}/status", link.path), &[], b"").status, 200);
    site.order(&serde_json::json!({ "Unlink": { "link": link.id } }));
    alike(&upload);
    for path in ["", "/files", "/status", "/events", "/nothing"] {
        let answer = site.ask("GET", &format!("{}{path}", link.path), &[], b"");
        assert_eq!((answer.status, &answer.body), (404, &nothing.body), "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
    }
    let (log, token) = (site.log(), link.path.trim_start_matches("/u/"));
    assert!(log.contains("/u/{token}/files") && !log.contains(token), "{log}");
}

/// Proves T12: a link takes no more files, bytes and open uploads than it may.
#[test]
fn t12_quotas_of_a_link() {
    let site = Site::running("[limits]\nlink_files_max = 3\nlink_bytes_max = 100\nlink_uploads_max = 2\n");
    let (_, link) = site.family();
    let family = Family { site: &site, link: &link };
    assert_eq!(family.post(&[("Upload-Length", "101")], b"").status, 413);
    let first = family.create("a", 60);
    assert_eq!(family.patch(&first, 0, &[], &[b'x'; 60]).status, 204);
    assert_eq!(family.post(&[("Upload-Length", "41")], b"").code(), "link_bytes_exceeded");
    let deferred = family.post(&[("Upload-Defer-Length", "1")], b"").header("location").to_owned();
    assert_eq!(family.patch(&deferred, 0, &[], &[b'x'; 41]).code(), "link_bytes_exceeded");
    family.create("b", 10);
    let open = family.post(&[("Upload-Length", "1")], b"");
    assert_eq!((open.status, open.code().as_str()), (413, "link_files_exceeded"));
    let (_, second) = site.family();
    let family = Family { site: &site, link: &second };
    family.create("a", 10);
    family.create("b", 10);
    let open = family.post(&[("Upload-Length", "1")], b"");
    assert_eq!((open.status, open.code().as_str()), (429, "link_uploads_exceeded"));
    assert!(!open.header("retry-after").is_empty());
}
