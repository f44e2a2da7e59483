//! A daemon that is killed while a family uploads over HTTP: while uploads are created, in the middle of pieces, while
//! the family asks how far it came, and at the last byte.

use super::{
    proof::{Tally, prove, serve, undisturbed},
    rounds,
};
use crate::support::{
    family::{Family, Heard, PIECE, V},
    http,
    ledger::{Ledger, assert_equal},
    random::{Random, seed},
    site::Site,
    watch,
};
use casegate::domain::limits::PART_BYTES_MAX;
use std::{
    thread,
    time::{Duration, Instant},
};

/// Deaths during one delivery at most.
const DEATHS_MAX: u64 = 5;

/// Uploads the delivery file by file.
fn send(site: &Site, link: &str, seed: u64) -> Heard {
    let mut family = Family::new(site, link, seed);
    for (path, bytes) in undisturbed().delivery.files() {
        family.upload(&path, bytes);
    }
    family.heard
}

/// How long the delivery takes where nobody dies. Its ledger is the one that handing in a folder gives.
fn undisturbed_upload() -> Duration {
    let site = Site::new();
    let case = site.open_case();
    let _daemon = site.serve();
    let link = site.link(&case);
    let began = Instant::now();
    let heard = send(&site, &link, seed());
    let took = began.elapsed();
    assert_eq!((heard.lost, heard.acknowledged.len()), (0, undisturbed().delivery.count()), "nobody died here");
    site.oracle().settle();
    assert_equal(&Ledger::of_case(&site.show(&case)), &undisturbed().ledger, "an upload that nobody disturbed");
    took
}

/// Proves that a daemon killed at random moments of an upload keeps every byte it acknowledged, takes the upload up
/// where it said, and ends with the ledger of an undisturbed run: nothing half there, nothing there twice that the
/// family did not send twice.
#[test]
fn a_killed_daemon_takes_uploads_up_where_it_said() {
    let took = undisturbed_upload();
    let (mut random, mut tally) = (Random::new(seed() ^ 0x705), Tally::new("uploads over HTTP"));
    for round in 0..rounds() {
        let site = Site::new();
        let case = site.open_case();
        let mut daemon = site.serve();
        let link = site.link(&case);
        let (mut deaths, pieces) = (Vec::new(), random.draw());
        let (heard, last) = thread::scope(|scope| {
            let sending = scope.spawn(|| send(&site, &link, pieces));
            for _ in 0..=random.below(DEATHS_MAX) {
                let death = Duration::from_micros(random.below(took.as_micros() as u64 / 2));
                deaths.push(death);
                watch::moment(death);
                daemon.kill();
                daemon = serve(&site, "between deaths", &mut tally);
            }
            (sending.join().unwrap(), daemon)
        });
        last.kill();
        let when = format!("round {round}, killed after {deaths:?}, {heard:?}");
        prove(&site, &case, &heard.acknowledged, (&when, &mut tally));
        let unfinished = site.show(&case)["unfinished"].as_array().unwrap().len() as u64;
        assert!(unfinished <= heard.lost_creations, "{when}: {unfinished} uploads are open that nobody lost");
    }
}

/// A death at a point, the n-th time it is passed, and how many parts a family may rely on then; all, where the upload
/// is complete.
const DEATHS: &[(&str, u64, u64)] = &[
    ("upload.part.written", 1, 0),
    ("upload.part.written", 3, 2),
    ("upload.part.committed", 1, 1),
    ("upload.part.committed", 3, 3),
    ("vault-part-written", 1, 0),
    ("vault-part-linked", 2, 1),
    ("receive.committed", 1, u64::MAX),
];

/// Proves that a death before a part of an upload is named leaves the offset before it, one after it the offset behind
/// it, and one behind the last byte a whole entry; and that the upload, gone on with, is that one entry.
#[test]
fn an_upload_stands_at_its_last_committed_part() {
    let bytes = Random::new(seed()).bytes(4 * PART_BYTES_MAX as usize + 12_345);
    for (point, nth, parts) in DEATHS {
        let when = format!("{point}, passed {nth} times");
        let site = Site::new();
        let case = site.open_case();
        let link = site.link(&case);
        let daemon = site.serve_until((point, *nth));
        let listening = site.address().unwrap();
        let length = bytes.len().to_string();
        let created = http::ask(&listening, ("POST", &format!("{link}/files")), &[V, ("Upload-Length", &length)], b"");
        let upload = created.header("location").to_owned();
        let headers = [V, PIECE, ("Upload-Offset", "0")];
        assert!(http::try_ask(&listening, ("PATCH", &upload), &headers, &bytes).is_none(), "{when}: it was answered");
        daemon.died(&when);
        let _daemon = site.serve();
        let mut family = Family::new(&site, &link, seed());
        let stands = family.stands(&upload);
        assert_eq!(stands as u64, (bytes.len() as u64).min(parts.saturating_mul(PART_BYTES_MAX)), "{when}");
        if stands < bytes.len() {
            assert_eq!(family.patch(&upload, stands, &bytes[stands..]).unwrap().status, 204, "{when}");
        }
        site.oracle().settle();
        let ledger = Ledger::of_case(&site.show(&case));
        assert_eq!(ledger.0.len(), 1, "{when}: {ledger:?}");
        assert_eq!(ledger.0[0].sha256, Some(casegate::seal::sha256(&bytes).to_hex()), "{when}");
        site.oracle().collected();
    }
}
