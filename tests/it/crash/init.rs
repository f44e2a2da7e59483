//! An `init` that is killed half-way does not stand in the way of the next one.

use crate::support::site::Site;
use std::{fs, os::unix::process::ExitStatusExt, process::Stdio};

/// More steps than there are: the run that passes them all ends the test.
const STEPS_MAX: u64 = 20;

fn init(site: &Site, die_at: Option<u64>) -> std::process::Output {
    let recovery = site.path("recovery.key");
    let mut command = site.command(&["init", "--recovery-out", recovery.to_str().unwrap()]);
    if let Some(nth) = die_at {
        command.env("CASEGATE_DIE_AT", format!("init.step:{nth}"));
    }
    command.stderr(Stdio::piped()).output().unwrap()
}

/// Proves that an `init` killed behind any of its steps is finished by the next one, which says so, and that what comes
/// out is a whole site: it opens a case, keys are wrapped to the one recovery identity that there is, nothing is wrong,
/// and a third `init` changes nothing.
#[test]
fn init_after_a_killed_init_makes_a_whole_site() {
    let mut deaths = 0;
    for nth in 1..=STEPS_MAX {
        let site = Site::nowhere("");
        let killed = init(&site, Some(nth));
        if killed.status.signal() != Some(9) {
            assert!(killed.status.success(), "{killed:?}");
            break;
        }
        deaths += 1;
        fs::write(site.path("data.keys/.new-0123456789abcdef"), "half a key").unwrap();
        let again = init(&site, None);
        assert!(again.status.success(), "step {nth}: {}", String::from_utf8_lossy(&again.stderr));
        assert!(String::from_utf8_lossy(&again.stdout).contains("ended half-way"), "step {nth}: {again:?}");
        assert!(!site.path("data.keys/.new-0123456789abcdef").exists(), "step {nth}: a half key file is left");
        let case = site.open_case();
        fs::write(site.input().join("letter.txt"), "The child is well and is seen again in spring.\n").unwrap();
        site.done(&["ingest", "--case", &case, "letter.txt"]);
        assert_eq!(recipients(&site), [public_half(&site)], "step {nth}");
        assert!(site.run(&["verify", "--deep"]).status.success(), "step {nth}");
        let third = init(&site, None);
        assert_eq!(third.status.code(), Some(2), "step {nth}: {third:?}");
        assert!(String::from_utf8_lossy(&third.stderr).contains("nothing was changed"));
    }
    assert!((5..STEPS_MAX).contains(&deaths), "{deaths} steps were killed");
}

/// Proves that keys with which cases were sealed are never taken for a half-made site's, and that a file in the place of
/// the recovery key is neither replaced nor taken for one.
#[test]
fn init_takes_nothing_that_is_in_use() {
    let site = Site::new();
    site.open_case();
    let key = fs::read(site.path("data.keys/site.key")).unwrap();
    fs::remove_dir_all(site.data()).unwrap();
    let refused = site.run(&["init", "--no-recovery"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains(" restore`"), "{refused:?}");
    assert_eq!(fs::read(site.path("data.keys/site.key")).unwrap(), key);
    let other = Site::nowhere("");
    fs::write(other.path("recovery.key"), "something else").unwrap();
    assert_eq!(init(&other, None).status.code(), Some(2));
    assert_eq!(fs::read(other.path("recovery.key")).unwrap(), b"something else");
    assert!(!other.path("data.keys").exists() && !other.data().exists(), "nothing was to be changed");
}

fn recipients(site: &Site) -> Vec<String> {
    let text = fs::read_to_string(site.path("data.keys/recovery-recipients.txt")).unwrap();
    text.lines().map(str::to_owned).collect()
}

/// The public half of the recovery identity, as its file says it.
fn public_half(site: &Site) -> String {
    let text = fs::read_to_string(site.path("recovery.key")).unwrap();
    text.lines().find_map(|line| line.strip_prefix("# public key: ")).unwrap().to_owned()
}
