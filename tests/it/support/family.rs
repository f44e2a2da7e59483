//! A family that uploads over HTTP by tus 1.0 and does not give up: where the daemon dies, it asks how far the upload
//! came and goes on from there, as the protocol's clients do. It keeps what was acknowledged to it.

use super::{
    http::{self, Answer},
    random::Random,
    site::Site,
    watch::{self, PATIENCE},
};
use casegate::seal;
use data_encoding::BASE64;

/// The version of the protocol.
pub(crate) const V: (&str, &str) = ("Tus-Resumable", "1.0.0");
/// What a piece is.
pub(crate) const PIECE: (&str, &str) = ("Content-Type", "application/offset+octet-stream");

/// Bytes of a piece at most: several sealed parts, so that deaths fall between them too.
const PIECE_BYTES_MAX: u64 = 11 << 20;

/// Somebody with a link.
pub(crate) struct Family<'a> {
    site: &'a Site,
    link: &'a str,
    random: Random,
    /// What was acknowledged to it.
    pub(crate) heard: Heard,
}

/// What a family heard.
#[derive(Default, Debug)]
pub(crate) struct Heard {
    /// The sizes of the files whose last byte was acknowledged.
    pub(crate) acknowledged: Vec<u64>,
    /// Requests that were never answered, since the daemon died.
    pub(crate) lost: u64,
    /// Uploads whose creation was never answered: there may be one that nobody goes on with.
    pub(crate) lost_creations: u64,
}

impl<'a> Family<'a> {
    /// A family that uploads through this link, in pieces whose sizes come from a seed.
    pub(crate) fn new(site: &'a Site, link: &'a str, seed: u64) -> Self {
        Self { site, link, random: Random::new(seed), heard: Heard::default() }
    }

    /// Uploads a file to its end, whatever happens to the daemon meanwhile.
    pub(crate) fn upload(&mut self, path: &str, bytes: &[u8]) {
        let (address, mut told) = self.create(path, bytes);
        while told < bytes.len() {
            let piece = self.piece(bytes, told);
            match self.patch(&address, told, piece) {
                Some(answer) => {
                    assert_eq!(answer.status, 204, "{answer:?}");
                    told = offset(&answer);
                }
                None => {
                    self.heard.lost += 1;
                    let stands = self.stands(&address);
                    assert!(stands >= told, "{path}: {told} bytes were acknowledged, {stands} are there");
                    assert!(stands <= told + piece.len(), "{path}: more is there than was ever sent");
                    told = stands;
                }
            }
        }
        self.heard.acknowledged.push(bytes.len() as u64);
    }

    /// Creates an upload, often with its first bytes; its address and how far it came. Where no answer came, the next
    /// attempt is another upload: the first one's address was lost.
    fn create(&mut self, path: &str, bytes: &[u8]) -> (String, usize) {
        let (length, name) = (bytes.len().to_string(), BASE64.encode(path.as_bytes()));
        let metadata = format!("filename {name},relativePath {name}");
        let with_bytes = self.random.below(2) == 0;
        let first = if with_bytes { self.piece(bytes, 0) } else { &[] };
        let mut headers = vec![V, ("Upload-Length", length.as_str()), ("Upload-Metadata", metadata.as_str())];
        if with_bytes {
            headers.push(PIECE);
        }
        let files = format!("{}/files", self.link);
        loop {
            match self.try_ask(("POST", &files), &headers, first) {
                Some(answer) => {
                    assert_eq!(answer.status, 201, "{answer:?}");
                    return (answer.header("location").to_owned(), offset(&answer));
                }
                None => {
                    self.heard.lost += 1;
                    self.heard.lost_creations += 1;
                }
            }
        }
    }

    /// Sends a piece, with a checksum now and then.
    pub(crate) fn patch(&mut self, address: &str, from: usize, piece: &[u8]) -> Option<Answer> {
        let (from, digest) = (from.to_string(), format!("sha256 {}", BASE64.encode(&seal::sha256(piece).0)));
        let mut headers = vec![V, PIECE, ("Upload-Offset", from.as_str())];
        if self.random.below(4) == 0 {
            headers.push(("Upload-Checksum", &digest));
        }
        self.try_ask(("PATCH", address), &headers, piece)
    }

    /// How far an upload came; waits for a daemon that can say it.
    pub(crate) fn stands(&self, address: &str) -> usize {
        watch::until("the offset of an upload", PATIENCE, || {
            let answer = self.try_ask(("HEAD", address), &[V], b"")?;
            // A piece of the dead connection is still being made durable, or the daemon is still starting.
            (answer.status == 200).then(|| offset(&answer))
        })
    }

    /// Asks the daemon that listens now; waits until one does.
    fn try_ask(&self, request: (&str, &str), headers: &[(&str, &str)], body: &[u8]) -> Option<Answer> {
        let address = watch::until("somebody to listen", PATIENCE, || {
            self.site.address().filter(|address| std::net::TcpStream::connect(address).is_ok())
        });
        http::try_ask(&address, request, headers, body)
    }

    fn piece<'b>(&mut self, bytes: &'b [u8], from: usize) -> &'b [u8] {
        let length = 1 + self.random.below(PIECE_BYTES_MAX) as usize;
        &bytes[from..bytes.len().min(from + length)]
    }
}

fn offset(answer: &Answer) -> usize {
    answer.header("upload-offset").parse().unwrap_or_else(|_| panic!("no offset in {answer:?}"))
}
