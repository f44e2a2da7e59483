//! A plain HTTP client that can also misbehave, and that knows that a server may die.

use std::{
    collections::HashMap,
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

/// How long an answer may take: as generous as all waiting in tests, since nobody is to prove here how soon it comes.
const ANSWER_WITHIN: Duration = super::watch::PATIENCE;

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: HashMap<String, String>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("no JSON ({e}): {}", self.text()))
    }

    /// The code of a problem.
    pub(crate) fn code(&self) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json", "{self:?}");
        let problem = self.json();
        assert_eq!(problem["status"], self.status);
        problem["code"].as_str().unwrap().to_owned()
    }
}

/// A request whose body is sent as slowly and as far as the test wishes.
pub(crate) fn begin(address: &str, head: &str) -> TcpStream {
    try_begin(address, head).unwrap()
}

/// The head of a request.
pub(crate) fn head(method: &str, path: &str, headers: &[(&str, &str)], length: usize) -> String {
    let mut text =
        format!("{method} {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\nContent-Length: {length}\r\n");
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text + "\r\n"
}

/// Sends a request and reads its answer.
pub(crate) fn ask(address: &str, request: (&str, &str), headers: &[(&str, &str)], body: &[u8]) -> Answer {
    let (method, path) = request;
    let mut stream = begin(address, &head(method, path, headers, body.len()));
    // A server may answer and close before it has read everything.
    let _ = stream.write_all(body);
    answer(stream)
}

/// The same of a server that may die meanwhile: `None` where there was no whole answer.
pub(crate) fn try_ask(address: &str, request: (&str, &str), headers: &[(&str, &str)], body: &[u8]) -> Option<Answer> {
    let (method, path) = request;
    let mut stream = try_begin(address, &head(method, path, headers, body.len())).ok()?;
    let _ = stream.write_all(body);
    parse(&read(stream))
}

/// Reads the head of an interim answer (RFC 9110, 15.2); its first line.
pub(crate) fn interim(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
    String::from_utf8(head).unwrap().lines().next().unwrap().to_owned()
}

/// Reads an answer to its end.
pub(crate) fn answer(stream: TcpStream) -> Answer {
    let bytes = read(stream);
    parse(&bytes).unwrap_or_else(|| panic!("no whole answer: {}", String::from_utf8_lossy(&bytes)))
}

fn try_begin(address: &str, head: &str) -> std::io::Result<TcpStream> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(ANSWER_WITHIN))?;
    stream.write_all(head.as_bytes())?;
    Ok(stream)
}

fn read(mut stream: TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    bytes
}

/// An answer, where its head and as much of a body as it announces are there.
fn parse(bytes: &[u8]) -> Option<Answer> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.lines();
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers: HashMap<String, String> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()))
        .collect();
    let body = bytes[end + 4..].to_vec();
    Some(Answer { status, headers, body })
}
