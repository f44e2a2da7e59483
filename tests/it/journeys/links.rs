//! Upload links at the desk: made, listed, ended.

use super::daemon::Site;
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
