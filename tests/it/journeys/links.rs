//! Upload links at the desk: made, listed, ended.

use super::daemon::Site;
use crate::support::family::{PIECE, V};
use data_encoding::BASE64;
use serde_json::Value;

fn lines(said: &str) -> Vec<Value> {
    said.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Proves that a link can be listed without its address and ended by its id; that it is then gone at once, said to be
/// revoked, and the end is in the audit trail; that ending it again changes nothing, and what is no link is refused.
#[test]
fn a_link_is_revoked_at_the_desk() {
    let site = Site::running("");
    let case = site.open_case();
    let made = lines(&site.done(&["link", "--case", &case, "--for", "physician", "--json"])).remove(0);
    let (id, address) = (made["link"].as_str().unwrap(), made["address"].as_str().unwrap());
    let path = &address[address.find("/u/").unwrap()..];
    assert_eq!(site.ask("GET", path, &[], b"").status, 200);
    let listed = site.done(&["link", "list", "--case", &case, "--json"]);
    assert!(!listed.contains(path.trim_start_matches("/u/")), "the address is shown once");
    let listed = lines(&listed).remove(0);
    assert_eq!(
        (&listed["link"], &listed["state"], &listed["audience"]),
        (&made["link"], &"open".into(), &"physician".into())
    );
    let revoked = lines(&site.done(&["link", "revoke", id, "--json"])).remove(0);
    assert_eq!(revoked, serde_json::json!({ "link": id, "state": "revoked" }));
    assert_eq!(site.ask("GET", path, &[], b"").status, 404);
    assert_eq!(lines(&site.done(&["link", "list", "--case", &case, "--json"]))[0]["state"], "revoked");
    assert!(site.done(&["link", "list", "--case", &case]).contains("revoked"));
    assert!(site.done(&["link", "revoke", id]).contains("has ended"));
    let trail = lines(&site.done(&["audit", "export"]));
    let ends = trail.iter().filter(|event| event["act"] == "link-revoked" && event["subject"] == id);
    assert_eq!(ends.count(), 2, "each order is written down");
    assert!(site.run(&["verify"]).status.success());
    let unknown = site.run(&["link", "revoke", &"a".repeat(26)]);
    assert_eq!(unknown.status.code(), Some(2), "{unknown:?}");
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("no such link"), "{unknown:?}");
    assert_eq!(site.run(&["link", "revoke", path]).status.code(), Some(2), "an address is no id");
    assert_eq!(site.run(&["link"]).status.code(), Some(2), "a link is of a case");
}

/// Proves that an upload that nobody goes on with is named as one at the gate and in the list, with its link, and not counted
/// as taken; that revoking the link ends it; and that the gate then waits for it no longer.
#[test]
fn a_revoked_link_ends_what_was_open_through_it() {
    let mut site = Site::running("");
    let (case, link) = site.family();
    let name = BASE64.encode(b"letter.txt");
    let create = |name: &str, length: &str| {
        let metadata = format!("filename {name}");
        let headers = [V, ("Upload-Length", length), ("Upload-Metadata", &metadata)];
        let answer = site.ask("POST", &format!("{}/files", link.path), &headers, b"");
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.header("location").to_owned()
    };
    let whole = create(&name, "8");
    assert_eq!(site.ask("PATCH", &whole, &[V, PIECE, ("Upload-Offset", "0")], b"a letter").status, 204);
    let half = create(&BASE64.encode(b"photo.jpg"), "187000");
    assert_eq!(site.ask("PATCH", &half, &[V, PIECE, ("Upload-Offset", "0")], &[7; 1_000]).status, 204);
    site.until("the letter to be read", |site| site.show(&case)["case"]["readings_open"] == 0);
    let gate = site.run(&["case", "gate", &case]);
    let gate = String::from_utf8_lossy(&gate.stdout).into_owned();
    assert!(gate.contains("1 upload is not finished:") && !gate.contains("reading"), "{gate}");
    assert!(gate.contains("photo.jpg: 1.0 KB of 187.0 KB\n"), "{gate}");
    assert!(gate.contains(&format!(", link {}\n", link.id)), "{gate}");
    let listed = site.done(&["case", "list"]);
    assert!(listed.contains("1 upload open") && !listed.contains("to be read"), "{listed}");
    let links = site.done(&["link", "list", "--case", &case]);
    assert!(links.contains("1 file, 8 bytes"), "{links}");

    site.done(&["link", "revoke", &link.id]);
    site.until("the gate to wait for nothing", |site| site.show(&case)["case"]["gate"]["work_open"] == 0);
    let shown = site.show(&case);
    assert_eq!((&shown["case"]["uploads_open"], &shown["unfinished"][0]["state"]), (&0.into(), &"expired".into()));
    assert_eq!(shown["case"]["gate"]["ready"], true, "{shown}");
    assert!(site.done(&["link", "list", "--case", &case]).contains("1 file, 8 bytes"));
    assert!(site.run(&["verify"]).status.success());
}
