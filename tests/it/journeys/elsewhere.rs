//! A daemon that sees other folders than whoever gives it commands, as a service does.

use crate::support::{
    daemon::Daemon,
    lacking::{Lack, skip},
    site::Site,
};
use std::{fs, process::Command};

/// A command in name spaces of its own, in which it may mount: as the machine allows it.
#[expect(clippy::disallowed_methods, reason = "only another program gives a process folders of its own")]
fn unshare(script: &str) -> Command {
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--mount", "sh", "-c", script]);
    command
}

/// A daemon with an empty folder of its own at `private`, and a `closed` one in which it may not write.
fn apart(site: &Site) -> Daemon {
    let script = "mount -t tmpfs none $1/private && mount --bind $1/closed $1/closed &&
        mount -o remount,bind,ro $1/closed || exit 9
        shift; exec \"$@\"";
    let serve = site.command(&["serve"]);
    let mut command = unshare(script);
    command.arg("sh").arg(site.input()).arg(serve.get_program()).args(serve.get_args());
    command.current_dir(site.input()).env("TMPDIR", site.path("tmp"));
    Daemon::start(command, &site.data(), &site.log())
}

/// Proves that what the daemon would not read, or not write where it is meant, is refused with exit code 3 and a place that
/// works, before anything is done; and that what both see is read and written.
#[test]
fn a_daemon_in_other_folders_is_told_of() {
    if !unshare("mount -t tmpfs -o size=1m none /mnt").output().is_ok_and(|output| output.status.success()) {
        return skip(Lack::Right, "this machine lets nobody mount a file system of his own");
    }
    let site = Site::new();
    for folder in ["private", "closed", "shared"] {
        fs::create_dir(site.input().join(folder)).unwrap();
        fs::write(site.input().join(folder).join("letter.txt"), "a letter").unwrap();
    }
    let case = site.open_case();
    let _daemon = apart(&site);
    let refused: &[&[&str]] = &[
        &["ingest", "--case", &case, "shared/letter.txt", "private/letter.txt"],
        &["disc", "--yes", "--case", &case, "private/letter.txt"],
        &["backup", "--to", "private/new/backup"],
        &["backup", "--to", "closed/backup"],
        &["export", "--case", &case, "--to", "private/packet.zip"],
    ];
    for arguments in refused {
        let output = site.run(arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(3), "{arguments:?}: {said}");
        assert!(said.contains("is there, and the daemon ") && said.contains("/srv/casegate-exchange"), "{said}");
    }
    assert_eq!(site.show(&case)["rows"].as_array().unwrap().len(), 0, "nothing was taken in");
    site.done(&["ingest", "--case", &case, "shared/letter.txt", "closed/letter.txt"]);
    site.done(&["backup", "--to", "shared/new/backup"]);
    site.done(&["export", "--case", &case, "--to", "shared/packet.zip"]);
    assert!(site.input().join("shared/new/backup/catalog.db").exists());
    assert!(site.input().join("shared/packet.zip").exists());
}
