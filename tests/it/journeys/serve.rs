//! The daemon as an operator meets it.

use super::daemon::Site;
use crate::support::{
    daemon::Daemon,
    http,
    lacking::{Lack, skip},
    site,
};
use std::{
    io::{BufRead, BufReader, Write},
    process::{Command, Stdio},
};

/// Proves that the daemon says where it listens, is alive and ready, counts without naming anybody, and takes commands
/// over its socket meanwhile.
#[test]
fn it_listens_counts_and_takes_commands() {
    let mut site = Site::running("");
    let (case, link) = site.family();
    let kind = ("Content-Type", "multipart/form-data; boundary=b");
    let body = b"--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"n.txt\"\r\n\r\nwords\r\n--b--\r\n";
    assert_eq!(site.ask("POST", &link.path, &[kind], body).status, 200);
    assert_eq!(site.ledger(&case).len(), 1);
    assert_eq!(site.ask("GET", "/healthz", &[], b"").json()["status"], "alive");
    assert_eq!(site.ask("GET", "/metrics", &[], b"").status, 404, "metrics have an address of their own");
    let address = std::fs::read_to_string(site.data().join("metrics.address")).unwrap();
    let metrics = http::ask(address.trim(), ("GET", "/metrics"), &[], b"").text();
    for line in [
        "casegate_entries_received_total{received=\"new\"} 1",
        "casegate_bytes_received_total 5",
        "casegate_entries_filed_total{outcome=\"stored\"} 1",
        "casegate_http_requests_total{route=\"/u/{token}\",method=\"POST\",status=\"200\"} 1",
        "casegate_uploads_open 0",
        "casegate_jobs_stuck 0",
    ] {
        assert!(metrics.contains(line), "{line} is not in {metrics}");
    }
    for secret in [case.as_str(), link.id.as_str(), link.path.trim_start_matches("/u/"), "n.txt"] {
        assert!(!metrics.contains(secret), "{secret}");
    }
    assert!(!site.log().contains("n.txt"));
    assert!(site.log().contains(&site.address()));
    assert_eq!(site.ask("GET", "/openapi.json", &[], b"").json()["openapi"], "3.1.0");
}

/// Proves that the daemon stops within ten seconds with exit code 0 while a body is under way, that what arrived of it
/// is durable, and that the upload goes on under the next process.
#[test]
fn it_drains() {
    let mut site = Site::running("");
    let (_, link) = site.family();
    let headers = [("Tus-Resumable", "1.0.0"), ("Upload-Length", "100000")];
    let upload = site.ask("POST", &format!("{}/files", link.path), &headers, b"").header("location").to_owned();
    let piece = [
        ("Tus-Resumable", "1.0.0"),
        ("Content-Type", "application/offset+octet-stream"),
        ("Upload-Offset", "0"),
        ("Expect", "100-continue"),
    ];
    let mut stream = http::begin(&site.address(), &http::head("PATCH", &upload, &piece, 100_000));
    // The daemon asks for a body only once the upload is this request's: from then on the piece is under way.
    assert_eq!(http::interim(&mut stream), "HTTP/1.1 100 Continue");
    stream.write_all(&[b'x'; 30_000]).unwrap();
    let events = format!("{}/events", link.path);
    let mut listener = http::begin(&site.address(), &http::head("GET", &events, &[], 0));
    assert_eq!(http::interim(&mut listener), "HTTP/1.1 200 OK");
    let offset = |site: &Site| -> usize {
        let head = site.ask("HEAD", &upload, &piece[..1], b"");
        head.header("upload-offset").parse().unwrap()
    };
    site.until("what came is durable in a pause", |site| offset(site) == 30_000);
    stream.write_all(&[b'x'; 5_000]).unwrap();
    let (code, took) = site.stop();
    assert_eq!(code, Some(0), "{}", site.log());
    assert!(took.as_secs() < 10, "{took:?}");
    let answer = http::answer(stream);
    assert_eq!((answer.status, answer.code().as_str()), (503, "stopping"));
    drop(listener);
    assert!(!site.data().join("http.address").exists());
    site.start();
    let kept = offset(&site);
    assert!((30_000..=35_000).contains(&kept), "{kept}");
    let rest = [("Tus-Resumable", "1.0.0"), piece[1], ("Upload-Offset", &*kept.to_string())];
    assert_eq!(site.ask("PATCH", &upload, &rest, &vec![b'x'; 100_000 - kept]).status, 204);
}

/// Proves that a second daemon on the same folder is refused in words, and that the first one lives on.
#[test]
fn one_daemon_a_folder() {
    let site = Site::running("");
    let second = site.run(&["serve"]);
    assert_eq!(second.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&second.stderr).contains("holds the data folder"), "{second:?}");
    assert_eq!(site.ask("GET", "/readyz", &[], b"").status, 200);
}

/// Proves that commands given while the daemon is still starting wait for it and are carried out, however early.
#[test]
fn commands_wait_for_a_daemon_that_starts() {
    let site = site::Site::new();
    let mut daemon = Daemon::begin(site.command(&["serve"]), &site.data(), &site.log());
    for _ in 0..6 {
        let listed = site.run(&["case", "list", "--json"]);
        assert_eq!(listed.status.code(), Some(0), "{}", String::from_utf8_lossy(&listed.stderr));
    }
    assert!(daemon.runs(), "a command came first, and the daemon did not wait for its end");
}

/// Proves that a command says that it waits for whoever holds the data folder, goes on as soon as the folder is free,
/// and gives up in words and with exit code 3 where it never is.
#[test]
fn commands_wait_for_the_folder_and_give_up() {
    let site = site::Site::new();
    let lock = std::fs::File::options().write(true).open(site.data().join("lock")).unwrap();
    lock.lock().unwrap();
    let mut waiting = site.command(&["case", "list"]);
    let mut waiting = waiting.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    let mut said = String::new();
    BufReader::new(waiting.stderr.take().unwrap()).read_line(&mut said).unwrap();
    assert!(said.contains("waiting a few seconds"), "{said}");
    lock.unlock().unwrap();
    assert_eq!(waiting.wait().unwrap().code(), Some(0), "the folder was free");
    lock.lock().unwrap();
    let given_up = site.run(&["case", "list"]);
    assert_eq!(given_up.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&given_up.stderr).contains("a command that is still at work"), "{given_up:?}");
}

/// Proves T26: beyond loopback without TLS the daemon does not start and names the key; behind named proxies only they
/// get in.
#[test]
fn t26_beyond_loopback() {
    let open = Site::new("");
    std::fs::write(open.path("pipeline.toml"), "[http]\nlisten = \"0.0.0.0:0\"\n").unwrap();
    let refused = open.run(&["serve"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("http.tls_certificate"), "{refused:?}");
    let proxied = |peer: &str| format!("[http]\nlisten = \"127.0.0.1:0\"\nbehind_proxy = [\"{peer}\"]\n");
    Site::running(&proxied("127.0.0.1"));
    let mut other = Site::new(&proxied("192.0.2.7"));
    let turned_away = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| other.start()));
    assert!(turned_away.is_err(), "a peer that is no proxy got in");
}

/// Proves T26: with certificates the daemon speaks TLS 1.2 and newer, and reads them again on SIGHUP.
#[test]
fn t26_tls_is_read_again() {
    let made = tempfile::tempdir().unwrap();
    let (certificate, key) = (made.path().join("c.pem"), made.path().join("k.pem"));
    let issue = |name: &str| {
        let output = Command::new("openssl")
            .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", &format!("/CN={name}")])
            .arg("-keyout")
            .arg(&key)
            .arg("-out")
            .arg(&certificate)
            .output();
        output.is_ok_and(|output| output.status.success())
    };
    if !issue("first.example") {
        return skip(Lack::Installable, "no openssl on this machine");
    }
    let lines = format!(
        "[http]\nlisten = \"127.0.0.1:0\"\ntls_certificate = \"{}\"\ntls_key = \"{}\"\n",
        certificate.display(),
        key.display()
    );
    let mut site = Site::new(&lines);
    site.start_unasked();
    let peer = |site: &Site, version: &str| {
        let output = Command::new("openssl")
            .args(["s_client", "-connect", &site.address(), version])
            .stdin(Stdio::null())
            .output()
            .unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    assert!(peer(&site, "-tls1_3").contains("first.example"));
    assert!(peer(&site, "-tls1_2").contains("first.example"));
    assert!(!peer(&site, "-tls1_1").contains("first.example"));
    assert!(issue("second.example"));
    site.signal("-HUP");
    site.until("the new certificate is shown", |site| peer(site, "-tls1_3").contains("second.example"));
    std::fs::write(&certificate, "no certificate").unwrap();
    site.signal("-HUP");
    site.until("the refusal is said", |site| site.log().contains("the old ones stay"));
    assert!(peer(&site, "-tls1_3").contains("second.example"));
}
