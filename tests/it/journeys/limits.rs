//! What a sender meets at limits, and that it passes: uploads that rest too long, too many requests, a store that is
//! full, a catalog that does not answer.

use super::daemon::Site;
use crate::support::{
    browser::Browser,
    daemon::Daemon,
    family::{PIECE, V},
    http::{self, Answer},
    lacking::{Lack, skip},
    ledger::Ledger,
    random::{Random, seed},
    site,
    watch::{self, PATIENCE},
};
use rusqlite::Connection;
use std::{
    process::Command,
    time::{Duration, Instant},
};

fn create(site: &Site, link: &str, length: usize) -> Answer {
    let length = length.to_string();
    site.ask("POST", &format!("{link}/files"), &[V, ("Upload-Length", &length)], b"")
}

fn patch(site: &Site, upload: &str, offset: &str, bytes: &[u8]) -> Answer {
    site.ask("PATCH", upload, &[V, PIECE, ("Upload-Offset", offset)], bytes)
}

/// Proves that an upload that was begun and left is listed apart from the ledger as unfinished, that it ends when its time
/// is over, its bytes go, its place under the link is free again, and that it says so to its sender.
#[test]
fn an_upload_that_rests_too_long_expires() {
    let mut site = Site::running("[limits]\nlink_uploads_max = 1\n");
    let (case, link) = site.family();
    let upload = create(&site, &link.path, 100_000).header("location").to_owned();
    assert_eq!(patch(&site, &upload, "0", &[b'x'; 40_000]).status, 204);
    assert_eq!(create(&site, &link.path, 5).code(), "link_uploads_exceeded");
    let unfinished = |site: &Site| site.show(&case)["unfinished"].clone();
    let open = unfinished(&site);
    assert_eq!((open[0]["state"].clone(), open[0]["bytes"].clone()), ("open".into(), 40_000.into()), "{open}");
    assert_eq!(site.show(&case)["rows"], serde_json::json!([]), "what is unfinished is no entry");
    assert_eq!(site.oracle().files().len(), 1);
    site.kill();
    // A week goes by.
    let catalog = Connection::open(site.data().join("catalog.db")).unwrap();
    assert_eq!(catalog.execute("UPDATE uploads SET expires = 1", []).unwrap(), 1);
    drop(catalog);
    site.start();
    site.until("the upload has expired", |site| unfinished(site)[0]["state"] == "expired");
    let gone = site.ask("HEAD", &upload, &[V], b"");
    assert_eq!(gone.status, 410);
    assert_eq!(patch(&site, &upload, "40000", &[b'x'; 60_000]).code(), "upload_ended");
    watch::until_true("the bytes to go", PATIENCE, || site.oracle().files().is_empty());
    let again = create(&site, &link.path, 0);
    assert_eq!(again.status, 201, "{again:?}");
    assert_eq!(site.ledger(&case).len(), 1);
    assert_eq!(unfinished(&site).as_array().unwrap().len(), 1, "it stays listed");
}

/// Proves that a link that is asked too often in a second is told to wait, by the page too, that others are not, and
/// that it passes.
#[test]
fn too_many_requests_through_a_link() {
    let mut site = Site::running("[limits]\nlink_requests_per_second_max = 2\n");
    let (_, link) = site.family();
    let (_, other) = site.family();
    let mut refused = None;
    let path = format!("{}/status", link.path);
    site.until("three requests to fall into one second", |site| {
        refused = Some(site.ask("GET", &path, &[], b"")).filter(|answer| answer.status != 200);
        refused.is_some()
    });
    let refused = refused.unwrap();
    assert_eq!((refused.status, refused.code().as_str()), (429, "too_many_requests"));
    assert_eq!(refused.header("retry-after"), "1");
    assert_eq!(site.ask("GET", &format!("{}/status", other.path), &[], b"").status, 200);
    site.until("the second to pass", |site| site.ask("GET", &path, &[], b"").status == 200);
}

/// Proves that a link has a limited number of listeners, and that a place is free again when one goes.
#[test]
fn too_many_listeners_of_a_link() {
    let mut site = Site::running("");
    let (_, link) = site.family();
    let path = format!("{}/events", link.path);
    let mut listeners: Vec<_> = (0..casegate::domain::limits::LINK_LISTENERS_MAX)
        .map(|_| {
            let mut stream = http::begin(&site.address(), &http::head("GET", &path, &[], 0));
            assert_eq!(http::interim(&mut stream), "HTTP/1.1 200 OK");
            stream
        })
        .collect();
    assert_eq!(site.ask("GET", &path, &[], b"").status, 429);
    listeners.pop();
    site.until("a place to be free", |site| {
        let mut stream = http::begin(&site.address(), &http::head("GET", &path, &[], 0));
        http::interim(&mut stream) == "HTTP/1.1 200 OK"
    });
}

/// Proves that a catalog that is locked from outside makes no request hang and none be acknowledged: it is 503 with a
/// time to come back; what is only read is answered; and when the lock goes, all goes on by itself.
#[test]
fn a_catalog_that_is_locked() {
    let mut site = Site::running("");
    let (case, link) = site.family();
    let mut catalog = Connection::open(site.data().join("catalog.db")).unwrap();
    catalog.busy_timeout(PATIENCE).unwrap();
    let lock = catalog.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).unwrap();
    let began = Instant::now();
    let refused = create(&site, &link.path, 5);
    assert!(began.elapsed() < Duration::from_secs(30), "{:?}", began.elapsed());
    assert_eq!((refused.status, refused.code().as_str()), (503, "unavailable"));
    assert_eq!(refused.header("retry-after"), "5");
    assert_eq!(site.ask("GET", &format!("{}/status", link.path), &[], b"").status, 200);
    drop(lock);
    let mut upload = String::new();
    site.until("uploads to be created again", |site| {
        let created = create(site, &link.path, 5);
        upload = created.header("location").to_owned();
        created.status == 201
    });
    assert_eq!(patch(&site, &upload, "0", b"hello").status, 204);
    assert_eq!(site.ledger(&case).len(), 1);
}

/// Bytes of the small file system that the vault lies on, and of what fills it.
const ROOM_BYTES: usize = 24 << 20;
const BALLAST_BYTES: usize = 21 << 20;

/// A command in name spaces of its own, in which it may mount: as the machine allows it.
#[expect(clippy::disallowed_methods, reason = "a file system that is full can only be had from outside")]
fn unshare(script: &str) -> Command {
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--mount", "sh", "-c", script]);
    command
}

/// The daemon on a vault with little room, most of which is taken until the file `room` is made.
fn cramped(site: &site::Site) -> Daemon {
    let script = "mount -t tmpfs -o size=$1 none $2/objects && head -c $3 /dev/zero > $2/objects/ballast || exit 9
        (until test -e $4 || ! test -d $2; do sleep 0.05; done; rm $2/objects/ballast) &
        shift 4; exec \"$@\"";
    let serve = site.command(&["serve"]);
    let mut command = unshare(script);
    command.arg("sh").arg(ROOM_BYTES.to_string()).arg(site.data()).arg(BALLAST_BYTES.to_string());
    command.arg(site.path("room")).arg(serve.get_program()).args(serve.get_args());
    command.current_dir(site.input()).env("TMPDIR", site.path("tmp"));
    Daemon::start(command, &site.data(), &site.log())
}

/// Proves that a full store is said to senders at once (507), that nothing of what it could not take is acknowledged or
/// visible, that reading goes on, and that the same upload goes on by itself when there is room: no restart, no job given
/// up, the sender's bytes.
#[test]
fn a_full_store_refuses_and_recovers() {
    if !unshare("mount -t tmpfs -o size=1m none /mnt").output().is_ok_and(|output| output.status.success()) {
        return skip(Lack::Right, "this machine lets nobody mount a file system of his own");
    }
    let site = site::Site::new();
    let case = site.open_case();
    let mut daemon = cramped(&site);
    let (link, listening) = (site.link(&case), site.address().unwrap());
    let ask = |method: &str, path: &str, headers: &[(&str, &str)], bytes: &[u8]| {
        http::ask(&listening, (method, path), &[&[V], headers].concat(), bytes)
    };
    let bytes = Random::new(seed()).bytes(9 << 20);
    let length = bytes.len().to_string();
    let upload =
        ask("POST", &format!("{link}/files"), &[("Upload-Length", &length)], b"").header("location").to_owned();
    let refused = ask("PATCH", &upload, &[PIECE, ("Upload-Offset", "0")], &bytes);
    assert_eq!((refused.status, refused.code().as_str()), (507, "store_full"));
    assert_eq!(refused.header("retry-after"), "60");
    assert_eq!(ask("HEAD", &upload, &[], b"").header("upload-offset"), "0", "nothing was acknowledged");
    assert_eq!(site.show(&case)["rows"], serde_json::json!([]), "nothing partial is visible");
    assert_eq!(ask("GET", &format!("{link}/status"), &[], b"").status, 200, "reading goes on");
    std::fs::write(site.path("room"), "").unwrap();
    watch::until_true("the store to take the upload", PATIENCE, || {
        let stands = ask("HEAD", &upload, &[], b"").header("upload-offset").parse::<usize>().unwrap();
        let offset = stands.to_string();
        let answer = ask("PATCH", &upload, &[PIECE, ("Upload-Offset", &offset)], &bytes[stands..]);
        assert!(matches!(answer.status, 204 | 507), "{answer:?}");
        answer.status == 204
    });
    site.oracle().settle();
    let ledger = Ledger::of_case(&site.show(&case));
    assert_eq!(ledger.0.len(), 1);
    assert_eq!(ledger.0[0].sha256, Some(casegate::seal::sha256(&bytes).to_hex()));
    assert_eq!(site.oracle().stuck(), 0);
    assert!(daemon.runs(), "it was restarted by nobody");
}

/// Proves that the page of a link says that a real store is full, and sends to the end by itself once there is room.
#[test]
fn a_full_store_is_said_on_the_page() {
    if !unshare("mount -t tmpfs -o size=1m none /mnt").output().is_ok_and(|output| output.status.success()) {
        return skip(Lack::Right, "this machine lets nobody mount a file system of his own");
    }
    let site = site::Site::new();
    let case = site.open_case();
    let _daemon = cramped(&site);
    let address = format!("http://{}{}", site.address().unwrap(), site.link(&case));
    let Some(mut page) = Browser::open(&site.path("profile"), &address) else {
        return skip(Lack::Installable, "there is no Chromium");
    };
    let file = site.path("scan.bin");
    std::fs::write(&file, Random::new(seed()).bytes(9 << 20)).unwrap();
    page.choose("input[name=files]", &[&file]);
    page.press("#send button");
    page.until_says("#progress-words", "There is no room left just now");
    std::fs::write(site.path("room"), "").unwrap();
    page.until_says("#progress-words", "1 file was received and is safe.");
}
